package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A Pressable is content of any kind that can be pressed: with the pointer, and with
// Enter or the space bar when it has the focus, which a ring shows.
type Pressable struct {
	widget.BaseWidget
	// OnPressed is called when it is pressed.
	OnPressed func()

	label          string
	content        fyne.CanvasObject
	fill, edge     fyne.ThemeColorName
	radius         fyne.ThemeSizeName
	hover, focused bool
}

var (
	_ fyne.Tappable     = (*Pressable)(nil)
	_ fyne.Focusable    = (*Pressable)(nil)
	_ fyne.Accessible   = (*Pressable)(nil)
	_ desktop.Hoverable = (*Pressable)(nil)
)

// NewPressable returns content that can be pressed, on a ground of the given fill and
// edge ("" for none). The label is what a screen reader says.
func NewPressable(label string, content fyne.CanvasObject, fill, edge fyne.ThemeColorName, pressed func()) *Pressable {
	p := &Pressable{OnPressed: pressed, label: label, content: content, fill: fill, edge: edge, radius: theme.SizeNameButtonRadius}
	p.ExtendBaseWidget(p)
	return p
}

// SetColors changes the ground.
func (p *Pressable) SetColors(fill, edge fyne.ThemeColorName) {
	p.fill, p.edge = fill, edge
	p.Refresh()
}

// SetLabel changes what a screen reader says.
func (p *Pressable) SetLabel(label string) { p.label = label }

// AccessibilityLabel is part of fyne.Accessible.
func (p *Pressable) AccessibilityLabel() string { return p.label }

// AccessibilityRole is part of fyne.Accessible.
func (p *Pressable) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Tapped is part of fyne.Tappable.
func (p *Pressable) Tapped(*fyne.PointEvent) {
	if p.OnPressed != nil {
		p.OnPressed()
	}
}

// TypedKey is part of fyne.Focusable.
func (p *Pressable) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.Tapped(nil)
	default:
		passKey(p, e)
	}
}

// TypedRune is part of fyne.Focusable.
func (p *Pressable) TypedRune(rune) {}

// FocusGained is part of fyne.Focusable.
func (p *Pressable) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost is part of fyne.Focusable.
func (p *Pressable) FocusLost() { p.focused = false; p.Refresh() }

// MouseIn is part of desktop.Hoverable.
func (p *Pressable) MouseIn(*desktop.MouseEvent) { p.hover = true; p.Refresh() }

// MouseMoved is part of desktop.Hoverable.
func (p *Pressable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is part of desktop.Hoverable.
func (p *Pressable) MouseOut() { p.hover = false; p.Refresh() }

// CreateRenderer is part of fyne.Widget.
func (p *Pressable) CreateRenderer() fyne.WidgetRenderer {
	r := &pressableRenderer{
		p: p, ground: canvas.NewRectangle(nil), over: canvas.NewRectangle(nil), ring: newRing(),
	}
	r.objects = append([]fyne.CanvasObject{r.ground, r.over, p.content}, r.ring.objects()...)
	r.style()
	return r
}

type pressableRenderer struct {
	p            *Pressable
	ground, over *canvas.Rectangle
	ring         *ring
	objects      []fyne.CanvasObject
}

func (r *pressableRenderer) Destroy()                     {}
func (r *pressableRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *pressableRenderer) MinSize() fyne.Size           { return r.p.content.MinSize() }

func (r *pressableRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.over.Resize(size)
	r.ring.resize(size)
	r.p.content.Resize(size)
}

func (r *pressableRenderer) Refresh() {
	r.style()
	r.ground.Refresh()
	r.over.Refresh()
	r.p.content.Refresh()
}

func (r *pressableRenderer) style() {
	radius := theme.Size(r.p.radius)
	r.ground.FillColor, r.ground.StrokeWidth, r.ground.CornerRadius = color.Transparent, 0, radius
	if r.p.fill != "" {
		r.ground.FillColor = themed(r.p.fill)
	}
	if r.p.edge != "" {
		r.ground.StrokeColor, r.ground.StrokeWidth = themed(r.p.edge), theme.Size(theme.SizeNameSeparatorThickness)
	}
	r.over.FillColor, r.over.CornerRadius = themed(theme.ColorNameHover), radius
	r.over.Hidden = !r.p.hover
	r.ring.style(r.p.focused, radius)
}
