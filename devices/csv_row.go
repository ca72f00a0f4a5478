package devices

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// An importRow is a row with its cells read.
type importRow struct {
	line    int
	cells   map[string]string
	details DeviceDetails

	state         State // "" if not given
	since         time.Time
	holder, email string
	issued, due   time.Time
	encryption    Verification
	seen          Sighting
}

// shortened is what spreadsheets make of a long number, which loses digits.
var shortened = regexp.MustCompile(`^[0-9]([.,][0-9]+)?E\+[0-9]+$`)

// parseRow reads the cells of a row that can be read by themselves.
func parseRow(cells csvRow, now time.Time) (importRow, error) {
	get := func(column string) string { return cells.cells[column] }
	row := importRow{line: cells.line, cells: cells.cells, holder: get(colHolder), email: get(colEmail)}
	var c cleaner
	keep := func(err error) {
		if err != nil {
			c.fail(err)
		}
	}
	moment := func(column string, latest time.Time) time.Time {
		t, err := parseTime(column, get(column))
		keep(err)
		c.moment(column, &t, latest)
		return t
	}
	var err error
	row.details.Label, err = cleanLine(colLabel, get(colLabel))
	keep(err)
	row.details.Serial, err = cleanLine(colSerial, get(colSerial))
	keep(err)
	c.line(colHolder, &row.holder)
	c.line(colEmail, &row.email)
	for column, text := range map[string]string{colLabel: row.details.Label, colSerial: row.details.Serial} {
		if shortened.MatchString(text) {
			keep(&InvalidError{Field: column, Value: text, Problem: "is a long number that a spreadsheet has shortened"})
		}
	}
	_, err = parseCapacity(get(colCapacity))
	keep(err)
	if text := get(colState); text != "" {
		row.state, err = ParseState(text)
		keep(err)
	}
	row.since, row.issued, row.due = moment(colSince, now), moment(colIssued, now), moment(colDue, time.Time{})
	row.encryption = Verification{Method: get(colEncryption), By: get(colVerifiedBy), At: moment(colVerified, now)}
	row.encryption.Encrypted, err = parseYesNo(colEncrypted, get(colEncrypted))
	keep(err)
	row.seen = Sighting{At: moment(colSeen, now), Place: get(colPlace)}
	c.line(colPlace, &row.seen.Place)
	if row.seen.Place != "" {
		c.required(colSeen, timeCell(row.seen.At))
	}
	if row.encryption != (Verification{}) {
		c.required(colEncrypted, get(colEncrypted))
		c.required(colVerified, timeCell(row.encryption.At))
		keep(row.encryption.clean(now))
	}
	if row.email != "" {
		c.required(colHolder, row.holder)
	}
	return row, c.err
}

// fillIn completes the details of a row: from the columns that the file has, and
// otherwise from what is known about the device. An empty cell does not take a
// device's label or serial away.
func (row *importRow) fillIn(known DeviceDetails) {
	given := row.cells
	take := func(column string, to *string) {
		if text, ok := given[column]; ok {
			*to = text
		}
	}
	d := known
	d.Label = cmp.Or(row.details.Label, known.Label)
	d.Serial = cmp.Or(row.details.Serial, known.Serial)
	take(colMake, &d.Make)
	take(colModel, &d.Model)
	take(colSite, &d.Site)
	take(colNotes, &d.Notes)
	if text, ok := given[colKind]; ok {
		d.Kind = Kind(text)
		if kind, err := ParseKind(text); err == nil {
			d.Kind = kind
		}
	}
	if text, ok := given[colCapacity]; ok {
		d.Capacity, _ = parseCapacity(text)
	}
	row.details = d
}

// person finds the holder that a row names, or adds one.
func (c *importRun) person(ctx context.Context, row importRow) (Holder, error) {
	name := row.holder
	if row.email != "" {
		name = row.email
	}
	fits, err := c.HoldersCalled(ctx, name)
	if err != nil {
		return Holder{}, err
	}
	if len(fits) == 0 {
		c.result.Holders++
		return c.addHolder(ctx, HolderDetails{Name: row.holder, Email: row.email})
	}
	h, err := onlyOne(name, fits)
	if err != nil {
		return Holder{}, err
	}
	if Fold(h.Name) != Fold(row.holder) {
		return Holder{}, &InvalidError{
			Field: colEmail, Value: shorten(row.email), Problem: fmt.Sprintf("is %s's, who is not %s", h.Name, row.holder),
		}
	}
	return h, nil
}

// names says whether a row names a holder by what it gives of name and e-mail.
func (row importRow) names(h Holder) bool {
	return (row.holder == "" || Fold(row.holder) == Fold(h.Name)) && (row.email == "" || Fold(row.email) == Fold(h.Email))
}

// without refuses a cell that is given although it makes no sense.
func (row importRow) without(column string, reason string) error {
	if text := row.cells[column]; text != "" {
		return &InvalidError{Field: column, Value: shorten(text), Problem: reason}
	}
	return nil
}

func quoted(s State) string { return strconv.Quote(strings.ToLower(string(s))) }
