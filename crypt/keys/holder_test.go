package keys_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
)

func TestHolderKey(t *testing.T) {
	a := authority(t)
	for _, class := range keys.Classes() {
		k := holderKey(t, a, class)
		if !k.Temporary {
			t.Error("a new key does not ask for another passphrase")
		}
		sealed := must(k.Seal([]byte("issued by ict"), testWork))(t)
		later := now.Add(time.Hour)
		changed := must(keystest.ChangePassphrase(sealed, []byte("issued by ict"), []byte("my own choice"), later))(t)
		got := must(keys.OpenHolderKey(changed, []byte("my own choice")))(t)
		if got.Temporary || !got.PassphraseSet.Equal(later.Truncate(time.Second)) || !got.Created.Equal(now.Truncate(time.Second)) ||
			got.Recipient() != k.Recipient() || got.Holder != k.Holder || got.Verifier != a.Verifier() || got.School != a.School() || got.Class() != class {
			t.Errorf("%s: comes back as %+v", class, got)
		}
		_, err := keys.OpenHolderKey(changed, []byte("issued by ict"))
		wantIs(t, "the old passphrase", err, keys.ErrPassphrase)
		_, err = keystest.ChangePassphrase(changed, []byte("issued by ict"), []byte("another"), later)
		wantIs(t, "changed with the old passphrase", err, keys.ErrPassphrase)
		_, err = keys.OpenAuthority(changed, []byte("my own choice"))
		wantIs(t, "a holder's key as authority", err, keys.ErrDamagedKey)
	}
}

func TestHoldersCannotForgeLines(t *testing.T) {
	a := authority(t)
	for _, bad := range badValues {
		for _, h := range []keys.Holder{{ID: bad}, {ID: "h-1", Name: bad}} {
			if h.Name == "" && h.ID == "h-1" {
				continue // a name may be missing
			}
			_, err := keys.NewHolderKey(a.School(), a.Verifier(), h, keys.X25519, now)
			wantIs(t, bad, err, keys.ErrValue)
			k := holderKey(t, a, keys.X25519)
			k.Holder = h
			if _, err := k.Plain(); err == nil {
				t.Errorf("%+v was written", h)
			}
		}
	}
	_, err := keys.NewHolderKey("Hill", "not a key", keys.Holder{ID: "h"}, keys.X25519, now)
	wantIs(t, "verifier key", err, keys.ErrValue)
	_, err = keys.NewHolderKey("Hill", a.Verifier(), keys.Holder{ID: "h"}, "rsa", now)
	wantIs(t, "class", err, keys.ErrValue)
}

// TestNewestCopyWins changes a passphrase on computers whose clocks are wrong.
func TestNewestCopyWins(t *testing.T) {
	k := holderKey(t, authority(t), keys.X25519)
	sealed, passphrase, last := must(k.Seal([]byte("number 0"), testWork))(t), "number 0", k.PassphraseSet
	for i, clock := range []time.Time{now, now.Add(-24 * time.Hour), {}, now.Add(time.Hour), now} {
		next := "number " + string(rune('1'+i))
		sealed = must(keystest.ChangePassphrase(sealed, []byte(passphrase), []byte(next), clock))(t)
		got := must(keys.OpenHolderKey(sealed, []byte(next)))(t)
		if !got.PassphraseSet.After(last) {
			t.Errorf("clock at %s: the copy of %s follows that of %s", clock, got.PassphraseSet, last)
		}
		passphrase, last = next, got.PassphraseSet
	}
}

func TestTheSamePassphraseIsNoChange(t *testing.T) {
	sealed := must(holderKey(t, authority(t), keys.X25519).Seal([]byte("caf\u00e9 noir"), testWork))(t)
	for _, same := range []string{"caf\u00e9 noir", "cafe\u0301 noir", " caf\u00e9 noir\n"} {
		_, err := keystest.ChangePassphrase(sealed, []byte("caf\u00e9 noir"), []byte(same), now)
		var weak *keys.WeakError
		if !errors.As(err, &weak) || weak.Reason != keys.ReasonSame {
			t.Errorf("%q: %v", same, err)
		}
	}
}

func TestPassphraseIsTheSameOnEverySystem(t *testing.T) {
	k := holderKey(t, authority(t), keys.X25519)
	composed, apart := "caf\u00e9 au lait", "cafe\u0301 au lait" // as Windows and as macOS type it
	if _, err := keys.OpenHolderKey(must(k.Seal([]byte(composed), testWork))(t), []byte(apart)); err != nil {
		t.Error(err)
	}
	sealed := must(k.Seal([]byte(apart), testWork))(t)
	if _, err := keys.OpenHolderKey(sealed, []byte(composed)); err != nil {
		t.Error(err)
	}
	openAs(t, sealed, composed) // stock age is given NFC
}

// TestSecretsAreLeftAlone: what is wiped are copies, never what was passed in.
func TestSecretsAreLeftAlone(t *testing.T) {
	passphrase := []byte("correct horse")
	sealed := must(holderKey(t, authority(t), keys.X25519).Seal(passphrase, testWork))(t)
	if _, err := keys.OpenHolderKey(sealed, passphrase); err != nil {
		t.Error(err)
	}
	if _, err := keys.Judge(passphrase, keys.DefaultPolicy()); err != nil && !errors.Is(err, keys.ErrTooWeak) {
		t.Error(err)
	}
	if !bytes.Equal(passphrase, []byte("correct horse")) {
		t.Errorf("the caller's passphrase became %q", passphrase)
	}
}
