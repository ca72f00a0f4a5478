package screens

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/widgets"
)

// pickAll selects rows of the browser, and has one of them deleted behind its back, as a
// program does through the drive.
func (r *rig) pickAll(gone string, others ...string) {
	r.t.Helper()
	r.pickMany(append(others, gone)...)
	r.elsewhere(func(s *stick.Stick) error { return s.Remove(r.t.Context(), gone) })
}

// pickMany selects rows of the browser.
func (r *rig) pickMany(paths ...string) {
	r.t.Helper()
	r.pick(paths[0])
	for _, p := range paths[1:] {
		r.Row(p).Press(fyne.KeyModifierControl)
	}
	if n := len(r.browser().table.Selected()); n != len(paths) {
		r.t.Fatalf("%d rows are selected", n)
	}
}

// elsewhere changes the stick behind the window's back.
func (r *rig) elsewhere(change func(*stick.Stick) error) {
	r.t.Helper()
	done := make(chan error)
	go func() { done <- change(r.opened().stick) }()
	screenstest.Check(r.t, <-done)
}

// TestOneGoneOfManyOnTheStick: what is not there any more keeps none of the others, and is
// named with the reason, whatever is done to them.
func TestOneGoneOfManyOnTheStick(t *testing.T) {
	const named = "photo.heic – it is not on the stick"
	for name, c := range map[string]struct {
		do   func(r *rig)
		says string
		done func(r *rig) bool
	}{
		"deleted": {
			func(r *rig) { r.Key(fyne.KeyDelete) },
			"1 item deleted.", func(r *rig) bool { return !r.has("Register.txt") },
		},
		"moved": {
			func(r *rig) {
				r.Key(fyne.KeyX, widgets.Ctrl)
				r.pick("2026")
				r.Key(fyne.KeyReturn)
				r.Key(fyne.KeyV, widgets.Ctrl)
			},
			"1 item moved.", func(r *rig) bool { return r.has("2026/Register.txt") && !r.has("Register.txt") },
		},
		"copied": {
			func(r *rig) {
				r.choose.Path = r.t.TempDir()
				r.Press("Save a copy…")
			},
			"1 file copied.", func(r *rig) bool {
				content, err := os.ReadFile(filepath.Join(r.choose.Path, "Register.txt"))
				return err == nil && string(content) == "Amy\nBen\n"
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := openRig(t)
			r.pickAll("photo.heic", "Register.txt")
			c.do(r)
			r.MustSee("1 item was skipped", named, c.says)
			if !c.done(r) {
				t.Error("what is there was not done")
			}
		})
	}
}

// TestOneGoneOfManyErased erases three things of which one has left no trace.
func TestOneGoneOfManyErased(t *testing.T) {
	r := openRig(t)
	r.pickMany("photo.heic", "Register.txt")
	r.elsewhere(func(s *stick.Stick) error {
		_, err := s.EraseForGood(t.Context(), []string{"photo.heic"}, nil)
		return err
	})
	r.command("Erase for good")
	r.Press("Erase for good")
	r.MustSee("1 item was skipped", "photo.heic – it is not on the stick", "It is erased, with its previous versions.")
	if r.has("Register.txt") {
		t.Error("it is still there")
	}
}

// TestNothingLeftToDo deletes what is all gone.
func TestNothingLeftToDo(t *testing.T) {
	r := openRig(t)
	r.pickAll("photo.heic", "Register.txt")
	r.elsewhere(func(s *stick.Stick) error { return s.Remove(t.Context(), "Register.txt") })
	r.Key(fyne.KeyDelete)
	r.MustSee("2 items were skipped", "Nothing was changed")
	r.MustNotSee("deleted.")
}

// TestUndoOfAMoveOntoATakenName undoes a move of two things, of which one has its old name
// taken by then.
func TestUndoOfAMoveOntoATakenName(t *testing.T) {
	r := openRig(t)
	r.Drop(fyne.NewPos(500, 400), r.file("report.odt", "another"))
	r.pickMany("report.odt", "Register.txt")
	r.Key(fyne.KeyX, widgets.Ctrl)
	r.pick("2026")
	r.Key(fyne.KeyReturn)
	r.Key(fyne.KeyV, widgets.Ctrl)
	r.Press("Keep both")
	r.elsewhere(func(s *stick.Stick) error { return s.Mkdir(t.Context(), "Register.txt") })
	r.Key(fyne.KeyZ, widgets.Ctrl)
	r.MustSee("1 item was skipped", "Register.txt – the name is already taken", "Undone.")
	if r.content("report.odt") != "another" || r.content("2026/Register.txt") != "Amy\nBen\n" {
		t.Error("not as it should be")
	}
}
