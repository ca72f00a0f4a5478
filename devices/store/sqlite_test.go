package store_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/devices"
	"stowage/devices/store"
)

func TestSQLite(t *testing.T) {
	conformance(t, func(t *testing.T) (devices.Store, devices.Store) {
		path := filepath.Join(t.TempDir(), "register.db")
		return create(t, path), openAt(t, path)
	})
}

func create(t testing.TB, path string) *store.SQLite {
	t.Helper()
	s := must[*store.SQLite](t)(store.Create(t.Context(), path))
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func openAt(t testing.TB, path string) *store.SQLite {
	t.Helper()
	s := must[*store.SQLite](t)(store.Open(t.Context(), path))
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// raw runs statements on a file behind the program's back.
func raw(t testing.TB, path string, statements ...string) {
	t.Helper()
	db := must[*sql.DB](t)(sql.Open("sqlite", path))
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func files(t testing.TB, folder string) []string {
	t.Helper()
	var names []string
	for _, entry := range must[[]os.DirEntry](t)(os.ReadDir(folder)) {
		names = append(names, entry.Name())
	}
	return names
}

func TestCreateAndOpen(t *testing.T) {
	folder, ctx := t.TempDir(), t.Context()
	name := "a?b%20c #é;d.db"
	if runtime.GOOS == "windows" {
		name = strings.ReplaceAll(name, "?", "!") // no name there may hold one
	}
	path := filepath.Join(folder, name)
	if _, err := store.Open(ctx, path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened what is not there: %v", err)
	}
	s := must[*store.SQLite](t)(store.Create(ctx, path))
	add(t, registerOn(s), devices.DeviceDetails{Label: "MS-1"})
	if runtime.GOOS != "windows" {
		for _, name := range files(t, folder) {
			if mode := must[fs.FileInfo](t)(os.Stat(filepath.Join(folder, name))).Mode().Perm(); mode != 0o600 {
				t.Errorf("%s has mode %o", name, mode)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := store.Create(ctx, path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("created over a register: %v", err)
	}
	if _, err := store.Create(ctx, filepath.Join(folder, "none", "register.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("created in no folder: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	again := openAt(t, path)
	if found := find(t, registerOn(again), devices.DeviceQuery{}); len(found) != 1 {
		t.Errorf("%q", found)
	}
	if mode := must[fs.FileInfo](t)(os.Stat(path)).Mode().Perm(); runtime.GOOS != "windows" && mode != 0o600 {
		t.Errorf("opening left mode %o", mode)
	}
	if got := files(t, folder); len(got) > 3 || got[0] != filepath.Base(path) {
		t.Errorf("files are %q", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	for name, content := range map[string]string{"empty": "", "text": "dear register", "long text": strings.Repeat("x", 100_000)} {
		if err := os.WriteFile(at(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	raw(t, at("other"), "CREATE TABLE diary (entry TEXT)")
	raw(t, at("other versioned"), "PRAGMA user_version = 1", "CREATE TABLE diary (entry TEXT)")
	for _, name := range []string{"newer", "zero"} {
		if err := create(t, at(name)).Close(); err != nil {
			t.Fatal(err)
		}
	}
	raw(t, at("newer"), "PRAGMA user_version = 1000")
	raw(t, at("zero"), "PRAGMA user_version = 0")
	for _, name := range []string{"empty", "text", "long text", "other", "other versioned", "newer", "zero"} {
		want := store.ErrNotRegister
		if name == "newer" {
			want = store.ErrNewer
		}
		before := must[[]byte](t)(os.ReadFile(at(name)))
		if _, err := store.Open(t.Context(), at(name)); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
		if after := must[[]byte](t)(os.ReadFile(at(name))); !slices.Equal(before, after) {
			t.Errorf("%s was changed", name)
		}
	}
}

func TestCheckFindsDamage(t *testing.T) {
	ctx := t.Context()
	for name, statements := range map[string][]string{
		"trigger":    {"CREATE TRIGGER sneaky AFTER INSERT ON events BEGIN DELETE FROM blobs; END"},
		"no trigger": {"DROP TRIGGER events_stay"},
		"table":      {"CREATE TABLE more (x)"},
		"index":      {"DROP INDEX devices_by_due"},
		"view":       {"CREATE VIEW v AS SELECT 1"},
		"stray loan": {"PRAGMA foreign_keys = off", "DELETE FROM holders"},
		"missing event": {
			"DROP TRIGGER events_remain", "DELETE FROM events WHERE number = 2",
			"CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
		},
	} {
		path := filepath.Join(t.TempDir(), "register.db")
		s := create(t, path)
		fill(t, registerOn(s), 12)
		if err := errors.Join(s.Check(ctx, false), s.Check(ctx, true)); err != nil {
			t.Fatal(err)
		}
		raw(t, path, statements...)
		if err := s.Check(ctx, false); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFlippedBits damages a register page by page: everything is either as it was
// or refused, and a full check does not call it good.
func TestFlippedBits(t *testing.T) {
	folder, ctx := t.TempDir(), t.Context()
	path := filepath.Join(folder, "register.db")
	s := create(t, path)
	fill(t, registerOn(s), 20)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	good := must[[]byte](t)(os.ReadFile(path))
	noticed := 0
	const page = 4096
	for at := 0; at+page <= len(good); at += page {
		bad := slices.Clone(good)
		for i := range 64 { // the beginning of a page says what is on it
			bad[at+i] ^= 0xff
		}
		flipped := filepath.Join(folder, fmt.Sprint(at))
		if err := os.WriteFile(flipped, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(ctx, flipped)
		if err == nil {
			err = errors.Join(s.Check(ctx, true), s.Close())
		}
		if err != nil {
			noticed++
		}
		for _, suffix := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(flipped + suffix)
		}
	}
	unused := int(binary.BigEndian.Uint32(good[36:])) // pages that hold nothing, as the file says
	if pages := len(good) / page; noticed < pages-unused || unused > 2 {
		t.Errorf("%d of %d damaged pages were noticed, and %d hold nothing", noticed, pages, unused)
	}
}

func TestFull(t *testing.T) {
	ctx := t.Context()
	s := create(t, filepath.Join(t.TempDir(), "register.db"))
	r := registerOn(s)
	var pages int
	if err := s.Writing().QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Writing().Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+10)); err != nil {
		t.Fatal(err)
	}
	var stored []string
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		var d devices.Device
		if d, err = r.AddDevice(ctx, ict, devices.DeviceDetails{Kind: devices.Phone, Label: fmt.Sprintf("PH-%d", i), Notes: strings.Repeat("note ", 100)}); err == nil {
			stored = append(stored, d.Label)
		}
	}
	if !errors.Is(err, store.ErrFull) || len(stored) == 0 {
		t.Errorf("%v after %d devices", err, len(stored))
	}
	if found := find(t, r, devices.DeviceQuery{}); !slices.Equal(found, stored) {
		t.Errorf("stored %d, found %d", len(stored), len(found))
	}
	if _, err := s.Writing().Exec("PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	add(t, r, devices.DeviceDetails{Label: "works again"})
	if err := errors.Join(r.Check(ctx, nil), s.Check(ctx, true)); err != nil {
		t.Error(err)
	}
}

func TestClosed(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "register.db"))
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	r := registerOn(s)
	if _, err := r.AddHolder(t.Context(), ict, devices.HolderDetails{Name: "Ann"}); err == nil {
		t.Error("written to a closed register")
	}
	if _, err := r.Devices(t.Context(), devices.DeviceQuery{}); err == nil {
		t.Error("read from a closed register")
	}
}

// TestLocked writes while another program holds the register.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	s, other := create(t, path), openAt(t, path)
	ctx := t.Context()
	err := other.Update(ctx, func(devices.Tx) error {
		soon, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if err := s.Update(soon, func(devices.Tx) error { return nil }); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, store.ErrBusy) {
			t.Errorf("with a deadline: %v", err)
		}
		if _, err := s.Writing().Exec("PRAGMA busy_timeout = 1"); err != nil {
			t.Fatal(err)
		}
		if err := s.Update(ctx, func(devices.Tx) error { return nil }); !errors.Is(err, store.ErrBusy) {
			t.Errorf("without: %v", err)
		}
		if found := find(t, registerOn(s), devices.DeviceQuery{}); len(found) != 0 {
			t.Error(found)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	add(t, registerOn(s), devices.DeviceDetails{Label: "MS-1"})
}
