package school_test

import (
	"errors"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school"
)

func TestRenew(t *testing.T) {
	for _, rotate := range []bool{false, true} {
		s, ctx := newSchool(t), t.Context()
		ann, old := person(t, s, "Ann Lee")
		m, issued := issue(t, s, ann, "MS-1")
		renewed, sticks, err := s.Renew(ctx, school.Renewal{Who: ann, Reason: "forgotten", Revoke: rotate, Rotate: rotate, Sticks: []stick.FS{m}})
		if err != nil || len(sticks) != 1 || sticks[0].Err != nil || sticks[0].Device.Label != "MS-1" {
			t.Fatal(sticks, err)
		}
		if err := opens(m, stick.WithPassphrase(old)); !errors.Is(err, keys.ErrPassphrase) {
			t.Errorf("the old passphrase: %v", err)
		}
		if err := opens(m, stick.WithPassphrase(renewed.Passphrase)); err != nil && !errors.Is(err, keys.ErrMustChange) {
			t.Errorf("the new passphrase: %v", err)
		}
		k, err := s.Register().Key(ctx, issued.Key.ID)
		want := devices.KeyReplaced
		if rotate {
			want = devices.KeyRevoked
		}
		if err != nil || k.Status != want {
			t.Errorf("the old key is %s, %v", k.Status, err)
		}
		now, err := s.PluggedIn(ctx, m)
		if err != nil || rotate != (now.Seen.Note == "re-encrypted with a new key") {
			t.Errorf("%+v, %v", now.Seen, err)
		}
	}
}

func TestRenewLooksFirst(t *testing.T) {
	s, ctx := newSchool(t), t.Context()
	ann, _ := person(t, s, "Ann Lee")
	bob, _ := person(t, s, "Bob Roy")
	bobs, _ := issue(t, s, bob, "MS-1")
	before, _, _ := s.Register().CurrentKey(ctx, ann)
	for want, m := range map[error]*sticktest.Mem{school.ErrNotTheirs: bobs, stick.ErrNotStick: sticktest.New()} {
		if _, _, err := s.Renew(ctx, school.Renewal{Who: ann, Reason: "forgotten", Revoke: true, Sticks: []stick.FS{m}}); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if now, ok, _ := s.Register().CurrentKey(ctx, ann); !ok || now.ID != before.ID {
		t.Error("the key was replaced all the same")
	}
}
