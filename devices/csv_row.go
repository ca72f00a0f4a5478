package devices

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"stowage/devices/lists"
)

// An importRow is a row with its cells read.
type importRow struct {
	csvRow
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
	p := rowParser{csvRow: cells, now: now}
	row := importRow{csvRow: cells}
	row.details.Label, row.details.Serial = p.identifier(colLabel), p.identifier(colSerial)
	_, err := parseCapacity(cells.text(colCapacity))
	p.fail(err)
	row.state = p.state()
	row.since, row.issued, row.due = p.past(colSince), p.past(colIssued), p.due()
	row.holder, row.email = p.line(colHolder), p.line(colEmail)
	if _, ok := cells.at[lists.Holder]; row.holder == "" && row.email != "" {
		if ok {
			p.required(colHolder, row.holder)
		}
		row.holder = row.email // all that the list says of who it is
	}
	row.encryption, row.seen = p.verification(), p.sighting()
	return row, p.err
}

// A rowParser reads cells and keeps the first error.
type rowParser struct {
	cleaner
	csvRow
	now time.Time
}

func (p *rowParser) line(column string) string {
	text := p.text(column)
	p.cleaner.line(column, &text)
	return text
}

func (p *rowParser) identifier(column string) string {
	text := p.line(column)
	if strings.Contains(text, "E+") && shortened.MatchString(text) {
		p.fail(&InvalidError{Field: column, Value: text, Problem: "is a long number that a spreadsheet has shortened"})
	}
	return text
}

func (p *rowParser) state() State {
	text := p.text(colState)
	if text == "" {
		return ""
	}
	state, err := ParseState(text)
	if word, ok := lists.StateOf(text); err != nil && ok {
		return State(word)
	}
	p.fail(err)
	return state
}

// kind is what sort of thing the row is about, and whether it says so.
func (r csvRow) kind() (Kind, bool) {
	text, ok := r.cell(colKind)
	if text == "" && r.Kind != "" {
		text, ok = r.Kind, true
	}
	if kind, err := ParseKind(text); err == nil {
		return kind, true
	}
	if word, known := lists.KindOf(text); known {
		return Kind(word), true
	}
	return Kind(text), ok
}

// leftOut reports whether a list from elsewhere has a row about something that the register does not keep, and what.
func (r csvRow) leftOut() (kind string, ok bool) {
	if !r.foreign || r.EveryKind {
		return "", false
	}
	k, _ := r.kind()
	if _, err := ParseKind(string(k)); err == nil || k == "" {
		return "", false
	}
	return shorten(string(k)), true
}

// date reads a time; one that says no zone is in UTC, as the register writes it, or from elsewhere in this computer's.
func (p *rowParser) date(column string) (t time.Time, day bool) {
	text := p.text(column)
	if text == "" {
		return time.Time{}, false
	}
	zone := time.UTC
	if p.foreign {
		zone = p.now.Location()
	}
	t, day, ok := lists.ParseTime(text, p.MonthFirst, zone)
	if !ok {
		p.fail(&InvalidError{Field: column, Value: shorten(text), Problem: "is not a date like 2026-09-30 or 30/09/2026"})
	}
	return t, day
}

// past reads a time that cannot be in the future; today is not.
func (p *rowParser) past(column string) time.Time {
	t, day := p.date(column)
	if day && t.After(p.now) && sameDay(t, p.now) {
		t = p.now
	}
	p.moment(column, &t, p.now)
	return t
}

// due reads the day on which a loan ends.
func (p *rowParser) due() time.Time {
	t, day := p.date(colDue)
	if day || p.foreign { // a time of day beside it says nothing
		t = DueOn(t)
	}
	p.moment(colDue, &t, time.Time{})
	return t
}

func (p *rowParser) verification() Verification {
	v := Verification{Method: p.line(colEncryption), By: p.line(colVerifiedBy), At: p.past(colVerified)}
	var err error
	v.Encrypted, err = parseYesNo(colEncrypted, p.text(colEncrypted))
	p.fail(err)
	if v != (Verification{}) || p.text(colEncrypted) != "" {
		p.required(colEncrypted, p.text(colEncrypted))
		p.required(colVerified, timeCell(v.At))
		p.fail(v.clean(p.now))
	}
	return v
}

func (p *rowParser) sighting() Sighting {
	s := Sighting{At: p.past(colSeen), Place: p.line(colPlace)}
	said, err := parseYesNo(colSaid, p.text(colSaid))
	p.fail(err)
	if p.text(colSaid) != "" {
		s.Note = SaidNotEncrypted
		if said {
			s.Note = SaidEncrypted
		}
	}
	switch {
	case p.foreign && s.Place == "" && (s.Note != "" || !s.At.IsZero()):
		s.Place = cmp.Or(p.Source, "list")
		p.cleaner.line(colPlace, &s.Place)
	case s.Place != "" && !p.foreign:
		p.required(colSeen, timeCell(s.At))
	}
	return s
}

// fillIn completes the details of a row: from the columns that the file has, and
// otherwise from what is known about the device. An empty cell does not take a
// device's label or serial away; from elsewhere it takes nothing away.
func (row *importRow) fillIn(known DeviceDetails) {
	take := func(column string, to *string) {
		if text, ok := row.cell(column); ok && (text != "" || !row.foreign) {
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
	if _, there := row.at[lists.Kind]; there || known.Kind == "" {
		if kind, ok := row.kind(); ok {
			d.Kind = kind
		}
	}
	if text, ok := row.cell(colCapacity); ok && (text != "" || !row.foreign) {
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
	h, known := c.people[Fold(name)]
	if !known {
		fits, err := c.HoldersCalled(ctx, name)
		if err != nil {
			return Holder{}, err
		}
		if len(fits) == 0 {
			if h, err = c.newPerson(ctx, row); err != nil {
				return Holder{}, err
			}
		} else if h, err = onlyOne(name, fits); err != nil {
			return Holder{}, err
		}
		c.people[strings.Clone(Fold(name))] = h
	}
	if row.holder != row.email && Fold(h.Name) != Fold(row.holder) {
		return Holder{}, &InvalidError{
			Field: colEmail, Value: shorten(row.email), Problem: fmt.Sprintf("is somebody else's: of %s", h.Name),
		}
	}
	return h, nil
}

// newPerson adds the holder that a row names.
func (c *importRun) newPerson(ctx context.Context, row importRow) (Holder, error) {
	d := HolderDetails{Name: strings.Clone(row.holder), Email: strings.Clone(row.email)}
	if c.onlyLook {
		return Holder{HolderDetails: d}, d.clean()
	}
	c.result.Holders++
	return c.addHolder(ctx, d)
}

// names says whether a row names a holder by what it gives of name and e-mail.
func (row importRow) names(h Holder) bool {
	if row.holder == row.email { // it is all that the list says
		return row.holder == "" || Fold(row.holder) == Fold(h.Email) || Fold(row.holder) == Fold(h.Name)
	}
	return (row.holder == "" || Fold(row.holder) == Fold(h.Name)) && (row.email == "" || Fold(row.email) == Fold(h.Email))
}

// without refuses a cell that is given although it makes no sense.
func (row importRow) without(column string, reason string) error {
	text := row.text(column)
	if column == colHolder && text == "" && row.holder != "" { // the list has an e-mail address alone
		column, text = colEmail, row.email
	}
	if text != "" {
		return &InvalidError{Field: column, Value: shorten(text), Problem: reason}
	}
	return nil
}

func quoted(s State) string { return strconv.Quote(string(s)) }
