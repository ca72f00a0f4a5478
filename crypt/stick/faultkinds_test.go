package stick_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"stowage/crypt/longtest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// allFaults tries every kind of fault at every operation of the drive; without it
// each operation meets one kind, by chance.
var allFaults = longtest.Bool("all-faults", "every kind of fault at every operation of the drive, not one of them")

// faultKind is a trouble that a drive may be in, from some operation on.
type faultKind struct {
	name string
	is   error
	// hits are the operations that the trouble can befall.
	hits func(sticktest.Op) bool
	// lasts: it does so until somebody sees to it.
	lasts bool
	// short: what was being written arrives in part.
	short bool
}

func every(sticktest.Op) bool { return true }

func growing(op sticktest.Op) bool {
	return !op.Over && slices.Contains([]sticktest.Kind{sticktest.Create, sticktest.Mkdir, sticktest.Write, sticktest.Sync}, op.Kind)
}

func changing(op sticktest.Op) bool {
	return growing(op) || op.Over || slices.Contains([]sticktest.Kind{sticktest.Remove, sticktest.SyncDir, sticktest.Rename}, op.Kind)
}

var faultKinds = []faultKind{
	{"full", stick.ErrFull, growing, true, true},
	{"an error, once", stick.ErrFailing, every, false, false},
	{"errors", stick.ErrFailing, every, true, true},
	{"read-only", stick.ErrReadOnly, changing, true, false},
	{"removed", stick.ErrGone, every, true, true},
}

// begin makes the drive fall into this trouble at its nth operation of those that
// it can befall.
func (k faultKind) begin(m *sticktest.Mem, n int) {
	seen := 0
	m.SetHook(func(_ int, op sticktest.Op) error {
		if !k.hits(op) {
			return nil
		}
		seen++
		if seen <= n || seen > n+1 && !k.lasts {
			return nil
		}
		err := &fs.PathError{Op: string(op.Kind), Path: op.Name, Err: k.is}
		if k.short && op.Kind == sticktest.Write && seen == n+1 {
			return &sticktest.Short{Bytes: len(op.Data) / 2, Err: err}
		}
		return err
	})
}

// job is something that is done to a drive, and can be done again when it failed.
type job struct {
	do   func(context.Context, *stick.Stick) error
	make func() *sticktest.Mem // the drive that it is done to
	// oneStep: it is done or not; on a full drive every file is then as it was.
	oneStep bool
}

// jobs are everything that writes on a stick.
func jobs(t *testing.T, sc *school) map[string]job {
	base := withHistory(t, sc)
	all := map[string]job{}
	for name, do := range operations(sc) {
		oneStep := !slices.Contains([]string{"rotate", "rekey", "programs"}, name)
		all[name] = job{do, base.Clone, oneStep}
	}
	plain := base.Clone()
	for name, content := range map[string]string{"letter.txt": "dear", "photos/one.jpg": text(8, 70_000), "photos/two.jpg": text(9, 500)} {
		plain.WriteFile(name, []byte(content))
	}
	all["convert"] = job{func(ctx context.Context, s *stick.Stick) error {
		r, err := s.Convert(ctx, stick.ConvertOptions{BatchSize: 60_000})
		if err == nil && len(r.Left) > 0 {
			err = r.Left[0].Err
		}
		return err
	}, plain.Clone, false}
	spoilt := base.Clone()
	d := &plainDrive{spoilt, sc}
	d.flip(t, d.names(t, "stowage/layers")[0], 30_000)
	for name, backup := range map[string]*sticktest.Mem{"repair": nil, "repair with a backup": base} {
		all[name] = job{func(ctx context.Context, s *stick.Stick) error {
			return repairAgain(ctx, s, backup)
		}, spoilt.Clone, false}
	}
	return all
}

// TestFaultsOfEveryKind has the drive fall into every kind of trouble at each of its
// operations, during everything that writes on it. The error says which trouble it
// is; no file is lost and none is half there; a full drive has every file as it
// was; and when the trouble is over, the same once more works.
func TestFaultsOfEveryKind(t *testing.T) {
	sc := newSchool(t, "Example School")
	var tried atomic.Int64
	t.Cleanup(func() { t.Logf("%d faults tried", tried.Load()) })
	for name, j := range jobs(t, sc) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := j.make()
			st := sc.openWith(t, m, stick.OpenOptions{PartSize: 64 << 10})
			before := must(readableOn(st))(t)
			counts := make([]int, len(faultKinds)) // of the operations that each can befall
			m.SetHook(func(_ int, op sticktest.Op) error {
				for i, kind := range faultKinds {
					if kind.hits(op) {
						counts[i]++
					}
				}
				return nil
			})
			check(t, j.do(t.Context(), st))
			m.SetHook(nil)
			after := must(readableOn(st))(t)
			check(t, st.Close())
			clean := foldersOf(m)
			try := func(i, n int) {
				tried.Add(1)
				m := meetFault(t, sc, j, faultKinds[i], n, before, after)
				if got := foldersOf(m); !maps.Equal(got, clean) {
					t.Errorf("so many files are in the stick's folders: %v; without trouble: %v", got, clean)
				}
				if t.Failed() {
					t.Fatalf("%s at operation %d of %d", faultKinds[i].name, n, counts[i])
				}
			}
			if *allFaults {
				for i, count := range counts {
					for n := range count {
						try(i, n)
					}
				}
				return
			}
			random := rand.New(rand.NewPCG(*crashSeed, 5))
			for range 15 {
				i := random.IntN(len(faultKinds))
				try(i, random.IntN(counts[i]))
			}
		})
	}
}

// foldersOf counts the files in each folder of the drive, but for layers and their
// tables, which a change that was repeated may have more of, and the sums of keys:
// one without its key means nothing, and the next key takes its place.
func foldersOf(m *sticktest.Mem) map[string]int {
	counts := map[string]int{}
	for _, name := range m.Files() {
		if dir := path.Dir(name); dir != "stowage/layers" && dir != "stowage/contents" && path.Ext(name) != ".sha256" {
			counts[dir]++
		}
	}
	return counts
}

// meetFault does a job on a drive that falls into trouble, and then without. It
// returns the drive.
func meetFault(t *testing.T, sc *school, j job, kind faultKind, n int, before, after map[string]string) *sticktest.Mem {
	t.Helper()
	m := j.make()
	o := stick.OpenOptions{PartSize: 64 << 10, Clock: clock}
	st := sc.openWith(t, m, o)
	files := m.Files()
	kind.begin(m, n)
	err := j.do(t.Context(), st)
	m.SetHook(nil)
	if err != nil && !errors.Is(err, kind.is) {
		t.Errorf("it says: %v", err)
	}
	got := must(readableOn(st))(t)
	between(t, got, before, after)
	if errors.Is(err, stick.ErrFull) && j.oneStep && !slices.Equal(m.Files(), files) {
		t.Errorf("there was %q, and there is %q", files, m.Files())
	}
	if st.Close() != nil {
		t.Error("it cannot be closed")
	}
	again, err := stick.Open(t.Context(), m, stick.WithHolderKey(sc.holder), o)
	if err != nil {
		t.Errorf("opened again: %v", err)
		return m
	}
	defer again.Close()
	between(t, must(readableOn(again))(t), before, after)
	err = j.do(t.Context(), again)
	if errors.Is(err, stick.ErrDamaged) { // the rest of a layer that could not be removed: only repair gives it up, when asked
		must(again.Repair(t.Context(), stick.RepairOptions{Discard: true}))(t)
		between(t, must(readableOn(again))(t), before, after)
		err = j.do(t.Context(), again)
	}
	if err != nil && !doneAlready(err) {
		t.Errorf("the same once more: %v", err)
	}
	if got := must(readableOn(again))(t); !maps.Equal(got, after) {
		t.Errorf("the same once more gives %v, not %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(after)))
	}
	return m
}

// between says that each file is as it was or as it is to be.
func between(t *testing.T, got, before, after map[string]string) {
	t.Helper()
	for name, content := range got {
		was, is := before[name], after[name]
		if content != was && content != is {
			t.Errorf("%s holds neither what it held nor what it is to hold", name)
		}
	}
	for name := range before {
		_, wanted := after[name]
		if _, there := got[name]; wanted && !there {
			t.Errorf("%s is gone", name)
		}
	}
}

// doneAlready reports whether an error only says that the change had been made the
// first time: what was to be moved is not there any more, or the passphrase is the new one.
func doneAlready(err error) bool {
	return errors.Is(err, stick.ErrNotFound) || errors.Is(err, stick.ErrExists) ||
		strings.Contains(err.Error(), "passphrase")
}
