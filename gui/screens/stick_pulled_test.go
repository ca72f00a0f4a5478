package screens

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"stowage/gui/staff"

	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/widgets"
)

func pulledRig(t *testing.T) (*rig, *state) {
	t.Helper()
	r := newRig(t, true, someFiles)
	m := &state{}
	r.k.openFS = func(path string) (staff.DriveFS, error) {
		d, err := stick.NewDirFS(path)
		return &pullable{d, m}, err
	}
	r.unlock(temporary)
	r.browser()
	return r, m
}

type pullable struct {
	*stick.DirFS
	*state
}

type state struct{ gone, full atomic.Bool }

func (p *pullable) err() error {
	if p.gone.Load() {
		return stick.ErrGone
	}
	return nil
}

func (p *pullable) Create(name string) (stick.File, error) {
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.DirFS.Create(name)
}

func (p *pullable) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.DirFS.ReadDir(name)
}

func (p *pullable) Free() (free, total int64, err error) {
	if p.full.Load() {
		return 0, 64_000_000, p.err()
	}
	return 32_000_000, 64_000_000, p.err()
}

type readOnly struct{ *stick.DirFS }

func (r readOnly) Lock(name string, exclusive bool) (io.Closer, error) {
	if exclusive {
		return nil, stick.ErrReadOnly
	}
	return r.DirFS.Lock(name, exclusive)
}

func TestAPulledStickIsSaidCalmly(t *testing.T) {
	r, m := pulledRig(t)
	r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all"))
	m.gone.Store(true)
	r.drives.set()
	r.Until("it to be noticed", func() bool { return r.Sees("HRP-0042 was pulled out before it was locked.") })
	r.MustSee("The 1 file stored this time, last at 08:30, is safe on it.", "Plug it in again to go on.")
	r.MustNotSee("Register.txt")
	if len(r.k.open) > 0 {
		t.Error("it counts as open")
	}
}

func TestAPulledStickIsNoticedByItself(t *testing.T) {
	r, m := pulledRig(t)
	m.gone.Store(true)
	r.Advance(2 * tickEvery)
	r.Until("it to be noticed", func() bool { return r.Sees("HRP-0042 was pulled out before it was locked.") })
	r.MustSee("Nothing was being stored, and everything on it is safe.")
}

func TestAPulledStickWhileStoring(t *testing.T) {
	r, m := pulledRig(t)
	m.gone.Store(true)
	r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all"))
	r.MustSee("HRP-0042 was pulled out before it was locked.")
}

func TestChangesSurviveAPulledStick(t *testing.T) {
	r, m := pulledRig(t)
	local := r.openFile("Register.txt")
	screenstest.Check(t, os.WriteFile(local, []byte("last words"), 0o600))
	m.gone.Store(true)
	r.Advance(2 * tickEvery)
	r.Until("it to be noticed", func() bool { return r.Sees("Changes to Register.txt had not reached it.") })
	r.choose.Path = t.TempDir()
	r.Press("Save a copy…")
	if data, err := os.ReadFile(filepath.Join(r.choose.Path, "Register.txt")); err != nil || string(data) != "last words" {
		t.Errorf("the copy holds %q, %v", data, err)
	}
	r.Until("the private copy to be wiped", func() bool { return len(r.privately()) == 0 })
}

func TestLockingAFullStickAsksAboutChanges(t *testing.T) {
	r, m := pulledRig(t)
	local := r.openFile("Register.txt")
	screenstest.Check(t, os.WriteFile(local, []byte("last words"), 0o600))
	m.full.Store(true)
	r.Press("Lock and remove")
	r.Press("Lock now")
	r.MustSee("Not everything could be saved to the stick", "Your changes are still on this computer.")
	r.Press("Keep open")
	if data, err := os.ReadFile(local); err != nil || string(data) != "last words" {
		t.Errorf("the private copy: %q, %v", data, err)
	}
	r.Press("Lock and remove")
	r.Press("Lock now")
	r.Press("Lock and lose the changes")
	r.MustSee("is locked")
}

func TestAReadOnlyStickCanBeRead(t *testing.T) {
	r := newRig(t, true, someFiles)
	r.k.openFS = func(path string) (staff.DriveFS, error) {
		d, err := stick.NewDirFS(path)
		return readOnly{d}, err
	}
	r.unlock(temporary)
	r.MustSee("This stick is read-only here.", "Register.txt")
	if b := r.Find("New folder").(*widgets.Button); !b.Disabled() {
		t.Error("a folder can be made")
	}
	r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all"))
	r.MustSee("This is read-only.")
	r.Press("Close")
	c := &fakeClient{t: t}
	r.k.mount = c.mount
	r.Menu("Open as a drive")
	r.MustSee("Programs can read and copy files here, but change nothing")
	if status, _ := c.ask("PUT", "trip.txt", "to the farm"); status != 403 {
		t.Errorf("a program's file was answered with %d", status)
	}
	r.Press("Close the drive")
	r.MustSee("trip.txt was saved by a program and is not on the stick", "This is read-only")
	r.Press("Close")
}

func TestChangesAreSavedOnceTheStickIsBack(t *testing.T) {
	r, m := pulledRig(t)
	local := r.openFile("Register.txt")
	screenstest.Check(t, os.WriteFile(local, []byte("last words"), 0o600))
	m.gone.Store(true)
	r.Advance(2 * tickEvery)
	r.Until("it to be noticed", func() bool { return r.Sees("Changes to Register.txt had not reached it.") })
	r.Session.Close()
	r.MustSee("are on this computer only")
	r.Press("Keep open")
	m.gone.Store(false)
	r.drives.set(r.drive())
	r.unlockAgain()
	r.MustSee("Changes that had not reached the stick were saved to it: Register.txt.")
	if got := r.content("Register.txt"); got != "last words" {
		t.Errorf("the stick has %q", got)
	}
	r.Until("the private copy to be wiped", func() bool { return len(r.privately()) == 0 })
}
