package checkin_test

import (
	"errors"
	"testing"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/checkin"
	"stowage/devices/school/integrity"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/schooltest"
)

// A stick takes the newest checkpoint along and hands it back as a witness.
func TestCheckInExchangesCheckpoints(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, schooltest.Taken())
	seen := schooltest.CheckIn(t, s, m)
	if !seen.Checkpoint || seen.Tampered != nil || seen.BackupErr != nil || seen.Backup == nil || seen.Backup.Copied == 0 {
		t.Errorf("the first check-in: %+v", seen)
	}
	if all, err := stick.Checkpoints(m); err != nil || len(all) != 1 {
		t.Fatalf("the stick has %d checkpoints, %v", len(all), err)
	}
	schooltest.Person(t, s, "Bob Evans")
	seen, err := checkin.Unopened(t.Context(), s, checkin.Options{Drive: m, BackUp: true, Place: "staff room"})
	if err != nil {
		t.Fatal(err)
	}
	if !seen.Checkpoint || seen.BackupErr != nil || seen.Device.Seen.Place != "staff room" || seen.Device.Seen.Health != devices.Healthy {
		t.Errorf("the glance: %+v", seen)
	}
	if w, err := s.Register().Witnesses(t.Context()); err != nil || len(w) != 1 || w[0].Device != "HRP-1" {
		t.Errorf("the witnesses: %+v, %v", w, err)
	}
	if _, err := integrity.Verify(t.Context(), s, nil, nil); err != nil {
		t.Error(err)
	}
	// What somebody wrote in its place is no witness, and is replaced.
	m.WriteFile("stowage/checkpoint.note", []byte("no checkpoint"))
	m.WriteFile("stowage/checkpoint-b.note", []byte("nor this"))
	if seen = schooltest.CheckIn(t, s, m); !seen.Checkpoint || seen.Tampered != nil {
		t.Errorf("with forged checkpoints: %+v", seen)
	}
	if w, err := s.Register().Witnesses(t.Context()); err != nil || len(w) != 1 {
		t.Errorf("the witnesses: %+v, %v", w, err)
	}
}

// A lost stick is told, opened or not, and stays lost until somebody acts.
func TestLostStickTurnsUp(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	if _, _, err := lifecycle.Act(t.Context(), s, "HRP-1", devices.Steal, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	if seen := schooltest.CheckIn(t, s, m); !seen.Lost || seen.Device.State != devices.Stolen {
		t.Errorf("opened: %+v", seen)
	}
	seen, err := checkin.Unopened(t.Context(), s, checkin.Options{Drive: m})
	if err != nil || !seen.Lost {
		t.Errorf("plugged in: %+v, %v", seen, err)
	}
}

// A stick that was put back to an earlier state is flagged without a key too,
// and its backup keeps the newer state.
func TestOlderStickIsFlagged(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, map[string]string{"a.txt": "one"})
	earlier := m.Clone()
	schooltest.Fill(t, s, m, map[string]string{"b.txt": "two"})
	schooltest.CheckIn(t, s, m)
	if seen := schooltest.CheckIn(t, s, earlier); !seen.Older || seen.Backup != nil {
		t.Errorf("opened: %+v", seen)
	}
	seen, err := checkin.Unopened(t.Context(), s, checkin.Options{Drive: earlier, BackUp: true})
	if err != nil || !seen.Older {
		t.Errorf("plugged in: %+v, %v", seen, err)
	}
	c, err := schooltest.ContentsOf(t, s, "HRP-1")
	if err != nil || c.Files != 2 {
		t.Errorf("the backup holds %d files, %v; want 2", c.Files, err)
	}
}

// TestAttackForkedStickAtCheckIn checks a stick in that was put back to an earlier state and then written on, until its
// numbers were higher than those that the register knows.
func TestAttackForkedStickAtCheckIn(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, map[string]string{"a.txt": "one"})
	earlier := m.Clone()
	schooltest.Fill(t, s, m, map[string]string{"b.txt": "two"})
	schooltest.CheckIn(t, s, m)
	for _, name := range []string{"c.txt", "d.txt", "e.txt"} {
		schooltest.Fill(t, s, earlier, map[string]string{name: "written on"})
	}
	for range 2 { // it stays so
		if seen := schooltest.CheckIn(t, s, earlier); !seen.Older || seen.Backup != nil {
			t.Errorf("a forked stick is taken for healthy: %+v", seen)
		}
	}
	schooltest.Fill(t, s, m, map[string]string{"c.txt": "three"})
	if seen := schooltest.CheckIn(t, s, m); seen.Older {
		t.Errorf("the true one is taken for a forked one: %+v", seen)
	}
}

// A stick that comes back is a witness: a register that was rewritten since does
// not fit what it brings, and it keeps the proof.
func TestCheckInShowsTampering(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.CheckIn(t, s, m)
	before, err := stick.Checkpoints(m)
	if err != nil || len(before) != 1 {
		t.Fatalf("the stick has %d checkpoints, %v", len(before), err)
	}
	schooltest.Rewritten(t, s, 3, "somebody else")
	for _, sealed := range []bool{true, false} {
		var seen checkin.Result
		if sealed {
			if seen, err = checkin.Unopened(t.Context(), s, checkin.Options{Drive: m}); err != nil {
				t.Fatal(err)
			}
		} else {
			seen = schooltest.CheckIn(t, s, m)
		}
		if !errors.Is(seen.Tampered, integrity.ErrTampered) || seen.Checkpoint {
			t.Errorf("sealed %v: %+v", sealed, seen)
		}
	}
	after, err := stick.Checkpoints(m)
	if err != nil || len(after) != 1 || string(after[0]) != string(before[0]) {
		t.Errorf("the stick does not keep the proof: %q, %v", after, err)
	}
}
