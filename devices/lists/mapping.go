package lists

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Column is a column of the register, by its name in the register's own CSV.
type Column string

// The columns, in the order of the register's own CSV; the last is of lists from elsewhere alone.
const (
	Label      Column = "label"
	Serial     Column = "serial"
	Kind       Column = "kind"
	Make       Column = "make"
	Model      Column = "model"
	Capacity   Column = "capacity"
	Site       Column = "site"
	Notes      Column = "notes"
	State      Column = "state"
	Since      Column = "since"
	Holder     Column = "holder"
	Email      Column = "email"
	Issued     Column = "issued"
	Due        Column = "due"
	Encrypted  Column = "encrypted"
	Encryption Column = "encryption"
	VerifiedBy Column = "verified by"
	Verified   Column = "verified"
	Seen       Column = "last seen"
	Place      Column = "place"

	Said Column = "said to be encrypted" // which another system says, and nobody has verified
)

// Own lists the columns of the register's own CSV, in their order.
func Own() []Column {
	return []Column{
		Label, Serial, Kind, Make, Model, Capacity, Site, Notes, State, Since, Holder, Email, Issued, Due,
		Encrypted, Encryption, VerifiedBy, Verified, Seen, Place,
	}
}

// All lists every column that one of a list may be.
func All() []Column { return append(Own(), Said) }

// A Mapping says what the columns of a list are. The zero value is for the register's own CSV: each column is the one
// of its name, and any other is a fault.
type Mapping struct {
	// Columns says which column of the register one of the list is, by its [Key]. The others are left out. Nil is the
	// register's own columns.
	Columns map[string]Column `json:"columns"`
	// Source is the system that the list is from, as people call it.
	Source string `json:"source,omitempty"`
	// Kind is what a device is where the list does not say it, "" if it always does.
	Kind string `json:"kind,omitempty"`
	// MonthFirst reads 09/03/2026 as the third of September, rather than the ninth of March.
	MonthFirst bool `json:"month_first,omitempty"`
	// EveryKind makes a row about something that the register does not keep a fault. It is left out otherwise.
	EveryKind bool `json:"every_kind,omitempty"`
}

// Foreign tells whether the list is of another system.
func (m Mapping) Foreign() bool { return m.Columns != nil }

// Key is the form in which names of columns are compared: letters and digits in lower case, with a blank between
// words.
func Key(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	}), " ")
}

// A ColumnError says what is wrong with a column of a list.
type ColumnError struct {
	Name    string // of the column
	Problem string
}

func (e *ColumnError) Error() string { return fmt.Sprintf("column %q %s", e.Name, e.Problem) }

// Resolve returns the place of each column of the register in a list's header, and everything wrong with it.
func (m Mapping) Resolve(header []string) (map[Column]int, []ColumnError) {
	at, wrong, keys := map[Column]int{}, []ColumnError(nil), keysOf(header)
	for i, name := range header {
		column := m.column(keys[i])
		switch _, twice := at[column]; {
		case column == "" && !m.Foreign():
			wrong = append(wrong, ColumnError{name, "is not a column; there are " + names(Own())})
		case column == "":
		case !slices.Contains(All(), column):
			wrong = append(wrong, ColumnError{name, fmt.Sprintf("cannot be %q; there are %s", column, names(All()))})
		case twice && m.Foreign() && slices.Contains(keys[:i], keys[i]):
			// The first of several with one name counts.
		case twice:
			wrong = append(wrong, ColumnError{cmp.Or(keys[i], name), "is there twice"})
		default:
			at[column] = i
		}
	}
	if _, ok := at[Label]; !ok {
		if _, ok := at[Serial]; !ok {
			wrong = append(wrong, ColumnError{string(Label), "or serial is needed"})
		}
	}
	return at, wrong
}

// column is what the column with a key is, "" if it is none.
func (m Mapping) column(key string) Column {
	if m.Foreign() {
		return m.Columns[key]
	}
	if column := Column(key); slices.Contains(Own(), column) {
		return column
	}
	return ""
}

func keysOf(header []string) []string {
	keys := make([]string, len(header))
	for i, name := range header {
		keys[i] = Key(name)
	}
	return keys
}

func names(columns []Column) string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = string(c)
	}
	return strings.Join(texts, ", ")
}

// IsOwn tells whether a list has the register's own columns and no others.
func (t *Table) IsOwn() bool {
	_, wrong := Mapping{}.Resolve(t.Header)
	return len(wrong) == 0
}

// sampled is how many rows a proposal looks at.
const sampled = 2000

var errEnough = errors.New("enough")

// Propose returns what the columns of a list seem to be: the zero Mapping if they are the register's own. It goes by
// their names, and by what is in the first rows; a column without anything in it is left out.
func (t *Table) Propose(ctx context.Context) (Mapping, error) {
	if t.IsOwn() {
		return Mapping{}, nil
	}
	cells := make([]column, len(t.Header))
	rows := 0
	err := t.Rows(ctx, func(_ int, row []string) error {
		for i, cell := range row {
			cells[i].add(cell)
		}
		if rows++; rows == sampled {
			return errEnough
		}
		return nil
	}, func(Fault) {})
	if _, bad := errors.AsType[*FileError](err); err != nil && !bad && !errors.Is(err, errEnough) {
		return Mapping{}, err
	}
	keys := keysOf(t.Header)
	m := Mapping{Columns: map[string]Column{}, Source: source(keys)}
	for _, target := range targets(keys) {
		if i := target.find(keys, cells, m, rows == 0); i >= 0 {
			m.Columns[keys[i]] = target.column
			m.MonthFirst = m.MonthFirst || target.date && cells[i].monthFirst
		}
	}
	_, said := m.at(t.Header, Said)
	if _, ok := m.at(t.Header, Kind); !ok && (said || m.Source == intune) {
		m.Kind = "laptop" // what such systems keep most of
	}
	return m, nil
}

// targets are what is looked for in a header. Where it says who verified the encryption, its columns of that are the
// register's own.
func targets(keys []string) []target {
	if !has(keys, string(VerifiedBy), string(Verified)) {
		return known
	}
	all := slices.DeleteFunc(slices.Clone(known), func(t target) bool { return t.column == Said })
	for _, column := range []Column{Since, Encrypted, Encryption, VerifiedBy, Verified, Place} {
		all = append(all, target{column: column})
	}
	return all
}

// has tells whether a header has all these names, by the keys of its own.
func has(keys []string, names ...string) bool {
	for _, name := range names {
		if !slices.Contains(keys, name) {
			return false
		}
	}
	return true
}

func (m Mapping) at(header []string, column Column) (int, bool) {
	at, _ := m.Resolve(header)
	i, ok := at[column]
	return i, ok
}

// A column is what is known of the cells of one.
type column struct {
	filled, kinds, states, yesNo int
	monthFirst, dayFirst         bool
}

func (c *column) add(cell string) {
	if Blank(cell) {
		return
	}
	c.filled++
	if _, ok := KindOf(cell); ok {
		c.kinds++
	}
	if _, ok := StateOf(cell); ok {
		c.states++
	}
	if _, ok := YesNo(cell); ok {
		c.yesNo++
	}
	if first, second, ok := dayAndMonth(cell); ok {
		c.dayFirst = c.dayFirst || first > 12 && second <= 12
		c.monthFirst = (c.monthFirst || second > 12 && first <= 12) && !c.dayFirst
	}
}

// A target is a column of the register, and how others call it, the best first.
type target struct {
	column Column
	names  []string
	date   bool
	fits   func(column) bool // beside having anything; nil if anything fits
}

// find returns the place of the column that is the target, -1 if there is none.
func (t target) find(keys []string, cells []column, m Mapping, empty bool) int {
	for _, name := range append([]string{Key(string(t.column))}, t.names...) {
		for i, key := range keys {
			if key != name || m.Columns[name] != "" {
				continue
			}
			if empty || cells[i].filled > 0 && (t.fits == nil || t.fits(cells[i])) {
				return i
			}
		}
	}
	return -1
}

// The systems that are known by their headers.
const (
	intune = "Intune"
	snipe  = "Snipe-IT"
	glpi   = "GLPI"
)

// source returns the system that has such a header, "" if none is known.
func source(keys []string) string {
	switch {
	case has(keys, "device name", "primary user upn"), has(keys, "device name", "azure ad device id"), has(keys, "device name", "last check in"):
		return intune
	case has(keys, "asset tag", "checked out to"), has(keys, "asset tag", "model no"), has(keys, "asset tag", "checked out"):
		return snipe
	case has(keys, "name", "alternate username"), has(keys, "entity", "inventory number"), has(keys, "name", "inventory number"), has(keys, "entity", "serial number"), has(keys, "name", "operating system name"):
		return glpi
	}
	return ""
}
