package screens

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/staff"
	"stowage/gui/widgets"
)

// troubled is a stick's drive that falls into trouble as a test says.
type troubled struct {
	staff.DriveFS
	*troubles
}

type troubles struct {
	mu    sync.Mutex
	is    error // what every change of the drive ends with
	reads bool  // and what reading does
	slow  *gate
}

// gate is what each write waits at, while it is shut.
type gate struct {
	waiting chan struct{} // told when a write waits
	open    chan struct{} // lets one pass; closed, it lets all pass
	passed  atomic.Int64
}

func (s *troubles) set(is error, reads bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.is, s.reads = is, reads
}

func (s *troubles) meet(op, name string, reading bool) error {
	s.mu.Lock()
	is, slow := s.is, s.slow
	if reading && !s.reads {
		is = nil
	}
	s.mu.Unlock()
	if slow != nil && op == "write" {
		select {
		case slow.waiting <- struct{}{}:
		case <-slow.open:
		}
		<-slow.open
		slow.passed.Add(1)
	}
	if is == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: is}
}

func (d *troubled) Create(name string) (stick.File, error) {
	if err := d.meet("create", name, false); err != nil {
		return nil, err
	}
	f, err := d.DriveFS.Create(name)
	return &troubledFile{f, d.troubles, name}, err
}

func (d *troubled) Remove(name string) error {
	if err := d.meet("remove", name, true); err != nil { // as long as it is there, it can be tidied
		return err
	}
	return d.DriveFS.Remove(name)
}

func (d *troubled) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := d.meet("list", name, true); err != nil {
		return nil, err
	}
	return d.DriveFS.ReadDir(name)
}

func (d *troubled) Lock(name string, exclusive bool) (io.Closer, error) {
	if err := d.meet("lock", name, !exclusive); err != nil {
		return nil, err
	}
	return d.DriveFS.Lock(name, exclusive)
}

type troubledFile struct {
	stick.File
	*troubles
	name string
}

func (f *troubledFile) Write(p []byte) (int, error) {
	if err := f.meet("write", f.name, false); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func troubledRig(t *testing.T) (*rig, *troubles) {
	t.Helper()
	r, s := newRig(t, true, someFiles), &troubles{}
	r.k.openFS = keepOffWindow(t, func(path string) (staff.DriveFS, error) {
		d, err := stick.NewDirFS(path)
		return &troubled{d, s}, err
	})
	r.unlock(temporary)
	r.browser()
	return r, s
}

// layers are the names of what the stick holds, as a finder sees them.
func (r *rig) layers() string {
	r.t.Helper()
	names, err := filepath.Glob(filepath.Join(r.path, "stowage/layers/*"))
	screenstest.Check(r.t, err)
	return strings.Join(names, " ")
}

// TestChangesOnADriveInTrouble makes every kind of change on a drive that is full, can
// only be read, or fails: it is said in a sentence, nothing half-made is left, and
// once the drive is well the same works.
func TestChangesOnADriveInTrouble(t *testing.T) {
	changes := map[string]struct {
		do   func(r *rig)
		done func(r *rig) bool
	}{
		"store": {
			func(r *rig) { r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all")) },
			func(r *rig) bool { return r.has("letter.txt") },
		},
		"delete": {
			func(r *rig) { r.pick("Register.txt"); r.Key(fyne.KeyDelete) },
			func(r *rig) bool { return !r.has("Register.txt") },
		},
		"rename": {
			func(r *rig) { r.pick("photo.heic"); r.Key(fyne.KeyF2); r.Type("Cat"); r.Press("Rename") },
			func(r *rig) bool { return r.has("Cat.heic") && !r.has("photo.heic") },
		},
		"new folder": {
			func(r *rig) { r.Press("New folder"); r.Type("Trips"); r.Press("Create folder") },
			func(r *rig) bool { return r.has("Trips") },
		},
	}
	for kind, trouble := range map[string]struct {
		is   error
		says string
	}{
		"full":      {stick.ErrFull, "The drive is full."},
		"read-only": {stick.ErrReadOnly, "This is read-only."},
		"failing":   {stick.ErrFailing, "The drive reported an error, or was pulled out."},
	} {
		t.Run(kind, func(t *testing.T) {
			r, s := troubledRig(t)
			for name, change := range changes {
				before := r.layers()
				s.set(trouble.is, false)
				change.do(r)
				r.MustSee(trouble.says)
				r.MustNotSee("short write", "layers/", "errno")
				if change.done(r) {
					t.Errorf("%s was done", name)
				}
				if after := r.layers(); after != before {
					t.Errorf("%s: the stick has %s", name, after)
				}
				r.Press("Close")
				s.set(nil, false)
				change.do(r)
				if !change.done(r) {
					t.Errorf("%s was not done the second time, and the window says:\n%s", name, r.Text())
				}
				r.Advance(time.Minute) // what was said goes
			}
		})
	}
}

// TestRemovedWhileReading pulls the stick while it is being read and searched: it is said
// calmly, whatever was being done.
func TestRemovedWhileReading(t *testing.T) {
	for _, is := range []error{stick.ErrGone, stick.ErrFailing} { // the second is how some systems say it
		r, s := troubledRig(t)
		s.set(is, true)
		r.drives.set()
		r.Until("it to be noticed", func() bool { return r.Sees("HRP-0042 was pulled out before it was locked.") })
		r.MustSee("everything on it is safe", "Plug it in again to go on.")
		s.set(nil, false)
		r.drives.set(r.drive())
		r.unlockAgain()
		if r.content("Register.txt") != someFiles["Register.txt"] {
			t.Error("it is not what it was")
		}
	}
}

// TestASlowDriveDoesNotFreezeTheWindow has each write wait until the test lets it go on.
// Meanwhile the window shows how it goes, answers, and Cancel is heeded at once; what
// was begun leaves nothing.
func TestASlowDriveDoesNotFreezeTheWindow(t *testing.T) {
	r, s := troubledRig(t)
	before := r.layers()
	g := &gate{waiting: make(chan struct{}), open: make(chan struct{})}
	s.mu.Lock()
	s.slow = g
	s.mu.Unlock()
	r.DropBusy(fyne.NewPos(500, 400), r.file("film.mov", strings.Repeat("0123456789abcdef", 1<<20)))
	waits := func() bool {
		select {
		case <-g.waiting:
			return true
		default:
			return false
		}
	}
	r.Until("the first write to wait", waits)
	if got := r.Glimpse(); !strings.Contains(got, "Cancel") {
		t.Errorf("nothing is shown of it:\n%s", got)
	}
	if !r.Session.Current().(*browser).table.table.Select("photo.heic") { // the window answers
		t.Error("nothing can be selected meanwhile")
	}
	for range 15 { // so that it is in the middle of the film
		g.open <- struct{}{}
		r.Until("the next write to wait", waits)
	}
	r.PressBusy("Cancel")
	if got := r.Glimpse(); !strings.Contains(got, "Stopping. Nothing half-done is left behind.") {
		t.Errorf("Cancel is not answered while the drive is busy:\n%s", got)
	}
	until := g.passed.Load()
	close(g.open)
	r.Settle()
	if more := g.passed.Load() - until; more > 8 {
		t.Errorf("%d writes went on after Cancel", more)
	}
	r.MustNotSee("film.mov")
	if after := r.layers(); after != before || r.has("film.mov") {
		t.Errorf("something is left: %s", after)
	}
	r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all"))
	if !r.has("letter.txt") {
		t.Error("storing does not work any more")
	}
}

// TestEditedFileOnADriveInTrouble saves a file that a program wrote while the stick
// fails: the change stays on the computer and is saved once the stick is well.
func TestEditedFileOnADriveInTrouble(t *testing.T) {
	r, s := troubledRig(t)
	local := r.openFile("Register.txt")
	for _, is := range []error{stick.ErrFull, stick.ErrReadOnly, stick.ErrFailing} {
		s.set(is, false)
		text := "with " + is.Error()
		screenstest.Check(t, os.WriteFile(local, []byte(text), 0o600))
		r.Advance(3 * tickEvery)
		if data, err := os.ReadFile(local); err != nil || string(data) != text {
			t.Errorf("the private copy holds %q, %v", data, err)
		}
		if r.content("Register.txt") == text {
			t.Error("it was saved in spite of the trouble")
		}
		s.set(nil, false)
		r.Advance(3 * tickEvery)
		r.Until("it to be saved", func() bool { return r.content("Register.txt") == text })
	}
	if _, disabled := r.Find("New folder").(*widgets.Button); !disabled {
		t.Error("the browser is not in view")
	}
}
