package guitest

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
)

// Row is a place in a table where a text stands.
type Row struct {
	w     *Window
	under fyne.CanvasObject // what gets the pointer there
	at    fyne.Position     // within it
}

// Row finds the row of a table (or whatever else lists rows) in which a text stands, as
// a whole cell.
func (w *Window) Row(text string) Row {
	w.t.Helper()
	w.Settle()
	var found *canvas.Text
	var under, last fyne.CanvasObject
	w.Each(func(o fyne.CanvasObject) {
		if _, ok := o.(desktop.Mouseable); ok {
			last = o
		}
		if t, ok := o.(*canvas.Text); ok && t.Text == text && last != nil {
			found, under = t, last
		}
	})
	if found == nil {
		w.t.Fatalf("no row with the text %q in the window, which says:\n%s", text, w.Text())
	}
	return Row{w, under, found.Position().AddXY(1, 1)}
}

// Heading is where a text stands in the window: of a column's heading, to drag.
func (w *Window) Heading(text string) fyne.Position {
	w.t.Helper()
	at := fyne.NewPos(-1, -1)
	w.Each(func(o fyne.CanvasObject) {
		if t, ok := o.(*canvas.Text); ok && t.Text == text && at.X < 0 {
			at = fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		}
	})
	if at.X < 0 {
		w.t.Fatalf("no heading %q", text)
	}
	return at
}

// Press clicks the row with the left button, with modifiers held, and settles.
func (r Row) Press(held ...fyne.KeyModifier) {
	e := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: r.at}, Button: desktop.MouseButtonPrimary}
	for _, m := range held {
		e.Modifier |= m
	}
	mouse := r.under.(desktop.Mouseable)
	mouse.MouseDown(e)
	mouse.MouseUp(e)
	if t, ok := r.under.(fyne.Tappable); ok {
		t.Tapped(&e.PointEvent)
	}
	r.w.Settle()
}

// Double clicks the row twice, and settles.
func (r Row) Double() {
	r.Press()
	if d, ok := r.under.(fyne.DoubleTappable); ok {
		d.DoubleTapped(&fyne.PointEvent{Position: r.at})
	}
	r.w.Settle()
}

// Secondary clicks the row with the right button, and settles.
func (r Row) Secondary() {
	if s, ok := r.under.(fyne.SecondaryTappable); ok {
		s.TappedSecondary(&fyne.PointEvent{Position: r.at, AbsolutePosition: r.at})
	}
	r.w.Settle()
}
