package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// tableLine draws one row.
type tableLine struct {
	s       *tableSheet
	row     int // negative while it draws none
	key     string
	ground  *canvas.Rectangle
	over    *canvas.Rectangle
	cells   []*tableCell
	objects []fyne.CanvasObject
}

func newTableLine(s *tableSheet) *tableLine {
	l := &tableLine{s: s, row: -1, ground: canvas.NewRectangle(nil), over: canvas.NewRectangle(nil)}
	l.objects = []fyne.CanvasObject{l.ground, l.over}
	for range s.t.options.Columns {
		c := newTableCell()
		l.cells = append(l.cells, c)
		l.objects = append(l.objects, c.back, c.icon, c.text)
	}
	l.hide()
	return l
}

func (l *tableLine) hide() {
	l.row = -1
	for _, o := range l.objects {
		o.Hide()
	}
}

// show draws a row.
func (l *tableLine) show(row int, height float32) {
	t := l.s.t
	l.row, l.key = row, t.rows.Key(row)
	y := float32(row) * height
	place := func(r *canvas.Rectangle) {
		r.Move(fyne.NewPos(0, y))
		r.Resize(fyne.NewSize(l.s.Size().Width, height))
	}
	place(l.ground)
	place(l.over)
	l.style()
	for i, c := range l.cells {
		c.show(l.s, t.rows.Cell(row, i), t.options.Columns[i].Right, t.placed[i], t.placed[i+1], y, height)
	}
}

// style shows whether the row is selected, has the focus, or is under the pointer.
func (l *tableLine) style() {
	t := l.s.t
	fill := ColorSurface
	if l.row%2 == 1 {
		fill = ColorStripe
	}
	if _, ok := t.sel.keys[l.key]; ok {
		fill = ColorSelected
	}
	l.ground.FillColor = themed(fill)
	l.over.FillColor = themed(theme.ColorNameHover)
	l.over.Hidden = l.s.hover != l.row
	l.ground.StrokeWidth = 0
	if t.body.focused && t.sel.cursor == l.row {
		l.ground.StrokeWidth, l.ground.StrokeColor = theme.Size(SizeRing)*0.8, themed(ColorRing)
	}
	l.ground.Show()
	l.ground.Refresh()
	l.over.Refresh()
}
