package integrity_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/integrity"
	"stowage/devices/school/schooltest"
	"stowage/devices/store"
)

// backedUpSchool is a school that was backed up before Bob came, and the backup.
func backedUpSchool(t *testing.T) (s *school.School, backup string) {
	t.Helper()
	s = schooltest.Ticking(t)
	schooltest.Person(t, s, "Alice Jones")
	backup = filepath.Join(t.TempDir(), "backup.age")
	if err := integrity.BackUp(t.Context(), s, backup); err != nil {
		t.Fatal(err)
	}
	schooltest.Person(t, s, "Bob Hill")
	return s, backup
}

func eventCount(t *testing.T, s *school.School) int64 {
	t.Helper()
	tree, err := s.Register().Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tree.Size
}

func restoreFrom(t *testing.T, dir, backup string) integrity.Restored {
	t.Helper()
	f, err := os.Open(backup)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	restored, err := integrity.Restore(t.Context(), dir, "backup.age", f, schooltest.AuthorityPassphrase(), schooltest.TickingOptions())
	if err != nil {
		t.Fatal(err)
	}
	return restored
}

// TestRestoreSaysWhatIsLost restores a backup over a register that can be read, over one that cannot,
// and over one that nobody knows more about than its checkpoint.
func TestRestoreSaysWhatIsLost(t *testing.T) {
	s, backup := backedUpSchool(t)
	events := eventCount(t, s)
	register := filepath.Join(s.Dir(), school.RegisterFile)
	s.Close()
	r := restoreFrom(t, s.Dir(), backup)
	if !r.AllRead || r.Had != events || r.Events >= events || r.Newest.IsZero() || int64(len(r.Lost)) != events-r.Events {
		t.Errorf("over a good register of %d events: %+v", events, r)
	}
	for i, e := range r.Lost {
		if e.Number != r.Events+int64(i)+1 {
			t.Errorf("lost is %+v", r.Lost)
		}
	}
	if r = restoreFrom(t, s.Dir(), backup); !r.AllRead || len(r.Lost) != 1 || r.Lost[0].Kind != devices.RegisterRestored || r.Had != r.Events+1 {
		t.Errorf("over the same: %+v", r)
	}

	damage := func() {
		t.Helper()
		for _, suffix := range []string{"-wal", "-shm"} {
			_ = os.Remove(register + suffix)
		}
		if err := os.WriteFile(register, make([]byte, 8192), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	damage()
	if _, err := school.Open(t.Context(), s.Dir(), schooltest.TickingOptions()); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("a damaged register is %v", err)
	}
	before := r.Events
	if r = restoreFrom(t, s.Dir(), backup); r.AllRead || r.Had != 0 || r.Events != before {
		t.Errorf("over a damaged one: %+v", r)
	}

	s = schooltest.Open(t, s.Dir())
	schooltest.Person(t, s, "Carol Green")
	checkpoint(t, s)
	events = eventCount(t, s)
	s.Close()
	damage()
	if r = restoreFrom(t, s.Dir(), backup); r.AllRead || r.Had != events || r.Events != before || len(r.Lost) != 0 {
		t.Errorf("over a damaged one with a checkpoint of %d events: %+v", events, r)
	}
	s = schooltest.Open(t, s.Dir())
	if err := integrity.Check(t.Context(), s); err != nil {
		t.Error(err)
	}
}

// TestCheckMissesLostEvents has a register in place that is whole, but of an earlier moment than the school's
// last checkpoint: as when a log of changes was cut short, or somebody put an old file back.
func TestCheckMissesLostEvents(t *testing.T) {
	s := schooltest.Ticking(t)
	schooltest.Person(t, s, "Alice Jones")
	s.Close()
	register := filepath.Join(s.Dir(), school.RegisterFile)
	old, err := os.ReadFile(register)
	if err != nil {
		t.Fatal(err)
	}
	s = schooltest.Open(t, s.Dir())
	schooltest.Person(t, s, "Bob Hill")
	checkpoint(t, s)
	if err := integrity.Check(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, suffix := range []string{"-wal", "-shm"} {
		_ = os.Remove(register + suffix)
	}
	if err := os.WriteFile(register, old, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err = school.Open(t.Context(), s.Dir(), schooltest.TickingOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := integrity.Check(t.Context(), s); !errors.Is(err, integrity.ErrTampered) {
		t.Errorf("events are lost, and a check says %v", err)
	}
}
