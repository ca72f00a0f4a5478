package keys_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
)

var testWork = keystest.WorkFactor()

var now = time.Date(2026, 9, 1, 8, 30, 15, 999, time.UTC)

func authority(t testing.TB) *keys.Authority {
	t.Helper()
	return must(keys.NewAuthority("Ysgol Gŵyr & Friends", now))(t)
}

func holderKey(t testing.TB, a *keys.Authority, class keys.Class) *keys.HolderKey {
	t.Helper()
	return must(keys.NewHolderKey(a.School(), a.Verifier(), keys.Holder{ID: "h-1", Name: "Ann Ó Briain"}, class, now))(t)
}

func stickIdentity(t testing.TB, a *keys.Authority, class keys.Class) *keys.StickIdentity {
	t.Helper()
	return must(keys.NewStickIdentity(a.School(), a.Verifier(), "stick-7", class, now))(t)
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// sealAs protects any text with a passphrase, as stock age does.
func sealAs(t testing.TB, plain, passphrase string) []byte {
	t.Helper()
	r := must(age.NewScryptRecipient(passphrase))(t)
	r.SetWorkFactor(1)
	var sealed bytes.Buffer
	w := must(age.Encrypt(&sealed, r))(t)
	if _, err := w.Write([]byte(plain)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return sealed.Bytes()
}

// openAs opens a protected file as stock age does.
func openAs(t testing.TB, sealed []byte, passphrase string) string {
	t.Helper()
	r := must(age.Decrypt(bytes.NewReader(sealed), must(age.NewScryptIdentity(passphrase))(t)))(t)
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wantIs checks that an error is the one that callers decide on.
func wantIs(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}
