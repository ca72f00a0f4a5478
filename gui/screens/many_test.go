package screens

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/loss"
	"stowage/gui/guitest"
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
	check(r.t, <-done)
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
				r.choose.path = r.t.TempDir()
				r.Press("Save a copy…")
			},
			"1 file copied.", func(r *rig) bool {
				content, err := os.ReadFile(filepath.Join(r.choose.path, "Register.txt"))
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

// TestEveryRefusalIsNamed acts on forty devices of which eight refuse.
func TestEveryRefusalIsNamed(t *testing.T) {
	w, r := openRegister(t, stocked(t))
	w.Focus(r.table.Focus())
	w.Key(fyne.KeyA, fyne.KeyModifierControl)
	w.Press("Take back")
	w.Key(fyne.KeyTab)
	w.Press("Take back")
	for i := 4; i < 40; i += 5 { // those in stock
		label := fmt.Sprintf("MS-%04d", i+1)
		if i%7 == 6 {
			label = fmt.Sprintf("LT-%04d", i+1)
		}
		w.MustSee(label + " cannot be taken back now")
	}
}

// TestEveryFailureOfAnAuditIsNamed takes back devices of which seven are lost.
func TestEveryFailureOfAnAuditIsNamed(t *testing.T) {
	d := newDesk(t)
	d.laptop(t, "LT-0", "Ann Lee")
	for i := range 7 {
		d.Act(d.laptop(t, fmt.Sprintf("LT-%d", i+1), "Bob Roy"), devices.Lose, devices.Facts{})
	}
	options, route := auditRoute(d.place)
	w := guitest.New(t, options)
	w.Session.Go("audit")
	w.MustSee("Ready to scan.")
	for i := range 8 {
		enter(w, route().entry, fmt.Sprintf("LT-%d", i))
	}
	w.Press("Take all back")
	w.Session.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	w.MustSee("1 device is taken back.")
	for i := range 7 {
		w.MustSee(fmt.Sprintf("LT-%d: ", i+1))
	}
}

// TestLabelsWithoutOne prints the labels of three devices, of which one has none.
func TestLabelsWithoutOne(t *testing.T) {
	sc := stocked(t)
	none := sc.Device(devices.DeviceDetails{Serial: "4C53NOLABEL"})
	w, r := openRegister(t, sc)
	folder := t.TempDir()
	w.Session.Choose = onlyFolder(folder)
	w.Focus(r.table.Focus())
	w.Key(fyne.KeyA, fyne.KeyModifierControl)
	w.Advance(selectionPause)
	r.printLabels()
	w.Press("Save")
	w.MustSee("The document is saved, but without 1 of them.", none.Serial+": This device has no asset label to print.")
	text := paperSays(t, written(t, folder, ".pdf"))
	if !strings.Contains(text, "MS-0001") || !strings.Contains(text, "MS-0040") || strings.Contains(text, none.Serial) {
		t.Errorf("%s", text)
	}

	r.pick(w, none.Serial)
	w.Press("Close")
	r.printLabels()
	w.Press("Save")
	w.MustSee("This device has no asset label to print.", "Nothing was written.")
}

// TestOneMessageOfManyCannotBeRecorded reads where lost sticks were seen. The clock of one
// computer stands at 1970, which the register does not take.
func TestOneMessageOfManyCannotBeRecorded(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	var notes []stick.Note
	var lost []devices.Device
	for i, label := range []string{"MS-1", "MS-2", "MS-3"} {
		lost = append(lost, d.issueOn(t, plugs.plugIn(t, fmt.Sprintf("S%d", i)), d.holder(t, "Ann Lee").ID, label))
		notes = append(notes, stick.Note{ID: lost[i].Seen.Stick, Label: label})
	}
	for _, one := range lost {
		_, _, err := lifecycle.Act(t.Context(), d.School.School, one.ID, devices.Lose, devices.Facts{})
		check(t, err)
	}
	shared, err := d.place.Config().SharedFolder()
	check(t, err)
	directory, err := d.School.School.Directory()
	check(t, err)
	for i, note := range notes {
		seen := d.Now()
		if i == 1 {
			seen = time.Unix(60, 0)
		}
		check(t, loss.ReportFound(shared, directory, note, "library", seen))
	}
	options, _ := checkInTestRoute(d.place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Press("Lost sticks seen elsewhere")
	w.MustSee("Lost sticks were plugged into other computers 3 times.", "1 of them could not be put into the history of its device", "MS-2: ")
	for label, want := range map[string]string{"MS-1": "library", "MS-2": "", "MS-3": "library"} {
		if got := d.device(t, label).Seen.Place; got != want {
			t.Errorf("%s was seen at %q, want %q", label, got, want)
		}
	}
}
