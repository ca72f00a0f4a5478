package guitest

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// Each calls f for everything visible in the window, dialogs included, from back to
// front.
func (w *Window) Each(f func(fyne.CanvasObject)) {
	c := w.Session.Window.Canvas()
	each(c.Content(), f)
	for _, o := range c.Overlays().List() {
		each(o, f)
	}
}

func each(o fyne.CanvasObject, f func(fyne.CanvasObject)) {
	if o == nil || !o.Visible() {
		return
	}
	f(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			each(child, f)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			each(child, f)
		}
	}
}

// Text is all text in the window, a line for each piece.
func (w *Window) Text() string {
	w.Settle()
	return w.Glimpse()
}

// Glimpse is what Text is, while jobs still run.
func (w *Window) Glimpse() string {
	w.Drain()
	var b strings.Builder
	w.Each(func(o fyne.CanvasObject) {
		if text, ok := textOf(o); ok {
			b.WriteString(text + "\n")
		}
	})
	return b.String()
}

// textOf is the text that an object shows, of those that show text as a whole.
func textOf(o fyne.CanvasObject) (string, bool) {
	switch o := o.(type) {
	case *widget.RichText:
		return o.String(), o.String() != ""
	case *canvas.Text:
		return o.Text, o.Text != ""
	}
	return "", false
}

// Sees reports whether the text is somewhere in the window, on one line or broken
// into several.
func (w *Window) Sees(text string) bool {
	return strings.Contains(strings.Join(strings.Fields(w.Text()), " "), strings.Join(strings.Fields(text), " "))
}

// MustSee fails the test when the text is not in the window.
func (w *Window) MustSee(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if !w.Sees(text) {
			w.t.Errorf("%q is not in the window, which says:\n%s", text, w.Text())
		}
	}
}

// MustNotSee fails the test when the text is in the window.
func (w *Window) MustNotSee(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if w.Sees(text) {
			w.t.Errorf("%q is in the window, which says:\n%s", text, w.Text())
		}
	}
}

// labelled is what can be found by its text: buttons, ticks, and all that tells
// screen readers its label.
func label(o fyne.CanvasObject) string {
	switch o := o.(type) {
	case *widget.Check:
		return o.Text
	case fyne.Accessible:
		return o.AccessibilityLabel()
	}
	return ""
}

// Find returns the front-most thing that can be pressed or ticked and whose text
// is, or else begins with, the given one; nil when there is none.
func (w *Window) Find(text string) fyne.Tappable {
	w.Settle()
	return w.find(text)
}

func (w *Window) find(text string) fyne.Tappable {
	var exact, begins fyne.Tappable
	w.Each(func(o fyne.CanvasObject) {
		tappable, ok := o.(fyne.Tappable)
		if !ok {
			return
		}
		switch l := label(o); {
		case l == text:
			exact = tappable
		case l != "" && strings.HasPrefix(l, text):
			begins = tappable
		}
	})
	if exact != nil {
		return exact
	}
	return begins
}

// FocusedLabel is the text of what has the focus, "" when nothing has.
func (w *Window) FocusedLabel() string {
	o, ok := w.Session.Window.Canvas().Focused().(fyne.CanvasObject)
	if !ok {
		return ""
	}
	return label(o)
}
