package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tableBody is what of a table has the focus when its rows are used by keyboard.
type tableBody struct {
	widget.BaseWidget
	t       *Table
	scroll  *container.Scroll
	ring    *ring
	focused bool
	shift   bool
}

var (
	_ fyne.Focusable    = (*tableBody)(nil)
	_ fyne.Shortcutable = (*tableBody)(nil)
	_ fyne.Accessible   = (*tableBody)(nil)
	_ desktop.Keyable   = (*tableBody)(nil)
)

func newTableBody(t *Table) *tableBody {
	b := &tableBody{t: t, ring: newRing(), scroll: container.NewScroll(t.sheet)}
	sideways := float32(0)
	b.scroll.OnScrolled = func(at fyne.Position) {
		t.sheet.scrolled()
		if at.X != sideways {
			sideways = at.X
			t.head.Refresh()
		}
	}
	b.ExtendBaseWidget(b)
	return b
}

// AccessibilityLabel is part of fyne.Accessible: the table, and the row with the focus.
func (b *tableBody) AccessibilityLabel() string {
	t := b.t
	pieces := []string{t.options.Label}
	if row := t.sel.cursor; row >= 0 && row < t.rows.Len() {
		w := t.words
		pieces = append(pieces, w.T("widgets.table.row", "row", w.Number(int64(row)+1), "all", w.Number(int64(t.rows.Len()))))
		for i, c := range t.options.Columns {
			if text := t.rows.Cell(row, i).Text; text != "" {
				pieces = append(pieces, strings.TrimPrefix(c.Title+": ", ": ")+text)
			}
		}
		if n := t.Count(); n > 1 {
			pieces = append(pieces, w.N("widgets.table.selected", n))
		}
	} else if t.rows.Len() == 0 {
		pieces = append(pieces, TextOf(t.empty))
	}
	return strings.Join(pieces, ". ")
}

// AccessibilityRole is part of fyne.Accessible.
func (b *tableBody) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// FocusGained is part of fyne.Focusable.
func (b *tableBody) FocusGained() { b.setFocus(true) }

// FocusLost is part of fyne.Focusable.
func (b *tableBody) FocusLost() { b.setFocus(false) }

func (b *tableBody) setFocus(on bool) {
	b.focused, b.shift = on, false
	if on && b.t.sel.cursor < 0 && b.t.rows.Len() > 0 {
		b.t.goTo(0)
	}
	b.t.sheet.refill()
	b.Refresh()
}

// KeyDown is part of desktop.Keyable.
func (b *tableBody) KeyDown(e *fyne.KeyEvent) { b.held(e, true) }

// KeyUp is part of desktop.Keyable.
func (b *tableBody) KeyUp(e *fyne.KeyEvent) { b.held(e, false) }

func (b *tableBody) held(e *fyne.KeyEvent, down bool) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		b.shift = down
	}
}

// TypedRune is part of fyne.Focusable.
func (b *tableBody) TypedRune(r rune) { b.t.seek(r) }

// TypedKey is part of fyne.Focusable.
func (b *tableBody) TypedKey(e *fyne.KeyEvent) {
	t := b.t
	n := t.rows.Len()
	row := t.sel.cursor
	if to, ok := b.target(e.Name, row, n); ok {
		if n > 0 {
			b.move(min(max(to, 0), n-1))
		}
		return
	}
	on := row >= 0 && row < n
	switch {
	case e.Name == fyne.KeyLeft || e.Name == fyne.KeyRight:
		t.sheet.sideways(e.Name == fyne.KeyRight)
	case e.Name == fyne.KeySpace && on && t.sel.typed != "" && t.options.Now().Sub(t.sel.typedAt) <= pause:
		// a space within letters that are typed, which TypedRune brings
	case e.Name == fyne.KeySpace && on:
		t.flip(row)
	case (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter) && on && t.options.Open != nil:
		if _, ok := t.sel.keys[t.sel.key]; !ok || len(t.sel.keys) > 1 {
			t.choose(row)
		}
		t.options.Open(row)
	case (e.Name == desktop.KeyMenu || (e.Name == fyne.KeyF10 && b.shift)) && on:
		t.menu(row, t.sheet.below(row))
	case e.Name == fyne.KeyEscape && t.Count() > 1 && on:
		t.choose(row)
	case e.Name == fyne.KeyEscape:
		escapeFrom(b)
	case t.options.Key == nil || !t.options.Key(e):
		passKey(b, e)
	}
}

// target is where a key leads from a row.
func (b *tableBody) target(key fyne.KeyName, row, n int) (to int, ok bool) {
	page := max(int(b.Size().Height/b.t.sheet.height())-1, 1)
	switch key {
	case fyne.KeyUp:
		return row - 1, true
	case fyne.KeyDown:
		return row + 1, true
	case fyne.KeyPageUp:
		return row - page, true
	case fyne.KeyPageDown:
		return row + page, true
	case fyne.KeyHome:
		return 0, true
	case fyne.KeyEnd:
		return n - 1, true
	}
	return 0, false
}

func (b *tableBody) move(row int) {
	if b.shift {
		b.t.extend(row)
	} else {
		b.t.choose(row)
	}
}

// TypedShortcut is part of fyne.Shortcutable.
func (b *tableBody) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutSelectAll:
		if b.t.options.Multi {
			b.t.SelectAll()
			return
		}
	case *desktop.CustomShortcut:
		if s.Modifier&^fyne.KeyModifierShift == Ctrl {
			n := b.t.rows.Len()
			if to, ok := b.target(s.KeyName, b.t.sel.cursor, n); ok && n > 0 {
				b.shift = s.Modifier&fyne.KeyModifierShift != 0
				b.move(min(max(to, 0), n-1))
				return
			}
		}
	}
	passOn(b, s)
}

// menu shows what can be done with the selected rows.
func (t *Table) menu(row int, at fyne.Position) {
	if _, ok := t.sel.keys[t.rows.Key(row)]; !ok {
		t.choose(row)
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(t.body)
	if t.options.Menu == nil || c == nil {
		return
	}
	if commands := t.options.Menu(); len(commands) > 0 {
		widget.ShowPopUpMenuAtPosition(Menu("", commands), c, at)
	}
}

// CreateRenderer is part of fyne.Widget.
func (b *tableBody) CreateRenderer() fyne.WidgetRenderer {
	return &tableBodyRenderer{b}
}

type tableBodyRenderer struct{ b *tableBody }

func (r *tableBodyRenderer) Destroy()           {}
func (r *tableBodyRenderer) MinSize() fyne.Size { return fyne.NewSize(100, 100) }

func (r *tableBodyRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.b.scroll}, r.b.ring.objects()...)
}

func (r *tableBodyRenderer) Layout(size fyne.Size) {
	t := r.b.t
	t.place(size.Width)
	r.b.scroll.Resize(size)
	r.b.ring.resize(size)
	t.sheet.resized()
	t.sheet.refill()
	t.head.Refresh()
}

func (r *tableBodyRenderer) Refresh() {
	t := r.b.t
	t.place(r.b.Size().Width)
	r.b.ring.style(r.b.focused, theme.Size(theme.SizeNameSelectionRadius))
	t.sheet.resized()
	t.sheet.refill()
}
