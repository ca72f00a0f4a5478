package issue_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/schooltest"
)

// onStick returns the files on an opened stick, and wants their times.
func onStick(t *testing.T, st *stick.Stick) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := st.Walk(".", func(e stick.Entry) error {
		if e.IsFolder() {
			if e.Path == "empty" {
				got["empty/"] = ""
			}
			return nil
		}
		if !e.ModTime.Equal(schooltest.Day().Add(-48 * time.Hour)) {
			t.Errorf("%s is of %s", e.Path, e.ModTime)
		}
		r, err := st.OpenFile(e.Path)
		if err != nil {
			return err
		}
		defer r.Close()
		content, err := io.ReadAll(r)
		got[e.Path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRestoreToAnotherHolder(t *testing.T) {
	s, _, _, lost := schooltest.BackedUp(t)
	bob, bobs := schooltest.Person(t, s, "Bob Evans")
	b, err := backup.OpenDevice(t.Context(), s, "HRP-1", "asked to")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	fresh := sticktest.New()
	r, err := issue.Restore(t.Context(), s, issue.RestorePlan{StickPlan: schooltest.Plan(fresh, bob, "HRP-2"), From: b.Stick})
	if err != nil {
		t.Fatal(err)
	}
	if r.Files != 2 || len(r.Skipped) > 0 || r.Device.State != devices.Issued || r.Device.Name() != "HRP-2" {
		t.Errorf("restored %+v", r)
	}
	if r.Note.ID == lost.Note.ID || r.Note.Recipient == lost.Note.Recipient {
		t.Error("the fresh stick has the identity of the lost one")
	}
	st, err := stick.Open(t.Context(), fresh, stick.WithPassphrase(bobs), stick.OpenOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if got := onStick(t, st); !maps.Equal(got, schooltest.Taken()) {
		t.Errorf("the fresh stick holds %d files", len(got))
	}
}

// The holder's own key opens a backup too, once its passphrase is the holder's own.
func TestBackupOpensWithHoldersKey(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, temporary := schooltest.Person(t, s, "Alice Jones")
	m, lost := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, schooltest.Taken())
	backUpSealed(t, s, m)
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	if sealed, err := backup.Keys(shared, lost.Note.ID); err != nil || len(sealed) != 0 {
		t.Fatalf("with a temporary passphrase, the keys in the backup: %d, %v", len(sealed), err)
	}
	passphrase := []byte(chosenByAlice)
	changePassphrase(t, m, temporary, passphrase)
	backUpSealed(t, s, m)
	sealed, err := backup.Keys(shared, lost.Note.ID)
	if err != nil || len(sealed) != 1 {
		t.Fatalf("the keys in the backup: %d, %v", len(sealed), err)
	}
	k, err := keys.OpenHolderKey(sealed[0], passphrase)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Wipe()
	b, err := backup.Open(t.Context(), shared, lost.Note.ID, stick.WithHolderKey(k), stick.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got := onStick(t, b.Stick); !maps.Equal(got, schooltest.Taken()) {
		t.Errorf("the backup holds %d files", len(got))
	}
}

func TestContentsOf(t *testing.T) {
	s, _, _, _ := schooltest.BackedUp(t)
	c, err := schooltest.ContentsOf(t, s, "HRP-1")
	if err != nil {
		t.Fatal(err)
	}
	if c.Files != 2 || c.Bytes != 400_006 || c.At.IsZero() {
		t.Errorf("the contents: %d files, %d bytes of %s", c.Files, c.Bytes, c.At)
	}
	bob, _ := schooltest.Person(t, s, "Bob Evans")
	schooltest.Issued(t, s, bob, "HRP-2")
	if _, err := schooltest.ContentsOf(t, s, "HRP-2"); !errors.Is(err, stick.ErrNoBackup) {
		t.Errorf("a stick without a backup: %v, want ErrNoBackup", err)
	}
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}
	list, err := backup.List(t.Context(), shared, d.Verifier)
	if err != nil || len(list) != 1 || list[0].Note.Label != "HRP-1" {
		t.Errorf("the backups: %+v, %v", list, err)
	}
	if _, err := backup.List(t.Context(), (school.Shared{Dir: filepath.Join(t.TempDir(), "away")}), ""); !errors.Is(err, school.ErrNoShared) {
		t.Errorf("out of reach: %v, want ErrNoShared", err)
	}
}

// TestRestoreFaults has the new stick fail at each of its operations, and
// restoring cancelled: no stick is left, and the register has nobody's loan.
func TestRestoreFaults(t *testing.T) {
	s, alice, _, _ := schooltest.BackedUp(t)
	bob, _ := schooltest.Person(t, s, "Bob Evans")
	b, err := backup.OpenDevice(t.Context(), s, "HRP-1", "asked to")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	broken := errors.New("input/output error")
	clean := func(m *sticktest.Mem, n int) {
		t.Helper()
		d, err := s.Register().FindDevice(t.Context(), fmt.Sprintf("NEW-%d", n))
		if err == nil && d.State != devices.InStock {
			t.Fatalf("operation %d: the device is %s", n, d.State)
		}
		if _, err := stick.Inspect(m, ""); !errors.Is(err, stick.ErrNotStick) {
			t.Fatalf("operation %d: a stick was left: %v", n, err)
		}
	}
	for n := 0; n < 2000; n++ {
		m := sticktest.New()
		m.ResetCounts()
		m.SetHook(func(i int, _ sticktest.Op) error {
			if i == n {
				return broken
			}
			return nil
		})
		_, err := issue.Restore(t.Context(), s, issue.RestorePlan{StickPlan: schooltest.Plan(m, bob, fmt.Sprintf("NEW-%d", n)), From: b.Stick})
		m.SetHook(nil)
		if err == nil { // the failure of some operations does not matter
			if m.Total() > n {
				continue
			}
			break
		}
		if !errors.Is(err, broken) {
			t.Fatalf("operation %d: %v", n, err)
		}
		clean(m, n)
		n += n / 8 // the first ones all, then fewer and fewer
	}

	m := sticktest.New()
	ctx, cancel := context.WithCancel(t.Context())
	m.SetHook(func(_ int, op sticktest.Op) error {
		if strings.Contains(op.Name, "layers/") {
			cancel()
		}
		return nil
	})
	if _, err := issue.Restore(t.Context(), s, issue.RestorePlan{StickPlan: schooltest.Plan(m, alice, "HRP-3"), From: b.Stick}); !errors.Is(err, keys.ErrBlocked) {
		t.Fatalf("for a holder whose key is on the lost stick: %v, want ErrBlocked", err)
	}
	p := issue.RestorePlan{StickPlan: schooltest.Plan(m, bob, "NEW--1"), From: b.Stick}
	if _, err := issue.Restore(ctx, s, p); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	m.SetHook(nil)
	clean(m, -1)
}

// A lost device is not issued again before it is found.
func TestLostStickIsNotIssued(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	if _, _, err := lifecycle.Act(t.Context(), s, "HRP-1", devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	bob, _ := schooltest.Person(t, s, "Bob Evans")
	var refused *devices.Refusal
	if _, err := issue.Stick(t.Context(), s, schooltest.Plan(m, bob, "HRP-9")); !errors.As(err, &refused) {
		t.Errorf("issuing over a lost stick: %v, want a Refusal", err)
	}
}
