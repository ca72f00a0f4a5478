package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// A ring shows where the focus is: a line in the theme's ring colour, and within
// it a thin one in the colour of the page, so that it is seen on any ground.
type ring struct{ outer, inner *canvas.Rectangle }

func newRing() *ring {
	r := &ring{canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)}
	r.outer.Hide()
	r.inner.Hide()
	return r
}

func (r *ring) objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.inner, r.outer} }

func (r *ring) resize(size fyne.Size) {
	thick := theme.Size(SizeRing)
	r.outer.Move(fyne.Position{})
	r.outer.Resize(size)
	r.inner.Move(fyne.NewSquareOffsetPos(thick))
	r.inner.Resize(size.SubtractWidthHeight(2*thick, 2*thick))
}

// style takes the theme's colours and shows the ring when there is focus.
func (r *ring) style(focused bool, radius float32) {
	thick := theme.Size(SizeRing)
	r.outer.StrokeColor, r.outer.StrokeWidth, r.outer.CornerRadius = themed(ColorRing), thick, radius
	r.inner.StrokeColor, r.inner.StrokeWidth, r.inner.CornerRadius = themed(theme.ColorNameBackground), 1.5, max(radius-thick, 0)
	r.outer.Hidden, r.inner.Hidden = !focused, !focused
	r.outer.Refresh()
	r.inner.Refresh()
}
