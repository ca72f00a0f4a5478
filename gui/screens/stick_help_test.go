package screens

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
	"stowage/crypt/stick"
	"stowage/devices/drives"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"
)

const (
	temporary = "correct horse battery staple"
	chosen    = "marmalade tractor violet umbrella"
)

// day is when sticks are issued in tests: before the window opens.
var day = time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)

// rig is a stick in a folder, and a window that it can be opened in.
type rig struct {
	*guitest.Window
	t      *testing.T
	k      *sticks
	path   string // of the stick
	code   []byte
	drives *fakeDrives
	opener *fakeOpener
	choose *screenstest.FakeChooser
	place  *app.Place
}

// makeStick makes a stick for Alex Example in a folder.
func makeStick(t *testing.T, path string, own bool) (code []byte) {
	t.Helper()
	policy := keys.DefaultPolicy()
	policy.WorkFactor = keystest.WorkFactor()
	a, err := keys.NewAuthority("Hill Road Primary", day)
	screenstest.Check(t, err)
	k, err := keys.NewHolderKey(a.School(), a.Verifier(), keys.Holder{ID: "h-1", Name: "Alex Example"}, keys.Hybrid, day)
	screenstest.Check(t, err)
	if own {
		k.Chosen(day)
	}
	sealed, err := k.Seal([]byte(temporary), policy.WorkFactor)
	screenstest.Check(t, err)
	code, err = keys.GenerateCode()
	screenstest.Check(t, err)
	fsys, err := stick.NewDirFS(path)
	screenstest.Check(t, err)
	defer fsys.Close()
	_, err = stick.Issue(t.Context(), fsys, stick.IssueOptions{
		School: a, Recovery: a.RecoveryRecipients(), Label: "HRP-0042", Return: "Hill Road Primary", Contact: "01792 000000\nRoom 12", Policy: policy,
		Holders: []string{k.Recipient()}, HolderKey: sealed, Code: code, Clock: func() time.Time { return day },
	})
	screenstest.Check(t, err)
	return code
}

// putFiles puts files on the stick of a rig while it is not open.
func putFiles(t *testing.T, path string, files map[string]string) {
	t.Helper()
	fsys, err := stick.NewDirFS(path)
	screenstest.Check(t, err)
	defer fsys.Close()
	s, err := stick.Open(t.Context(), fsys, stick.WithPassphrase([]byte(temporary)), stick.OpenOptions{Clock: func() time.Time { return day }})
	screenstest.Check(t, err)
	defer s.Close()
	for name, text := range files {
		_, err := s.PutReader(t.Context(), name, strings.NewReader(text), day, stick.PutOptions{})
		screenstest.Check(t, err)
	}
}

// someFiles are what most tests begin with.
var someFiles = map[string]string{
	"Register.txt": "Amy\nBen\n", "2026/report.odt": "first words", "2026/autumn/plan.txt": "Monday", "photo.heic": "picture",
}

// newRig issues a stick with files, and shows the list with it plugged in.
func newRig(t *testing.T, own bool, files map[string]string) *rig {
	t.Helper()
	return newRigAt(t, nil, own, files)
}

// newRigAt is newRig on a computer that knows its school.
func newRigAt(t *testing.T, place *app.Place, own bool, files map[string]string) *rig {
	t.Helper()
	r := &rig{t: t, place: place, path: t.TempDir(), opener: &fakeOpener{}, choose: &screenstest.FakeChooser{}}
	r.code = makeStick(t, r.path, own)
	if len(files) > 0 {
		putFiles(t, r.path, files)
	}
	r.drives = &fakeDrives{list: []drives.Drive{r.drive()}, changed: make(chan struct{}, 1)}
	r.Window = guitest.New(t, r.options())
	r.Session.Go("open")
	r.Until("the drives to be looked at", func() bool { return r.Sees("HRP-0042") || len(r.drives.list) == 0 })
	t.Cleanup(r.close)
	return r
}

// plugIn plugs the stick in again once it was ejected.
func (r *rig) plugIn() {
	r.t.Helper()
	r.drives.set(r.drive())
	r.Until("the stick", func() bool { return len(r.k.seen.Drives) == 1 && r.Sees("HRP-0042") })
}

func (r *rig) drive() drives.Drive {
	return drives.Drive{Path: r.path, Label: "HRP", Make: "SanDisk", Model: "Ultra", Size: 64e9, Free: 60e9, Removable: true, Bus: drives.BusUSB, Disk: "/dev/sdz"}
}

func (r *rig) options() gui.Options {
	return gui.Options{
		Explain:  wording.Explain,
		Services: gui.Services{Drives: r.drives, Opener: r.opener},
		Routes: []gui.Route{openRoute(r.place, func(k *sticks) {
			r.k, k.s.Choose = k, r.choose
			if r.t != nil { // else it only makes pictures
				k.openFS = keepOffWindow(r.t, k.openFS)
			}
		})},
	}
}

// close lets go of what a test left open, so that its folders can be removed.
func (r *rig) close() {
	if r.k == nil {
		return
	}
	for _, o := range r.k.open {
		o.ended = true
		o.cancel()
		if o.files != nil {
			_, _ = o.files.Close()
		}
		if o.drive != nil {
			_ = o.drive.Close(context.Background())
		}
		screenstest.Away(func() { _ = o.release() })
	}
	if r.k.stop != nil {
		r.k.stop()
	}
}

// unlock opens the stick with a passphrase.
func (r *rig) unlock(secret string) {
	r.t.Helper()
	r.Press("HRP-0042")
	r.Type(secret)
	r.Press("Open")
}

// opened is the stick that is open.
func (r *rig) opened() *stickSession {
	r.t.Helper()
	if len(r.k.open) != 1 {
		r.t.Fatalf("%d sticks are open; the window says:\n%s", len(r.k.open), r.Text())
	}
	return r.k.open[0]
}

// browser is the screen with the files.
func (r *rig) browser() *browser {
	r.t.Helper()
	b, ok := r.Session.Current().(*browser)
	if !ok {
		r.t.Fatalf("the files are not in view, but:\n%s", r.Text())
	}
	return b
}

// content is what a file on the open stick holds.
func (r *rig) content(name string) string {
	r.t.Helper()
	var data []byte
	var err error
	screenstest.Away(func() {
		var f io.ReadCloser
		if f, err = r.opened().stick.OpenFile(name); err == nil {
			defer f.Close()
			data, err = io.ReadAll(f)
		}
	})
	screenstest.Check(r.t, err)
	return string(data)
}

// has reports whether something is on the open stick.
func (r *rig) has(name string) bool {
	_, err := r.opened().stick.Stat(name)
	return err == nil
}

// file makes a file of the computer.
func (r *rig) file(name, text string) string {
	r.t.Helper()
	p := filepath.Join(r.t.TempDir(), name)
	screenstest.Check(r.t, os.MkdirAll(filepath.Dir(p), 0o755))
	screenstest.Check(r.t, os.WriteFile(p, []byte(text), 0o644))
	return p
}

// fakeDrives are drives that come and go as a test says.
type fakeDrives struct {
	mu      sync.Mutex // guards the list and what was ejected while a window runs
	list    []drives.Drive
	changed chan struct{}
	ejected []string
	err     error // of Eject
}

func (f *fakeDrives) List(context.Context) ([]drives.Drive, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.list, nil
}

func (f *fakeDrives) Watch(ctx context.Context, _ time.Duration) <-chan drives.Seen {
	out := make(chan drives.Seen)
	go func() {
		defer close(out)
		for {
			list, _ := f.List(ctx)
			select {
			case out <- drives.Seen{Drives: list}:
			case <-ctx.Done():
				return
			}
			select {
			case <-f.changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// set changes which drives there are.
func (f *fakeDrives) set(list ...drives.Drive) {
	f.mu.Lock()
	f.list = list
	f.mu.Unlock()
	f.changed <- struct{}{}
}

func (f *fakeDrives) Eject(_ context.Context, d drives.Drive) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ejected = append(f.ejected, d.Path)
	if f.err == nil { // the drive goes, as every system has it go
		f.list = slices.DeleteFunc(slices.Clone(f.list), func(o drives.Drive) bool { return o.Path == d.Path })
	}
	return f.err
}

// fakeOpener notes what it was to open.
type fakeOpener struct {
	paths []string
	err   error
}

func (f *fakeOpener) Open(path string) error {
	f.paths = append(f.paths, path)
	return f.err
}
