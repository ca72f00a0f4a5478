package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A shade covers the window, keeps the pointer from what is below, and holds a card
// in its middle. Escape is told to it by the window (see Escape).
type shade struct {
	widget.BaseWidget
	card   fyne.CanvasObject
	escape func()
}

var (
	_ fyne.Tappable     = (*shade)(nil)
	_ desktop.Hoverable = (*shade)(nil)
)

func newShade(card fyne.CanvasObject, escape func()) *shade {
	s := &shade{card: card, escape: escape}
	s.ExtendBaseWidget(s)
	return s
}

// Escape closes the dialog on top, as its way out says, and reports whether there
// was one. The window calls it for the Escape key.
func Escape(c fyne.Canvas) bool {
	s, ok := c.Overlays().Top().(*shade)
	if ok {
		s.escape()
	}
	return ok
}

// escapeFrom is Escape for a widget that has the focus, and so gets the key.
func escapeFrom(o fyne.CanvasObject) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		Escape(c)
	}
}

// passOn gives a shortcut that the widget with the focus has no use for to the window.
func passOn(o fyne.CanvasObject, s fyne.Shortcut) {
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(o).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// passKey gives a key that the widget with the focus has no use for to the window: Fyne
// itself tells the window of keys only when nothing has the focus.
func passKey(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

// isFunctionKey reports whether a key means nothing to what text is typed into.
func isFunctionKey(key fyne.KeyName) bool {
	return len(key) > 1 && key[0] == 'F' && key[1] >= '1' && key[1] <= '9'
}

// Tapped keeps taps from what is below.
func (*shade) Tapped(*fyne.PointEvent) {}

// MouseIn keeps the pointer from what is below.
func (*shade) MouseIn(*desktop.MouseEvent) {}

// MouseMoved keeps the pointer from what is below.
func (*shade) MouseMoved(*desktop.MouseEvent) {}

// MouseOut keeps the pointer from what is below.
func (*shade) MouseOut() {}

// CreateRenderer is part of fyne.Widget.
func (s *shade) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(
		NewGround(ColorShade, "", ""),
		container.New(middle{}, s.card),
	))
}

// middle puts a card into the middle, as wide as a dialog reads well and no larger
// than the window.
type middle struct{}

func (middle) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	card := objects[0]
	widest := size.Width - 2*Gap()
	width := min(max(dialogWidth*theme.TextSize()/BaseTextSize, card.MinSize().Width), widest)
	card.Resize(fyne.NewSize(width, card.MinSize().Height)) // wrapped text learns its width
	card.Resize(fyne.NewSize(width, card.MinSize().Height))
	card.Move(fyne.NewPos((size.Width-width)/2, max((size.Height-card.Size().Height)*0.4, 0)))
}

// dialogWidth is the width of a dialog whose content asks for no more.
const dialogWidth = 480

// Covered reports whether a dialog or menu lies over the window's content.
func Covered(c fyne.Canvas) bool { return c.Overlays().Top() != nil }
