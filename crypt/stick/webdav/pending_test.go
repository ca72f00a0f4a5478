package webdav_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// TestNewFileIsOneLayer: the empty file that a client makes before it sends the content is in
// memory, where every client sees it.
func TestNewFileIsOneLayer(t *testing.T) {
	for how, make := range map[string]func(d *desk, name string) string{
		"a lock": func(d *desk, name string) string {
			_, header, _ := d.ask("LOCK", name, lockBody, "Timeout: Second-600")
			return "If: (" + header.Get("Lock-Token") + ")"
		},
		"an empty file": func(d *desk, name string) string {
			d.wants(201, "PUT", name, "")
			return "X-Nothing: more"
		},
	} {
		t.Run(how, func(t *testing.T) {
			d := newDesk(t, stick.OpenOptions{})
			before := d.layers()
			d.wants(201, "MKCOL", "dir", "")
			token := make(d, "dir/a.txt")
			if said := d.wants(207, "PROPFIND", "dir", "", "Depth: 1"); !strings.Contains(said, "/dir/a.txt<") || !strings.Contains(said, "<D:getcontentlength>0<") {
				t.Errorf("the folder is %s", said)
			}
			if said := d.wants(200, "GET", "dir/a.txt", ""); said != "" {
				t.Errorf("it is %q", said)
			}
			if n := d.layers() - before; n != 0 {
				t.Errorf("that took %d layers", n)
			}
			d.wants(201, "PUT", "dir/a.txt", "content", token, "If-Match: "+d.tag("dir/a.txt"))
			d.has("dir/a.txt", "content")
			if d.settle(); d.layers()-before != 1 {
				t.Errorf("it took %d layers", d.layers()-before)
			}
			d.has("dir/a.txt", "content")
		})
	}
}

// TestWhatIsMadeIsWrittenLate: what stays empty is on the stick a moment later, all in one layer,
// and for clients nothing changes by that.
func TestWhatIsMadeIsWrittenLate(t *testing.T) {
	for how, write := range map[string]func(t *testing.T, d *desk){
		"late":    func(_ *testing.T, d *desk) { d.settle() },
		"at once": func(t *testing.T, d *desk) { check(t, d.drive.Close(t.Context())) },
	} {
		t.Run(how, func(t *testing.T) {
			d := newDesk(t, stick.OpenOptions{})
			d.wants(201, "PUT", "old.txt", "old")
			before := d.layers()
			for i := range 10 {
				d.wants(201, "MKCOL", fmt.Sprintf("dir%d", i), "")
				d.wants(201, "PUT", fmt.Sprintf("dir%d/.keep", i), "", "X-OC-Mtime: 1000000000")
			}
			d.wants(201, "PUT", "old.txt", "")
			d.wants(405, "MKCOL", "dir1", "")
			d.wants(405, "PUT", "dir1", "x")
			d.wants(409, "PUT", "dir1/.keep/below", "x")
			d.wants(412, "PUT", "dir1/.keep", "x", "If-None-Match: *")
			d.lacks("dir1")
			d.has("old.txt", "old")
			tag := d.tag("dir3/.keep")
			write(t, d)
			if n := d.layers() - before; n != 1 {
				t.Errorf("it took %d layers", n)
			}
			for i := range 10 {
				d.has(fmt.Sprintf("dir%d/.keep", i), "")
			}
			d.saved("old.txt", "", "old")
			if e, err := d.stick.Stat("dir3/.keep"); err != nil || e.ModTime.Unix() != 1_000_000_000 {
				t.Errorf("its time is %v, %v", e.ModTime, err)
			}
			if how == "late" {
				d.wants(201, "PUT", "dir3/.keep", "content", "If-Match: "+tag)
			}
		})
	}
}

// TestDeletionsShareALayer: what is deleted is gone for every client at once, and from the
// stick a moment later, or before anything else is stored there.
func TestDeletionsShareALayer(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	for i := range 30 {
		_, err := d.stick.PutReader(t.Context(), fmt.Sprintf("dir/sub/f%d", i), strings.NewReader("content"), start, stick.PutOptions{})
		check(t, err)
	}
	_, err := d.stick.PutReader(t.Context(), "dir/other", strings.NewReader("content"), start, stick.PutOptions{})
	check(t, err)
	before := d.layers()
	for i := range 30 {
		name := fmt.Sprintf("dir/sub/f%d", i)
		d.wants(204, "DELETE", name, "")
		d.wants(404, "DELETE", name, "")
		d.wants(404, "GET", name, "")
	}
	if said := d.wants(207, "PROPFIND", "dir/sub", "", "Depth: 1"); strings.Contains(said, "/f1") {
		t.Errorf("the folder is %s", said)
	}
	d.wants(204, "DELETE", "dir/sub", "")
	if said := d.wants(207, "PROPFIND", "dir", "", "Depth: infinity"); strings.Contains(said, "sub") || !strings.Contains(said, "other") {
		t.Errorf("the folder is %s", said)
	}
	d.wants(409, "PUT", "dir/sub/f1", "x")
	d.settle()
	if n := d.layers() - before; n != 1 {
		t.Errorf("it took %d layers", n)
	}
	d.lacks("dir/sub")
	if list, err := d.stick.Deleted("dir/sub"); err != nil || len(list) != 30 {
		t.Errorf("%d can be brought back, %v", len(list), err)
	}
}

// TestWhatIsStoredOutlivesDeletions: what was deleted before does not take away what is stored
// under its name after.
func TestWhatIsStoredOutlivesDeletions(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "MKCOL", "dir", "")
	for _, name := range []string{"a", "b", "c", "dir/a", "dir/b"} {
		d.wants(201, "PUT", name, "old "+name)
	}
	for _, name := range []string{"a", "b", "c", "dir"} {
		d.wants(204, "DELETE", name, "")
	}
	d.wants(201, "MKCOL", "c", "") // a folder now
	d.wants(201, "PUT", "c/below", "new")
	d.wants(201, "PUT", "a", "new")
	d.wants(201, "PUT", "b", "")
	d.wants(201, "MKCOL", "dir", "")
	d.wants(201, "PUT", "dir/a", "new")
	d.wants(404, "GET", "dir/b", "")
	d.wants(204, "DELETE", "dir/a", "")
	d.wants(201, "MOVE", "a", "", "Destination: "+d.drive.Address()+"dir/a")
	for range 2 {
		d.has("c/below", "new")
		d.has("dir/a", "new")
		d.lacks("a")
		d.lacks("dir/b")
		if said := d.wants(200, "GET", "b", ""); said != "" {
			t.Errorf("b is %q", said)
		}
		d.settle()
	}
	d.has("b", "")
}

// TestMadeAndDeletedIsNothing: a file that a program makes to try whether it may, and what is in
// a new folder that is deleted again.
func TestMadeAndDeletedIsNothing(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	before := d.layers()
	d.wants(201, "PUT", "4913", "")
	d.wants(204, "DELETE", "4913", "")
	d.wants(201, "MKCOL", "dir", "")
	d.wants(201, "PUT", "dir/a", "")
	d.wants(204, "DELETE", "dir", "")
	d.wants(404, "GET", "dir/a", "")
	d.settle()
	if n := d.layers() - before; n != 0 {
		t.Errorf("it took %d layers", n)
	}
}

// TestMovesWaitForWhatIsPending moves what is pending, and over it.
func TestMovesWaitForWhatIsPending(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "file", "first")
	d.wants(201, "PUT", "lock", "")
	d.wants(204, "MOVE", "lock", "", "Destination: "+d.drive.Address()+"file")
	d.saved("file", "", "first")
	d.wants(201, "MKCOL", "dir", "")
	d.wants(201, "PUT", "dir/a", "")
	d.wants(201, "MOVE", "dir", "", "Destination: "+d.drive.Address()+"moved")
	d.has("moved/a", "")
	d.wants(201, "COPY", "moved", "", "Destination: "+d.drive.Address()+"copy")
	d.wants(204, "DELETE", "moved", "")
	d.settle()
	d.has("copy/a", "")
	d.lacks("moved")
}

// TestSomebodyElseWasFirst: what the window stores meanwhile under the name of what is pending
// stays as it is.
func TestSomebodyElseWasFirst(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "report.odt", "")
	d.wants(201, "MKCOL", "dir", "")
	for _, name := range []string{"report.odt", "dir"} {
		_, err := d.stick.PutReader(t.Context(), name, strings.NewReader("mine"), start, stick.PutOptions{})
		check(t, err)
	}
	d.wants(201, "PUT", "other", "content")
	check(t, d.stick.Remove(t.Context(), "other"))
	d.wants(204, "DELETE", "report.odt", "")
	check(t, d.stick.Remove(t.Context(), "report.odt"))
	d.settle()
	d.has("dir", "mine")
	d.lacks("report.odt")
}

// TestPendingOnAFailingStick: what the stick does not take is told of, shown on, and written
// with what comes next; nothing is stored that a deletion would take away.
func TestPendingOnAFailingStick(t *testing.T) {
	for how, fail := range map[string]func(d *desk) (restore func()){
		"full": func(d *desk) func() {
			d.mem.SetCapacity(1)
			return func() { d.mem.SetCapacity(1 << 30) }
		},
		"an error": func(d *desk) func() {
			d.mem.SetHook(func(_ int, op sticktest.Op) error {
				if op.Kind == sticktest.Sync {
					return syscall.EIO
				}
				return nil
			})
			return func() { d.mem.SetHook(nil) }
		},
	} {
		t.Run(how, func(t *testing.T) {
			d := newDesk(t, stick.OpenOptions{})
			d.wants(201, "PUT", "old", "content")
			d.wants(201, "PUT", "gone", "content")
			d.wants(201, "MKCOL", "dir", "")
			d.wants(201, "PUT", "dir/new", "")
			d.wants(204, "DELETE", "gone", "")
			restore := fail(d)
			d.beLate()
			if status, _ := d.do("PUT", "gone", "newer content"); status < 500 {
				t.Errorf("stored: %d", status)
			}
			for len(d.drive.Failed()) == 0 {
				d.beLate()
				_, _ = d.do("PUT", "dir/other", "content")
			}
			d.wants(404, "GET", "gone", "")
			d.wants(200, "GET", "dir/new", "")
			d.has("old", "content")
			restore()
			d.wants(201, "PUT", "gone", "newer content")
			d.wants(204, "DELETE", "old", "")
			check(t, d.drive.Close(t.Context()))
			d.has("gone", "newer content")
			d.has("dir/new", "")
			d.lacks("old")
			for _, f := range d.drive.Failed() {
				if f.Path == "dir/new" || f.Path == "gone" || errors.Is(f.Err, stick.ErrGone) {
					t.Errorf("still failed: %v", f)
				}
			}
		})
	}
}

// TestNothingIsPendingOnAFullStick: what may find no room is answered for when it has.
func TestNothingIsPendingOnAFullStick(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.mem.SetCapacity(1)
	d.wants(507, "MKCOL", "dir", "")
	d.wants(507, "PUT", "empty", "")
	if status, _ := d.do("LOCK", "locked", lockBody); status != 507 {
		t.Errorf("locked: %d", status)
	}
	if said := d.wants(207, "PROPFIND", "", "", "Depth: 1"); strings.Count(said, "<D:response>") != 1 {
		t.Errorf("the top is %s", said)
	}
	d.mem.SetCapacity(1 << 30)
}

// slowFS has a layer wait before it is begun.
type slowFS struct {
	*sticktest.Mem
	begun, goOn chan struct{}
}

func (f slowFS) Create(name string) (stick.File, error) {
	if strings.HasPrefix(name, "stowage/layers/") {
		f.begun <- struct{}{}
		<-f.goOn
	}
	return f.Mem.Create(name)
}

// TestChangedWhileBeingWritten has a client change what is pending while the stick takes it.
func TestChangedWhileBeingWritten(t *testing.T) {
	fs := slowFS{sticktest.New(), make(chan struct{}), make(chan struct{})}
	d := newDeskOn(t, fs, stick.OpenOptions{})
	for _, name := range []string{"a", "b", "c"} {
		d.wants(201, "PUT", name, "")
	}
	d.beLate()
	<-fs.begun
	d.wants(204, "DELETE", "a", "")
	d.wants(204, "DELETE", "b", "")
	d.wants(201, "PUT", "b", "")
	d.wants(207, "PROPPATCH", "c", timesBody)
	d.wants(404, "GET", "a", "")
	fs.goOn <- struct{}{}
	for _, err := d.stick.Stat("c"); err != nil; _, err = d.stick.Stat("c") {
		runtime.Gosched()
	}
	d.wants(404, "GET", "a", "")
	d.beLate()
	for range 2 { // deletions, then the rest
		<-fs.begun
		fs.goOn <- struct{}{}
	}
	d.settle()
	d.lacks("a")
	d.has("b", "")
	if e, err := d.stick.Stat("c"); err != nil || !e.ModTime.Equal(time.Date(2026, 1, 6, 10, 11, 12, 0, time.UTC)) {
		t.Errorf("c: %v, %v", e.ModTime, err)
	}
}
