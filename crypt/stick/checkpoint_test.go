package stick_test

import (
	"errors"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

func TestCheckpointIsReplacedAndNeverLost(t *testing.T) {
	sc, m := newBackedUp(t)
	last := func(m *sticktest.Mem) string {
		all := must(stick.Checkpoints(m))(t)
		for _, msg := range all {
			if len(msg) > 0 { // one that was being written may be empty
				return string(msg)
			}
		}
		return ""
	}
	if last(m) != "" {
		t.Errorf("a new stick has the checkpoint %q", last(m))
	}
	check(t, stick.PutCheckpoint(m, []byte("one")))
	for _, next := range []string{"two", "three", "three"} {
		base := m.Clone()
		m.Record()
		check(t, stick.PutCheckpoint(m, []byte(next)))
		if all := must(stick.Checkpoints(m))(t); len(all) != 1 || string(all[0]) != next {
			t.Errorf("the stick has %q, want %q", all, next)
		}
		ops := m.Recorded()
		for n := range ops {
			for _, keep := range []func(sticktest.Op) (sticktest.Op, bool){sticktest.KeepAll, sticktest.KeepNone} {
				found := sticktest.Crash(base, ops[:n], keep)
				if last(found) == "" {
					t.Fatalf("after operation %d there is no checkpoint", n)
				}
				check(t, stick.PutCheckpoint(found, []byte("again")))
				if all := must(stick.Checkpoints(found))(t); len(all) != 1 || string(all[0]) != "again" {
					t.Fatalf("after operation %d: %q", n, all)
				}
			}
		}
	}
	s := sc.open(t, m)
	if err := stick.PutCheckpoint(m, []byte("x")); !errors.Is(err, stick.ErrInUse) {
		t.Errorf("an open stick: %v, want InUseError", err)
	}
	check(t, s.PutCheckpoint([]byte("four")))
	if err := s.PutCheckpoint(make([]byte, 1<<20)); !errors.Is(err, stick.ErrTooLarge) {
		t.Errorf("a large one: %v", err)
	}
	check(t, s.Close())
	if last(m) != "four" {
		t.Errorf("the stick has %q, want four", last(m))
	}
	if err := stick.PutCheckpoint(sticktest.New(), nil); !errors.Is(err, stick.ErrNotStick) {
		t.Errorf("no stick: %v", err)
	}
}
