package stick_test

import (
	"errors"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// TestPulledWhileIssuing issues again over whatever is left.
func TestPulledWhileIssuing(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	m.Record()
	sc.issue(t, m)
	ops := m.Recorded()
	random := crashRandom()
	tried := crashCount(t, "issue")
	for n := range len(ops) + 1 {
		for i, keep := range ways(random, *crashes) {
			*tried++
			m := sticktest.Crash(sticktest.New(), ops[:n], keep)
			_, err := stick.Issue(t.Context(), m, sc.options())
			if err != nil && !errors.Is(err, stick.ErrAlreadyStick) {
				t.Fatalf("after operation %d of %d, way %d: %v", n, len(ops), i, err)
			}
			if err := opens(t, m, stick.WithHolderKey(sc.holder)); err != nil {
				t.Fatalf("after operation %d of %d, way %d: open: %v", n, len(ops), i, err)
			}
		}
	}
}

// TestUsedPassphraseHolds pulls the stick while its passphrase is changed: the
// one that then opens it is the only one afterwards.
func TestUsedPassphraseHolds(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	sc.issue(t, m)
	base := m.Clone()
	m.Record()
	st := sc.open(t, m)
	next := []byte("another long passphrase")
	check(t, st.ChangePassphrase(passphrase, next))
	ops := m.Recorded()
	both := 0
	for n := range len(ops) + 1 {
		found := sticktest.Crash(base, ops[:n], sticktest.KeepAll)
		if opens(t, found.Clone(), stick.WithPassphrase(next)) != nil || opens(t, found.Clone(), stick.WithPassphrase(passphrase)) != nil {
			continue
		}
		both++
		for _, pair := range [][2][]byte{{passphrase, next}, {next, passphrase}} {
			m := found.Clone()
			check(t, opens(t, m, stick.WithPassphrase(pair[0])))
			if opens(t, m, stick.WithPassphrase(pair[1])) == nil {
				t.Errorf("after operation %d both go on opening it", n)
			}
		}
	}
	if both == 0 {
		t.Error("there was no moment at which both open it")
	}
}
