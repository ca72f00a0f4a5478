package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Ground is a filled rectangle whose colours follow the theme.
type Ground struct {
	widget.BaseWidget
	fill, edge fyne.ThemeColorName
	radius     fyne.ThemeSizeName
}

// NewGround returns a ground of a fill and an edge ("" for none) with rounded
// corners ("" for square ones).
func NewGround(fill, edge fyne.ThemeColorName, radius fyne.ThemeSizeName) *Ground {
	g := &Ground{fill: fill, edge: edge, radius: radius}
	g.ExtendBaseWidget(g)
	return g
}

// SetColors changes the colours.
func (g *Ground) SetColors(fill, edge fyne.ThemeColorName) {
	if g.fill == fill && g.edge == edge {
		return
	}
	g.fill, g.edge = fill, edge
	g.Refresh()
}

// CreateRenderer is part of fyne.Widget.
func (g *Ground) CreateRenderer() fyne.WidgetRenderer {
	r := &groundRenderer{g, canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type groundRenderer struct {
	g    *Ground
	rect *canvas.Rectangle
}

func (r *groundRenderer) Layout(size fyne.Size)        { r.rect.Resize(size) }
func (r *groundRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *groundRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *groundRenderer) Destroy()                     {}

func (r *groundRenderer) Refresh() {
	r.rect.FillColor = themed(r.g.fill)
	r.rect.StrokeWidth = 0
	if r.g.edge != "" {
		r.rect.StrokeColor = themed(r.g.edge)
		r.rect.StrokeWidth = theme.Size(theme.SizeNameSeparatorThickness)
	}
	r.rect.CornerRadius = 0
	if r.g.radius != "" {
		r.rect.CornerRadius = theme.Size(r.g.radius)
	}
	r.rect.Refresh()
}
