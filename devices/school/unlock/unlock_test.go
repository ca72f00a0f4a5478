package unlock_test

import (
	"os"
	"path/filepath"
	"testing"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/integrity"
	"stowage/devices/school/schooltest"
	"stowage/devices/school/unlock"
)

// Unlocking signs for the events that came while the authority was locked, in the
// shared folder too, and never fails because that cannot be done.
func TestUnlockSignsACheckpoint(t *testing.T) {
	s := schooltest.Ticking(t)
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	verifier := func() string {
		t.Helper()
		d, err := s.Directory()
		if err != nil {
			t.Fatal(err)
		}
		return d.Verifier
	}()
	pinned := func(path string) int64 {
		t.Helper()
		msg, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := integrity.ReadCheckpoint(msg, verifier)
		if err != nil {
			t.Fatal(err)
		}
		return tree.Size
	}
	s.Lock()
	before := pinned(shared.CheckpointPath())
	if _, err := s.Register().AddHolder(t.Context(), "test", devices.HolderDetails{Name: "Bob Evans"}); err != nil {
		t.Fatal(err)
	}
	if err := unlock.Authority(t.Context(), s, schooltest.AuthorityPassphrase()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{shared.CheckpointPath(), filepath.Join(s.Dir(), school.CheckpointFile)} {
		if got := pinned(path); got != before+1 {
			t.Errorf("%s pins %d events, want %d", path, got, before+1)
		}
	}
	if err := os.WriteFile(filepath.Join(s.Dir(), school.CheckpointFile), []byte("no checkpoint"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unlock.Authority(t.Context(), s, schooltest.AuthorityPassphrase()); err != nil {
		t.Errorf("unlocking with a checkpoint that is none: %v", err)
	}
}
