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
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
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

	if err := store.Restore(ctx, path, bytes.NewReader(saved), store.RestoreOptions{}); err != nil {
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
		if err := errors.Join(handle.Check(ctx, true), registerOn(handle).Check(ctx, nil)); err != nil {
			t.Error(err)
		}
	}

	elsewhere := filepath.Join(folder, "new.db")
	if err := store.Restore(ctx, elsewhere, bytes.NewReader(saved), store.RestoreOptions{}); err != nil {
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
	if mode := must[fs.FileInfo](t)(os.Stat(elsewhere)).Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
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
		if err := os.WriteFile(to, backup(t, s), 0o600); err != nil {
			t.Error(err)
			break
		}
		copied := openAt(t, to)
		if err := errors.Join(copied.Check(ctx, true), registerOn(copied).Check(ctx, nil)); err != nil {
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

	gone := errors.New("drive is gone")
	if err := s.Backup(ctx, failingWriter{gone}); !errors.Is(err, gone) {
		t.Errorf("to a writer that fails: %v", err)
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Backup(over, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	var late cancelWriter
	late.ctx, late.cancel = context.WithCancel(ctx)
	if err := s.Backup(late.ctx, &late); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled half-way: %v", err)
	}
	raw(t, filepath.Join(folder, "register.db"), "CREATE TABLE more (x)")
	if err := s.Backup(ctx, io.Discard); !errors.Is(err, store.ErrDamaged) {
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
