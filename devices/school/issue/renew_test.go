package issue_test

import (
	"errors"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school/issue"
	"stowage/devices/school/known"
	"stowage/devices/school/schooltest"
)

func TestRenew(t *testing.T) {
	for _, rotate := range []bool{false, true} {
		s, ctx := schooltest.Ticking(t), t.Context()
		ann, old := schooltest.Person(t, s, "Ann Lee")
		m, issued := schooltest.Issued(t, s, ann, "MS-1")
		renewed, sticks, err := issue.Renew(ctx, s, issue.Renewal{Who: ann, Reason: "forgotten", Revoke: rotate, Rotate: rotate, Sticks: []stick.FS{m}})
		if err != nil || len(sticks) != 1 || sticks[0].Err != nil || sticks[0].Device.Label != "MS-1" {
			t.Fatal(sticks, err)
		}
		if err := schooltest.Opens(m, stick.WithPassphrase(old)); !errors.Is(err, keys.ErrPassphrase) {
			t.Errorf("the old passphrase: %v", err)
		}
		if err := schooltest.Opens(m, stick.WithPassphrase(renewed.Passphrase)); err != nil && !errors.Is(err, keys.ErrMustChange) {
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
		now, err := known.PluggedIn(ctx, s, m)
		if err != nil || rotate != (now.Seen.Note == "re-encrypted with a new key") {
			t.Errorf("%+v, %v", now.Seen, err)
		}
	}
}

func TestRenewLooksFirst(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	ann, _ := schooltest.Person(t, s, "Ann Lee")
	bob, _ := schooltest.Person(t, s, "Bob Roy")
	bobs, _ := schooltest.Issued(t, s, bob, "MS-1")
	before, _, _ := s.Register().CurrentKey(ctx, ann)
	for want, m := range map[error]*sticktest.Mem{issue.ErrNotTheirs: bobs, stick.ErrNotStick: sticktest.New()} {
		if _, _, err := issue.Renew(ctx, s, issue.Renewal{Who: ann, Reason: "forgotten", Revoke: true, Sticks: []stick.FS{m}}); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if now, ok, _ := s.Register().CurrentKey(ctx, ann); !ok || now.ID != before.ID {
		t.Error("the key was replaced all the same")
	}
}
