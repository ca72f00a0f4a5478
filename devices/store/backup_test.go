package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"stowage/devices"
	"stowage/devices/store"
)

func backup(t testing.TB, s *store.SQLite) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Backup(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBackupAndRestore(t *testing.T) {
	folder, ctx := t.TempDir(), t.Context()
	path := filepath.Join(folder, "register.db")
	s := create(t, path)
	other := openAt(t, path) // somebody else's program
	fill(t, registerOn(s), 20)
	saved := backup(t, s)
	add(t, registerOn(s), devices.DeviceDetails{Label: "later"})

	if err := store.Restore(ctx, path, bytes.NewReader(saved)); err != nil {
		t.Fatal(err)
	}
	for i, handle := range []*store.SQLite{s, other, openAt(t, path)} {
		if found := find(t, registerOn(handle), devices.DeviceQuery{}); len(found) != 20+i {
			t.Errorf("handle %d sees %d devices", i, len(found))
		}
		if found := find(t, registerOn(handle), devices.DeviceQuery{Search: "later"}); len(found) != 0 {
			t.Errorf("handle %d finds %q", i, found)
		}
		add(t, registerOn(handle), devices.DeviceDetails{Label: fmt.Sprint("after ", i)})
		if err := errors.Join(handle.Check(ctx, true), registerOn(handle).Check(ctx)); err != nil {
			t.Error(err)
		}
	}

	elsewhere := filepath.Join(folder, "new.db")
	if err := store.Restore(ctx, elsewhere, bytes.NewReader(saved)); err != nil {
		t.Fatal(err)
	}
	if found := find(t, registerOn(openAt(t, elsewhere)), devices.DeviceQuery{Search: "bus"}); len(found) == 0 {
		t.Error("nothing found in a new place")
	}
	for _, name := range files(t, folder) {
		if strings.Contains(name, "tmp") {
			t.Errorf("%s was left", name)
		}
	}
	if mode := must[fs.FileInfo](t)(os.Stat(elsewhere)).Mode().Perm(); mode&0o077 != 0 {
		t.Errorf("mode is %o", mode)
	}
}

func TestAbandonedFilesAreRemoved(t *testing.T) {
	folder := t.TempDir()
	s := create(t, filepath.Join(folder, "register.db"))
	old, young := filepath.Join(folder, ".register-1.tmp"), filepath.Join(folder, ".register-2.tmp")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Now(), time.Now().AddDate(0, 0, -2)); err != nil {
		t.Fatal(err)
	}
	backup(t, s)
	if got := files(t, folder); slices.Contains(got, ".register-1.tmp") || !slices.Contains(got, ".register-2.tmp") {
		t.Errorf("left %q", got)
	}
}

func TestBackupWhileInUse(t *testing.T) {
	folder, ctx := t.TempDir(), t.Context()
	path := filepath.Join(folder, "register.db")
	s := create(t, path)
	fill(t, registerOn(s), 20)
	var wait sync.WaitGroup
	stop := make(chan struct{})
	wait.Go(func() {
		other := registerOn(openAt(t, path))
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := other.AddDevice(ctx, ict, devices.DeviceDetails{Kind: devices.Phone, Label: fmt.Sprint("PH-", i)}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range 5 {
		to := filepath.Join(folder, fmt.Sprintf("backup-%d.db", i))
		if err := s.BackupFile(ctx, to); err != nil {
			t.Error(err)
			break
		}
		copied := openAt(t, to)
		if err := errors.Join(copied.Check(ctx, true), registerOn(copied).Check(ctx)); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wait.Wait()
}

func TestBackupFails(t *testing.T) {
	folder, ctx := t.TempDir(), t.Context()
	s := create(t, filepath.Join(folder, "register.db"))
	fill(t, registerOn(s), 20)
	before := files(t, folder)

	taken := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(taken, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.BackupFile(ctx, taken); !errors.Is(err, fs.ErrExist) || string(must[[]byte](t)(os.ReadFile(taken))) != "x" {
		t.Errorf("over another file: %v", err)
	}
	if err := s.BackupFile(ctx, filepath.Join(folder, "none", "backup")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into no folder: %v", err)
	}
	gone := errors.New("drive is gone")
	if err := s.Backup(ctx, failingWriter{gone}); !errors.Is(err, gone) {
		t.Errorf("to a writer that fails: %v", err)
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if err := errors.Join(s.Backup(over, io.Discard), s.BackupFile(over, filepath.Join(folder, "backup"))); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	var late cancelWriter
	late.ctx, late.cancel = context.WithCancel(ctx)
	if err := s.Backup(late.ctx, &late); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled half-way: %v", err)
	}
	raw(t, filepath.Join(folder, "register.db"), "CREATE TABLE more (x)")
	if err := s.BackupFile(ctx, filepath.Join(folder, "bad")); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("of a bad register: %v", err)
	}
	if after := files(t, folder); !slices.Equal(before, after) {
		t.Errorf("left %q", after)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

type cancelWriter struct {
	ctx    context.Context
	cancel func()
}

func (w *cancelWriter) Write(p []byte) (int, error) {
	w.cancel()
	return len(p), nil
}

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
		if err := store.Restore(t.Context(), path, test.src); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if found := find(t, registerOn(s), devices.DeviceQuery{}); len(found) != 21 {
			t.Fatalf("%s: the register has %d devices", name, len(found))
		}
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Restore(over, path, bytes.NewReader(saved)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if after := files(t, folder); !slices.Equal(after, left) {
		t.Errorf("left %q, was %q", after, left)
	}
	if err := errors.Join(s.Check(t.Context(), true), registerOn(s).Check(t.Context())); err != nil {
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
		if err := store.Restore(ctx, path, bytes.NewReader(saved)); err != nil {
			t.Fatal(err)
		}
		if found := find(t, registerOn(openAt(t, path)), devices.DeviceQuery{}); len(found) != 20 {
			t.Errorf("%d devices", len(found))
		}
		aside := fmt.Sprintf("%s.damaged-%d", path, i+1)
		if got := must[[]byte](t)(os.ReadFile(aside)); string(got) != damage {
			t.Errorf("%s has %.20q", aside, got)
		}
	}
	raw(t, path, "PRAGMA user_version = 1000")
	if err := store.Restore(ctx, path, bytes.NewReader(saved)); !errors.Is(err, store.ErrNewer) {
		t.Errorf("over a newer register: %v", err)
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
		if err := store.Restore(ctx, path, cancelled); err == nil {
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
