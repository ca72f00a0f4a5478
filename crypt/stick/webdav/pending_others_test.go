package webdav_test

import (
	"context"
	"io"
	"runtime"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// window stores a file past the drive, as the window does with the same stick.
func (d *desk) window(name, content string) {
	d.t.Helper()
	_, err := d.stick.PutReader(d.t.Context(), name, strings.NewReader(content), start, stick.PutOptions{Clash: stick.Replace})
	check(d.t, err)
}

// TestTheWindowWasLater: what the window stored after a deletion or an empty file was asked for, and before the stick took
// that, stays.
func TestTheWindowWasLater(t *testing.T) {
	for name, c := range map[string]struct {
		before string // stored first
		ask    func(d *desk)
		stored string
	}{
		"a file":              {"x", func(d *desk) { d.wants(204, "DELETE", "x", "") }, "x"},
		"a file in a folder":  {"d/x", func(d *desk) { d.wants(204, "DELETE", "d", "") }, "d/x"},
		"a new one beside it": {"d/x", func(d *desk) { d.wants(204, "DELETE", "d", "") }, "d/y"},
		"over an empty one":   {"x", func(d *desk) { d.wants(201, "PUT", "x", "") }, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, stick.OpenOptions{})
			d.window(c.before, "old")
			c.ask(d)
			d.window(c.stored, "stored by the window")
			d.settle()
			d.has(c.stored, "stored by the window")
			if c.stored != c.before {
				d.lacks(c.before)
			}
		})
	}
}

// TestEmptiedAfterItsTime copies over a file twice, as Explorer does: the second copy begins empty.
func TestEmptiedAfterItsTime(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "x", "content")
	d.wants(207, "PROPPATCH", "x", timesBody)
	d.wants(201, "PUT", "x", "")
	d.settle()
	d.lacks("x (2)")
	d.has("x", "")
}

// TestMadeAgainWhileDeletionsAreWritten deletes and makes again while the stick is busy with deletions of before.
func TestMadeAgainWhileDeletionsAreWritten(t *testing.T) {
	fs := slowFS{sticktest.New(), make(chan struct{}), make(chan struct{})}
	d := newDeskOn(t, fs, stick.OpenOptions{})
	slowly := func(done chan struct{}) {
		for {
			select {
			case <-fs.begun:
				fs.goOn <- struct{}{}
			case <-done:
				return
			}
		}
	}
	filled := make(chan struct{})
	go slowly(filled)
	for _, name := range []string{"a", "b", "d/old"} {
		d.window(name, "old")
	}
	close(filled)
	d.wants(204, "DELETE", "a", "")
	d.beLate()
	<-fs.begun
	d.wants(204, "DELETE", "b", "")
	d.wants(201, "PUT", "b", "")
	d.wants(204, "DELETE", "d", "")
	d.wants(201, "MKCOL", "d", "")
	d.wants(201, "PUT", "d/new", "")
	fs.goOn <- struct{}{}
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended) })
	go slowly(ended)
	for d.drive.Waiting() > 0 {
		d.beLate()
		runtime.Gosched()
	}
	d.has("b", "")
	d.has("d/new", "")
	d.lacks("d/old")
	d.lacks("a")
}

// TestClosedOverAHungUpload: an upload that never ends takes nothing with it that was answered for.
func TestClosedOverAHungUpload(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.window("x", "x")
	d.wants(204, "DELETE", "x", "")
	d.wants(201, "MKCOL", "dir", "")
	r, w := io.Pipe()
	defer w.Close()
	go func() {
		if a, err := d.http.Do(d.request("PUT", "hung", r)); err == nil {
			a.Body.Close()
		}
	}()
	_, err := w.Write(make([]byte, 16<<20)) // more than waits between the two: the drive reads
	check(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.drive.Close(ctx); err == nil {
		t.Error("it waited for the upload")
	}
	d.lacks("x")
	if _, err := d.stick.Stat("dir"); err != nil {
		t.Error(err)
	}
}

// TestWhatCannotBeWrittenHoldsUpNothing gives a file that is damaged a time, and then saves another by way of a second name.
func TestWhatCannotBeWrittenHoldsUpNothing(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	before := map[string]bool{}
	for _, name := range d.mem.Files() {
		before[name] = true
	}
	d.wants(201, "PUT", "bad", "content of the bad file")
	for _, name := range d.mem.Files() {
		if !before[name] && strings.HasPrefix(name, "stowage/layers/") {
			data := d.mem.ReadFile(name)
			for i := range data[max(0, len(data)-40_000):] {
				data[len(data)-1-i] ^= 1
			}
			d.mem.WriteFile(name, data)
		}
	}
	d.wants(201, "PUT", "good.tmp", "good")
	d.wants(201, "PUT", "good", "old")
	d.wants(207, "PROPPATCH", "bad", timesBody)
	for d.beLate(); len(d.drive.Failed()) == 0; {
		runtime.Gosched()
	}
	if f := d.drive.Failed()[0]; f.Path != "bad" {
		t.Errorf("%s failed: %v", f.Path, f.Err)
	}
	d.wants(204, "MOVE", "good.tmp", "", "Destination: "+d.drive.Address()+"good")
	d.has("good", "good")
	check(t, d.drive.Close(t.Context()))
}

// TestADeletionThatFailsIsReported pulls the stick before a deletion is written, and plugs it in again.
func TestADeletionThatFailsIsReported(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.window("x", "x")
	d.wants(204, "DELETE", "x", "")
	d.mem.SetHook(func(int, sticktest.Op) error { return stick.ErrGone })
	d.beLate()
	<-d.drive.Gone()
	for len(d.drive.Failed()) == 0 {
		runtime.Gosched()
	}
	if f := d.drive.Failed()[0]; f.Path != "x" {
		t.Errorf("%s failed: %v", f.Path, f.Err)
	}
	d.mem.SetHook(nil)
	for d.drive.Waiting() > 0 { // it is tried again without being asked
		d.beLate()
		runtime.Gosched()
	}
	d.lacks("x")
	if failed := d.drive.Failed(); len(failed) != 0 {
		t.Errorf("still failed: %v", failed)
	}
}
