package widgets_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"stowage/gui"
	"stowage/gui/guitest"
	"stowage/gui/widgets"
)

// sticks are rows of a small register: every row is its number.
type sticks []int

func (s sticks) Len() int           { return len(s) }
func (s sticks) Key(row int) string { return "key" + strconv.Itoa(s[row]) }

func (s sticks) Cell(row, column int) widgets.Cell {
	switch n := s[row]; column {
	case 0:
		return widgets.Cell{Text: fmt.Sprintf("HRP-%06d", n), Icon: widgets.IconStick}
	case 1:
		return widgets.Cell{Text: [...]string{"Alice Jones", "Bob Evans", "Carys ap Rhys", "Dilwyn Featherstonehaugh-Llewellyn of Aberystwyth"}[n%4]}
	case 2:
		if n%3 == 0 {
			return widgets.Cell{Text: "Lost", Color: widgets.ColorError, Back: widgets.ColorErrorBack}
		}
		return widgets.Cell{Text: "Issued", Color: widgets.ColorGood, Back: widgets.ColorGoodBack}
	default:
		return widgets.Cell{Text: fmt.Sprint(n, " GB")}
	}
}

func numbered(n int) sticks {
	s := make(sticks, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func columns() []widgets.TableColumn {
	return []widgets.TableColumn{{Title: "Label", Width: 160}, {Title: "Holder", Width: 200, Grow: true, Search: true}, {Title: "State", Width: 120}, {Title: "Size", Width: 110, Right: true}}
}

// openTable shows a table with the focus.
func openTable(t testing.TB, rows widgets.Rows, o widgets.TableOptions) (*guitest.Window, *widgets.Table) {
	var table *widgets.Table
	w := open(t, func(s *gui.Session) fyne.CanvasObject {
		o.Columns, o.Label, o.Now = columns(), "Register", s.Now
		table = widgets.NewTable(s.Words, o)
		table.SetRows(rows)
		return table.View
	})
	w.Focus(table.Focus())
	return w, table
}

const (
	shift = fyne.KeyModifierShift
	ctrl  = fyne.KeyModifierControl
)

func TestTableByKeyboard(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(w *guitest.Window)
		want string
	}{
		{"down", func(w *guitest.Window) { w.Key(fyne.KeyDown); w.Key(fyne.KeyDown) }, "key2"},
		{"up stops at the top", func(w *guitest.Window) { w.Key(fyne.KeyUp); w.Key(fyne.KeyUp) }, "key0"},
		{"end", func(w *guitest.Window) { w.Key(fyne.KeyEnd) }, "key99999"},
		{"home", func(w *guitest.Window) { w.Key(fyne.KeyEnd); w.Key(fyne.KeyHome) }, "key0"},
		{"shift extends", func(w *guitest.Window) { w.Key(fyne.KeyDown); w.Key(fyne.KeyDown, shift); w.Key(fyne.KeyDown, shift) }, "key1 key2 key3"},
		{"shift takes back", func(w *guitest.Window) {
			w.Key(fyne.KeyDown)
			w.Key(fyne.KeyDown, shift)
			w.Key(fyne.KeyUp, shift)
			w.Key(fyne.KeyUp, shift)
		}, "key0 key1"},
		{"space", func(w *guitest.Window) { w.Key(fyne.KeySpace); w.Key(fyne.KeySpace) }, ""},
		{"escape leaves one", func(w *guitest.Window) { w.Key(fyne.KeyDown); w.Key(fyne.KeyDown, shift); w.Key(fyne.KeyEscape) }, "key2"},
		{"letters", func(w *guitest.Window) { w.Type("car") }, "key2"},
		{"the same letter goes on", func(w *guitest.Window) { w.Type("b"); w.Advance(2 * time.Second); w.Type("b") }, "key5"},
		{"letters with a space", func(w *guitest.Window) {
			w.Type("carys")
			w.Key(fyne.KeySpace)
			w.Type(" ap")
		}, "key2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, table := openTable(t, numbered(100_000), widgets.TableOptions{Multi: true})
			c.do(w)
			if got := strings.Join(table.Selected(), " "); got != c.want {
				t.Errorf("selected %q, want %q", got, c.want)
			}
		})
	}
}

func TestTableShowsTheRowThatTheKeyboardIsOn(t *testing.T) {
	w, _ := openTable(t, numbered(100_000), widgets.TableOptions{})
	w.MustSee("HRP-000000")
	w.MustNotSee("HRP-099999")
	w.Key(fyne.KeyEnd)
	w.MustSee("HRP-099999")
	w.MustNotSee("HRP-000000")
	w.Key(fyne.KeyPageUp)
	w.MustNotSee("HRP-099970")
}

func TestTableSelectsAll(t *testing.T) {
	told := 0
	w, table := openTable(t, numbered(5000), widgets.TableOptions{Multi: true, Selected: func() { told++ }})
	w.Key(fyne.KeyA, ctrl)
	if table.Count() != 5000 || told != 1 {
		t.Errorf("%d rows selected, told %d times", table.Count(), told)
	}
	single, table := openTable(t, numbered(5), widgets.TableOptions{})
	single.Key(fyne.KeyA, ctrl)
	single.Key(fyne.KeyDown, shift)
	if table.Count() != 1 {
		t.Errorf("%d rows selected where one can be", table.Count())
	}
}

func TestTableOpensAndOffersAMenu(t *testing.T) {
	opened, ran := -1, 0
	w, table := openTable(t, numbered(10), widgets.TableOptions{
		Multi: true, Open: func(row int) { opened = row },
		Menu: func() []widgets.Command { return []widgets.Command{{Name: "Take back", Run: func() { ran++ }}} },
	})
	w.Key(fyne.KeyDown)
	w.Key(fyne.KeyReturn)
	if opened != 1 {
		t.Errorf("Enter opened row %d", opened)
	}
	w.Key(desktop.KeyMenu)
	w.MustSee("Take back")
	w.Key(fyne.KeyEscape)
	w.Focus(table.Focus())
	w.Row("HRP-000004").Double()
	if opened != 4 {
		t.Errorf("the double click opened row %d", opened)
	}
	w.Row("HRP-000007").Secondary()
	w.MustSee("Take back")
	if got := table.Selected(); !slices.Equal(got, []string{"key7"}) {
		t.Errorf("the menu is for %v", got)
	}
}

func TestTableByPointer(t *testing.T) {
	w, table := openTable(t, numbered(50), widgets.TableOptions{Multi: true})
	w.Row("HRP-000003").Press()
	w.Row("HRP-000005").Press(ctrl)
	if got := strings.Join(table.Selected(), " "); got != "key3 key5" {
		t.Errorf("with Ctrl: %s", got)
	}
	w.Row("HRP-000008").Press(shift)
	if got := strings.Join(table.Selected(), " "); got != "key5 key6 key7 key8" {
		t.Errorf("with Shift: %s", got)
	}
	w.Row("HRP-000001").Press()
	if got := strings.Join(table.Selected(), " "); got != "key1" {
		t.Errorf("alone: %s", got)
	}
}

func TestTableKeepsSelectionAndPlaceByKey(t *testing.T) {
	told := 0
	w, table := openTable(t, numbered(1000), widgets.TableOptions{Multi: true, Selected: func() { told++ }})
	table.Select("key500")
	w.Key(fyne.KeyDown, shift)
	told = 0
	table.SetRows(append(sticks{2000, 2001, 2002}, numbered(1000)...)) // three new ones at the top
	w.MustSee("HRP-000501")
	if got := strings.Join(table.Selected(), " "); got != "key500 key501" || told != 0 {
		t.Errorf("selected %s, told %d times", got, told)
	}
	rest := slices.DeleteFunc(numbered(1000), func(n int) bool { return n == 501 })
	table.SetRows(rest)
	if got := strings.Join(table.Selected(), " "); got != "key500" || told != 1 {
		t.Errorf("after one is gone: selected %s, told %d times", got, told)
	}
	table.SetRows(sticks{})
	if table.Count() != 0 {
		t.Error("something is selected in an empty table")
	}
}

func TestTableEmpty(t *testing.T) {
	w, table := openTable(t, sticks{}, widgets.TableOptions{Empty: "No devices yet."})
	w.MustSee("No devices yet.")
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyEnd, fyne.KeyReturn, fyne.KeySpace, desktop.KeyMenu} {
		w.Key(key)
	}
	table.SetRows(numbered(1))
	w.MustNotSee("No devices yet.")
	w.MustSee("HRP-000000")
}

func TestTableSorts(t *testing.T) {
	var asked []string
	var table *widgets.Table
	rows := numbered(100)
	w, table := openTable(t, rows, widgets.TableOptions{Sort: func(column int, down bool) {
		asked = append(asked, fmt.Sprint(column, down))
		slices.Reverse(rows)
		table.SetRows(rows)
	}})
	_ = table
	w.Session.Window.Canvas().FocusPrevious() // the headings
	w.Key(fyne.KeyRight)
	w.Key(fyne.KeyReturn)
	w.Key(fyne.KeySpace)
	w.Key(fyne.KeyLeft)
	w.Key(fyne.KeyReturn)
	if want := []string{"1 false", "1 true", "0 false"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %v, want %v", asked, want)
	}
}

func TestTableColumnsAreResized(t *testing.T) {
	w, table := openTable(t, numbered(10), widgets.TableOptions{})
	before := table.Widths()
	w.Session.Window.Canvas().FocusPrevious()
	w.Key(fyne.KeyRight, shift)
	if after := table.Widths(); after[0] <= before[0] {
		t.Errorf("Shift and right made %v of %v", after[0], before[0])
	}
	test.Drag(w.Session.Window.Canvas(), w.Heading("State").AddXY(112+20, 4), 20, 0)
	if after := table.Widths(); after[2] <= before[2] {
		t.Errorf("dragging made %v of %v", after[2], before[2])
	}
	table.SetWidths(before)
	if got := table.Widths(); !slices.Equal(got, before) {
		t.Errorf("widths %v, want %v", got, before)
	}
	table.SetWidths([]float32{1})
	if got := table.Widths(); !slices.Equal(got, before) {
		t.Errorf("widths for another table were taken: %v", got)
	}
}

func TestTablePictures(t *testing.T) {
	pictures(t, "table", func(s *gui.Session) fyne.CanvasObject {
		table := widgets.NewTable(s.Words, widgets.TableOptions{Columns: columns(), Multi: true, Sort: func(int, bool) {}})
		table.SetRows(numbered(100_000))
		table.SetSort(0, false)
		table.Select("key5")
		return table.View
	})
}

// BenchmarkTable measures what a scroll and a refresh of 100,000 rows cost, drawing
// to the canvas apart. It is to stay below the 16 ms of a frame.
func BenchmarkTable(b *testing.B) {
	for _, bench := range []struct {
		name string
		step func(w *guitest.Window, table *widgets.Table, i int)
	}{
		{"page", func(w *guitest.Window, _ *widgets.Table, i int) {
			key := fyne.KeyPageDown
			if i/1000%2 == 1 {
				key = fyne.KeyPageUp
			}
			w.Session.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: key})
		}},
		{"refresh", func(_ *guitest.Window, table *widgets.Table, _ int) { table.Refresh() }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			w, table := openTable(b, numbered(100_000), widgets.TableOptions{Multi: true})
			i := 0
			for b.Loop() {
				bench.step(w, table, i)
				i++
			}
		})
	}
	b.Run("refresh-all-selected", func(b *testing.B) {
		_, table := openTable(b, numbered(100_000), widgets.TableOptions{Multi: true})
		table.SelectAll()
		for b.Loop() {
			table.Refresh()
		}
	})
}
