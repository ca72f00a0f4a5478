package screens

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/config"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/loss"
	"stowage/gui"
	"stowage/gui/guitest"
)

// ports are the drives of a computer, which everybody may watch.
type ports struct {
	mu       sync.Mutex
	all      []drives.Drive
	watching []chan struct{}
}

func (p *ports) List(context.Context) ([]drives.Drive, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all, nil
}

func (p *ports) Eject(context.Context, drives.Drive) error { return nil }

func (p *ports) Watch(ctx context.Context, _ time.Duration) <-chan drives.Seen {
	out, news := make(chan drives.Seen), make(chan struct{}, 1)
	p.mu.Lock()
	p.watching = append(p.watching, news)
	p.mu.Unlock()
	go func() {
		defer close(out)
		for {
			all, _ := p.List(ctx)
			select {
			case out <- drives.Seen{Drives: all}:
			case <-ctx.Done():
				return
			}
			select {
			case <-news:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// set changes which drives are plugged in.
func (p *ports) set(all ...drives.Drive) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = all
	for _, news := range p.watching {
		select {
		case news <- struct{}{}:
		default:
		}
	}
}

// sealedRig is a stick of a school, and a computer that knows the school.
type sealedRig struct {
	*guitest.Window
	d      *testDesk
	t      *testing.T
	place  *Place
	ports  *ports
	drive  drives.Drive
	device devices.Device
	shared school.Shared
}

// newSealedRig opens the window of a computer of staff, or of ICT, with nothing plugged in.
func newSealedRig(t *testing.T, ict bool) *sealedRig {
	t.Helper()
	r := &sealedRig{d: newDesk(t), t: t, ports: &ports{}}
	r.drive = (&plugs{}).plugIn(t, "S1")
	r.device = r.d.issueOn(t, r.drive, "Ann Lee", "MS-1")
	r.d.put(t, r.drive.Path, map[string]string{"a.txt": "a", "b.bin": strings.Repeat("b", 1_000_000)})
	var err error
	r.shared, err = r.d.Shared()
	check(t, err)
	directory, err := r.d.Directory()
	check(t, err)
	r.place = r.d.place
	if !ict {
		r.place = NewPlace(t.TempDir(), school.Options{})
		check(t, r.place.SetConfig(config.Config{Shared: r.shared.Dir, Verifier: directory.Verifier}))
	}
	r.open()
	return r
}

// open opens the window, at home.
func (r *sealedRig) open() {
	r.Window = guitest.New(r.t, gui.Options{Routes: Routes(r.place), ICT: r.place.ICT(), Explain: Explain, Services: gui.Services{Drives: r.ports}, Begin: r.place.Begin})
	k := r.place.autoBackup
	r.t.Cleanup(func() {
		k.end()
		r.place.leave("")
	})
}

// behind is how many layers the backup lacks; negative without one.
func (r *sealedRig) behind() int {
	fs, err := stick.NewDirFS(r.drive.Path)
	check(r.t, err)
	defer fs.Close()
	status, err := backup.Status(r.shared, fs, r.device.Seen.Stick)
	if err != nil {
		return -1
	}
	return status.Behind
}

// state is how the backup of the stick stands, in the window.
func (r *sealedRig) state() sealedState {
	k := r.place.autoBackup
	k.mu.Lock()
	defer k.mu.Unlock()
	if d := k.here[r.drive.Path]; d != nil {
		return d.state
	}
	return -1
}

func TestAStickThatIsPluggedInIsBackedUp(t *testing.T) {
	r := newSealedRig(t, false)
	r.ports.set(r.drive) // while the person is elsewhere in the window
	r.Until("the backup", func() bool { return r.state() == sealedDone })
	if n := r.behind(); n != 0 {
		t.Errorf("%d layers are missing in the backup", n)
	}
	r.Session.Go("open")
	r.Until("it to be said", func() bool { return r.Sees("Backed up just now") })
	r.Advance(2 * time.Minute)
	r.MustSee("MS-1", "Backed up 2 minutes ago")
	r.ports.set()
	r.Until("it to go", func() bool { return r.Sees("No stick is plugged in") })
	r.d.put(t, r.drive.Path, map[string]string{"c.txt": "c"})
	r.ports.set(r.drive)
	r.Until("the next backup", func() bool { return r.state() == sealedDone && r.behind() == 0 })
}

func TestAwayFromSchoolAPluggedInStickWaits(t *testing.T) {
	r := newSealedRig(t, false)
	r.ports.set(r.drive)
	r.Until("the backup", func() bool { return r.state() == sealedDone })
	r.ports.set()
	r.Until("it to go", func() bool { return r.state() == -1 })
	r.d.put(t, r.drive.Path, map[string]string{"c.txt": "c"})
	away := r.shared.Dir + "-away"
	check(t, os.Rename(r.shared.Dir, away))
	r.Session.Go("open")
	r.ports.set(r.drive)
	r.Until("it to be said", func() bool { return r.Sees("It is backed up when it is next at school") })
	r.MustNotSee("could not", "failed", "did not work")
	check(t, os.Rename(away, r.shared.Dir))
	r.Advance(backupRetry)
	r.Until("the backup", func() bool { return r.state() == sealedDone && r.Sees("Backed up") })
	if n := r.behind(); n != 0 {
		t.Errorf("%d layers are missing in the backup", n)
	}
}

func TestAStickThatWasPutBackIsNamed(t *testing.T) {
	r := newSealedRig(t, true)
	earlier := t.TempDir()
	check(t, os.CopyFS(filepath.Join(earlier, "stick"), os.DirFS(r.drive.Path)))
	r.d.put(t, r.drive.Path, map[string]string{"c.txt": "c"})
	r.d.backUp(t, r.drive.Path)
	r.drive.Path = filepath.Join(earlier, "stick")
	r.Session.Go("open")
	r.ports.set(r.drive)
	r.Until("it to be said", func() bool { return r.Sees("It is older than its backup: take it to ICT") })
	events, err := r.d.Register().Events(t.Context(), devices.EventQuery{Device: r.device.ID, Kinds: []devices.EventKind{devices.DeviceSeen}})
	if check(t, err); len(events) == 0 || !strings.Contains(string(events[0].Body), "older than its backup") {
		t.Errorf("the register says %+v", events)
	}
}

func TestALostStickIsNotBackedUpUnseen(t *testing.T) {
	r := newSealedRig(t, false)
	if _, _, err := lifecycle.Act(t.Context(), r.d.School.School, "MS-1", devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	r.Session.Go("open")
	r.ports.set(r.drive)
	r.Until("it to be named", func() bool { return r.Sees("MS-1 was reported lost") })
	r.place.leave("") // when it has been looked at
	if n := r.behind(); n != -1 {
		t.Errorf("it was backed up: %d", n)
	}
}

func TestAnotherSchoolsStickIsLeftAlone(t *testing.T) {
	r := newSealedRig(t, false)
	other := (&plugs{}).plugIn(t, "S2")
	makeStick(t, other.Path, true)
	r.Session.Go("open")
	r.ports.set(other)
	r.Until("it to be listed", func() bool { return r.Sees("HRP-0042") })
	r.place.leave("")
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
		r.ports.set(r.drive)
		r.Until("it to be noticed", func() bool { return r.state() != -1 })
		r.ports.set()
		r.Until("it to go", func() bool { return r.state() == -1 })
	}
	r.ports.set(r.drive)
	r.Until("the backup", func() bool { return r.state() == sealedDone && r.behind() == 0 })
	b, err := backup.OpenDevice(t.Context(), r.d.School.School, "MS-1", "asked to")
	check(t, err)
	defer b.Close()
	c, err := b.Contents(t.Context())
	if check(t, err); c.Files != 2 || len(c.Warnings) > 0 {
		t.Errorf("%+v", c)
	}
	check(t, filepath.WalkDir(r.shared.Dir, func(path string, _ os.DirEntry, err error) error {
		if strings.Contains(filepath.Base(path), "tmp") {
			t.Errorf("%s was left", path)
		}
		return err
	}))
}

func TestICTsComputerRecordsWhatIsPluggedIn(t *testing.T) {
	r := newSealedRig(t, true)
	before := r.d.device(t, "MS-1").Version
	r.ports.set(r.drive)
	r.Until("the backup", func() bool { return r.state() == sealedDone })
	now := r.d.device(t, "MS-1")
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
	r.ports.set(r.drive)
	r.Until("it to be listed", func() bool { return r.Sees("MS-1") })
	r.Press("MS-1")
	r.Type("not the passphrase")
	r.Press("Open")
	r.MustSee("This passphrase does not open the stick.")
	r.Until("the backup goes on", func() bool { return r.state() == sealedDone && r.behind() == 0 })
	r.place.leave(r.drive.Path)
	if said := r.place.autoBackup.says(r.Session.Words, r.drive.Path); said != "" {
		t.Errorf("it says %q of a stick that it left", said)
	}
}

// TestTheDirectoryComesAlongOnTheStick: a computer at home that was told of no school
// knows from the stick whom one can encrypt for.
func TestTheDirectoryComesAlongOnTheStick(t *testing.T) {
	d := newDesk(t)
	_, issued := d.person(t, "Eve Orr", true)
	drive := (&plugs{}).plugIn(t, "S1")
	d.issueOn(t, drive, "Eve Orr", "MS-1")
	fs, err := stick.NewDirFS(drive.Path)
	check(t, err)
	_, err = checkin.Unopened(t.Context(), d.School.School, checkin.Options{Drive: fs})
	check(t, err)
	check(t, fs.Close())

	home := NewPlace(t.TempDir(), school.Options{})
	w := guitest.New(t, gui.Options{Routes: Routes(home), Explain: Explain, Services: gui.Services{Drives: &ports{}}})
	w.Session.Go("open")
	k := w.Session.Current().(*stickList).k
	o, err := k.unlock(t.Context(), stickPlace{path: drive.Path}, unlockWith{secret: issued.Passphrase})
	check(t, err)
	staff := newStaff(w.Session, home)
	staff.sticks = func() []openStick { return openSticks(k) }
	read := func() (err error) {
		staff.read(func(e error) { err = e })
		w.Settle()
		return err
	}
	if err := read(); err == nil {
		t.Error("a directory is known before the stick is open")
	}
	k.add(o)
	w.Until("it to be looked after", func() bool { return o.backing == nil })
	check(t, read())
	if staff.known.Directory == nil || len(staff.known.People) < 3 || staff.known.Kept == nil {
		t.Errorf("%+v", staff.known)
	}
	(&rig{k: k}).close()
}

func TestSealedPictures(t *testing.T) {
	r := newSealedRig(t, false)
	r.ports.set(r.drive)
	r.Until("the backup", func() bool { return r.state() == sealedDone })
	guitest.Pictures(t, "stick-backed-up", gui.Options{Routes: Routes(r.place), Explain: Explain, Services: gui.Services{Drives: r.ports}, Begin: r.place.Begin}, func(w *guitest.Window) {
		k := r.place.autoBackup
		t.Cleanup(k.end)
		w.Session.Go("open")
		w.Until("it to be said", func() bool { return w.Sees("Backed up just now") || w.Sees("newydd ei wneud") })
		w.Advance(2 * time.Minute)
	})
	r.place.leave("")
}

// A lost stick that is plugged in is told of wherever the person is.
func TestALostStickIsToldOfOnEveryScreen(t *testing.T) {
	for name, ict := range map[string]bool{"staff": false, "ICT": true} {
		t.Run(name, func(t *testing.T) {
			r := newSealedRig(t, ict)
			_, _, err := lifecycle.Act(t.Context(), r.d.School.School, "MS-1", devices.Lose, devices.Facts{})
			check(t, err)
			r.Session.Go("encrypt")
			r.ports.set(r.drive)
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
			r.Until("the check-in", func() bool { return r.Session.At() == checkInRoute && r.Sees("recorded as missing") })
			if waiting.Found > 0 {
				t.Error("ICT told themselves")
			}
		})
	}
}
