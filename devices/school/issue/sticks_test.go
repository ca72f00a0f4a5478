package issue_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school/checkin"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/schooltest"
)

var errPulled = errors.New("pulled")

func TestIssueStick(t *testing.T) {
	s := schooltest.Ticking(t)
	id, passphrase := schooltest.Person(t, s, "Alice Jones")
	m, issued := schooltest.Issued(t, s, id, "HRP-1")
	d := issued.Device
	if d.State != devices.Issued || d.HolderName != "Alice Jones" || d.Capacity != 64e9 || d.Due.IsZero() {
		t.Errorf("the device is %+v", d)
	}
	if !d.Encryption.Encrypted || d.Encryption.Method != devices.StowageFormat1 || d.Seen.Stick != issued.Note.ID || d.Recovery.Digest == "" {
		t.Errorf("encryption %+v, seen %+v, recovery code %+v", d.Encryption, d.Seen, d.Recovery)
	}
	if err := schooltest.Opens(m, stick.WithPassphrase(passphrase)); err != nil {
		t.Errorf("open it with the holder's key: %v", err)
	}
	code, _, err := issue.TelephoneCode(t.Context(), s, "HRP-1", "by voice")
	if err != nil {
		t.Fatal(err)
	}
	if err := schooltest.Opens(m, stick.WithCode(code)); err != nil {
		t.Errorf("open it with the recovery code: %v", err)
	}
	for _, name := range m.Files() {
		if strings.Contains(string(m.ReadFile(name)), "Alice") {
			t.Errorf("%s names the holder", name)
		}
	}
}

// failAt has the drive fail once, at its nth operation from now. It reports
// whether that operation came.
func failAt(m *sticktest.Mem, n int, fail func() error) (came func() bool) {
	fired := false
	m.ResetCounts()
	m.SetHook(func(at int, _ sticktest.Op) error {
		if at != n {
			return nil
		}
		fired = true
		return fail()
	})
	return func() bool {
		m.SetHook(nil)
		return fired
	}
}

// tooMany bounds the operations that a test makes fail one after the other.
const tooMany = 1000

// TestIssueStickFailsAnywhere has the drive fail at each operation in turn, or
// the context end there: unless the stick was issued all the same, neither the
// drive nor the register keeps anything, and the next attempt works.
func TestIssueStickFailsAnywhere(t *testing.T) {
	for _, how := range []string{"error", "cancel"} {
		t.Run(how, func(t *testing.T) {
			s := schooltest.Ticking(t)
			id, _ := schooltest.Person(t, s, "Alice Jones")
			m := sticktest.New()
			issued, failed := 0, 0
			for n := 0; ; n++ {
				ctx, cancel := context.WithCancel(t.Context())
				came := failAt(m, n, func() error {
					if how == "error" {
						return errPulled
					}
					cancel()
					return nil
				})
				_, err := issue.Stick(ctx, s, schooltest.Plan(m, id, ""))
				cancel()
				more := came()
				if err == nil {
					issued++
					m = sticktest.New()
				} else {
					failed++
					if _, err := stick.Inspect(m, ""); !errors.Is(err, stick.ErrNotStick) {
						t.Fatalf("operation %d: the drive is a stick: %v", n, err)
					}
				}
				if got := schooltest.Count(t, s); got != issued {
					t.Fatalf("operation %d (%v): the register has %d devices, and %d sticks were issued", n, err, got, issued)
				}
				if !more {
					break
				}
				if n > tooMany {
					t.Fatal("it never works")
				}
			}
			if failed < 20 {
				t.Errorf("only %d attempts failed", failed)
			}
		})
	}
}

func TestIssueStickRefuses(t *testing.T) {
	s := schooltest.Ticking(t)
	id, _ := schooltest.Person(t, s, "Alice Jones")
	tests := map[string]struct {
		drive drives.Drive
		want  error
	}{
		"a system disk": {drives.Drive{Path: "/", System: true, Removable: true}, drives.ErrSystem},
		"a fixed disk":  {drives.Drive{Path: "/srv"}, issue.ErrNotRemovable},
		"a disk image":  {drives.Drive{Path: "/snap", Bus: drives.BusImage, FileSystem: "squashfs"}, issue.ErrNotRemovable},
	}
	for name, test := range tests {
		p := schooltest.Plan(sticktest.New(), id, "HRP-1")
		p.Drive = test.drive
		if _, err := issue.Stick(t.Context(), s, p); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if schooltest.Count(t, s) != 0 {
		t.Error("the register has devices")
	}
}

// TestIssueStickTwice knows a drive by its serial and its label.
func TestIssueStickTwice(t *testing.T) {
	s := schooltest.Ticking(t)
	id, _ := schooltest.Person(t, s, "Alice Jones")
	p := schooltest.Plan(sticktest.New(), id, "HRP-1")
	p.Drive.Serial = "4C53"
	if _, err := issue.Stick(t.Context(), s, p); err != nil {
		t.Fatal(err)
	}
	same := schooltest.Plan(sticktest.New(), id, "HRP-2")
	same.Drive.Serial = "4C53"
	_, err := issue.Stick(t.Context(), s, same)
	if known, ok := errors.AsType[*issue.KnownAsError](err); !ok || !known.Serial || known.Name != "HRP-1" {
		t.Errorf("the same serial under another label: %v", err)
	}
	label := schooltest.Plan(sticktest.New(), id, "HRP-1")
	label.Drive.Serial = "4C54"
	_, err = issue.Stick(t.Context(), s, label)
	if known, ok := errors.AsType[*issue.KnownAsError](err); !ok || known.Serial {
		t.Errorf("the same label on another serial: %v", err)
	}
	same.Device.Label = ""
	if _, err := issue.Stick(t.Context(), s, same); err == nil {
		t.Error("a drive that is on loan was issued again")
	}
	if _, _, err := lifecycle.Act(t.Context(), s, "HRP-1", devices.Return, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	again, err := issue.Stick(t.Context(), s, same)
	if err != nil || again.Device.Label != "HRP-1" {
		t.Errorf("issued again as %q, %v", again.Device.Label, err)
	}
}

// TestRekeyFailsAnywhere has the drive fail at each operation while a stick
// goes to another person: one of the two can open it, and doing it again makes it
// the other's, on the stick and in the register.
func TestRekeyFailsAnywhere(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, aliceSecret := schooltest.Person(t, s, "Alice Jones")
	bob, bobSecret := schooltest.Person(t, s, "Bob Evans")
	failed := 0
	for n := 0; ; n++ {
		m, issued := schooltest.Issued(t, s, alice, "")
		st := schooltest.Opened(t, s, m)
		came := failAt(m, n, func() error { return errPulled })
		_, err := issue.Rekey(t.Context(), s, m, st, bob, nil)
		more := came()
		st.Close()
		if err != nil {
			failed++
			a, b := schooltest.Opens(m, stick.WithPassphrase(aliceSecret)), schooltest.Opens(m, stick.WithPassphrase(bobSecret))
			if a != nil && b != nil {
				t.Fatalf("failure at operation %d (%v): nobody can open it: %v; %v", n, err, a, b)
			}
			st = schooltest.Opened(t, s, m)
			_, err = issue.Rekey(t.Context(), s, m, st, bob, nil)
			st.Close()
		}
		if err != nil {
			t.Fatalf("failure at operation %d: again: %v", n, err)
		}
		if err := schooltest.Opens(m, stick.WithPassphrase(bobSecret)); err != nil {
			t.Fatalf("failure at operation %d: Bob cannot open it: %v", n, err)
		}
		if d, err := s.Register().Device(t.Context(), issued.Device.ID); err != nil || d.Holder != bob {
			t.Fatalf("failure at operation %d: the register says %s, %v", n, d.HolderName, err)
		}
		if !more {
			break
		}
		if n > tooMany {
			t.Fatal("it never works")
		}
	}
	if failed < 5 {
		t.Errorf("only %d attempts failed", failed)
	}
}

// TestUsedCodeFailsAnywhere has the drive fail at each operation while a used
// recovery code is replaced: the next check-in leaves a code that opens.
func TestUsedCodeFailsAnywhere(t *testing.T) {
	s := schooltest.Ticking(t)
	id, _ := schooltest.Person(t, s, "Alice Jones")
	failed := 0
	for n := 0; ; n++ {
		m, issued := schooltest.Issued(t, s, id, "")
		if _, _, err := issue.TelephoneCode(t.Context(), s, issued.Device.Label, "by voice"); err != nil {
			t.Fatal(err)
		}
		st := schooltest.Opened(t, s, m)
		came := failAt(m, n, func() error { return errPulled })
		_, err := checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m})
		more := came()
		st.Close()
		if err != nil {
			failed++
			st = schooltest.Opened(t, s, m)
			seen, err := checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m})
			st.Close()
			if err != nil {
				t.Fatalf("failure at operation %d: the next check-in: %v", n, err)
			}
			if !seen.Device.Recovery.Used.IsZero() {
				t.Fatalf("failure at operation %d: the code still counts as used", n)
			}
		}
		code, _, codeErr := issue.TelephoneCode(t.Context(), s, issued.Device.Label, "by voice")
		if codeErr != nil {
			t.Fatal(codeErr)
		}
		if openErr := schooltest.Opens(m, stick.WithCode(code)); openErr != nil {
			t.Fatalf("failure at operation %d (%v): the code in the register does not open the stick: %v", n, err, openErr)
		}
		if !more {
			break
		}
		if n > tooMany {
			t.Fatal("it never works")
		}
	}
	if failed < 3 {
		t.Errorf("only %d attempts failed", failed)
	}
}

// TestCheckInOlder notices a stick that was put back to an earlier state.
func TestCheckInOlder(t *testing.T) {
	s := schooltest.Ticking(t)
	id, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, id, "HRP-1")
	before := m.Clone()
	st := schooltest.Opened(t, s, m)
	if err := st.Mkdir(t.Context(), "new"); err != nil {
		t.Fatal(err)
	}
	seen, err := checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m, Place: "office", Health: devices.Healthy})
	st.Close()
	if err != nil || seen.Older || seen.Device.Seen.Sequence != 1 || seen.Device.Seen.Place != "office" {
		t.Fatalf("the first check-in: %+v, %v", seen, err)
	}
	st = schooltest.Opened(t, s, before)
	defer st.Close()
	seen, err = checkin.Stick(t.Context(), s, st, checkin.Options{Drive: before})
	if err != nil || !seen.Older {
		t.Errorf("the earlier state: %+v, %v", seen, err)
	}
}

// TestLostKeys are blocked while their device is missing, and for good when it
// is written off.
func TestLostKeys(t *testing.T) {
	s := schooltest.Ticking(t)
	id, _ := schooltest.Person(t, s, "Alice Jones")
	_, issued := schooltest.Issued(t, s, id, "HRP-1")
	blocked := func() bool {
		t.Helper()
		d, err := s.Directory()
		if err != nil {
			t.Fatal(err)
		}
		_, err = filecrypt.Audiences(d, []string{"Alice Jones"})
		if err != nil && !errors.Is(err, keys.ErrBlocked) {
			t.Fatal(err)
		}
		return err != nil
	}
	for _, step := range []struct {
		action devices.Action
		want   bool
	}{
		{devices.Lose, true}, {devices.Find, false}, {devices.Steal, true}, {devices.Retire, true},
	} {
		if _, behind, err := lifecycle.Act(t.Context(), s, "HRP-1", step.action, devices.Facts{}); err != nil || behind {
			t.Fatalf("%s: %v, behind: %v", step.action, err, behind)
		}
		if blocked() != step.want {
			t.Errorf("after %s, blocked is %v", step.action, !step.want)
		}
		d, err := s.Directory()
		if err != nil {
			t.Fatal(err)
		}
		if step.want && step.action != devices.Retire && (len(d.Lost) != 1 || d.Lost[0].ID != issued.Note.ID) {
			t.Errorf("after %s, lost are %v", step.action, d.Lost)
		}
	}
	// No stick is issued with a blocked key.
	if _, err := issue.Stick(t.Context(), s, schooltest.Plan(sticktest.New(), id, "HRP-2")); err == nil {
		t.Error("a stick was issued with a blocked key")
	}
}

func TestRotateStick(t *testing.T) {
	s := schooltest.Ticking(t)
	id, secret := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, id, "HRP-1")
	old, _, err := issue.TelephoneCode(t.Context(), s, "HRP-1", "by voice")
	if err != nil {
		t.Fatal(err)
	}
	st := schooltest.Opened(t, s, m)
	if err := st.Mkdir(t.Context(), "kept"); err != nil {
		t.Fatal(err)
	}
	before := m.Clone()
	if _, err := checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m}); err != nil {
		t.Fatal(err)
	}
	d, err := issue.Rotate(t.Context(), s, m, st, nil)
	if err != nil || !d.Recovery.Used.IsZero() || d.Seen.Older {
		t.Fatalf("rotate: %+v, seen %+v, %v", d.Recovery, d.Seen, err)
	}
	seen, err := checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m})
	st.Close()
	if err != nil || seen.Older {
		t.Errorf("check-in after rotating: %+v, %v", seen, err)
	}
	// The stick as it was before is an older one.
	st = schooltest.Opened(t, s, before)
	seen, err = checkin.Stick(t.Context(), s, st, checkin.Options{Drive: before})
	st.Close()
	if err != nil || !seen.Older {
		t.Errorf("check-in of the stick as it was: %+v, %v", seen, err)
	}
	if err := schooltest.Opens(m, stick.WithPassphrase(secret)); err != nil {
		t.Errorf("with the holder's key: %v", err)
	}
	if err := schooltest.Opens(m, stick.WithCode(old)); !errors.Is(err, keys.ErrCode) {
		t.Errorf("with the old code: %v", err)
	}
	next, _, err := issue.TelephoneCode(t.Context(), s, "HRP-1", "by voice")
	if err != nil {
		t.Fatal(err)
	}
	if err := schooltest.Opens(m, stick.WithCode(next)); err != nil {
		t.Errorf("with the new code: %v", err)
	}
}
