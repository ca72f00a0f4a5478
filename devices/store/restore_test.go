package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"stowage/devices"
	"stowage/devices/store"
)

// TestRestoreRefuses tries backups that are no good: the register stays.
func TestRestoreRefuses(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "register.db")
	s := create(t, path)
	fill(t, registerOn(s), 20)
	saved := backup(t, s)
	add(t, registerOn(s), devices.DeviceDetails{Label: "later"})
	left := files(t, folder)

	changed := func(statements ...string) io.Reader {
		file := filepath.Join(t.TempDir(), "changed.db")
		if err := os.WriteFile(file, saved, 0o600); err != nil {
			t.Fatal(err)
		}
		raw(t, file, statements...)
		return bytes.NewReader(must[[]byte](t)(os.ReadFile(file)))
	}
	flipped := slices.Clone(saved)
	for i := range 64 {
		flipped[len(flipped)/4096/2*4096+i] ^= 0xff
	}
	gone := errors.New("drive is gone")
	for name, test := range map[string]struct {
		src  io.Reader
		want error
	}{
		"nothing":        {strings.NewReader(""), store.ErrNotRegister},
		"something else": {strings.NewReader(strings.Repeat("x", 10_000)), store.ErrNotRegister},
		"cut short":      {bytes.NewReader(saved[:len(saved)/2]), store.ErrDamaged},
		"cut at a page":  {bytes.NewReader(saved[:len(saved)-4096]), store.ErrDamaged},
		"flipped":        {bytes.NewReader(flipped), store.ErrDamaged},
		"read error":     {io.MultiReader(bytes.NewReader(saved[:50_000]), iotest.ErrReader(gone)), gone},
		"newer":          {changed("PRAGMA user_version = 1000"), store.ErrNewer},
		"other database": {changed("PRAGMA application_id = 7"), store.ErrNotRegister},
		"own trigger":    {changed("CREATE TRIGGER sneaky AFTER INSERT ON events BEGIN DELETE FROM blobs; END"), store.ErrDamaged},
		"stray records":  {changed("PRAGMA foreign_keys = off", "DELETE FROM holders"), store.ErrDamaged},
	} {
		if err := store.Restore(t.Context(), path, test.src, store.RestoreOptions{}); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if found := find(t, registerOn(s), devices.DeviceQuery{}); len(found) != 21 {
			t.Fatalf("%s: the register has %d devices", name, len(found))
		}
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Restore(over, path, bytes.NewReader(saved), store.RestoreOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if after := files(t, folder); !slices.Equal(after, left) {
		t.Errorf("left %q, was %q", after, left)
	}
	if err := errors.Join(s.Check(t.Context(), true), registerOn(s).Check(t.Context(), nil)); err != nil {
		t.Error(err)
	}
}

func TestRestoreOverDamage(t *testing.T) {
	folder, ctx := t.TempDir(), t.Context()
	path := filepath.Join(folder, "register.db")
	s := create(t, path)
	fill(t, registerOn(s), 20)
	saved := backup(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for i, damage := range []string{"not a register any more", strings.Repeat("\x00", 5000)} {
		if err := os.WriteFile(path, []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := store.Restore(ctx, path, bytes.NewReader(saved), store.RestoreOptions{}); err != nil {
			t.Fatal(err)
		}
		restored := openAt(t, path)
		if found := find(t, registerOn(restored), devices.DeviceQuery{}); len(found) != 20 {
			t.Errorf("%d devices", len(found))
		}
		if err := restored.Close(); err != nil { // Windows moves no file that is open
			t.Fatal(err)
		}
		aside := fmt.Sprintf("%s.damaged-%d", path, i+1)
		if got := must[[]byte](t)(os.ReadFile(aside)); string(got) != damage {
			t.Errorf("%s has %.20q", aside, got)
		}
	}
	raw(t, path, "PRAGMA user_version = 1000")
	if err := store.Restore(ctx, path, bytes.NewReader(saved), store.RestoreOptions{}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("over a newer register: %v", err)
	}
}

// TestRestoreRenames names files as its caller does, the damaged register and what takes its place, and
// leaves nothing where that fails.
func TestRestoreRenames(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "register.db")
	s := create(t, filepath.Join(t.TempDir(), "register.db"))
	fill(t, registerOn(s), 5)
	saved := backup(t, s)
	gone := errors.New("the drive is gone")
	broken := func(_, _ string) error { return gone }
	if err := store.Restore(t.Context(), path, bytes.NewReader(saved), store.RestoreOptions{Rename: broken}); !errors.Is(err, gone) || len(files(t, folder)) != 0 {
		t.Errorf("%v, left %q", err, files(t, folder))
	}
	if err := os.WriteFile(path, []byte("not a register any more"), 0o600); err != nil {
		t.Fatal(err)
	}
	var named []string
	rename := func(from, to string) error {
		err := os.Rename(from, to)
		if err == nil {
			named = append(named, filepath.Base(to))
		}
		return err
	}
	if err := store.Restore(t.Context(), path, bytes.NewReader(saved), store.RestoreOptions{Rename: rename}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"register.db.damaged-1", "register.db"}; !slices.Equal(named, want) {
		t.Errorf("named %q, want %q", named, want)
	}
	if found := find(t, registerOn(openAt(t, path)), devices.DeviceQuery{}); len(found) != 5 {
		t.Errorf("%d devices", len(found))
	}
}

// TestRestoreLocked restores while another program writes for too long.
func TestRestoreLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	s := create(t, path)
	fill(t, registerOn(s), 5)
	saved := backup(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(t.Context(), func(devices.Tx) error {
		cancelled := &cancelReader{Reader: bytes.NewReader(saved), at: len(saved), cancel: cancel}
		if err := store.Restore(ctx, path, cancelled, store.RestoreOptions{}); err == nil {
			t.Error("restored under a writer")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if found := find(t, registerOn(s), devices.DeviceQuery{}); len(found) != 5 {
		t.Errorf("%d devices", len(found))
	}
}

// cancelReader cancels once everything has been read.
type cancelReader struct {
	io.Reader
	at     int
	cancel func()
}

func (r *cancelReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.at -= n; r.at <= 0 {
		r.cancel()
	}
	return n, err
}

// TestAttackRestoreRewritten restores a backup whose history, or present state, was
// rewritten in a file that is sound otherwise.
func TestAttackRestoreRewritten(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "register.db")
	s := create(t, path)
	fill(t, registerOn(s), 20)
	saved := backup(t, s)
	for name, statements := range map[string][]string{
		"history": {
			"DROP TRIGGER events_stay", "UPDATE events SET actor = 'somebody else' WHERE number = 3",
			"CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END",
		},
		"present": {"UPDATE devices SET notes = 'another' WHERE label = 'MS-3'"},
	} {
		file := filepath.Join(t.TempDir(), "changed.db")
		if err := os.WriteFile(file, saved, 0o600); err != nil {
			t.Fatal(err)
		}
		raw(t, file, statements...)
		err := store.Restore(t.Context(), path, bytes.NewReader(must[[]byte](t)(os.ReadFile(file))), store.RestoreOptions{})
		var tampered *devices.TamperError
		var different *devices.DifferenceError
		if !errors.As(err, &tampered) && !errors.As(err, &different) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must[devices.Tree](t)(registerOn(s).VerifyLog(t.Context(), nil, nil))
}
