package devices

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strconv"
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
	p := rowParser{cells: cells.cells, now: now}
	row := importRow{line: cells.line, cells: cells.cells}
	row.details.Label, row.details.Serial = p.identifier(colLabel), p.identifier(colSerial)
	_, err := parseCapacity(p.cells[colCapacity])
	p.fail(err)
	if text := p.cells[colState]; text != "" {
		row.state, err = ParseState(text)
		p.fail(err)
	}
	row.since, row.issued, row.due = p.past(colSince), p.past(colIssued), p.time(colDue, time.Time{})
	row.holder, row.email = p.text(colHolder), p.text(colEmail)
	if row.email != "" {
		p.required(colHolder, row.holder)
	}
	row.encryption, row.seen = p.verification(), p.sighting()
	return row, p.err
}

// A rowParser reads cells and keeps the first error.
type rowParser struct {
	cleaner
	cells map[string]string
	now   time.Time
}

func (p *rowParser) text(column string) string {
	text := p.cells[column]
	p.line(column, &text)
	return text
}

func (p *rowParser) identifier(column string) string {
	text := p.text(column)
	if shortened.MatchString(text) {
		p.fail(&InvalidError{Field: column, Value: text, Problem: "is a long number that a spreadsheet has shortened"})
	}
	return text
}

func (p *rowParser) time(column string, latest time.Time) time.Time {
	t, err := parseTime(column, p.cells[column])
	p.fail(err)
	p.moment(column, &t, latest)
	return t
}

// past reads a time that cannot be in the future.
func (p *rowParser) past(column string) time.Time { return p.time(column, p.now) }

func (p *rowParser) verification() Verification {
	v := Verification{Method: p.text(colEncryption), By: p.text(colVerifiedBy), At: p.past(colVerified)}
	var err error
	v.Encrypted, err = parseYesNo(colEncrypted, p.cells[colEncrypted])
	p.fail(err)
	if v != (Verification{}) || p.cells[colEncrypted] != "" {
		p.required(colEncrypted, p.cells[colEncrypted])
		p.required(colVerified, timeCell(v.At))
		p.fail(v.clean(p.now))
	}
	return v
}

func (p *rowParser) sighting() Sighting {
	s := Sighting{At: p.past(colSeen), Place: p.text(colPlace)}
	if s.Place != "" {
		p.required(colSeen, timeCell(s.At))
	}
	return s
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

func quoted(s State) string { return strconv.Quote(string(s)) }
