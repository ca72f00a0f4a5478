package widgets_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"stowage/gui"
	"stowage/gui/guitest"
	"stowage/gui/widgets"
)

// openPassphrase shows a passphrase entry that has the focus.
func openPassphrase(t *testing.T, o widgets.PassphraseOptions) (*guitest.Window, *widgets.Passphrase) {
	var p *widgets.Passphrase
	w := open(t, func(s *gui.Session) fyne.CanvasObject {
		p = widgets.NewPassphrase(s.Words, o)
		return widgets.Narrow(2, p.View)
	})
	w.Focus(p.Focus())
	return w, p
}

func TestPassphraseEditing(t *testing.T) {
	const shift, ctrl = fyne.KeyModifierShift, fyne.KeyModifierControl
	for _, c := range []struct {
		name string
		do   func(w *guitest.Window)
		want string
	}{
		{"typed", func(w *guitest.Window) { w.Type("purple otters") }, "purple otters"},
		{"letters of more than one byte", func(w *guitest.Window) { w.Type("tŷ bach"); w.Key(fyne.KeyHome); w.Key(fyne.KeyDelete) }, "ŷ bach"},
		{"in the middle", func(w *guitest.Window) { w.Type("ac"); w.Key(fyne.KeyLeft); w.Type("b") }, "abc"},
		{"backspace", func(w *guitest.Window) {
			w.Type("abc")
			w.Key(fyne.KeyLeft)
			w.Key(fyne.KeyBackspace)
		}, "ac"},
		{"backspace at the start", func(w *guitest.Window) { w.Type("a"); w.Key(fyne.KeyHome); w.Key(fyne.KeyBackspace) }, "a"},
		{"selected and replaced", func(w *guitest.Window) {
			w.Type("abcd")
			w.Key(fyne.KeyLeft, shift)
			w.Key(fyne.KeyLeft, shift)
			w.Type("x")
		}, "abx"},
		{"all replaced", func(w *guitest.Window) { w.Type("abcd"); w.Key(fyne.KeyA, ctrl); w.Type("z") }, "z"},
		{"pasted: one line", func(w *guitest.Window) {
			fyne.CurrentApp().Clipboard().SetContent("seven wise owls\r\nand more")
			w.Key(fyne.KeyV, ctrl)
		}, "seven wise owls"},
		{"too long is left out", func(w *guitest.Window) {
			w.Type("a")
			fyne.CurrentApp().Clipboard().SetContent(strings.Repeat("x", 2000))
			w.Key(fyne.KeyV, ctrl)
		}, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, p := openPassphrase(t, widgets.PassphraseOptions{})
			c.do(w)
			if got := string(p.Take()); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !p.Empty() || len(p.Take()) != 0 {
				t.Error("what was taken is still there")
			}
		})
	}
}

func TestPassphraseIsHiddenUntilShown(t *testing.T) {
	w, p := openPassphrase(t, widgets.PassphraseOptions{})
	w.Type("otters")
	w.MustNotSee("otters")
	w.MustSee("••••••")
	w.Press("Show")
	w.MustSee("otters")
	w.Press("Hide")
	w.MustNotSee("otters")
	w.Press("Show")
	p.Clear()
	w.Focus(p.Focus())
	w.Type("next")
	w.MustNotSee("next")
}

func TestPassphraseCannotBeCopied(t *testing.T) {
	w, _ := openPassphrase(t, widgets.PassphraseOptions{})
	fyne.CurrentApp().Clipboard().SetContent("before")
	w.Type("otters")
	w.Key(fyne.KeyA, fyne.KeyModifierControl)
	w.Key(fyne.KeyC, fyne.KeyModifierControl)
	w.Key(fyne.KeyX, fyne.KeyModifierControl)
	if got := fyne.CurrentApp().Clipboard().Content(); got != "before" {
		t.Errorf("the clipboard holds %q", got)
	}
}

// TestPastedPassphraseLeavesTheClipboard pastes one: some seconds later the clipboard
// no longer holds it, but keeps what was copied in the meantime.
func TestPastedPassphraseLeavesTheClipboard(t *testing.T) {
	for _, copied := range []string{"", "a recipe"} {
		var due []func()
		w, p := openPassphrase(t, widgets.PassphraseOptions{After: func(d time.Duration, f func()) {
			if d <= 0 || d > 15*time.Second {
				t.Errorf("the clipboard would hold it for %v", d)
			}
			due = append(due, f)
		}})
		c := fyne.CurrentApp().Clipboard()
		c.SetContent("seven wise owls")
		w.Key(fyne.KeyV, fyne.KeyModifierControl)
		if got := p.Take(); string(got) != "seven wise owls" || len(due) != 1 {
			t.Fatalf("pasted %q, %d to do later", got, len(due))
		}
		if copied != "" {
			c.SetContent(copied)
		}
		due[0]()
		if got := c.Content(); got != copied {
			t.Errorf("the clipboard holds %q, wanted %q", got, copied)
		}
	}
}

func TestPassphraseHintsAtCapsLock(t *testing.T) {
	w, p := openPassphrase(t, widgets.PassphraseOptions{})
	const caps = "Caps Lock seems to be on."
	w.Type("o")
	w.MustNotSee(caps)
	w.Type("T")
	w.MustSee(caps)
	w.Type("t")
	w.MustNotSee(caps)
	field := p.Focus().(desktop.Keyable)
	field.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	w.Type("T")
	w.MustNotSee(caps)
	w.Type("t") // Caps Lock turns Shift round
	w.MustSee(caps)
	field.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	p.Clear()
	w.MustNotSee(caps)
}

func TestPassphraseIsSubmittedAndRefused(t *testing.T) {
	var p *widgets.Passphrase
	var w *guitest.Window
	sent := 0
	w, p = openPassphrase(t, widgets.PassphraseOptions{Submit: func() { sent++ }})
	w.Type("wrong")
	w.Key(fyne.KeyReturn)
	if sent != 1 {
		t.Fatalf("Enter submitted %d times", sent)
	}
	clear(p.Take())
	p.Refuse("This is not the passphrase of this stick.")
	w.MustSee("This is not the passphrase of this stick.")
	w.Type("n")
	w.MustNotSee("This is not the passphrase")
	p.SetEnabled(false)
	w.Type("ot")
	if got := string(p.Take()); got != "n" {
		t.Errorf("typed while it was not to be: %q", got)
	}
}

func TestPassphraseStrengthInWords(t *testing.T) {
	w, p := openPassphrase(t, widgets.PassphraseOptions{Judge: func(secret []byte) widgets.Strength {
		if len(secret) > 8 {
			return widgets.Strength{Level: 4}
		}
		return widgets.Strength{Level: 1, Text: "Add another word."}
	}})
	w.MustSee("Strength: none yet")
	w.Type("otter")
	w.MustSee("Strength: weak. Add another word.")
	w.Type(" lantern")
	w.MustSee("Strength: strong")
	p.Clear()
	w.MustSee("Strength: none yet")
}

func TestPassphrasesAreCompared(t *testing.T) {
	var one, two *widgets.Passphrase
	w := open(t, func(s *gui.Session) fyne.CanvasObject {
		one = widgets.NewPassphrase(s.Words, widgets.PassphraseOptions{})
		two = widgets.NewPassphrase(s.Words, widgets.PassphraseOptions{Label: "Again"})
		return widgets.Narrow(2, one.View, two.View)
	})
	w.Focus(one.Focus())
	w.Type("otters")
	w.Focus(two.Focus())
	w.Type("otter")
	if one.Same(two) {
		t.Error("different passphrases are the same")
	}
	w.Type("s")
	if !one.Same(two) {
		t.Error("the same passphrases differ")
	}
}

func TestPassphrasePictures(t *testing.T) {
	pictures(t, "passphrase", func(s *gui.Session) fyne.CanvasObject {
		long := widgets.NewPassphrase(s.Words, widgets.PassphraseOptions{Judge: func([]byte) widgets.Strength { return widgets.Strength{Level: 3} }})
		refused := widgets.NewPassphrase(s.Words, widgets.PassphraseOptions{Label: "Again"})
		refused.Refuse("This is not the passphrase of this stick. Check Caps Lock and try again.")
		typeInto(long.Focus(), "purple otters juggle 14 lanternS")
		return widgets.Narrow(4, long.View, refused.View)
	})
}
