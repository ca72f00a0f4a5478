package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tableHead is the headings of a table: pressed they sort, and their right edges can
// be dragged.
type tableHead struct {
	widget.BaseWidget
	t       *Table
	at      int // the heading that the keyboard acts on
	hover   float32
	drag    int // the column whose edge is dragged, negative for none
	focused bool
	shift   bool
}

var (
	_ fyne.Tappable      = (*tableHead)(nil)
	_ fyne.Draggable     = (*tableHead)(nil)
	_ fyne.Focusable     = (*tableHead)(nil)
	_ fyne.Accessible    = (*tableHead)(nil)
	_ desktop.Keyable    = (*tableHead)(nil)
	_ desktop.Hoverable  = (*tableHead)(nil)
	_ desktop.Cursorable = (*tableHead)(nil)
)

// grip is how near to an edge the pointer takes hold of it.
const grip = 6

func newTableHead(t *Table) *tableHead {
	h := &tableHead{t: t, drag: -1, hover: -1}
	h.ExtendBaseWidget(h)
	return h
}

// AccessibilityLabel is part of fyne.Accessible.
func (h *tableHead) AccessibilityLabel() string {
	w := h.t.words
	title := ""
	if h.at < len(h.t.options.Columns) {
		title = h.t.options.Columns[h.at].Title
	}
	if h.t.sortBy == h.at {
		if h.t.down {
			title += ", " + w.T("widgets.table.down")
		} else {
			title += ", " + w.T("widgets.table.up")
		}
	}
	return w.T("widgets.table.headings", "title", title)
}

// AccessibilityRole is part of fyne.Accessible.
func (h *tableHead) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// column is the column at a place, negative when there is none.
func (h *tableHead) column(x float32) int {
	x += h.t.body.scroll.Offset.X
	for i := 0; i+1 < len(h.t.placed); i++ {
		if x >= h.t.placed[i] && x < h.t.placed[i+1] {
			return i
		}
	}
	return -1
}

// edge is the column whose right edge is at a place, negative when there is none.
func (h *tableHead) edge(x float32) int {
	x += h.t.body.scroll.Offset.X
	for i := len(h.t.placed) - 1; i > 0; i-- {
		if d := x - h.t.placed[i]; d >= -grip && d <= grip {
			return i - 1
		}
	}
	return -1
}

// Tapped is part of fyne.Tappable.
func (h *tableHead) Tapped(e *fyne.PointEvent) {
	if h.edge(e.Position.X) < 0 {
		h.t.sort(h.column(e.Position.X))
	}
}

// Dragged is part of fyne.Draggable.
func (h *tableHead) Dragged(e *fyne.DragEvent) {
	if h.drag == -1 {
		h.drag = h.edge(e.Position.X - e.Dragged.DX)
		if h.drag < 0 {
			h.drag = -2 // began elsewhere
		}
	}
	if h.drag >= 0 {
		h.t.widen(h.drag, e.Dragged.DX)
	}
}

// DragEnd is part of fyne.Draggable.
func (h *tableHead) DragEnd() { h.drag = -1 }

// Cursor is part of desktop.Cursorable.
func (h *tableHead) Cursor() desktop.Cursor {
	if h.hover >= 0 && h.edge(h.hover) >= 0 {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}

// MouseIn is part of desktop.Hoverable.
func (h *tableHead) MouseIn(e *desktop.MouseEvent) { h.hover = e.Position.X }

// MouseMoved is part of desktop.Hoverable.
func (h *tableHead) MouseMoved(e *desktop.MouseEvent) { h.hover = e.Position.X }

// MouseOut is part of desktop.Hoverable.
func (h *tableHead) MouseOut() { h.hover = -1 }

// FocusGained is part of fyne.Focusable.
func (h *tableHead) FocusGained() { h.focused = true; h.reveal() }

// FocusLost is part of fyne.Focusable.
func (h *tableHead) FocusLost() { h.focused, h.shift = false, false; h.Refresh() }

// KeyDown is part of desktop.Keyable.
func (h *tableHead) KeyDown(e *fyne.KeyEvent) { h.held(e, true) }

// KeyUp is part of desktop.Keyable.
func (h *tableHead) KeyUp(e *fyne.KeyEvent) { h.held(e, false) }

func (h *tableHead) held(e *fyne.KeyEvent, down bool) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		h.shift = down
	}
}

// TypedRune is part of fyne.Focusable.
func (h *tableHead) TypedRune(rune) {}

// TypedKey is part of fyne.Focusable.
func (h *tableHead) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		h.step(-1)
	case fyne.KeyRight:
		h.step(1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		h.t.sort(h.at)
	case fyne.KeyDown:
		h.t.sheet.focus()
	case fyne.KeyEscape:
		escapeFrom(h)
	default:
		passKey(h, e)
	}
}

// step goes to the next heading, or with Shift makes this one wider or narrower.
func (h *tableHead) step(by int) {
	if h.shift {
		h.t.widen(h.at, float32(by)*theme.TextSize())
	} else {
		h.at = min(max(h.at+by, 0), len(h.t.options.Columns)-1)
	}
	h.reveal()
}

// reveal scrolls to the heading that the keyboard acts on.
func (h *tableHead) reveal() {
	scroll := h.t.body.scroll
	if h.at+1 < len(h.t.placed) {
		x := min(max(scroll.Offset.X, h.t.placed[h.at+1]-scroll.Size().Width), h.t.placed[h.at])
		if x != scroll.Offset.X {
			scroll.ScrollToOffset(fyne.NewPos(x, scroll.Offset.Y))
		}
	}
	h.Refresh()
}

// CreateRenderer is part of fyne.Widget.
func (h *tableHead) CreateRenderer() fyne.WidgetRenderer {
	r := &tableHeadRenderer{h: h, ground: canvas.NewRectangle(nil), line: canvas.NewRectangle(nil), ring: newRing()}
	r.objects = []fyne.CanvasObject{r.ground, r.line}
	for range h.t.options.Columns {
		c := &tableTitle{text: canvas.NewText("", nil), arrow: widget.NewIcon(nil), edge: canvas.NewRectangle(nil)}
		r.titles = append(r.titles, c)
		r.objects = append(r.objects, c.text, c.arrow, c.edge)
	}
	r.objects = append(r.objects, r.ring.objects()...)
	r.Refresh()
	return r
}

// tableTitle draws one heading.
type tableTitle struct {
	text  *canvas.Text
	arrow *widget.Icon
	edge  *canvas.Rectangle
}

type tableHeadRenderer struct {
	h            *tableHead
	ground, line *canvas.Rectangle
	titles       []*tableTitle
	ring         *ring
	objects      []fyne.CanvasObject
}

func (r *tableHeadRenderer) Destroy()                     {}
func (r *tableHeadRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *tableHeadRenderer) MinSize() fyne.Size           { return fyne.NewSize(1, r.h.t.sheet.height()) }
func (r *tableHeadRenderer) Layout(fyne.Size)             { r.Refresh() }

func (r *tableHeadRenderer) Refresh() {
	h, t := r.h, r.h.t
	size := h.Size()
	r.ground.FillColor, r.line.FillColor = themed(theme.ColorNameHeaderBackground), themed(ColorBorder)
	r.ground.CornerRadius = theme.Size(theme.SizeNameSelectionRadius)
	r.ground.Resize(size)
	r.line.Move(fyne.NewPos(0, size.Height-1))
	r.line.Resize(fyne.NewSize(size.Width, 1))
	r.ground.Refresh()
	r.line.Refresh()
	if len(t.placed) <= len(r.titles) {
		return
	}
	for i, title := range r.titles {
		from, to := t.placed[i]-t.body.scroll.Offset.X, t.placed[i+1]-t.body.scroll.Offset.X
		title.show(t, i, from, to, size.Height)
	}
	at := min(h.at, len(r.titles)-1)
	from, to := t.placed[at]-t.body.scroll.Offset.X, t.placed[at+1]-t.body.scroll.Offset.X
	r.ring.resize(fyne.NewSize(to-from, size.Height))
	r.ring.outer.Move(fyne.NewPos(from, 0))
	r.ring.inner.Move(r.ring.inner.Position().AddXY(from, 0))
	r.ring.style(h.focused, theme.Size(theme.SizeNameSelectionRadius))
}

// show draws a heading between two places.
func (c *tableTitle) show(t *Table, column int, from, to, height float32) {
	pad, style := theme.InnerPadding(), fyne.TextStyle{Bold: true}
	arrow := float32(0)
	c.arrow.Hidden = t.sortBy != column
	if !c.arrow.Hidden {
		icon := IconUp
		if t.down {
			icon = IconDown
		}
		arrow = theme.IconInlineSize()
		c.arrow.SetResource(icon.Resource())
		c.arrow.Resize(fyne.NewSquareSize(arrow))
	}
	route := to - from - 2*pad - arrow
	text, measured := fit(t.options.Columns[column].Title, route, theme.TextSize(), style)
	x := from + pad
	if t.options.Columns[column].Right {
		x += max(route-measured.Width, 0)
	}
	c.text.Text, c.text.TextSize, c.text.TextStyle, c.text.Color = text, theme.TextSize(), style, themed(theme.ColorNameForeground)
	c.text.Move(fyne.NewPos(x, (height-measured.Height)/2))
	c.text.Resize(measured)
	c.text.Refresh()
	c.arrow.Move(fyne.NewPos(x+measured.Width, (height-arrow)/2))
	c.edge.FillColor = themed(ColorBorder)
	c.edge.Move(fyne.NewPos(to-1, height*0.25))
	c.edge.Resize(fyne.NewSize(1, height*0.5))
	c.edge.Refresh()
}
