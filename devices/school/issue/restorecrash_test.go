package issue_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/issue"
	"stowage/devices/school/known"
	"stowage/devices/school/schooltest"
)

// tree reads everything below a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// restored checks that a restored stick holds everything, and is handed out.
func restored(t *testing.T, s *school.School, m *sticktest.Mem, r issue.RestoredStick) {
	t.Helper()
	if r.Files != 2 || len(r.Skipped) > 0 || r.Device.State != devices.Issued {
		t.Fatalf("restored %+v", r)
	}
	st := schooltest.Opened(t, s, m)
	defer st.Close()
	if got := onStick(t, st); !maps.Equal(got, schooltest.Taken()) {
		t.Fatalf("the stick holds %d things", len(got))
	}
}

// TestRestoreIsBegunAgain pulls the new stick, or kills the program, at any moment of
// restoring, and lets the drive keep what it may. Whatever it looks like afterwards,
// restoring to it works, and the backup was not touched.
func TestRestoreIsBegunAgain(t *testing.T) {
	s, _, _, _ := schooltest.BackedUp(t)
	bob, _ := schooltest.Person(t, s, "Bob Evans")
	b, err := backup.OpenDevice(t.Context(), s, "HRP-1", "asked to")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(shared.Dir, school.BackupFolder)
	before := tree(t, backup)
	d, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}

	random := rand.New(rand.NewPCG(1, 2))
	keeps := []func(sticktest.Op) (sticktest.Op, bool){sticktest.KeepAll, sticktest.KeepNone, sticktest.KeepSome(random)}
	states, label := map[string]int{}, 0
	for at := 0; ; at += 1 + at/6 { // the first ones all, then fewer and fewer
		m := sticktest.New()
		m.Record()
		m.SetHook(func(n int, _ sticktest.Op) error {
			if n >= at {
				return stick.ErrGone // for good: nothing can be cleared away
			}
			return nil
		})
		label++
		p := issue.RestorePlan{StickPlan: schooltest.Plan(m, bob, fmt.Sprintf("NEW-%d", label)), From: b.Stick}
		if _, err := issue.Restore(t.Context(), s, p); err == nil {
			break
		}
		m.SetHook(nil)
		marks := tree(t, s.Dir())
		for i, keep := range keeps {
			for path, content := range marks { // one stick, several states
				if strings.Contains(path, "restoring") {
					if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			left := sticktest.Crash(sticktest.New(), m.Recorded(), keep)
			summary, err := stick.Inspect(left, d.Verifier)
			switch {
			case errors.Is(err, stick.ErrNotStick):
				states["no stick"]++
			case err != nil:
				states["a torn note"]++
			case summary.Layers == 0:
				states["an empty stick"]++
			default:
				states["a stick with layers"]++
			}
			if err == nil && !issue.Unfinished(t.Context(), s, left) {
				t.Fatalf("operation %d, state %d: the stick does not count as unfinished", at, i)
			}
			label++
			again := p
			again.StickPlan = schooltest.Plan(left, bob, fmt.Sprintf("NEW-%d", label))
			r, err := issue.Restore(t.Context(), s, again)
			if err != nil {
				t.Fatalf("operation %d, state %d: restoring again: %v", at, i, err)
			}
			restored(t, s, left, r)
		}
	}
	if states["no stick"] == 0 || states["a stick with layers"] == 0 || states["an empty stick"] == 0 {
		t.Errorf("not every state was met: %v", states)
	}
	if after := tree(t, backup); !maps.Equal(before, after) {
		t.Error("the backup was changed")
	}
	if left, err := os.ReadDir(filepath.Join(s.Dir(), "restoring")); err != nil || len(left) > label {
		t.Errorf("%d marks, %v", len(left), err)
	}
}

// TestRestoreFromAFailingBackup has the backup fail at each of its reads: either there is
// no stick, or exactly what could not be read is named. Nothing is written to the backup.
func TestRestoreFromAFailingBackup(t *testing.T) {
	s, _, _, lost := schooltest.BackedUp(t)
	bob, _ := schooltest.Person(t, s, "Bob Evans")
	from := backupInMemory(t, s, lost.Note.ID)
	before := contentOf(from)
	a, err := s.Authority()
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("input/output error")
	open := func() (*stick.Stick, error) {
		return stick.OpenBackup(t.Context(), from, stick.WithRecovery(a.Identities(), a.Verifier()), stick.OpenOptions{})
	}
	failed, named, label := 0, 0, 0
	for at := 0; ; at++ {
		from.ResetCounts()
		from.SetHook(func(n int, op sticktest.Op) error {
			switch op.Kind {
			case sticktest.Create, sticktest.Write, sticktest.Remove, sticktest.Rename, sticktest.Mkdir:
				t.Errorf("the backup is changed: %s %s", op.Kind, op.Name)
			}
			if n == at {
				return broken
			}
			return nil
		})
		b, err := open()
		if err != nil {
			failed++
			continue // before anything was begun
		}
		m := sticktest.New()
		label++
		r, err := issue.Restore(t.Context(), s, issue.RestorePlan{StickPlan: schooltest.Plan(m, bob, fmt.Sprintf("NEW-%d", label)), From: b})
		total := from.Total()
		from.SetHook(nil)
		b.Close()
		switch {
		case err != nil:
			failed++
			if _, err := stick.Inspect(m, ""); !errors.Is(err, stick.ErrNotStick) {
				t.Fatalf("read %d: a stick was left: %v", at, err)
			}
		case len(r.Skipped) > 0 || len(r.Warnings) > 0:
			named++
			if r.Files+len(r.Skipped) != 2 && len(r.Warnings) == 0 {
				t.Fatalf("read %d: %d files, and missing %+v", at, r.Files, r.Skipped)
			}
		case r.Files != 2:
			t.Fatalf("read %d: %d files, and nothing is said to be missing", at, r.Files)
		}
		if at > total {
			break
		}
	}
	if failed == 0 || named+failed < 5 {
		t.Errorf("%d runs failed, %d named what is missing", failed, named)
	}
	if !maps.Equal(before, contentOf(from)) {
		t.Error("the backup was changed")
	}
	b, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	m := sticktest.New()
	r, err := issue.Restore(t.Context(), s, issue.RestorePlan{StickPlan: schooltest.Plan(m, bob, "NEW-LAST"), From: b})
	if err != nil {
		t.Fatal(err)
	}
	restored(t, s, m, r)
}

// backupInMemory copies a stick's backup to a drive that fails on demand.
func backupInMemory(t *testing.T, s *school.School, id string) *sticktest.Mem {
	t.Helper()
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := shared.Backup(id)
	if err != nil {
		t.Fatal(err)
	}
	m := sticktest.New()
	for path, content := range tree(t, dir) {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		m.WriteFile(filepath.ToSlash(name), []byte(content))
	}
	return m
}

func contentOf(m *sticktest.Mem) map[string]string {
	all := map[string]string{}
	for _, name := range m.Files() {
		all[name] = string(m.ReadFile(name))
	}
	return all
}

// TestUnknownStickIsNotUnfinished: a stick with files that the register does not know, for
// it was put back to an earlier day(), is not taken for one whose making was cut short.
func TestUnknownStickIsNotUnfinished(t *testing.T) {
	s := schooltest.Ticking(t)
	a, err := s.Authority()
	if err != nil {
		t.Fatal(err)
	}
	bob, _ := schooltest.Person(t, s, "Bob Evans")
	m := sticktest.New()
	_, err = stick.Issue(t.Context(), m, stick.IssueOptions{School: a, Recovery: a.RecoveryRecipients(), Label: "OLD-1", Policy: schooltest.Quick(), Holders: a.RecoveryRecipients()[:1]})
	if err != nil {
		t.Fatal(err)
	}
	schooltest.Fill(t, s, m, schooltest.Taken())
	if issue.Unfinished(t.Context(), s, m) {
		t.Error("it counts as unfinished")
	}
	if _, err := issue.Stick(t.Context(), s, schooltest.Plan(m, bob, "NEW-1")); !errors.Is(err, known.ErrUnknownStick) {
		t.Errorf("issuing over it: %v", err)
	}
	if !slices.Contains(m.Files(), "stowage/stick.note") {
		t.Error("it is gone")
	}
}
