package checkin_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/schooltest"
)

// forkedStick is a stick that was put back to before b.txt was stored and then written on, and the true one. seen is how
// the school saw the true one.
func forkedStick(t *testing.T, s *school.School, seen func(m *sticktest.Mem)) (forked, genuine *sticktest.Mem) {
	t.Helper()
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	genuine, _ = schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, genuine, map[string]string{"a.txt": "one"})
	forked = genuine.Clone()
	schooltest.Fill(t, s, genuine, map[string]string{"b.txt": "two", "folder/c.txt": "three"})
	seen(genuine)
	for _, name := range []string{"d.txt", "e.txt", "f.txt"} {
		schooltest.Fill(t, s, forked, map[string]string{name: "written on"})
	}
	return forked, genuine
}

// onlyBackedUp backs a stick up without opening it, so that the register knows nothing of its layers.
func onlyBackedUp(t *testing.T, s *school.School) func(*sticktest.Mem) {
	return func(m *sticktest.Mem) {
		if seen, err := checkin.Unopened(t.Context(), s, checkin.Options{Drive: m, BackUp: true}); err != nil || seen.BackupErr != nil {
			t.Fatal(err, seen.BackupErr)
		}
	}
}

// TestAttackForkedStickOnAFreshDesk: without anything in the register, the backup shows that a stick was put back and
// written on; what was lost is named, recorded by its number, and had from the backup.
func TestAttackForkedStickOnAFreshDesk(t *testing.T) {
	s := schooltest.Ticking(t)
	forked, _ := forkedStick(t, s, onlyBackedUp(t, s))
	for range 2 { // it stays so
		seen := schooltest.CheckIn(t, s, forked)
		if f := seen.Fork; !seen.Older || seen.Backup != nil || f == nil || f.Kind != stick.WarnForked || f.From != backup.FromBackup || !slices.Equal(f.Files, []string{"b.txt", "folder/c.txt"}) {
			t.Fatalf("a forked stick: %+v, %+v", seen, f)
		}
		if note := seen.Device.Seen.Note; note != "put back to an earlier state and then written on; 2 files were lost" {
			t.Errorf("recorded: %q", note)
		}
	}
	c, err := schooltest.ContentsOf(t, s, "HRP-1")
	if err != nil || c.Files != 3 || len(c.Warnings) > 0 {
		t.Errorf("the backup holds %d files, %v, %v", c.Files, c.Warnings, err)
	}
	seen, err := checkin.Unopened(t.Context(), s, checkin.Options{Drive: forked, BackUp: true})
	if err != nil || !seen.Backup.Unclear || seen.Backup.Copied > 0 || !strings.Contains(seen.Device.Seen.Note, "not what its backup holds") {
		t.Errorf("not opened: %+v, %+v, %v", seen, seen.Backup, err)
	}
}

// TestAttackForkedStickWithoutBackup names what was on the stick at its last check-in and is gone.
func TestAttackForkedStickWithoutBackup(t *testing.T) {
	s := schooltest.Ticking(t)
	forked, genuine := forkedStick(t, s, func(m *sticktest.Mem) { schooltest.CheckIn(t, s, m) })
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(shared.Dir); err != nil {
		t.Fatal(err)
	}
	seen := schooltest.CheckIn(t, s, forked)
	if f := seen.Fork; !seen.Older || f == nil || f.Kind != stick.WarnForked || f.From != backup.FromCheckIn || !slices.Equal(f.Files, []string{"b.txt", "folder/c.txt"}) {
		t.Errorf("a forked stick: %+v, %+v", seen, f)
	}
	if seen := schooltest.CheckIn(t, s, genuine); seen.Older || seen.Fork != nil {
		t.Errorf("the true one: %+v, %+v", seen, seen.Fork)
	}
}

// TestAttackForkedStickAfterRotating: that the note was signed anew since does not hide a fork.
func TestAttackForkedStickAfterRotating(t *testing.T) {
	s := schooltest.Ticking(t)
	forked, genuine := forkedStick(t, s, func(m *sticktest.Mem) { schooltest.CheckIn(t, s, m) })
	a, err := s.Authority()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*sticktest.Mem{forked, genuine} {
		for range 2 {
			st := schooltest.Opened(t, s, m)
			if err := errors.Join(st.Rotate(t.Context(), stick.RotateOptions{School: a}), st.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if seen := schooltest.CheckIn(t, s, forked); !seen.Older || seen.Fork == nil || seen.Fork.Kind != stick.WarnForked {
		t.Errorf("a forked stick: %+v", seen)
	}
	if seen := schooltest.CheckIn(t, s, genuine); seen.Older || seen.Fork != nil {
		t.Errorf("the true one: %+v, %+v", seen, seen.Fork)
	}
}

// TestSettledForkAtCheckIn: ICT looks at it and decides; that is recorded with its reason, and told no more.
func TestSettledForkAtCheckIn(t *testing.T) {
	s := schooltest.Ticking(t)
	forked, genuine := forkedStick(t, s, func(m *sticktest.Mem) { schooltest.CheckIn(t, s, m) })
	settle := func(m *sticktest.Mem, readOnly bool) (checkin.Result, error) {
		st, err := s.OpenAsICT(t.Context(), m, stick.OpenOptions{ReadOnly: readOnly})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		return checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m, BackUp: true, Settle: "an old copy was put back by mistake"})
	}
	before := events(t, s)
	if _, err := settle(forked, true); !errors.Is(err, stick.ErrReadOnly) {
		t.Errorf("a stick that only reads: %v", err)
	}
	for _, e := range events(t, s)[len(before):] {
		if e.Kind == devices.DeviceSeen {
			t.Errorf("recorded what did not happen: %+v", e)
		}
	}
	seen, err := settle(forked, false)
	if err != nil || !seen.Settled || seen.Older || seen.BackupErr != nil || seen.Backup.Copied == 0 {
		t.Fatalf("settled: %+v, %v", seen, err)
	}
	all := events(t, s)
	i := slices.IndexFunc(all, func(e devices.Event) bool {
		return strings.Contains(string(e.Body), "an old copy was put back by mistake")
	})
	if i < 0 || !strings.Contains(string(all[i].Body), "put back to an earlier state and then written on; 2 files were lost; looked at") {
		t.Errorf("not recorded: %+v", all)
	}
	schooltest.Fill(t, s, forked, map[string]string{"g.txt": "goes on"})
	if seen := schooltest.CheckIn(t, s, forked); seen.Older || seen.Fork != nil || seen.BackupErr != nil {
		t.Errorf("after it was settled: %+v", seen)
	}
	if c, err := schooltest.ContentsOf(t, s, "HRP-1"); err != nil || c.Files != 5 || len(c.Warnings) > 0 {
		t.Errorf("the backup holds %d files, %v, %v; want 5", c.Files, c.Warnings, err)
	}
	if seen := schooltest.CheckIn(t, s, genuine); !seen.Older {
		t.Errorf("the history that was given up is taken for the stick's: %+v", seen)
	}
	locked, err := school.Open(t.Context(), s.Dir(), schooltest.TickingOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer locked.Close()
	st := schooltest.Opened(t, s, forked)
	defer st.Close()
	if _, err := checkin.Stick(t.Context(), locked, st, checkin.Options{Drive: forked, Settle: "why not"}); !errors.Is(err, school.ErrLocked) {
		t.Errorf("settled without the authority: %v", err)
	}
}

func events(t *testing.T, s *school.School) []devices.Event {
	t.Helper()
	all, err := s.Register().Events(t.Context(), devices.EventQuery{Oldest: true, Limit: devices.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
