package integrity_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/integrity"
	"stowage/devices/school/schooltest"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// TestMoveRegister moves a school's register to a server and back: the school
// goes on as before, and can prove it.
func TestMoveRegister(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	ctx := t.Context()
	url := server.Database(t)
	s := schooltest.Ticking(t)
	dir := s.Dir()
	add := func(s *school.School, label string) {
		t.Helper()
		if _, err := s.Register().AddDevice(ctx, "test", devices.DeviceDetails{Kind: devices.Phone, Label: label}); err != nil {
			t.Fatal(err)
		}
	}
	add(s, "PH-1")
	want, err := s.Register().Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}

	if _, _, err := integrity.Move(ctx, dir, url, schooltest.TickingOptions(), nil); !errors.Is(err, store.ErrNotSetUp) {
		t.Errorf("to a database that is not set up: %v", err)
	}
	if err := store.SetUpPostgres(ctx, url, nil); err != nil {
		t.Fatal(err)
	}
	tree, old, err := integrity.Move(ctx, dir, url, schooltest.TickingOptions(), nil)
	if err != nil || tree != want {
		t.Fatalf("moved %v of %v: %v", tree, want, err)
	}
	if _, err := os.Stat(old); err != nil {
		t.Error(err)
	}
	if _, err := s.Register().AddDevice(ctx, "test", devices.DeviceDetails{Kind: devices.Phone, Label: "late"}); !errors.Is(err, store.ErrMoved) {
		t.Errorf("whoever had it open changes the old one: %v", err)
	}

	moved := schooltest.Open(t, dir)
	add(moved, "PH-2")
	if _, err := integrity.Verify(ctx, moved, nil, nil); err != nil {
		t.Error(err)
	}
	if err := integrity.Check(ctx, moved); err != nil {
		t.Error(err)
	}
	backup := filepath.Join(t.TempDir(), "backup.age")
	if err := integrity.BackUp(ctx, moved, backup); err != nil {
		t.Error(err)
	}
	if _, err := integrity.Restore(ctx, dir, "", bytes.NewReader(nil), schooltest.AuthorityPassphrase(), schooltest.TickingOptions()); !errors.Is(err, school.ErrOnServer) {
		t.Error(err)
	}

	// The old file was left under its name, since it was still open here.
	if _, _, err := integrity.Move(ctx, dir, "", schooltest.TickingOptions(), nil); !errors.Is(err, store.ErrNotEmpty) {
		t.Error(err)
	}
	if err := errors.Join(s.Close(), os.Remove(old)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := integrity.Move(ctx, dir, "", schooltest.TickingOptions(), nil); err != nil {
		t.Fatal(err)
	}
	back := schooltest.Open(t, dir)
	for _, label := range []string{"PH-1", "PH-2"} {
		if _, err := back.Register().FindDevice(ctx, label); err != nil {
			t.Error(err)
		}
	}
	if _, err := integrity.Verify(ctx, back, nil, nil); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, school.RegisterURLFile)); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestRegisterPlaceRefused opens schools whose register is said to be where it
// must not be looked for.
func TestRegisterPlaceRefused(t *testing.T) {
	s := schooltest.Ticking(t)
	for _, place := range []string{
		"", "mysql://here/db", "postgres://ict:secret@localhost/db", "postgres://localhost/db?password=secret",
		"postgres://db.example/db?sslmode=disable", "postgres://db.example/db?sslmode=prefer",
	} {
		path := filepath.Join(s.Dir(), school.RegisterURLFile)
		if err := os.WriteFile(path, []byte(place+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := school.Open(t.Context(), s.Dir(), schooltest.TickingOptions())
		if !errors.Is(err, store.ErrURL) || bytes.Contains([]byte(err.Error()), []byte("secret")) {
			t.Errorf("%q: %v", place, err)
		}
	}
}
