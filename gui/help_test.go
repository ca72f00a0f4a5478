package gui_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/guitest"
)

// drainedSees looks at a window that is busy.
func drainedSees(t *testing.T, w *guitest.Window, texts ...string) {
	t.Helper()
	w.Drain()
	var b strings.Builder
	w.Each(func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *canvas.Text:
			b.WriteString(o.Text + " ")
		case *widget.RichText:
			b.WriteString(o.String() + " ")
		}
	})
	for _, text := range texts {
		if !strings.Contains(b.String(), text) {
			t.Errorf("%q is not in %s", text, b.String())
		}
	}
}

// pressNow presses a button of a window that is busy.
func pressNow(t *testing.T, w *guitest.Window, text string) {
	t.Helper()
	w.Drain()
	var found fyne.Tappable
	w.Each(func(o fyne.CanvasObject) {
		a, ok := o.(fyne.Accessible)
		if p, can := o.(fyne.Tappable); ok && can && a.AccessibilityLabel() == text {
			found = p
		}
	})
	if found == nil {
		t.Fatalf("no %q to press", text)
	}
	test.Tap(found)
}
