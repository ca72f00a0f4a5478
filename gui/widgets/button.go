package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Button is Fyne's button with a ring that shows the focus, and Enter presses it as
// well as the space bar.
type Button struct {
	widget.Button
	focused bool
	ring    *ring
}

// NewButton returns an ordinary button; icon may be nil.
func NewButton(text string, icon fyne.Resource, tapped func()) *Button {
	b := &Button{ring: newRing()}
	b.Text, b.Icon, b.OnTapped = text, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

// NewPrimary returns the button for what a page or dialog is there for. There is at
// most one in view.
func NewPrimary(text string, icon fyne.Resource, tapped func()) *Button {
	b := NewButton(text, icon, tapped)
	b.Importance = widget.HighImportance
	return b
}

// NewDanger returns a button for what cannot be undone.
func NewDanger(text string, icon fyne.Resource, tapped func()) *Button {
	b := NewButton(text, icon, tapped)
	b.Importance = widget.DangerImportance
	return b
}

// NewQuiet returns a button without a ground of its own, for what is seldom needed
// and for icons in rows.
func NewQuiet(text string, icon fyne.Resource, tapped func()) *Button {
	b := NewButton(text, icon, tapped)
	b.Importance = widget.LowImportance
	return b
}

// NewCommandButton returns a button for a command. Update it with SetEnabled.
func NewCommandButton(c Command) *Button {
	b := NewButton(c.Name, c.Icon, func() {
		if c.Can() {
			c.Run()
		}
	})
	b.SetEnabled(c.Can())
	return b
}

// SetEnabled enables or disables the button.
func (b *Button) SetEnabled(enabled bool) {
	if enabled {
		b.Enable()
	} else {
		b.Disable()
	}
}

// FocusGained is part of fyne.Focusable.
func (b *Button) FocusGained() {
	b.focused = true
	b.Button.FocusGained()
}

// FocusLost is part of fyne.Focusable.
func (b *Button) FocusLost() {
	b.focused = false
	b.Button.FocusLost()
}

// TypedKey is part of fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		e = &fyne.KeyEvent{Name: fyne.KeySpace}
	case fyne.KeySpace:
	default:
		passKey(b, e)
		return
	}
	b.Button.TypedKey(e)
}

// CreateRenderer is part of fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	return &ringed{b.Button.CreateRenderer(), b.ring, func() bool { return b.focused && !b.Disabled() }, theme.SizeNameButtonRadius}
}

// ringed adds the ring of the focus to a renderer.
type ringed struct {
	fyne.WidgetRenderer
	ring    *ring
	focused func() bool
	radius  fyne.ThemeSizeName
}

func (r *ringed) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ring.resize(size)
}

func (r *ringed) Refresh() {
	r.WidgetRenderer.Refresh()
	r.ring.style(r.focused(), theme.Size(r.radius))
}

func (r *ringed) Objects() []fyne.CanvasObject {
	objects := r.WidgetRenderer.Objects()
	return append(objects[:len(objects):len(objects)], r.ring.objects()...)
}
