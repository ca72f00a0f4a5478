package stick_test

import (
	"bytes"
	"errors"
	"testing"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// opens tries to open a stick and closes it again.
func opens(t testing.TB, fsys stick.FS, with stick.Unlock) error {
	t.Helper()
	st, err := stick.Open(t.Context(), fsys, with, stick.OpenOptions{Clock: clock})
	if err == nil {
		check(t, st.Close())
	}
	return err
}

func (s *school) recovery() stick.Unlock {
	return stick.WithRecovery(s.authority.Identities(), s.authority.Verifier())
}

func TestEveryWayIn(t *testing.T) {
	sc, other := newSchool(t, "Example School"), newSchool(t, "Other School")
	drives(t, func(t *testing.T, fsys stick.FS) {
		if err := opens(t, fsys, sc.recovery()); !errors.Is(err, stick.ErrNotStick) {
			t.Fatalf("an empty drive: %v", err)
		}
		sc.issue(t, fsys)
		typo := append([]byte("x"), sc.code[1:]...)
		if bytes.EqualFold(sc.code[:1], typo[:1]) { // one code in 32 begins so
			typo[0] = 'y'
		}
		for _, c := range []struct {
			name string
			with stick.Unlock
			want error
		}{
			{"passphrase", stick.WithPassphrase(passphrase), nil},
			{"key file", stick.WithKeyFile(sc.sealed, passphrase), nil},
			{"unlocked key", stick.WithHolderKey(sc.holder), nil},
			{"recovery key", sc.recovery(), nil},
			{"wrong passphrase", stick.WithPassphrase([]byte("wrong")), keys.ErrPassphrase},
			{"mistyped code", stick.WithCode(typo), keys.ErrCode},
			{"another code", stick.WithCode(other.code), keys.ErrCode},
			{"another holder", stick.WithHolderKey(other.holder), keys.ErrWrongKey},
			{"another school's recovery key", other.recovery(), keys.ErrWrongKey},
			{"another school's word", stick.WithRecovery(sc.authority.Identities(), other.authority.Verifier()), keys.ErrOtherSchool},
			{"recovery code", stick.WithCode(sc.code), nil},
			{"recovery code, used", stick.WithCode(sc.code), stick.ErrNoCode},
		} {
			if err := opens(t, fsys, c.with); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
	})
}

func TestStickWithoutKeys(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	o := sc.options()
	o.Holders, o.HolderKey, o.Code = nil, nil, nil
	must(stick.Issue(t.Context(), m, o))(t)
	for _, with := range []stick.Unlock{stick.WithPassphrase(passphrase), stick.WithCode(sc.code)} {
		if err := opens(t, m, with); !errors.Is(err, stick.ErrNoKey) {
			t.Errorf("got %v", err)
		}
	}
	check(t, opens(t, m, sc.recovery()))
}

func TestChangePassphrase(t *testing.T) {
	sc := newSchool(t, "Example School")
	sc.holder.Issued(start)
	sc.sealed = must(sc.holder.Seal(passphrase, policy.WorkFactor))(t)
	drives(t, func(t *testing.T, fsys stick.FS) {
		sc.issue(t, fsys)
		st := must(stick.Open(t.Context(), fsys, stick.WithPassphrase(passphrase), stick.OpenOptions{Clock: clock}))(t)
		defer st.Close()
		if !st.MustChangePassphrase() {
			t.Error("the passphrase that ICT knows need not be changed")
		}
		next := []byte("another long passphrase")
		if err := st.ChangePassphrase([]byte("wrong"), next); !errors.Is(err, keys.ErrPassphrase) {
			t.Errorf("wrong passphrase: %v", err)
		}
		check(t, st.ChangePassphrase(passphrase, next))
		if st.MustChangePassphrase() {
			t.Error("the passphrase must be changed again")
		}
		check(t, st.Close())
		if err := opens(t, fsys, stick.WithPassphrase(passphrase)); !errors.Is(err, keys.ErrPassphrase) {
			t.Errorf("the old passphrase: %v", err)
		}
		st = must(stick.Open(t.Context(), fsys, stick.WithPassphrase(next), stick.OpenOptions{Clock: clock}))(t)
		if st.MustChangePassphrase() {
			t.Error("the chosen passphrase must be changed")
		}
		check(t, st.Close())
	})
}

// newHolder makes another holder's key of the same school.
func (s *school) newHolder(t testing.TB, id string, class keys.Class) (*keys.HolderKey, []byte) {
	t.Helper()
	k := must(keys.NewHolderKey("Example School", s.authority.Verifier(), keys.Holder{ID: id, Name: "Sam Sample"}, class, start))(t)
	return k, must(k.Seal(passphrase, policy.WorkFactor))(t)
}

func TestRekey(t *testing.T) {
	sc := newSchool(t, "Example School")
	for _, class := range keys.Classes() {
		t.Run(string(class), func(t *testing.T) {
			drives(t, func(t *testing.T, fsys stick.FS) {
				sc.issue(t, fsys)
				st := sc.open(t, fsys)
				put(t, st, map[string]string{"a": "1"})
				check(t, st.Close())

				next, sealed := sc.newHolder(t, "h-2", class)
				st = must(stick.Open(t.Context(), fsys, stick.WithCode(sc.code), stick.OpenOptions{}))(t)
				check(t, st.Rekey(t.Context(), stick.RekeyOptions{Holders: []string{next.Recipient()}, HolderKey: sealed}))
				code := must(keys.GenerateCode())(t)
				check(t, st.ReplaceCode(code))
				check(t, st.Close())

				if err := opens(t, fsys, stick.WithHolderKey(sc.holder)); !errors.Is(err, keys.ErrWrongKey) && !errors.Is(err, stick.ErrNoKey) {
					t.Errorf("the old holder: %v", err)
				}
				if err := opens(t, fsys, stick.WithCode(sc.code)); !errors.Is(err, keys.ErrCode) {
					t.Errorf("the used code: %v", err)
				}
				for _, with := range []stick.Unlock{stick.WithPassphrase(passphrase), stick.WithCode(code), sc.recovery()} {
					st := must(stick.Open(t.Context(), fsys, with, stick.OpenOptions{}))(t)
					same(t, st, map[string]string{"a": "1"})
					check(t, st.Close())
				}
			})
		})
	}
}

func TestRotate(t *testing.T) {
	sc := newSchool(t, "Example School")
	drives(t, func(t *testing.T, fsys stick.FS) {
		old := sc.issue(t, fsys)
		st := sc.open(t, fsys)
		want := map[string]string{"a": "1", "dir/b": text(1, 100_000), "dir/c": "3", "renamed": "4"}
		put(t, st, map[string]string{"a": "old", "dir/b": want["dir/b"], "x": "4", "y": "5"})
		put(t, st, map[string]string{"a": "1", "dir/c": "3"})
		check(t, st.Rename(t.Context(), "x", "renamed"))
		check(t, st.Remove(t.Context(), "y"))
		must(st.Tidy(t.Context(), stick.TidyOptions{}))(t)
		for range 3 { // references must survive several rotations
			check(t, st.Rotate(t.Context(), stick.RotateOptions{School: sc.authority, Code: sc.code}))
			same(t, st, want)
			put(t, st, map[string]string{"a": "1"})
			st = sc.reopen(t, st, fsys)
			same(t, st, want)
		}
		if v := must(st.Versions("a"))(t); len(v) != 5 {
			t.Errorf("%d versions of a, want 5", len(v))
		}
		if n := st.Note(); n.Generation != 4 || n.Recipient == old.Recipient || n.ID != old.ID {
			t.Errorf("note after rotating: %+v", n)
		}
		check(t, st.Close())
		for _, with := range []stick.Unlock{stick.WithPassphrase(passphrase), stick.WithCode(sc.code), sc.recovery()} {
			check(t, opens(t, fsys, with))
		}
	})
}

func TestRotateRefusals(t *testing.T) {
	sc, other := newSchool(t, "Example School"), newSchool(t, "Other School")
	m := sticktest.New()
	sc.issue(t, m)
	st := sc.open(t, m)
	if err := st.Rotate(t.Context(), stick.RotateOptions{School: other.authority}); !errors.Is(err, keys.ErrOtherSchool) {
		t.Errorf("another school: %v", err)
	}
	check(t, st.Close())
	st = must(stick.Open(t.Context(), m, stick.WithCode(sc.code), stick.OpenOptions{}))(t)
	defer st.Close()
	if err := st.Rotate(t.Context(), stick.RotateOptions{School: sc.authority}); !errors.Is(err, stick.ErrNoKey) {
		t.Errorf("with a code: %v", err)
	}
}

// TestSwappedIdentity puts an identity of the finder's own in place of the stick's.
func TestSwappedIdentity(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	note := sc.issue(t, m)
	forged := must(keys.NewStickIdentity("Example School", sc.authority.Verifier(), note.ID, keys.Hybrid, start))(t)
	plain := must(forged.Marshal())(t)
	wrapped := must(keys.WrapFor(plain, []string{sc.holder.Recipient()}))(t)
	m.WriteFile("stowage/keys/stick-hybrid-a.age", wrapped[keys.Hybrid])
	if err := opens(t, m, stick.WithHolderKey(sc.holder)); !errors.Is(err, stick.ErrSwapped) {
		t.Errorf("got %v", err)
	}
}

// TestAlteredNote changes the note, and exchanges it for another school's.
func TestAlteredNote(t *testing.T) {
	sc, other := newSchool(t, "Example School"), newSchool(t, "Other School")
	m, m2 := sticktest.New(), sticktest.New()
	sc.issue(t, m)
	other.issue(t, m2)
	signed := m.ReadFile("stowage/stick.note")
	text := bytes.Index(signed, []byte("\n\n")) + 1 // the signature's last digit has bits that mean nothing
	for i := range signed[:text] {
		altered := append([]byte(nil), signed...)
		altered[i] ^= 1
		m.WriteFile("stowage/stick.note", altered)
		if err := opens(t, m, stick.WithHolderKey(sc.holder)); err == nil {
			t.Fatalf("byte %d of the note changed without notice", i)
		}
	}
	m.WriteFile("stowage/stick.note", m2.ReadFile("stowage/stick.note"))
	if err := opens(t, m, stick.WithHolderKey(sc.holder)); !errors.Is(err, keys.ErrOtherSchool) {
		t.Errorf("another school's note: %v", err)
	}
	if _, err := stick.Inspect(m, sc.authority.Verifier()); !errors.Is(err, keys.ErrOtherSchool) {
		t.Errorf("inspecting another school's note: %v", err)
	}
}

func TestInspect(t *testing.T) {
	sc := newSchool(t, "Example School")
	drives(t, func(t *testing.T, fsys stick.FS) {
		sc.issue(t, fsys)
		st := sc.open(t, fsys)
		put(t, st, map[string]string{"a": "1"})
		for _, verifier := range []string{"", sc.authority.Verifier()} {
			s := must(stick.Inspect(fsys, verifier))(t)
			if s.Verified != (verifier != "") || s.Layers != 1 || s.Bytes == 0 || !s.Holder || !s.Code || s.Note.Label != "IT-0042" {
				t.Errorf("%+v", s)
			}
			if s.InUse == nil {
				t.Error("not said to be in use")
			}
		}
		check(t, st.Close())
		if s := must(stick.Inspect(fsys, ""))(t); s.InUse != nil {
			t.Error("said to be in use")
		}
	})
}

// TestIdentityFileIsForStockAge reads the key as stock age does.
func TestIdentityFileIsForStockAge(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	sc.issue(t, m)
	plain := must(keys.Unwrap(m.ReadFile("stowage/keys/stick-hybrid-a.age"), sc.holder.Identity()))(t)
	ids, err := age.ParseIdentities(bytes.NewReader(plain))
	if err != nil || len(ids) != 1 {
		t.Errorf("%d identities, %v", len(ids), err)
	}
}
