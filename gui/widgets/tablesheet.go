package widgets

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tableSheet is the whole of a table's rows, of which only those in view are drawn, by
// lines that are used again and again.
type tableSheet struct {
	widget.BaseWidget
	t       *Table
	lines   []*tableLine // row r is drawn by line r modulo their number
	objects []fyne.CanvasObject
	from    int // the rows in view: from, and up to but without to
	to      int
	hover   int
	wanted  int  // the row to reveal once there is space, negative for none
	pressed bool // the pointer's press has been dealt with
	icons   map[iconKey]fyne.Resource
}

type iconKey struct {
	icon  Icon
	color fyne.ThemeColorName
}

var (
	_ fyne.Tappable          = (*tableSheet)(nil)
	_ fyne.SecondaryTappable = (*tableSheet)(nil)
	_ fyne.DoubleTappable    = (*tableSheet)(nil)
	_ desktop.Mouseable      = (*tableSheet)(nil)
	_ desktop.Hoverable      = (*tableSheet)(nil)
)

func newTableSheet(t *Table) *tableSheet {
	s := &tableSheet{t: t, hover: -1, wanted: -1, icons: map[iconKey]fyne.Resource{}}
	s.ExtendBaseWidget(s)
	return s
}

// height is the height of a row, and of the headings.
func (s *tableSheet) height() float32 {
	return float32(math.Ceil(float64(theme.TextSize()*1.35 + 2*theme.InnerPadding())))
}

// row is the row at a height, negative when there is none.
func (s *tableSheet) row(y float32) int {
	row := int(y / s.height())
	if y < 0 || row >= s.t.rows.Len() {
		return -1
	}
	return row
}

// place is a row in view, by key.
type place struct {
	row int
	key string
}

// top is the first row in view, and how much of it is not.
func (s *tableSheet) top() (place, float32) {
	y := s.t.body.scroll.Offset.Y
	row := int(y / s.height())
	if row <= 0 && y <= 0 || row >= s.t.rows.Len() || s.to == 0 {
		return place{}, 0
	}
	line := s.lines[row%len(s.lines)]
	if line.row != row {
		return place{}, 0
	}
	return place{row, line.key}, y - float32(row)*s.height()
}

// scrollTo scrolls to a height.
func (s *tableSheet) scrollTo(y float32) {
	scroll := s.t.body.scroll
	y = min(max(y, 0), max(s.MinSize().Height-scroll.Size().Height, 0))
	if y != scroll.Offset.Y {
		scroll.ScrollToOffset(fyne.NewPos(scroll.Offset.X, y))
	}
}

// reveal scrolls as little as needed to show a row.
func (s *tableSheet) reveal(row int) {
	h, scroll := s.height(), s.t.body.scroll
	if scroll.Size().Height <= 0 {
		s.wanted = row
		return
	}
	y := float32(row) * h
	switch {
	case y < scroll.Offset.Y:
		s.scrollTo(y)
	case y+h > scroll.Offset.Y+scroll.Size().Height:
		s.scrollTo(y + h - scroll.Size().Height)
	}
}

// sideways scrolls left or right.
func (s *tableSheet) sideways(right bool) {
	scroll := s.t.body.scroll
	x := scroll.Offset.X - 4*theme.TextSize()
	if right {
		x = scroll.Offset.X + 4*theme.TextSize()
	}
	x = min(max(x, 0), max(s.MinSize().Width-scroll.Size().Width, 0))
	scroll.ScrollToOffset(fyne.NewPos(x, scroll.Offset.Y))
}

// below is the place for a menu below a row, in the window.
func (s *tableSheet) below(row int) fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s)
	return at.AddXY(Gap()+s.t.body.scroll.Offset.X, float32(row+1)*s.height())
}

// resized is called when the space or the rows have changed.
func (s *tableSheet) resized() {
	scroll := s.t.body.scroll
	size := s.MinSize().Max(scroll.Size())
	if s.Size() != size {
		s.Resize(size)
		scroll.Refresh()
	}
	s.scrollTo(scroll.Offset.Y)
	if s.wanted >= 0 && scroll.Size().Height > 0 {
		s.reveal(min(s.wanted, s.t.rows.Len()-1))
		s.wanted = -1
	}
}

// scrolled draws the rows that have come into view.
func (s *tableSheet) scrolled() { s.draw(false) }

// refill draws every row in view anew.
func (s *tableSheet) refill() {
	if size := s.MinSize().Max(s.t.body.scroll.Size()); size != s.Size() {
		s.resized()
	}
	s.draw(true)
}

// draw brings the lines to the rows in view.
func (s *tableSheet) draw(anew bool) {
	h, scroll := s.height(), s.t.body.scroll
	if len(s.t.placed) == 0 || scroll.Size().Height <= 0 {
		return
	}
	if need := int(scroll.Size().Height/h) + 2; need > len(s.lines) {
		s.addLines(need)
		anew = true
	}
	s.from = max(int(scroll.Offset.Y/h), 0)
	s.to = min(s.from+len(s.lines), s.t.rows.Len())
	for _, line := range s.lines {
		if line.row >= 0 && (line.row < s.from || line.row >= s.to) {
			line.hide()
		}
	}
	for row := s.from; row < s.to; row++ {
		line := s.lines[row%len(s.lines)]
		if anew || line.row != row {
			line.show(row, h)
		}
	}
}

func (s *tableSheet) addLines(n int) {
	for _, line := range s.lines {
		line.hide()
	}
	for len(s.lines) < n {
		line := newTableLine(s)
		s.lines = append(s.lines, line)
		s.objects = append(s.objects, line.objects...)
	}
}

// icon is the picture of a cell.
func (s *tableSheet) icon(icon Icon, color fyne.ThemeColorName) fyne.Resource {
	key := iconKey{icon, color}
	r, ok := s.icons[key]
	if !ok {
		r = icon.Resource()
		if color != "" {
			r = icon.Colored(color)
		}
		s.icons[key] = r
	}
	return r
}

// MouseDown is part of desktop.Mouseable: rows are selected as the button goes down.
func (s *tableSheet) MouseDown(e *desktop.MouseEvent) {
	if e.Button == desktop.MouseButtonPrimary {
		s.pressed = true
		s.press(e.Position.Y, e.Modifier)
	}
}

// MouseUp is part of desktop.Mouseable.
func (s *tableSheet) MouseUp(*desktop.MouseEvent) {}

// Tapped is part of fyne.Tappable, for screens that are touched.
func (s *tableSheet) Tapped(e *fyne.PointEvent) {
	if !s.pressed {
		s.press(e.Position.Y, 0)
	}
	s.pressed = false
}

func (s *tableSheet) press(y float32, held fyne.KeyModifier) {
	s.focus()
	row := s.row(y)
	switch {
	case row < 0:
	case held&Ctrl != 0:
		s.t.flip(row)
	case held&fyne.KeyModifierShift != 0:
		s.t.extend(row)
	default:
		s.t.choose(row)
	}
}

func (s *tableSheet) focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(s.t.body); c != nil {
		c.Focus(s.t.body)
	}
}

// DoubleTapped is part of fyne.DoubleTappable.
func (s *tableSheet) DoubleTapped(e *fyne.PointEvent) {
	s.pressed = false
	if row := s.row(e.Position.Y); row >= 0 && s.t.options.Open != nil {
		s.t.choose(row)
		s.t.options.Open(row)
	}
}

// TappedSecondary is part of fyne.SecondaryTappable.
func (s *tableSheet) TappedSecondary(e *fyne.PointEvent) {
	if row := s.row(e.Position.Y); row >= 0 {
		s.focus()
		s.t.menu(row, e.AbsolutePosition)
	}
}

// MouseIn is part of desktop.Hoverable.
func (s *tableSheet) MouseIn(e *desktop.MouseEvent) { s.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (s *tableSheet) MouseMoved(e *desktop.MouseEvent) { s.hoverOn(s.row(e.Position.Y)) }

// MouseOut is part of desktop.Hoverable.
func (s *tableSheet) MouseOut() { s.hoverOn(-1) }

func (s *tableSheet) hoverOn(row int) {
	before := s.hover
	s.hover = row
	for _, line := range s.lines {
		if before != row && line.row >= 0 && (line.row == before || line.row == row) {
			line.style()
		}
	}
}

// CreateRenderer is part of fyne.Widget.
func (s *tableSheet) CreateRenderer() fyne.WidgetRenderer { return &tableSheetRenderer{s} }

type tableSheetRenderer struct{ s *tableSheet }

func (r *tableSheetRenderer) Destroy()                     {}
func (r *tableSheetRenderer) Layout(fyne.Size)             {}
func (r *tableSheetRenderer) Objects() []fyne.CanvasObject { return r.s.objects }

func (r *tableSheetRenderer) MinSize() fyne.Size {
	t := r.s.t
	width := float32(0)
	if n := len(t.placed); n > 0 {
		width = t.placed[n-1]
	}
	return fyne.NewSize(width, float32(t.rows.Len())*r.s.height())
}

func (r *tableSheetRenderer) Refresh() { r.s.draw(true) }
