package checkin_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/checkin"
	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/programs"
	"stowage/devices/school/schooltest"
)

// programStates says how the programs of a stick are.
func programStates(t testing.TB, m stick.FS, verifier string) map[string]stick.ProgramState {
	t.Helper()
	summary, err := stick.Inspect(m, verifier)
	if err != nil {
		t.Fatal(err)
	}
	found, err := stick.CheckPrograms(t.Context(), m, summary.Note, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]stick.ProgramState{}
	for _, f := range found {
		all[f.Name] = f.State
	}
	return all
}

func verifier(t testing.TB, s *school.School) string {
	t.Helper()
	d, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}
	return d.Verifier
}

func TestIssueWithPrograms(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.2.0"))
	m := sticktest.New()
	p := schooltest.Plan(m, alice, "HRP-1")
	p.Programs = []string{stick.WindowsProgram, stick.LinuxProgram}
	if _, err := issue.Stick(t.Context(), s, p); !errors.Is(err, programs.ErrNoProgram) || len(m.Files()) > 0 {
		t.Errorf("a program that the school does not have: %v, left %v", err, m.Files())
	}
	p.Programs = p.Programs[:1]
	issued, err := issue.Stick(t.Context(), s, p)
	if err != nil {
		t.Fatal(err)
	}
	if len(issued.Note.Programs) != 1 || programStates(t, m, verifier(t, s))[stick.WindowsProgram] != stick.ProgramGood {
		t.Errorf("the note says %v", issued.Note.Programs)
	}
}

// TestIssueWithProgramsComesToNothing: cancelled or failed at any operation of the drive, nothing is left.
func TestIssueWithProgramsComesToNothing(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	program := schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.2.0"))
	broken := errors.New("input/output error")
	stored := false
	for n := 0; !stored; n += 3 {
		m := sticktest.New()
		ctx, cancel := context.WithCancel(t.Context())
		m.SetHook(func(i int, _ sticktest.Op) error {
			if i == n && n%2 == 0 {
				cancel()
			} else if i == n {
				return broken
			}
			return nil
		})
		p := schooltest.Plan(m, alice, "HRP-1")
		p.Programs = []string{program.Name}
		issued, err := issue.Stick(ctx, s, p)
		cancel()
		if stored = m.Total() <= n; stored && err != nil {
			t.Fatal(err)
		}
		m.SetHook(nil)
		if err == nil {
			if issued.Device.Label != "HRP-1" {
				t.Errorf("issued %+v", issued.Device)
			}
			break
		}
		if left := m.Files(); len(left) > 0 || schooltest.Count(t, s) > 0 {
			t.Fatalf("operation %d: %v left %v and %d devices", n, err, left, schooltest.Count(t, s))
		}
	}
}

// carrying issues a stick with version 1.2.0 of the program for Windows on it.
func carrying(t *testing.T, s *school.School) (*sticktest.Mem, issue.IssuedStick) {
	t.Helper()
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.2.0"))
	m := sticktest.New()
	p := schooltest.Plan(m, alice, "HRP-1")
	p.Programs = []string{stick.WindowsProgram}
	issued, err := issue.Stick(t.Context(), s, p)
	if err != nil {
		t.Fatal(err)
	}
	return m, issued
}

// TestCheckInUpdatesPrograms: an older program becomes the school's, and a newer one stays.
func TestCheckInUpdatesPrograms(t *testing.T) {
	s := schooltest.Ticking(t)
	m, issued := carrying(t, s)
	if seen := schooltest.CheckIn(t, s, m); len(seen.Programs.Updated) > 0 || seen.Programs.Err != nil || len(seen.Programs.Found) != 1 {
		t.Errorf("with nothing to do: %+v", seen.Programs)
	}
	newer := schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.10.0"))
	seen := schooltest.CheckIn(t, s, m)
	if len(seen.Programs.Updated) != 1 || seen.Programs.Updated[0] != newer || seen.Programs.Err != nil {
		t.Errorf("with an older one: %+v", seen.Programs)
	}
	if state := programStates(t, m, verifier(t, s))[stick.WindowsProgram]; state != stick.ProgramGood {
		t.Errorf("it is %s", state)
	}
	if got := history(t, s, issued.Device.ID); !strings.Contains(got, "new: Stowage.exe v1.10.0") {
		t.Errorf("the register does not tell of it: %s", got)
	}
	schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.9.0"))
	if seen := schooltest.CheckIn(t, s, m); len(seen.Programs.Updated) > 0 || seen.Programs.Err != nil || seen.Older {
		t.Errorf("with a newer one: %+v", seen)
	}
	if err := programs.Remove(s, stick.WindowsProgram); err != nil {
		t.Fatal(err)
	}
	if seen := schooltest.CheckIn(t, s, m); len(seen.Programs.Updated) > 0 || seen.Programs.Err != nil {
		t.Errorf("with none: %+v", seen.Programs)
	}
}

// history is what the register has of a device.
func history(t testing.TB, s *school.School, device string) string {
	t.Helper()
	events, err := s.Register().Events(t.Context(), devices.EventQuery{Device: device, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, e := range events {
		all.Write(e.Body)
		all.WriteByte('\n')
	}
	return all.String()
}

// TestTamperedProgram: it is told and recorded, and stays until ICT says otherwise.
func TestTamperedProgram(t *testing.T) {
	s := schooltest.Ticking(t)
	m, issued := carrying(t, s)
	evil := append(m.ReadFile(stick.WindowsProgram), "evil"...)
	m.WriteFile(stick.WindowsProgram, evil)
	m.WriteFile("stow.exe", []byte("MZ"))
	schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.3.0"))
	seen := schooltest.CheckIn(t, s, m)
	if len(seen.Programs.Strange()) != 2 || len(seen.Programs.Updated) > 0 {
		t.Errorf("found %+v", seen.Programs)
	}
	if !bytes.Equal(m.ReadFile(stick.WindowsProgram), evil) {
		t.Error("it was replaced, and nobody can look into it")
	}
	if got := history(t, s, issued.Device.ID); !strings.Contains(got, "was not the school's: Stowage.exe, stow.exe") {
		t.Errorf("the register does not tell of it: %s", got)
	}
	if seen, err := checkin.Unopened(t.Context(), s, checkin.Options{Drive: m}); err != nil || len(seen.Programs.Strange()) != 2 {
		t.Errorf("at a glance: %+v, %v", seen.Programs, err)
	}
	st := schooltest.Opened(t, s, m)
	defer st.Close()
	seen, err := checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m, Programs: checkin.ProgramsPlan{ReplaceStrange: true}})
	if err != nil || len(seen.Programs.Updated) != 1 || len(seen.Programs.Removed) != 1 || seen.Programs.Err != nil {
		t.Errorf("replaced: %+v, %v", seen.Programs, err)
	}
	if states := programStates(t, m, verifier(t, s)); len(states) != 1 || states[stick.WindowsProgram] != stick.ProgramGood {
		t.Errorf("in the end: %v", states)
	}
}

// TestProgramsChosenAtCheckIn puts them on a stick that was issued without, and takes them off.
func TestProgramsChosenAtCheckIn(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.2.0"))
	do := func(plan checkin.ProgramsPlan) checkin.Result {
		t.Helper()
		st := schooltest.Opened(t, s, m)
		defer st.Close()
		seen, err := checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m, Programs: plan})
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	if seen := do(checkin.ProgramsPlan{}); len(seen.Programs.Updated) > 0 {
		t.Errorf("not asked for: %+v", seen.Programs)
	}
	if seen := do(checkin.ProgramsPlan{Choose: true, Names: []string{stick.LinuxProgram}}); !errors.Is(seen.Programs.Err, programs.ErrNoProgram) {
		t.Errorf("one that the school does not have: %+v", seen.Programs)
	}
	if seen := do(checkin.ProgramsPlan{Choose: true, Names: []string{stick.WindowsProgram}}); len(seen.Programs.Updated) != 1 || seen.Programs.Err != nil {
		t.Errorf("put on: %+v", seen.Programs)
	}
	if seen := do(checkin.ProgramsPlan{Choose: true}); len(seen.Programs.Removed) != 1 || seen.Programs.Err != nil {
		t.Errorf("taken off: %+v", seen.Programs)
	}
	if states := programStates(t, m, verifier(t, s)); len(states) > 0 {
		t.Errorf("in the end: %v", states)
	}
}

// TestLostStickKeepsItsProgram: nothing is changed on a stick that is lost or older than it was.
func TestLostStickKeepsItsProgram(t *testing.T) {
	s := schooltest.Ticking(t)
	m, issued := carrying(t, s)
	before := m.Clone()
	schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.3.0"))
	if seen := schooltest.CheckIn(t, s, m); len(seen.Programs.Updated) != 1 {
		t.Errorf("brought up to date: %+v", seen.Programs)
	}
	if seen := schooltest.CheckIn(t, s, before); len(seen.Programs.Updated) > 0 {
		t.Errorf("put back to an earlier state: %+v", seen)
	}
	schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.4.0"))
	if _, _, err := lifecycle.Act(t.Context(), s, issued.Device.ID, devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	if seen := schooltest.CheckIn(t, s, m); !seen.Lost || len(seen.Programs.Updated) > 0 {
		t.Errorf("lost: %+v", seen)
	}
}
