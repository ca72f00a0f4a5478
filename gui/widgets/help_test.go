package widgets_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"stowage/gui"
	"stowage/gui/guitest"
)

// shown is the text in a window, without waiting for its jobs.
func shown(w *guitest.Window) string {
	var b strings.Builder
	w.Each(func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *canvas.Text:
			b.WriteString(o.Text + " ")
		case *widget.RichText:
			b.WriteString(o.String() + " ")
		}
	})
	return b.String()
}

func sees(w *guitest.Window, text string) bool { return strings.Contains(shown(w), text) }

// press presses a button without waiting for jobs.
func press(t *testing.T, w *guitest.Window, text string) {
	t.Helper()
	var found fyne.Tappable
	w.Each(func(o fyne.CanvasObject) {
		a, ok := o.(fyne.Accessible)
		if p, can := o.(fyne.Tappable); ok && can && a.AccessibilityLabel() == text {
			found = p
		}
	})
	if found == nil {
		t.Fatalf("no %q to press in %s", text, shown(w))
	}
	test.Tap(found)
}

// pictures draws content in every look.
func pictures(t *testing.T, name string, build func(s *gui.Session) fyne.CanvasObject) {
	guitest.Pictures(t, "widgets-"+name, gui.Options{Routes: []gui.Route{{ID: "page", Name: "route.open", Hint: "route.open.hint", New: func(s *gui.Session) gui.Screen {
		return page{build(s)}
	}}}}, func(w *guitest.Window) { w.Session.Go("page") })
}

func typeInto(f fyne.Focusable, text string) {
	for _, r := range text {
		f.TypedRune(r)
	}
}

func scroll(o fyne.CanvasObject) fyne.CanvasObject { return container.NewScroll(o) }

func halves(left, right fyne.CanvasObject) fyne.CanvasObject {
	return container.NewGridWithColumns(2, left, right)
}
