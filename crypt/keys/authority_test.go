package keys_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/keys"
)

func TestAuthority(t *testing.T) {
	a := authority(t)
	sealed := must(a.Seal([]byte("correct horse"), testWork))(t)
	b := must(keys.OpenAuthority(sealed, []byte("  correct horse\n")))(t)
	if b.School() != a.School() || b.Verifier() != a.Verifier() || !slices.Equal(b.RecoveryRecipients(), a.RecoveryRecipients()) {
		t.Error("the authority comes back different")
	}
	if !strings.HasPrefix(a.Verifier(), "ysgol-gwyr-friends+") {
		t.Errorf("verifier key %s", a.Verifier())
	}
	msg := must(b.Sign("hello\n"))(t)
	if text, err := keys.OpenNote(msg, a.Verifier()); err != nil || text != "hello\n" {
		t.Errorf("note: %q, %v", text, err)
	}
	for _, wrong := range []string{"battery staple", "", "correct horse battery", "\xff"} {
		_, err := keys.OpenAuthority(sealed, []byte(wrong))
		wantIs(t, "wrong passphrase", err, keys.ErrPassphrase)
	}
}

func TestRecoveryKeyOpensBothClasses(t *testing.T) {
	a := authority(t)
	recipients := append(a.RecoveryRecipients(), holderKey(t, a, keys.Hybrid).Recipient())
	recipients = append(recipients, recipients...) // twice does no harm
	files := must(keys.WrapFor([]byte("secret"), recipients))(t)
	if len(files) != 2 {
		t.Fatalf("wrapped for %d classes", len(files))
	}
	for class, file := range files {
		if got, err := keys.Unwrap(file, a.Identities()...); err != nil || string(got) != "secret" {
			t.Errorf("%s: %q, %v", class, got, err)
		}
		_, err := keys.Unwrap(file, holderKey(t, a, class).Identity())
		wantIs(t, "another's key", err, keys.ErrWrongKey)
		_, err = keys.Unwrap(file)
		wantIs(t, "no key", err, keys.ErrWrongKey)
		_, err = keys.Unwrap(file[:len(file)-1], a.Identities()...)
		wantIs(t, "cut short", err, keys.ErrDamagedKey)
		_, err = keys.Unwrap(make([]byte, 2<<20), a.Identities()...)
		wantIs(t, "too large", err, keys.ErrDamagedKey)
	}
	_, err := keys.WrapFor([]byte("secret"), nil)
	wantIs(t, "for nobody", err, keys.ErrValue)
	secret := "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ"
	_, err = keys.WrapFor([]byte("secret"), []string{secret})
	wantIs(t, "a secret key given by mistake", err, keys.ErrValue)
	if strings.Contains(err.Error(), "QQQ") {
		t.Errorf("the error quotes a secret key: %v", err)
	}
}

// TestDamage flips every byte of a sealed authority, and cuts it everywhere.
func TestDamage(t *testing.T) {
	passphrase := []byte("correct horse")
	sealed := must(authority(t).Seal(passphrase, testWork))(t)
	for i := range sealed {
		altered := bytes.Clone(sealed)
		altered[i] ^= 1
		for how, damaged := range map[string][]byte{"altered": altered, "cut": sealed[:i]} {
			_, err := keys.OpenAuthority(damaged, passphrase)
			if !errors.Is(err, keys.ErrDamagedKey) && !errors.Is(err, keys.ErrPassphrase) {
				t.Errorf("%s at byte %d: %v", how, i, err)
			}
		}
	}
	_, err := keys.OpenAuthority(append(sealed, 0), passphrase)
	wantIs(t, "something follows it", err, keys.ErrDamagedKey)
}

func TestNamesOfSchools(t *testing.T) {
	for name, want := range map[string]string{
		"Hill School":               "hill-school",
		"St. Mary’s C of E (Aided)": "st-mary-s-c-of-e-aided",
		"Ysgol Tŷ Gŵyn":             "ysgol-ty-gwyn",
		"!!!":                       "school",
		"+ + +":                     "school",
		"日本学校":                      "日本学校",
		"मेरा":                      "मर",
		strings.Repeat("é", 400):    strings.Repeat("e", 100),
	} {
		a, err := keys.NewAuthority(name, now)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if got, _, _ := strings.Cut(a.Verifier(), "+"); got != want {
			t.Errorf("%q: key name %q, want %q", name, got, want)
		}
		b, err := keys.OpenAuthority(must(a.Seal([]byte("correct horse"), testWork))(t), []byte("correct horse"))
		if err != nil || b.School() != name {
			t.Errorf("%q: comes back as %q, %v", name, b.School(), err)
			continue
		}
		if _, err := keys.OpenNote(must(b.Sign("x\n"))(t), a.Verifier()); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, bad := range badValues {
		_, err := keys.NewAuthority(bad, now)
		wantIs(t, bad, err, keys.ErrValue)
	}
}

// badValues cannot stand in a key file.
var badValues = []string{
	"", "two\nlines", "\r", "tab\there", "nul\x00", "next\u0085line", "line\u2028separator", "turned\u202eround",
	strings.Repeat("x", 2000), "\xff", " space", "space ",
}

func TestWipedKeysAreNotWritten(t *testing.T) {
	a := authority(t)
	k, s := holderKey(t, a, keys.Hybrid), stickIdentity(t, a, keys.Hybrid)
	a.Wipe()
	k.Wipe()
	s.Wipe()
	if _, err := a.Seal([]byte("correct horse"), testWork); err == nil {
		t.Error("a wiped authority was sealed")
	}
	if _, err := a.Sign("hello\n"); err == nil {
		t.Error("a wiped authority signed")
	}
	if _, err := k.Seal([]byte("correct horse"), testWork); err == nil {
		t.Error("a wiped holder's key was sealed")
	}
	if _, err := s.Marshal(); err == nil {
		t.Error("a wiped stick's identity was written")
	}
	if len(s.Secret()) != 0 {
		t.Error("the secret is still there")
	}
}
