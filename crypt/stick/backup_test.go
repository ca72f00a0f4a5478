package stick_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/longtest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// backedUp is what is on the sticks of these tests.
var backedUp = map[string]string{"a.txt": "one", "b/deep.txt": text(3, 90_000), "b/empty/": "", "c.bin": text(4, 20_000)}

func backupOptions(sc *school) stick.BackupOptions {
	return stick.BackupOptions{Verifier: sc.authority.Verifier(), Clock: clock}
}

// backUp backs up without a key.
func backUp(t testing.TB, sc *school, drive stick.FS, to stick.BackupFS) stick.BackupResult {
	t.Helper()
	return must(stick.Backup(t.Context(), drive, to, backupOptions(sc)))(t)
}

// openBackup opens a backup with the recovery key and wants these files in it.
func openBackup(t testing.TB, sc *school, from stick.FS, want map[string]string) {
	t.Helper()
	if err := inBackup(t.Context(), sc, from, want); err != nil {
		t.Fatal(err)
	}
}

func inBackup(ctx context.Context, sc *school, from stick.FS, wants ...map[string]string) error {
	s, err := stick.OpenBackup(ctx, from, stick.WithRecovery(sc.authority.Identities(), sc.authority.Verifier()), stick.OpenOptions{Clock: clock})
	if err != nil {
		return err
	}
	defer s.Close()
	got, err := filesOn(s)
	if err != nil {
		return err
	}
	for _, want := range wants {
		if maps.Equal(files(got), files(want)) {
			return nil
		}
	}
	return fmt.Errorf("the backup holds %q; %v", slices.Sorted(maps.Keys(got)), s.Warnings())
}

// files are those of a map without its folders.
func files(all map[string]string) map[string]string {
	out := maps.Clone(all)
	maps.DeleteFunc(out, func(p, _ string) bool { return p[len(p)-1] == '/' })
	return out
}

// newBackedUp is a closed stick with files on it.
func newBackedUp(t testing.TB) (*school, *sticktest.Mem) {
	t.Helper()
	sc, m := newSchool(t, "Hill School"), sticktest.New()
	sc.issue(t, m)
	s := sc.openWith(t, m, stick.OpenOptions{PartSize: 48 << 10})
	put(t, s, backedUp)
	check(t, s.Close())
	return sc, m
}

func TestBackupWithoutKeys(t *testing.T) {
	t.Run("memory", func(t *testing.T) { backupWithoutKeys(t, sticktest.New()) })
	t.Run("folder", func(t *testing.T) {
		d := must(stick.NewBackupDir(t.TempDir(), "new", true))(t)
		t.Cleanup(func() { _ = d.Close() })
		backupWithoutKeys(t, d)
	})
}

func backupWithoutKeys(t *testing.T, to stick.BackupFS) {
	sc, m := newBackedUp(t)
	if _, err := stick.ReadBackupStatus(m, to); !errors.Is(err, stick.ErrNoBackup) {
		t.Errorf("the status of none: %v, want ErrNoBackup", err)
	}
	r := backUp(t, sc, m, to)
	if r.Copied == 0 || r.Layers != r.Copied {
		t.Errorf("the first run: %+v", r)
	}
	openBackup(t, sc, to, backedUp)
	for _, with := range []stick.Unlock{stick.WithHolderKey(sc.holder), stick.WithPassphrase(passphrase)} {
		s := must(stick.OpenBackup(t.Context(), to, with, stick.OpenOptions{Clock: clock}))(t)
		same(t, s, backedUp)
		if _, err := s.PutItems(t.Context(), items(map[string]string{"x": "y"}), stick.PutOptions{}); !errors.Is(err, stick.ErrReadOnly) {
			t.Errorf("writing into a backup: %v, want ErrReadOnly", err)
		}
		check(t, s.Close())
	}

	// Nothing new: nothing is copied, and the time moves on.
	later := backupOptions(sc)
	later.Clock = func() time.Time { return start.Add(time.Hour) }
	if r := must(stick.Backup(t.Context(), m, to, later))(t); r.Copied != 0 || r.Bytes != 0 {
		t.Errorf("nothing new: %+v", r)
	}
	s := sc.open(t, m)
	put(t, s, map[string]string{"new.txt": "new"})
	status := must(stick.ReadBackupStatus(m, to))(t)
	if status.Behind != 1 || status.BehindBytes == 0 || !status.When.Equal(start.Add(time.Hour)) {
		t.Errorf("the status: %+v", status)
	}
	// While a program has it open, it is for that program to back up.
	if _, err := stick.Backup(t.Context(), m, to, later); !errors.Is(err, stick.ErrInUse) {
		t.Errorf("an open stick: %v, want InUseError", err)
	}
	if r := must(s.Backup(t.Context(), to, stick.BackupOptions{}))(t); r.Copied != 1 {
		t.Errorf("one more layer: %+v", r)
	}
	if status := must(stick.ReadBackupStatus(m, to))(t); status.Behind != 0 {
		t.Errorf("the status: %+v", status)
	}
	want := maps.Clone(backedUp)
	want["new.txt"] = "new"
	openBackup(t, sc, to, want)
}

func TestBackupRefuses(t *testing.T) {
	sc, m := newBackedUp(t)
	to := sticktest.New()
	other := newSchool(t, "Other School")
	if _, err := stick.Backup(t.Context(), m, to, backupOptions(other)); !errors.Is(err, keys.ErrOtherSchool) && !errors.Is(err, keys.ErrForged) {
		t.Errorf("another school's stick: %v", err)
	}
	if _, err := stick.Backup(t.Context(), m, to, stick.BackupOptions{}); !errors.Is(err, stick.ErrNotStick) {
		t.Errorf("nobody's stick: %v", err)
	}
	if _, err := stick.Backup(t.Context(), sticktest.New(), to, backupOptions(sc)); !errors.Is(err, stick.ErrNotStick) {
		t.Errorf("no stick: %v", err)
	}
	if len(to.Files()) > 0 {
		t.Errorf("the refused left %q", to.Files())
	}
	backUp(t, sc, m, to)
	m2 := sticktest.New()
	sc.issue(t, m2)
	if _, err := stick.Backup(t.Context(), m2, to, backupOptions(sc)); !errors.Is(err, stick.ErrOtherBackup) {
		t.Errorf("another stick's backup: %v, want ErrOtherBackup", err)
	}
	// Two computers at once: the second one leaves it to the first.
	lock := must(to.Lock("lock", true))(t)
	if _, err := stick.Backup(t.Context(), m, to, backupOptions(sc)); !errors.Is(err, stick.ErrBackingUp) {
		t.Errorf("two at once: %v, want ErrBackingUp", err)
	}
	check(t, lock.Close())
	small := sticktest.New()
	small.SetCapacity(64 << 10)
	if _, err := stick.Backup(t.Context(), m, small, backupOptions(sc)); !errors.Is(err, stick.ErrFull) {
		t.Errorf("no room: %v, want ErrFull", err)
	}
	for _, name := range layerFiles(small) {
		t.Errorf("no room, and yet there is %s", name)
	}
	m.SetCapacity(50_000) // as with sparse files
	if _, err := stick.Backup(t.Context(), m, sticktest.New(), backupOptions(sc)); !errors.Is(err, stick.ErrTooLarge) {
		t.Errorf("more than the drive holds: %v, want ErrTooLarge", err)
	}
}

// What a stick in bad hands shows never harms what is in the backup.
func TestBackupOfHostileStick(t *testing.T) {
	sc, m := newBackedUp(t)
	to := sticktest.New()
	backUp(t, sc, m, to)
	before := layerFiles(to)
	for name, spoil := range map[string]func(h *sticktest.Mem){
		"emptied": func(h *sticktest.Mem) {
			for _, name := range layerFiles(h) {
				h.WriteFile(name, nil)
			}
		},
		"other content": func(h *sticktest.Mem) {
			for _, name := range layerFiles(h) {
				data := h.ReadFile(name)
				data[len(data)-1]++
				h.WriteFile(name, data)
			}
		},
		"other keys": func(h *sticktest.Mem) {
			for _, name := range h.Files() {
				if len(name) > 13 && name[:13] == "stowage/keys/" {
					h.WriteFile(name, []byte("not a key"))
				}
			}
		},
		"a newer layer of anyone's": func(h *sticktest.Mem) {
			h.WriteFile("stowage/layers/00000099-00000000.age", m.ReadFile(before[0]))
		},
		"foreign files": func(h *sticktest.Mem) {
			h.WriteFile("stowage/layers/../../x", []byte("x"))
			h.WriteFile("stowage/layers/notes.txt", []byte("x"))
			h.WriteFile("stowage/layers/00000007-0000000g.age", []byte("x"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, kept := m.Clone(), to.Clone()
			spoil(h)
			for range 40 { // every time with other keys, to push the good ones out
				h.WriteFile("stowage/keys/holder-b.age", []byte(text(rand.Int(), 100)))
				r, err := stick.Backup(t.Context(), h, kept, backupOptions(sc))
				if err != nil {
					t.Fatal(err)
				}
				if name == "other content" && len(r.Differing) == 0 || name == "emptied" && !r.Older {
					t.Fatalf("it was not noticed: %+v", r)
				}
			}
			for _, l := range before {
				if string(kept.ReadFile(l)) != string(to.ReadFile(l)) {
					t.Errorf("%s was changed", l)
				}
			}
			openBackup(t, sc, kept, backedUp)
			if n := len(kept.Files()); n > 60 {
				t.Errorf("the backup has %d files now", n)
			}
		})
	}
}

// A layer that went bad in the backup is copied again from the opened stick.
func TestBackupReplacesDamagedLayers(t *testing.T) {
	sc, m := newBackedUp(t)
	to := sticktest.New()
	backUp(t, sc, m, to)
	bad := layerFiles(to)[0]
	to.WriteFile(bad, to.ReadFile(bad)[:1000])
	s := sc.open(t, m)
	if r := must(s.Backup(t.Context(), to, stick.BackupOptions{}))(t); r.Copied != 1 {
		t.Errorf("copied %d layers, want 1", r.Copied)
	}
	openBackup(t, sc, to, backedUp)
}

// Tidying is followed after a while, and only with a key.
func TestBackupFollowsTidy(t *testing.T) {
	sc, m := newBackedUp(t)
	to := sticktest.New()
	backUp(t, sc, m, to)
	old := layerFiles(to)
	s := sc.open(t, m)
	put(t, s, map[string]string{"a.txt": "two"})
	must(s.Tidy(t.Context(), stick.TidyOptions{All: true}))(t)
	want := contents(t, s)
	at := start
	o := stick.BackupOptions{Clock: func() time.Time { return at }}
	if r := must(s.Backup(t.Context(), to, o))(t); r.Removed != 0 {
		t.Errorf("removed %d layers at once", r.Removed)
	}
	openBackup(t, sc, to, want)
	at = start.Add(29 * 24 * time.Hour)
	if r := must(s.Backup(t.Context(), to, o))(t); r.Removed != 0 {
		t.Errorf("removed %d layers after 29 days", r.Removed)
	}
	check(t, s.Close())
	at = start.Add(90 * 24 * time.Hour)
	o.Verifier = sc.authority.Verifier()
	must(stick.Backup(t.Context(), m, to, o))(t)
	for _, l := range old {
		if to.ReadFile(l) == nil {
			t.Errorf("%s was removed without a key", l)
		}
	}
	s = sc.open(t, m)
	r := must(s.Backup(t.Context(), to, o))(t)
	if r.Removed == 0 {
		t.Error("nothing was removed after 90 days")
	}
	if got, want := layerFiles(to), layerFiles(m); !slices.Equal(got, want) {
		t.Errorf("the backup has %q, the stick %q", got, want)
	}
	openBackup(t, sc, to, want)
}

// A stick that was put back to an earlier state does not take newer layers
// from the backup with it, not even when it goes on from there and is tidied.
func TestBackupOfRolledBackStick(t *testing.T) {
	sc, m := newBackedUp(t)
	earlier := m.Clone()
	s := sc.open(t, m)
	put(t, s, map[string]string{"newer.txt": "precious"})
	to := sticktest.New()
	at := start
	o := stick.BackupOptions{Clock: func() time.Time { return at }}
	must(s.Backup(t.Context(), to, o))(t)
	want := contents(t, s)
	check(t, s.Close())

	s = sc.open(t, earlier)
	r := must(s.Backup(t.Context(), to, o))(t)
	if !r.Older {
		t.Error("it was not noticed that the stick is older")
	}
	at = start.Add(365 * 24 * time.Hour)
	must(s.Backup(t.Context(), to, o))(t)
	openBackup(t, sc, to, want)
}

// Rotating encrypts everything anew; the backup opens before, between and after.
func TestBackupOfRotatedStick(t *testing.T) {
	sc, m := newBackedUp(t)
	to := sticktest.New()
	backUp(t, sc, m, to)
	s := sc.open(t, m)
	check(t, s.Rotate(t.Context(), stick.RotateOptions{School: sc.authority}))
	openBackup(t, sc, to, backedUp)
	must(s.Backup(t.Context(), to, stick.BackupOptions{}))(t)
	openBackup(t, sc, to, backedUp)
	if n := must(stick.BackupNote(to, sc.authority.Verifier()))(t); n.Generation != 2 {
		t.Errorf("the backup's note has generation %d, want 2", n.Generation)
	}
}

// TestBackupFaults has each drive fail at each of its operations in turn. What is
// in the backup then opens, if anything does, and the next run finishes it.
func TestBackupFaults(t *testing.T) {
	longtest.SkipRaced(t)
	sc, m := newBackedUp(t)
	half := sticktest.New()
	backUp(t, sc, m, half)
	s := sc.openWith(t, m, stick.OpenOptions{PartSize: 48 << 10})
	put(t, s, map[string]string{"a.txt": "newer", "d.bin": text(9, 120_000)})
	after := contents(t, s)
	check(t, s.Close())
	broken := errors.New("input/output error")
	tried := 0
	for _, source := range []bool{true, false} {
		for n := 0; ; n++ {
			drive, to := m.Clone(), half.Clone()
			failing := to
			if source {
				failing = drive
			}
			failing.FailAt(n, broken)
			_, err := stick.Backup(t.Context(), drive, to, backupOptions(sc))
			if err == nil {
				break
			}
			tried++
			failing.SetHook(nil)
			if err := inBackup(t.Context(), sc, to, backedUp, after); err != nil {
				t.Fatalf("operation %d failed (of the stick: %v): %v", n, source, err)
			}
			backUp(t, sc, drive, to)
			openBackup(t, sc, to, after)
			for _, name := range to.Files() {
				if len(name) > 9 && name[:9] == "incoming/" {
					t.Fatalf("operation %d failed: %s was left", n, name)
				}
			}
		}
	}
	t.Logf("%d faults tried", tried)
}

// TestBackupPulled has the computer or the server die after every operation.
func TestBackupPulled(t *testing.T) {
	longtest.SkipRaced(t)
	sc, m := newBackedUp(t)
	base := sticktest.New()
	backUp(t, sc, m, base)
	s := sc.openWith(t, m, stick.OpenOptions{PartSize: 48 << 10})
	put(t, s, map[string]string{"a.txt": "newer", "d.bin": text(9, 120_000)})
	after := contents(t, s)
	to := base.Clone()
	to.Record()
	must(s.Backup(t.Context(), to, stick.BackupOptions{}))(t)
	ops := to.Recorded()
	check(t, s.Close())
	random := crashRandom()
	tried := crashCount(t, "backup")
	for n := range len(ops) + 1 {
		for _, keep := range ways(random, *crashes) {
			*tried++
			found := sticktest.Crash(base, ops[:n], keep)
			wants := []map[string]string{after}
			if n < len(ops) {
				wants = append(wants, backedUp)
			}
			if err := inBackup(t.Context(), sc, found, wants...); err != nil {
				t.Fatalf("after operation %d of %d: %v", n, len(ops), err)
			}
			backUp(t, sc, m, found)
			openBackup(t, sc, found, after)
		}
	}
}

// Cancelled, it goes on where it was.
func TestBackupCancelled(t *testing.T) {
	sc, m := newBackedUp(t)
	to := sticktest.New()
	ctx, cancel := context.WithCancel(t.Context())
	to.SetHook(func(_ int, op sticktest.Op) error {
		if op.Kind == sticktest.Rename {
			cancel()
		}
		return nil
	})
	if _, err := stick.Backup(ctx, m, to, backupOptions(sc)); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	to.SetHook(nil)
	before := len(layerFiles(to))
	if before == 0 {
		t.Error("nothing was kept of the run that was cancelled")
	}
	backUp(t, sc, m, to)
	openBackup(t, sc, to, backedUp)
}

func FuzzBackupState(f *testing.F) {
	sc, m := newBackedUp(f)
	to := sticktest.New()
	backUp(f, sc, m, to)
	var state string
	for _, name := range to.Files() {
		if len(name) > 7 && name[:7] == "states/" {
			state = name
		}
	}
	f.Add(to.ReadFile(state), to.ReadFile("backup.json"))
	f.Add([]byte{}, []byte(`{"stick":"x","layers":null,"replaced":{"..":"2026-01-01T00:00:00Z"}}`))
	f.Fuzz(func(t *testing.T, tar, record []byte) {
		kept := to.Clone()
		kept.WriteFile(state, tar)
		kept.WriteFile("backup.json", record)
		_, _ = stick.ReadBackupStatus(m, kept)
		_, _ = stick.BackupKeys(kept)
		_, _ = stick.BackupNote(kept, sc.authority.Verifier())
		_ = inBackup(t.Context(), sc, kept)
		if _, err := stick.Backup(t.Context(), m, kept, backupOptions(sc)); err == nil {
			openBackup(t, sc, kept, backedUp)
		}
	})
}
