package stick_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// badSector has a file lie on a sector that cannot be read, until the file is removed.
func badSector(m *sticktest.Mem, name string) {
	bad := true
	m.SetHook(func(_ int, op sticktest.Op) error {
		if op.Name != name || !bad {
			return nil
		}
		if op.Kind == sticktest.Remove {
			bad = false
		}
		if op.Kind == sticktest.Read {
			return fmt.Errorf("read %s: %w", name, stick.ErrFailing)
		}
		return nil
	})
}

// named are the names of what a check finds wrong.
func named(t *testing.T, s *stick.Stick) string {
	t.Helper()
	var names []string
	for _, p := range must(s.Check(t.Context(), nil))(t).Problems {
		names = append(names, p.Name)
	}
	return strings.Join(names, " ")
}

// TestBadSectorUnderOneOfTwo: where a file has a second copy, as when replacing it was
// interrupted, the stick opens with that one; a check names the bad one, and repairing
// mends it.
func TestBadSectorUnderOneOfTwo(t *testing.T) {
	for _, c := range []struct{ bad, copy string }{
		{"stowage/stick.note", "stowage/stick-b.note"},
		{"stowage/keys/holder-a.age", "stowage/keys/holder-b.age"},
		{"stowage/keys/stick-hybrid-a.age", "stowage/keys/stick-hybrid-b.age"},
		{"IF FOUND.txt", ""},
		{"stowage/keys/stick-hybrid-a.age.sha256", ""},
	} {
		t.Run(c.bad, func(t *testing.T) {
			_, base, want := small(t, keys.Hybrid)
			if c.copy != "" {
				base.WriteFile(c.copy, base.ReadFile(c.bad))
				if strings.HasSuffix(c.bad, ".age") {
					sum := strings.ReplaceAll(string(base.ReadFile(c.bad+".sha256")), "-a.age", "-b.age")
					base.WriteFile(c.copy+".sha256", []byte(sum))
				}
			}
			badSector(base, c.bad)
			s := must(stick.Open(t.Context(), base, stick.WithPassphrase(passphrase), stick.OpenOptions{ReadOnly: true, Clock: clock}))(t)
			same(t, s, want)
			if got := named(t, s); got != strings.TrimSuffix(c.bad, ".sha256") {
				t.Errorf("found wrong: %q", got)
			}
			check(t, s.Close())

			s = must(stick.Open(t.Context(), base, stick.WithPassphrase(passphrase), stick.OpenOptions{Clock: clock}))(t)
			result := must(s.Repair(t.Context(), stick.RepairOptions{}))(t)
			if len(result.Left) > 0 || len(result.Lost) > 0 {
				t.Errorf("repaired: %+v", result)
			}
			for range 2 {
				if got := named(t, s); got != "" {
					t.Errorf("after the repair: %q", got)
				}
				same(t, s, want)
				check(t, s.Close())
				s = must(stick.Open(t.Context(), base, stick.WithPassphrase(passphrase), stick.OpenOptions{Clock: clock}))(t)
			}
			check(t, s.Close())
		})
	}
}

// TestBadSectorUnderTheOnlyOne: what cannot be read is said to be that, not a wrong
// passphrase or no stick, and another way in is open.
func TestBadSectorUnderTheOnlyOne(t *testing.T) {
	for name, other := range map[string]bool{
		"stowage/stick.note":              false,
		"stowage/keys/stick-hybrid-a.age": false,
		"stowage/keys/holder-a.age":       true,
	} {
		sc, base, want := small(t, keys.Hybrid)
		badSector(base, name)
		if _, err := stick.Open(t.Context(), base, stick.WithPassphrase(passphrase), stick.OpenOptions{Clock: clock}); !errors.Is(err, stick.ErrFailing) {
			t.Errorf("%s: %v", name, err)
		}
		if !other {
			continue
		}
		s := must(stick.Open(t.Context(), base, stick.WithRecovery(sc.authority.Identities(), sc.authority.Verifier()), stick.OpenOptions{Clock: clock}))(t)
		same(t, s, want)
		if got := named(t, s); got != name {
			t.Errorf("found wrong: %q", got)
		}
		result := must(s.Repair(t.Context(), stick.RepairOptions{}))(t)
		if len(result.Left) != 1 || result.Left[0] != name {
			t.Errorf("%s: %+v", name, result)
		}
		check(t, s.Close())
	}
}

// TestBadSectorUnderWhatIsCarried: the next check-in brings it anew.
func TestBadSectorUnderWhatIsCarried(t *testing.T) {
	sc, base, _ := small(t, keys.X25519)
	const name = "stowage/checkpoint.note"
	badSector(base, name)
	s := sc.open(t, base)
	if got := named(t, s); got != name {
		t.Errorf("found wrong: %q", got)
	}
	result := must(s.Repair(t.Context(), stick.RepairOptions{}))(t)
	if len(result.Left) != 1 || result.Left[0] != name {
		t.Errorf("%+v", result)
	}
	check(t, s.Close())
	check(t, stick.PutCheckpoint(base, must(sc.authority.Sign("a newer checkpoint\n"))(t)))
	s = sc.open(t, base)
	if got := named(t, s); got != "" {
		t.Errorf("found wrong: %q", got)
	}
	check(t, s.Close())
}
