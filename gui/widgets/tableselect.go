package widgets

import (
	"slices"
	"strings"
	"time"
)

// selection is which rows are selected, by key, and where the keyboard is.
type selection struct {
	keys   map[string]struct{}
	cursor int    // the row that the keyboard acts on, negative for none
	key    string // its key
	anchor int    // where a range that is extended begins
	stale  bool   // some of keys may be gone; they are looked through when asked for

	typed   string // letters typed one after the other
	typedAt time.Time
}

func newSelection() selection {
	return selection{keys: map[string]struct{}{}, cursor: -1, anchor: -1}
}

// Selected returns the keys of the selected rows, in the order of the rows.
func (t *Table) Selected() []string {
	rows := t.SelectedRows()
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = t.rows.Key(row)
	}
	return keys
}

// SelectedRows returns the selected rows, in order.
func (t *Table) SelectedRows() []int {
	t.prune()
	if _, ok := t.sel.keys[t.sel.key]; ok && len(t.sel.keys) == 1 && t.sel.cursor >= 0 {
		return []int{t.sel.cursor}
	}
	return t.rowsOf(t.sel.keys)
}

// Count is how many rows are selected.
func (t *Table) Count() int {
	t.prune()
	return len(t.sel.keys)
}

// rowsOf finds the rows of keys.
func (t *Table) rowsOf(keys map[string]struct{}) []int {
	rows := make([]int, 0, len(keys))
	if f, ok := t.rows.(Finder); ok && len(keys) < 100 {
		for key := range keys {
			if row := f.Find(key); row >= 0 {
				rows = append(rows, row)
			}
		}
		slices.Sort(rows)
		return rows
	}
	for row, n := 0, t.rows.Len(); row < n && len(rows) < len(keys); row++ {
		if _, ok := keys[t.rows.Key(row)]; ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// Select selects one row by its key alone and brings it into view; "" selects none. It
// reports whether there is such a row.
func (t *Table) Select(key string) bool {
	if key == "" {
		t.sel = newSelection()
		t.selectionChanged()
		return true
	}
	row := t.find(key)
	if row < 0 {
		return false
	}
	t.choose(row)
	return true
}

// SelectAll selects every row.
func (t *Table) SelectAll() {
	if !t.options.Multi {
		return
	}
	t.selectRange(0, t.rows.Len()-1)
	t.selectionChanged()
}

// choose selects one row alone.
func (t *Table) choose(row int) {
	t.sel.anchor = row
	t.goTo(row)
	t.selectRange(row, row)
	t.selectionChanged()
}

// extend selects from the anchor to a row.
func (t *Table) extend(row int) {
	if !t.options.Multi || t.sel.anchor < 0 {
		t.choose(row)
		return
	}
	t.goTo(row)
	t.selectRange(min(row, t.sel.anchor), max(row, t.sel.anchor))
	t.selectionChanged()
}

// flip adds a row to the selection or takes it away.
func (t *Table) flip(row int) {
	if !t.options.Multi {
		t.choose(row)
		return
	}
	t.sel.anchor = row
	t.goTo(row)
	if _, ok := t.sel.keys[t.sel.key]; ok {
		delete(t.sel.keys, t.sel.key)
	} else {
		t.sel.keys[t.sel.key] = struct{}{}
	}
	t.selectionChanged()
}

// goTo moves the keyboard to a row.
func (t *Table) goTo(row int) {
	t.sel.cursor, t.sel.key = row, t.rows.Key(row)
	t.sheet.reveal(row)
}

func (t *Table) selectRange(from, to int) {
	t.sel.keys = make(map[string]struct{}, to-from+1)
	for row := from; row <= to; row++ {
		t.sel.keys[t.rows.Key(row)] = struct{}{}
	}
}

func (t *Table) selectionChanged() {
	t.sheet.refill()
	if t.options.Selected != nil {
		t.options.Selected()
	}
}

// relocate finds the selected rows again after the rows have changed, and reports
// whether some are gone.
func (t *Table) relocate() (gone bool) {
	n := t.rows.Len()
	if t.sel.cursor >= 0 {
		row := -1
		if t.sel.key != "" {
			row = t.near(t.sel.key, t.sel.cursor)
		}
		if row < 0 && t.sel.key != "" {
			row = t.find(t.sel.key)
		}
		moved := t.sel.cursor
		t.sel.cursor = row
		if row < 0 && n > 0 {
			t.sel.cursor = min(moved, n-1)
		}
		t.sel.key, t.sel.anchor = "", t.sel.cursor
		if t.sel.cursor >= 0 {
			t.sel.key = t.rows.Key(t.sel.cursor)
		}
	}
	t.sel.stale = len(t.sel.keys) > 0
	if len(t.sel.keys) > manySelected {
		return false
	}
	return t.prune()
}

// manySelected is how many selected rows are looked through after every change of the
// rows. When there are more, that waits until somebody asks for them.
const manySelected = 1000

// prune forgets the keys that are gone, and reports whether there were any.
func (t *Table) prune() (gone bool) {
	if !t.sel.stale {
		return false
	}
	t.sel.stale = false
	if t.allThere() {
		return false
	}
	rows := t.rowsOf(t.sel.keys)
	t.sel.keys = make(map[string]struct{}, len(rows))
	for _, row := range rows {
		t.sel.keys[t.rows.Key(row)] = struct{}{}
	}
	return true
}

// allThere reports whether every selected row is among the rows.
func (t *Table) allThere() bool {
	if _, ok := t.sel.keys[t.sel.key]; len(t.sel.keys) == 0 || ok && len(t.sel.keys) == 1 {
		return true
	}
	seen := 0
	for row, n := 0, t.rows.Len(); row < n && seen < len(t.sel.keys); row++ {
		if _, ok := t.sel.keys[t.rows.Key(row)]; ok {
			seen++
		}
	}
	return seen == len(t.sel.keys)
}

// find looks for a key in all rows.
func (t *Table) find(key string) int {
	if f, ok := t.rows.(Finder); ok {
		return f.Find(key)
	}
	for row, n := 0, t.rows.Len(); row < n; row++ {
		if t.rows.Key(row) == key {
			return row
		}
	}
	return -1
}

// near looks for a key around the row where it was.
func (t *Table) near(key string, row int) int {
	n := t.rows.Len()
	for d := 0; d <= 100; d++ {
		for _, at := range [...]int{row - d, row + d} {
			if at >= 0 && at < n && t.rows.Key(at) == key {
				return at
			}
		}
	}
	return -1
}

// pause is how long letters may be apart to be one word.
const pause = time.Second

// seek goes to the row that begins with what is being typed.
func (t *Table) seek(r rune) {
	now := t.options.Now()
	if now.Sub(t.sel.typedAt) > pause {
		t.sel.typed = ""
	}
	if t.sel.typed == "" && r == ' ' {
		return
	}
	t.sel.typed += strings.ToLower(string(r))
	t.sel.typedAt = now
	from := max(t.sel.cursor, 0)
	if len(t.sel.typed) == len(string(r)) {
		from = t.sel.cursor + 1 // the same letter again goes on to the next
	}
	if row := t.prefixed(t.sel.typed, from); row >= 0 {
		t.choose(row)
	}
}

// prefixed finds the first row from a row on, and then from the top, that begins so.
func (t *Table) prefixed(prefix string, from int) int {
	if s, ok := t.rows.(Seeker); ok {
		return s.Seek(prefix, from)
	}
	column := max(slices.IndexFunc(t.options.Columns, func(c TableColumn) bool { return c.Search }), 0)
	n := t.rows.Len()
	for i := range n {
		row := (from + i) % n
		if strings.HasPrefix(strings.ToLower(t.rows.Cell(row, column).Text), prefix) {
			return row
		}
	}
	return -1
}
