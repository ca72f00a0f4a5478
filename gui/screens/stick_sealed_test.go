package screens

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/loss"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"

	"fyne.io/fyne/v2"
)

// sealedRig is a stick of a school, and a computer that knows the school.
type sealedRig struct {
	*guitest.Window
	d      *screenstest.Desk
	t      *testing.T
	place  *app.Place
	ports  *screenstest.Ports
	drive  drives.Drive
	device devices.Device
	shared school.Shared
}

// newSealedRig opens the window of a computer of staff, or of ICT, with nothing plugged in.
func newSealedRig(t *testing.T, ict bool) *sealedRig {
	t.Helper()
	r := &sealedRig{d: screenstest.NewDesk(t), t: t, ports: &screenstest.Ports{}}
	r.drive = (&screenstest.Plugs{}).PlugIn(t, "S1")
	r.device = r.d.IssueOn(t, r.drive, "Ann Lee", "MS-1")
	r.d.Put(t, r.drive.Path, map[string]string{"a.txt": "a", "b.bin": strings.Repeat("b", 1_000_000)})
	var err error
	r.shared, err = r.d.Shared()
	screenstest.Check(t, err)
	directory, err := r.d.Directory()
	screenstest.Check(t, err)
	r.place = r.d.Place
	if !ict {
		r.place = app.NewPlace(t.TempDir(), school.Options{})
		screenstest.Check(t, r.place.SetConfig(config.Config{Shared: r.shared.Dir, Verifier: directory.Verifier}))
	}
	r.open()
	return r
}

// open opens the window, at home.
func (r *sealedRig) open() {
	r.Window = guitest.New(r.t, gui.Options{Routes: Routes(r.place), ICT: r.place.ICT(), Explain: wording.Explain, Services: gui.Services{Drives: r.ports}, Begin: r.place.Begin})
	r.t.Cleanup(r.place.EndBackups)
}

// behind is how many layers the backup lacks; negative without one.
func (r *sealedRig) behind() int {
	fs, err := stick.NewDirFS(r.drive.Path)
	screenstest.Check(r.t, err)
	defer fs.Close()
	status, err := backup.Status(r.shared, fs, r.device.Seen.Stick)
	if err != nil {
		return -1
	}
	return status.Behind
}

// done reports whether the stick is backed up.
func (r *sealedRig) done() bool {
	done, _ := r.place.BackedUp(r.drive.Path)
	return done
}

// known reports whether the window knows of the stick.
func (r *sealedRig) known() bool {
	_, known := r.place.BackedUp(r.drive.Path)
	return known
}

func TestAStickThatIsPluggedInIsBackedUp(t *testing.T) {
	r := newSealedRig(t, false)
	r.ports.Set(r.drive) // while the person is elsewhere in the window
	r.Until("the backup", func() bool { return r.done() })
	if n := r.behind(); n != 0 {
		t.Errorf("%d layers are missing in the backup", n)
	}
	r.Session.Go("open")
	r.Until("it to be said", func() bool { return r.Sees("Backed up just now") })
	r.Advance(2 * time.Minute)
	r.MustSee("MS-1", "Backed up 2 minutes ago")
	r.ports.Set()
	r.Until("it to go", func() bool { return r.Sees("No stick is plugged in") })
	r.d.Put(t, r.drive.Path, map[string]string{"c.txt": "c"})
	r.ports.Set(r.drive)
	r.Until("the next backup", func() bool { return r.done() && r.behind() == 0 })
}

func TestAwayFromSchoolAPluggedInStickWaits(t *testing.T) {
	r := newSealedRig(t, false)
	r.ports.Set(r.drive)
	r.Until("the backup", func() bool { return r.done() })
	r.ports.Set()
	r.Until("it to go", func() bool { return !r.known() })
	r.d.Put(t, r.drive.Path, map[string]string{"c.txt": "c"})
	away := r.shared.Dir + "-away"
	screenstest.Check(t, os.Rename(r.shared.Dir, away))
	r.Session.Go("open")
	r.ports.Set(r.drive)
	r.Until("it to be said", func() bool { return r.Sees("It is backed up when it is next at school") })
	r.MustNotSee("could not", "failed", "did not work")
	screenstest.Check(t, os.Rename(away, r.shared.Dir))
	r.Advance(app.BackupRetry)
	r.Until("the backup", func() bool { return r.done() && r.Sees("Backed up") })
	if n := r.behind(); n != 0 {
		t.Errorf("%d layers are missing in the backup", n)
	}
}

func TestAStickThatWasPutBackIsNamed(t *testing.T) {
	r := newSealedRig(t, true)
	earlier := t.TempDir()
	screenstest.Check(t, os.CopyFS(filepath.Join(earlier, "stick"), os.DirFS(r.drive.Path)))
	r.d.Put(t, r.drive.Path, map[string]string{"c.txt": "c"})
	r.d.BackUp(t, r.drive.Path)
	r.drive.Path = filepath.Join(earlier, "stick")
	r.Session.Go("open")
	r.ports.Set(r.drive)
	r.Until("it to be said", func() bool { return r.Sees("It is older than its backup: take it to ICT") })
	events, err := r.d.Register().Events(t.Context(), devices.EventQuery{Device: r.device.ID, Kinds: []devices.EventKind{devices.DeviceSeen}})
	if screenstest.Check(t, err); len(events) == 0 || !strings.Contains(string(events[0].Body), "older than its backup") {
		t.Errorf("the register says %+v", events)
	}
}

func TestALostStickIsNotBackedUpUnseen(t *testing.T) {
	r := newSealedRig(t, false)
	if _, _, err := lifecycle.Act(t.Context(), r.d.School.School, "MS-1", devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	r.Session.Go("open")
	r.ports.Set(r.drive)
	r.Until("it to be named", func() bool { return r.Sees("MS-1 was reported lost") })
	r.place.LeaveDrive("") // when it has been looked at
	if n := r.behind(); n != -1 {
		t.Errorf("it was backed up: %d", n)
	}
}

func TestAnotherSchoolsStickIsLeftAlone(t *testing.T) {
	r := newSealedRig(t, false)
	other := (&screenstest.Plugs{}).PlugIn(t, "S2")
	makeStick(t, other.Path, true)
	r.Session.Go("open")
	r.ports.Set(other)
	r.Until("it to be listed", func() bool { return r.Sees("HRP-0042") })
	r.place.LeaveDrive("")
	r.Settle()
	r.MustNotSee("Backed up", "at school")
	if entries, err := os.ReadDir(filepath.Join(r.shared.Dir, school.BackupFolder)); err == nil && len(entries) > 0 {
		t.Errorf("there are backups: %v", entries)
	}
}

// TestPulledOutWhileItIsBackedUp: whenever it is pulled out, the next time goes on, and
// what there is of a backup can be read.
func TestPulledOutWhileItIsBackedUp(t *testing.T) {
	r := newSealedRig(t, false)
	for range 5 {
		r.ports.Set(r.drive)
		r.Until("it to be noticed", func() bool { return r.known() })
		r.ports.Set()
		r.Until("it to go", func() bool { return !r.known() })
	}
	r.ports.Set(r.drive)
	r.Until("the backup", func() bool { return r.done() && r.behind() == 0 })
	b, err := backup.OpenDevice(t.Context(), r.d.School.School, "MS-1", "asked to")
	screenstest.Check(t, err)
	defer b.Close()
	c, err := b.Contents(t.Context())
	if screenstest.Check(t, err); c.Files != 2 || len(c.Warnings) > 0 {
		t.Errorf("%+v", c)
	}
	screenstest.Check(t, filepath.WalkDir(r.shared.Dir, func(path string, _ os.DirEntry, err error) error {
		if strings.Contains(filepath.Base(path), "tmp") {
			t.Errorf("%s was left", path)
		}
		return err
	}))
}

func TestICTsComputerRecordsWhatIsPluggedIn(t *testing.T) {
	r := newSealedRig(t, true)
	before := r.d.Labelled(t, "MS-1").Version
	r.ports.Set(r.drive)
	r.Until("the backup", func() bool { return r.done() })
	now := r.d.Labelled(t, "MS-1")
	if now.Version == before || now.Seen.Place != "ICT" {
		t.Errorf("%+v", now.Seen)
	}
	if n := r.behind(); n != 0 {
		t.Errorf("%d layers are missing in the backup", n)
	}
}

func TestAStickThatIsOpenedIsLeftToWhatOpenedIt(t *testing.T) {
	r := newSealedRig(t, false)
	r.Session.Go("open")
	r.ports.Set(r.drive)
	r.Until("it to be listed", func() bool { return r.Sees("MS-1") })
	r.Press("MS-1")
	r.Type("not the passphrase")
	r.Press("Open")
	r.MustSee("This passphrase does not open the stick.")
	r.Until("the backup goes on", func() bool { return r.done() && r.behind() == 0 })
	r.place.LeaveDrive(r.drive.Path)
	if said := r.place.BackupText(r.Session.Words, r.drive.Path); said != "" {
		t.Errorf("it says %q of a stick that it left", said)
	}
}

// TestTheDirectoryComesAlongOnTheStick: a computer at home that was told of no school
// knows from the stick whom one can encrypt for.
func TestTheDirectoryComesAlongOnTheStick(t *testing.T) {
	d := screenstest.NewDesk(t)
	_, issued := d.Enrol(t, "Eve Orr", true)
	drive := (&screenstest.Plugs{}).PlugIn(t, "S1")
	d.IssueOn(t, drive, "Eve Orr", "MS-1")
	fs, err := stick.NewDirFS(drive.Path)
	screenstest.Check(t, err)
	_, err = checkin.Unopened(t.Context(), d.School.School, checkin.Options{Drive: fs})
	screenstest.Check(t, err)
	screenstest.Check(t, fs.Close())

	home := app.NewPlace(t.TempDir(), school.Options{})
	w := guitest.New(t, gui.Options{Routes: Routes(home), Explain: wording.Explain, Services: gui.Services{Drives: &screenstest.Ports{}}})
	w.Session.Go("open")
	k := w.Session.Current().(*stickList).k
	o, err := k.unlock(t.Context(), stickPlace{path: drive.Path}, unlockWith{secret: issued.Passphrase})
	screenstest.Check(t, err)
	w.Session.Go("encrypt")
	w.Settle()
	w.MustNotSee("list of people, published") // before the stick is open no directory is known
	w.Session.Go("open")
	k.add(o)
	w.Until("it to be looked after", func() bool { return o.backing == nil })
	w.Session.Go("encrypt")
	w.MustSee("Hill Road Primary’s list of people, published today", w.Session.Words.T("staff.kept.files"))
	letter := filepath.Join(t.TempDir(), "letter.txt")
	screenstest.Check(t, os.WriteFile(letter, []byte("Dear Eve"), 0o600))
	w.Drop(fyne.NewPos(500, 300), letter)
	w.MustSee("letter.txt", "Ann Lee", "Bob Roy", "Eve Orr")
	(&rig{k: k}).close()
}

func TestSealedPictures(t *testing.T) {
	r := newSealedRig(t, false)
	r.ports.Set(r.drive)
	r.Until("the backup", func() bool { return r.done() })
	guitest.Pictures(t, "stick-backed-up", gui.Options{Routes: Routes(r.place), Explain: wording.Explain, Services: gui.Services{Drives: r.ports}, Begin: screenstest.Begin(t, r.place)}, func(w *guitest.Window) {
		w.Session.Go("open")
		w.Until("it to be said", func() bool { return w.Sees("Backed up just now") || w.Sees("newydd ei wneud") })
		w.Advance(2 * time.Minute)
	})
	r.place.LeaveDrive("")
}

// A lost stick that is plugged in is told of wherever the person is.
func TestALostStickIsToldOfOnEveryScreen(t *testing.T) {
	for name, ict := range map[string]bool{"staff": false, "ICT": true} {
		t.Run(name, func(t *testing.T) {
			r := newSealedRig(t, ict)
			_, _, err := lifecycle.Act(t.Context(), r.d.School.School, "MS-1", devices.Lose, devices.Facts{})
			screenstest.Check(t, err)
			r.Session.Go("encrypt")
			r.ports.Set(r.drive)
			r.Until("the loss", func() bool { return r.Sees("MS-1 was reported lost") || r.Sees("MS-1 has been recorded as missing") })
			waiting, err := loss.WaitingAt(r.d.Dir())
			if !ict {
				r.MustSee("Please take it to ICT", "has told ICT")
				if waiting.Found != 1 || err != nil {
					t.Errorf("%d messages wait, %v", waiting.Found, err)
				}
				return
			}
			r.Press("Begin its return")
			r.Until("the check-in", func() bool { return r.Session.At() == app.CheckInRoute && r.Sees("recorded as missing") })
			if waiting.Found > 0 {
				t.Error("ICT told themselves")
			}
		})
	}
}

// TestForkedStickOnAComputerOfStaff: a stick that nobody opened is not backed up into what it is not, and the window says so.
func TestForkedStickOnAComputerOfStaff(t *testing.T) {
	r := newSealedRig(t, false)
	before := t.TempDir()
	screenstest.Check(t, os.CopyFS(before, os.DirFS(r.drive.Path)))
	r.d.Put(t, r.drive.Path, map[string]string{"evidence.txt": "to be made to vanish"})
	r.d.BackUp(t, r.drive.Path)
	screenstest.PutStickBack(t, r.drive, before)
	r.d.Put(t, r.drive.Path, map[string]string{"other.txt": "written on"})
	r.ports.Set(r.drive)
	r.Session.Go("open")
	r.Until("what became of it", func() bool { return r.Sees("It is not what its backup holds: take it to ICT") })
}
