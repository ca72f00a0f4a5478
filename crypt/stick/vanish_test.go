package stick_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stowage/crypt/fault"
	"stowage/crypt/smalldrive"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// progress calls a function at every step.
type progress func(done int64)

func (progress) Expect(int64)   {}
func (p progress) Done(n int64) { p(n) }

// TestSourceFolderVanishes takes the folder away that is being put on the stick: each
// file is stored or named as left out, and to put it again stores the rest. The layer
// is not begun anew for each file that is gone.
func TestSourceFolderVanishes(t *testing.T) {
	_, m, st := newStick(t)
	want := map[string]string{}
	for i := range 800 { // more than are read ahead
		want[fmt.Sprintf("%03d.txt", i)] = text(i, 3000)
	}
	dir := tree(t, want)
	found := must(stick.FindSources(t.Context(), []string{dir}))(t)
	m.ResetCounts()
	seen := 0
	r, err := st.PutFound(t.Context(), ".", found, stick.PutOptions{Progress: progress(func(int64) {
		if seen++; seen == 100 {
			check(t, os.Rename(dir, dir+" is elsewhere"))
		}
	})})
	check(t, err)
	files := 0
	for _, s := range r.Stored {
		if s.Kind == stick.KindFile {
			files++
		}
	}
	if files == len(want) || files+len(r.Skipped) != len(want) {
		t.Errorf("%d were stored and %d left out, of %d", files, len(r.Skipped), len(want))
	}
	for _, s := range r.Skipped {
		if !errors.Is(s.Err, fs.ErrNotExist) {
			t.Fatalf("%s: %v", s.Path, s.Err)
		}
	}
	if n := m.Count(sticktest.Create); n > 4 {
		t.Errorf("%d files were begun on the stick", n)
	}
	for p, content := range contents(t, st) {
		if name := path.Base(p); !strings.HasSuffix(p, "/") && content != want[name] {
			t.Errorf("%s holds %.20q", p, content)
		}
	}
	check(t, os.Rename(dir+" is elsewhere", dir))
	r = must(st.Put(t.Context(), ".", []string{dir}, stick.PutOptions{Clash: stick.Skip}))(t)
	if got := len(contents(t, st)) - 1; got != len(want) {
		t.Errorf("put again, the stick holds %d files, not %d", got, len(want))
	}
}

// TestDestinationVanishes takes the folder away that files are being written to.
func TestDestinationVanishes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there it cannot be taken away meanwhile")
	}
	_, _, st := newStick(t)
	want := map[string]string{}
	for i := range 50 {
		want[fmt.Sprintf("%03d.txt", i)] = text(i, 3000)
	}
	put(t, st, want)
	dest := filepath.Join(t.TempDir(), "out")
	check(t, os.Mkdir(dest, 0o700))
	seen := 0
	r, err := st.Get(t.Context(), nil, dest, stick.GetOptions{Progress: progress(func(int64) {
		if seen++; seen == 20 {
			check(t, os.RemoveAll(dest))
		}
	})})
	there, ok := errors.AsType[*stick.DestinationError](err)
	if !ok || there.Path != dest || errors.Is(err, stick.ErrGone) || len(r.Fetched) > 25 {
		t.Fatalf("%d fetched, %v", len(r.Fetched), err)
	}
	if _, err := os.Stat(dest); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder was made again: %v", err)
	}
	check(t, os.Mkdir(dest, 0o700))
	must(st.Get(t.Context(), nil, dest, stick.GetOptions{}))(t)
	wantTree(t, readTree(t, dest), want)
}

// TestDestinationFull fills the drive that files are written to, by each size that it
// may have left: what is there is whole, how much is missing is said, and with room
// the rest follows.
func TestDestinationFull(t *testing.T) {
	_, _, st := newStick(t)
	want := map[string]string{"a": text(1, 9000), "b/c": text(2, 200_000), "d": text(3, 5000)}
	put(t, st, want)
	for free := int64(0); ; free += 8 << 10 {
		dest := smalldrive.New(t, 1<<20)
		room := smalldrive.Fill(t, dest, free)
		r, err := st.Get(t.Context(), nil, dest, stick.GetOptions{})
		if err == nil {
			if free < 200<<10 {
				t.Errorf("everything was written into %d bytes", free)
			}
			break
		}
		there, ok := errors.AsType[*stick.DestinationError](err)
		if !ok || !errors.Is(err, fault.ErrFull) || there.Need <= 0 || there.Free < 0 || there.Free > free {
			t.Fatalf("with %d bytes: %v (%+v)", free, err, there)
		}
		room()
		got := readTree(t, dest)
		for name, content := range got {
			if !strings.HasSuffix(name, "/") && content != want[name] {
				t.Errorf("with %d bytes: %q is there, of %d bytes", free, name, len(content))
			}
		}
		for _, f := range r.Fetched {
			if _, there := got[f.Dest]; !there && f.Kind == stick.KindFile {
				t.Errorf("with %d bytes: %s was reported and is not there", free, f.Dest)
			}
		}
		must(st.Get(t.Context(), nil, dest, stick.GetOptions{Replace: true}))(t)
		got = readTree(t, dest)
		delete(got, "b/")
		wantTree(t, got, want)
	}
}

// TestDestinationReadOnly has the switch turned before and while files are written.
func TestDestinationReadOnly(t *testing.T) {
	_, _, st := newStick(t)
	want := map[string]string{"a": "1", "b": "2", "c": "3"}
	put(t, st, want)
	dest := smalldrive.New(t, 1<<20)
	smalldrive.ReadOnly(t, dest, true)
	r, err := st.Get(t.Context(), nil, dest, stick.GetOptions{})
	if _, ok := errors.AsType[*stick.DestinationError](err); !ok || !errors.Is(err, fault.ErrReadOnly) || len(r.Fetched) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
	smalldrive.ReadOnly(t, dest, false)
	must(st.Get(t.Context(), nil, dest, stick.GetOptions{}))(t)
	wantTree(t, readTree(t, dest), want)
}

// shrinking is a drive that somebody else fills once it was found to have room.
type shrinking struct {
	*sticktest.Mem
	filled atomic.Bool
}

func (d *shrinking) Free() (free, total int64, err error) {
	if d.filled.Load() {
		return 5 << 10, 1 << 30, nil
	}
	return 1 << 30, 1 << 30, nil
}

// TestSaysHowMuchIsMissing fills the drive while it is being written to.
func TestSaysHowMuchIsMissing(t *testing.T) {
	sc := newSchool(t, "Example School")
	for name, do := range operations(sc) {
		if !slices.Contains([]string{"put", "remove", "rename", "undelete", "tidy", "erase"}, name) {
			continue // keys are too small to ask
		}
		d := &shrinking{Mem: withHistory(t, sc)}
		st := sc.open(t, d)
		files := d.Files()
		d.SetHook(func(_ int, op sticktest.Op) error {
			if op.Kind == sticktest.Write {
				d.filled.Store(true)
				return &sticktest.Short{Bytes: 100, Err: fmt.Errorf("write: %w", stick.ErrFull)}
			}
			return nil
		})
		err := do(t.Context(), st)
		space, ok := errors.AsType[*stick.NoSpaceError](err)
		if !ok || space.Free != 5<<10 || space.Need <= space.Free || !errors.Is(err, stick.ErrFull) {
			t.Errorf("%s: %v", name, err)
		}
		if !slices.Equal(d.Files(), files) {
			t.Errorf("%s: there is %q", name, d.Files())
		}
		d.SetHook(nil)
		d.filled.Store(false)
		check(t, do(t.Context(), st))
	}
}

// TestSlowDrive has every operation take three seconds of a clock that the test turns.
// Progress is told all the time, looking at the stick waits for nothing, and after Cancel only what
// is under way comes to its end.
func TestSlowDrive(t *testing.T) {
	_, m, st := newStick(t)
	put(t, st, map[string]string{"there.txt": "already"})
	files := m.Files()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex // writing and telling are on goroutines of their own; guards what follows
	var now, told, slowest time.Duration
	writes, after, cancelled := 0, 0, false
	m.SetHook(func(_ int, op sticktest.Op) error {
		mu.Lock()
		defer mu.Unlock()
		now += 3 * time.Second
		if op.Kind == sticktest.Write {
			writes++
			if cancelled {
				after++
			}
		}
		return nil
	})
	var said int64
	_, err := st.PutItems(ctx, items(map[string]string{"film": text(1, 20<<20), "one": text(2, 90_000), "two": "2"}), stick.PutOptions{
		Progress: progress(func(n int64) {
			if e, err := st.Stat("there.txt"); err != nil || e.Size != 7 {
				t.Errorf("looking meanwhile: %+v, %v", e, err)
			}
			mu.Lock()
			defer mu.Unlock()
			slowest, told = max(slowest, now-told), now
			if said += n; said > 10<<20 && !cancelled {
				cancelled = true
				cancel()
			}
		}),
	})
	if !errors.Is(err, context.Canceled) || !cancelled {
		t.Fatalf("after %d bytes and %d writes: %v", said, writes, err)
	}
	if slowest > time.Minute { // between layers it syncs, and reads back
		t.Errorf("nothing was told for %s", slowest)
	}
	if after > 4 {
		t.Errorf("%d more writes after Cancel, of %d", after, writes)
	}
	if got := m.Files(); !slices.Equal(got, files) {
		t.Errorf("there is %q", got)
	}
	put(t, st, map[string]string{"two": "2"})
}
