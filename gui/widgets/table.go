package widgets

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

// Rows are what a table shows. The table asks only for the rows in view, so that a
// source may hold just a page of them.
type Rows interface {
	// Len is how many rows there are.
	Len() int
	// Key names a row, whatever its place: the table keeps the selection by it. Two rows
	// never have the same key. It must be quick: choosing all rows asks for every key.
	Key(row int) string
	// Cell is what stands in a column of a row.
	Cell(row, column int) Cell
}

// Finder is Rows that know where a key is without looking at every row.
type Finder interface {
	// Find returns the row of a key, negative when there is none.
	Find(key string) int
}

// Seeker is Rows that find the row beginning with typed text without looking at
// every row.
type Seeker interface {
	// Seek returns the first row, at or after from and then from the top, whose text
	// begins with prefix whatever the case; negative when there is none.
	Seek(prefix string, from int) int
}

// Cell is what stands in one column of one row.
type Cell struct {
	Text string
	Icon Icon // before the text; "" for none
	// Picture is shown in place of the icon, as high as the row, when it is not nil.
	Picture image.Image
	Color   fyne.ThemeColorName // of text and icon; "" is the colour of text
	Back    fyne.ThemeColorName // a rounded ground behind them, for states; "" for none
	Bold    bool
}

// TableColumn is one column of a table.
type TableColumn struct {
	Title  string
	Width  float32 // at normal text size
	Grow   bool    // takes a share of what is left over
	Fixed  bool    // cannot be sorted by
	Right  bool    // for numbers: stands at the right
	Search bool    // typing letters looks in this column; otherwise in the first
}

// TableOptions say what a table can do. Only Columns is needed.
type TableOptions struct {
	Label   string // what the table shows, for screen readers
	Columns []TableColumn
	Multi   bool   // several rows can be selected
	Empty   string // shown in place of no rows
	// Sort is asked to sort by a column; it then calls SetRows or Refresh. Without it
	// the headings cannot be pressed.
	Sort func(column int, down bool)
	// Selected is told when other rows are selected.
	Selected func()
	// Open is told of a double click and of Enter.
	Open func(row int)
	// Menu lists what can be done with the selected rows, for the right button and
	// the menu key. The selection always contains the row under the pointer.
	Menu func() []Command
	// Key is offered keys that the table does not use itself: Session.Typed.
	Key func(*fyne.KeyEvent) bool
	// Now is the time, for letters typed one after the other; nil is time.Now.
	Now func() time.Time
}

// Table shows rows in columns, of which it draws only those in view.
//
// Keys: up, down, page up, page down, home, end move, with Shift they extend the
// selection; Space adds or takes away a row; Ctrl+A selects all; Enter opens; letters
// look for a row. Tab leads from the headings to the rows.
type Table struct {
	View    *fyne.Container // what to put on the page
	options TableOptions
	words   *i18n.Words
	rows    Rows
	sel     selection

	widths []float32 // of the columns, at normal text size
	placed []float32 // where each column begins, and last where all end, as drawn now
	sortBy int
	down   bool
	sorted bool // the rows have been asked for in another order

	head  *tableHead
	body  *tableBody
	sheet *tableSheet
	empty *widget.RichText
}

// NewTable returns a table without rows.
func NewTable(w *i18n.Words, o TableOptions) *Table {
	if o.Now == nil {
		o.Now = time.Now
	}
	t := &Table{options: o, words: w, rows: noRows{}, sortBy: -1, sel: newSelection(), empty: Muted(o.Empty)}
	for _, c := range o.Columns {
		t.widths = append(t.widths, max(c.Width, leastColumn))
	}
	t.empty.Segments[0].(*widget.TextSegment).Style.Alignment = fyne.TextAlignCenter
	t.sheet = newTableSheet(t)
	t.body = newTableBody(t)
	t.head = newTableHead(t)
	t.View = container.New(tableLayout{t},
		NewGround(ColorSurface, "", theme.SizeNameSelectionRadius),
		clipped(t.head), t.body, t.empty,
		NewGround("", ColorBorder, theme.SizeNameSelectionRadius))
	return t
}

// SetRows shows other rows. The rows that are selected and in view stay so, as far
// as they are among them.
func (t *Table) SetRows(rows Rows) {
	t.rows = rows
	t.Refresh()
}

// Refresh shows the rows as they are now.
func (t *Table) Refresh() {
	top, off := t.sheet.top()
	changed := t.relocate()
	t.empty.Hidden = t.rows.Len() > 0 || TextOf(t.empty) == ""
	t.sheet.refill()
	switch {
	case t.sorted && t.sel.cursor >= 0 && t.sel.key != "":
		t.sheet.scrollTo(0)
		t.sheet.reveal(t.sel.cursor)
	case t.sorted:
		t.sheet.scrollTo(0)
	case top.key != "":
		if row := t.near(top.key, top.row); row >= 0 {
			t.sheet.scrollTo(float32(row)*t.sheet.height() + off)
		}
	}
	t.sorted = false
	t.sheet.refill()
	t.head.Refresh()
	if changed && t.options.Selected != nil {
		t.options.Selected()
	}
}

// SetEmpty changes what is shown in place of no rows.
func (t *Table) SetEmpty(text string) {
	SetText(t.empty, text)
	t.empty.Hidden = t.rows.Len() > 0 || text == ""
	t.View.Refresh()
}

// SetSort shows by which column the rows are sorted, negative for none.
func (t *Table) SetSort(column int, down bool) {
	t.sortBy, t.down = column, down
	t.head.Refresh()
}

// SortBy is by which column the rows are sorted, negative for none.
func (t *Table) SortBy() (column int, down bool) { return t.sortBy, t.down }

// sort asks for the rows in the order of a column; asked again, the other way round.
func (t *Table) sort(column int) {
	if t.options.Sort == nil || column < 0 || column >= len(t.options.Columns) || t.options.Columns[column].Fixed {
		return
	}
	t.down = t.sortBy == column && !t.down
	t.sortBy, t.sorted = column, true
	t.head.Refresh()
	t.options.Sort(column, t.down)
}

// Widths are the widths of the columns at normal text size, to be kept.
func (t *Table) Widths() []float32 { return append([]float32(nil), t.widths...) }

// SetWidths gives the columns widths that Widths returned; others are ignored.
func (t *Table) SetWidths(widths []float32) {
	if len(widths) != len(t.widths) {
		return
	}
	for i, w := range widths {
		t.widths[i] = min(max(w, leastColumn), widestColumn)
	}
	t.arrange()
}

// Focus returns what takes the focus: the rows.
func (t *Table) Focus() fyne.Focusable { return t.body }

// Columns are at least and at most so wide, at normal text size.
const (
	leastColumn  = 36
	widestColumn = 2000
)

// widen makes a column wider (or narrower) by some pixels as drawn.
func (t *Table) widen(column int, by float32) {
	w := t.placed[column+1] - t.placed[column] + by
	t.widths[column] = min(max(w*BaseTextSize/theme.TextSize(), leastColumn), widestColumn)
	t.options.Columns[column].Grow = false
	t.arrange()
}

// arrange lays out the columns in the space there is.
func (t *Table) arrange() {
	t.place(t.body.Size().Width)
	t.head.Refresh()
	t.sheet.resized()
	t.sheet.refill()
}

// place says where each column begins.
func (t *Table) place(route float32) {
	scale := theme.TextSize() / BaseTextSize
	all, growing := float32(0), 0
	for i, w := range t.widths {
		all += w * scale
		if t.options.Columns[i].Grow {
			growing++
		}
	}
	extra := float32(0)
	if growing > 0 {
		extra = max(route-all, 0) / float32(growing)
	}
	t.placed = append(t.placed[:0], 0)
	x := float32(0)
	for i, w := range t.widths {
		x += w * scale
		if t.options.Columns[i].Grow {
			x += extra
		}
		t.placed = append(t.placed, x)
	}
}

// noRows is a table's start.
type noRows struct{}

func (noRows) Len() int           { return 0 }
func (noRows) Key(int) string     { return "" }
func (noRows) Cell(_, _ int) Cell { return Cell{} }

// tableLayout puts the headings above the rows.
type tableLayout struct{ t *Table }

func (l tableLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	h := l.t.sheet.height()
	return fyne.NewSize(200, 4*h)
}

func (l tableLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := l.t.sheet.height()
	ground, head, body, empty, edge := o[0], o[1], o[2], o[3], o[4]
	ground.Resize(size)
	edge.Resize(size)
	head.Resize(fyne.NewSize(size.Width, h))
	body.Move(fyne.NewPos(0, h))
	body.Resize(fyne.NewSize(size.Width, max(size.Height-h, 0)))
	empty.Resize(fyne.NewSize(max(size.Width-2*Gap(), 0), empty.MinSize().Height))
	empty.Move(fyne.NewPos(Gap(), h+max((size.Height-h-empty.MinSize().Height)*0.4, 0)))
}
