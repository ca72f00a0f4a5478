package stick_test

import (
	"errors"
	"path"
	"slices"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// withoutKeys deletes key files of a stick, with what lies beside them.
func withoutKeys(t *testing.T, m *sticktest.Mem, patterns ...string) {
	t.Helper()
	for _, name := range m.Files() {
		for _, pattern := range patterns {
			if ok, _ := path.Match("stowage/keys/"+pattern, name); ok {
				check(t, m.Remove(name))
			}
		}
	}
}

// TestAttackDeletedKeys deletes key files, one kind, or all. What is left opens the stick, the right error says
// when nothing does, and the backup's copies are put back.
func TestAttackDeletedKeys(t *testing.T) {
	sc, base := newBackedUp(t)
	check(t, sc.open(t, base).Close()) // which marks the key as chosen
	backup := sticktest.New()
	backUp(t, sc, base, backup)
	passphraseOnly := stick.WithPassphrase(passphrase)
	for name, c := range map[string]struct {
		gone  []string
		want  map[string]error // of each way in
		again []string         // put back
	}{
		"the holder's": {
			[]string{"holder-*"},
			map[string]error{"passphrase": stick.ErrNoKey, "key": nil, "recovery": nil, "code": nil},
			[]string{"holder-a.age"},
		},
		"the stick's own": {
			[]string{"stick-*"},
			map[string]error{"passphrase": stick.ErrKeysGone, "key": stick.ErrKeysGone, "recovery": stick.ErrKeysGone, "code": nil},
			[]string{"stick-hybrid-a.age"},
		},
		"all": {
			[]string{"*"},
			map[string]error{"passphrase": stick.ErrKeysGone, "key": stick.ErrKeysGone, "recovery": stick.ErrKeysGone, "code": stick.ErrKeysGone},
			[]string{"holder-a.age", "stick-hybrid-a.age"},
		},
		"none": {nil, map[string]error{"passphrase": nil, "key": nil, "recovery": nil, "code": nil}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := base.Clone()
			withoutKeys(t, m, c.gone...)
			ways := map[string]stick.Unlock{"passphrase": passphraseOnly, "key": stick.WithHolderKey(sc.holder), "recovery": sc.recovery(), "code": stick.WithCode(sc.code)}
			for way, want := range c.want {
				if err := opens(t, m.Clone(), ways[way]); !errors.Is(err, want) || want == stick.ErrNoKey && errors.Is(err, stick.ErrKeysGone) {
					t.Errorf("with the %s: %v, want %v", way, err, want)
				}
			}
			back := must(stick.RestoreKeys(m, backup))(t)
			if !slices.Equal(back, c.again) {
				t.Errorf("put back: %q, want %q", back, c.again)
			}
			for _, way := range []string{"passphrase", "key", "recovery"} {
				if err := opens(t, m, ways[way]); err != nil {
					t.Errorf("with the %s, afterwards: %v", way, err)
				}
			}
			st := must(stick.Open(t.Context(), m, passphraseOnly, stick.OpenOptions{Clock: clock}))(t)
			defer st.Close()
			same(t, st, backedUp)
			if r := must(st.Check(t.Context(), nil))(t); !r.Healthy() {
				t.Errorf("a check: %v", r.Problems)
			}
		})
	}
}

// TestAttackCodeOfAStickWithoutKeys: the code is used up although the stick's own keys were deleted, and the stick then opens
// with the recovery key, not with that of a holder who may have given it up.
func TestAttackCodeOfAStickWithoutKeys(t *testing.T) {
	sc, m := newBackedUp(t)
	withoutKeys(t, m, "stick-*")
	base := m.Clone()
	for n := 0; ; n++ { // whatever fails, something opens it
		m = base.Clone()
		m.FailAt(n, errors.New("input/output error"))
		st, err := stick.Open(t.Context(), m, stick.WithCode(sc.code), stick.OpenOptions{Clock: clock})
		m.SetHook(nil)
		if err == nil {
			check(t, st.Close())
			break
		}
		if opens(t, m.Clone(), stick.WithCode(sc.code)) != nil && opens(t, m.Clone(), sc.recovery()) != nil {
			t.Fatalf("failure at operation %d: nothing opens it", n)
		}
	}
	if err := opens(t, m, stick.WithCode(sc.code)); !errors.Is(err, stick.ErrNoCode) {
		t.Errorf("the used code: %v", err)
	}
	if err := opens(t, m, stick.WithPassphrase(passphrase)); !errors.Is(err, keys.ErrWrongKey) {
		t.Errorf("the passphrase: %v", err)
	}
	if err := opens(t, m, sc.recovery()); err != nil {
		t.Errorf("the recovery key: %v", err)
	}
}

// TestAttackKeysOfAnotherStick: a backup of another stick, or of another identity, gives nothing; one that somebody
// changed gives nothing that opens.
func TestAttackKeysOfAnotherStick(t *testing.T) {
	sc, m := newBackedUp(t)
	other := sticktest.New()
	sc.issue(t, other)
	elsewhere := sticktest.New()
	backUp(t, sc, other, elsewhere)
	withoutKeys(t, m, "*")
	for name, from := range map[string]*sticktest.Mem{"another stick's": elsewhere, "none": sticktest.New(), "a copy of another": other} {
		if _, err := stick.RestoreKeys(m, from); !errors.Is(err, stick.ErrNoBackup) {
			t.Errorf("%s: %v", name, err)
		}
	}
	copied := m.Clone() // with the note of this one and the keys of the other
	for _, file := range other.Files() {
		if path.Dir(file) == "stowage/keys" {
			copied.WriteFile(file, other.ReadFile(file))
		}
	}
	must(stick.RestoreKeys(m, copied))(t)
	if err := opens(t, m, sc.recovery()); !errors.Is(err, stick.ErrSwapped) {
		t.Errorf("with another stick's keys: %v", err)
	}
}
