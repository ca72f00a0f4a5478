package devices_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"stowage/devices"
)

func TestVerification(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	laptop := d.issued(t, "LT-0001", d.person(t, "Ann Lee", ""), 0)
	at := monday.Add(-time.Hour)
	laptop = must[devices.Device](t)(d.RecordVerification(ctx, ict, laptop.ID, devices.Verification{
		Method: devices.BitLocker, By: "manage-bde", At: at, Encrypted: true, Note: "C: Protection On",
	}))
	want := devices.Verification{Method: devices.BitLocker, By: "manage-bde", At: at, Encrypted: true, Note: "C: Protection On"}
	if laptop.Encryption != want {
		t.Errorf("%+v", laptop.Encryption)
	}
	for field, bad := range map[string]devices.Verification{
		"encryption":  {By: "X", Encrypted: true},
		"verified by": {Method: devices.LUKS, Encrypted: true},
		"verified":    {Method: devices.LUKS, By: "X", At: monday.Add(time.Hour)},
	} {
		if _, err := d.RecordVerification(ctx, ict, laptop.ID, bad); as[*devices.InvalidError](err) == nil || as[*devices.InvalidError](err).Field != field {
			t.Errorf("a bare tick without %s: %v", field, err)
		}
	}
	unverified := func() int {
		n := 0
		for _, count := range must[map[devices.State]int](t)(d.CountDevices(ctx, devices.DeviceQuery{Unverified: true})) {
			n += count
		}
		return n
	}
	if unverified() != 0 {
		t.Error("verified, but listed")
	}
	must[devices.Device](t)(d.RecordVerification(ctx, ict, laptop.ID, devices.Verification{Method: devices.BitLocker, By: "manage-bde"}))
	if unverified() != 1 {
		t.Error("found not encrypted, but not listed")
	}
	d.check(t)
}

func TestCheckIn(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	stick := d.stick(t, "MS-0001")
	see := func(s devices.Sighting) devices.Sighting {
		d.now = d.now.Add(time.Hour)
		return must[devices.Device](t)(d.CheckIn(ctx, "desk 1", stick.ID, s)).Seen
	}
	first := devices.Sighting{Place: "office", Stick: "s1", Sequence: 5, Digest: "d5", Format: 1, Used: 10, Size: 100, Health: devices.Healthy}
	got := see(first)
	first.At = d.now
	if got != first {
		t.Errorf("%+v", got)
	}
	if got = see(devices.Sighting{Place: "audit"}); got.Sequence != 5 || got.Place != "audit" || !got.At.Equal(d.now) || got.Health != devices.Healthy {
		t.Errorf("scanned: %+v", got)
	}
	if got = see(devices.Sighting{Stick: "s1", Sequence: 4, Digest: "d4", Older: false}); !got.Older || got.Sequence != 5 || got.Digest != "d5" {
		t.Errorf("rolled back: %+v", got)
	}
	if got = see(devices.Sighting{Stick: "s1", Sequence: 5, Digest: "other"}); !got.Older || got.Digest != "d5" {
		t.Errorf("copied and changed: %+v", got)
	}
	if got = see(devices.Sighting{Stick: "s1", Sequence: 6, Digest: "d6", Older: true}); got.Older || got.Sequence != 6 {
		t.Errorf("newer: %+v", got)
	}
	if got = see(devices.Sighting{Stick: "s2", Sequence: 1, Digest: "d1"}); got.Older || got.Sequence != 1 {
		t.Errorf("made a new stick: %+v", got)
	}
	if got = see(devices.Sighting{At: monday, Place: "reported late"}); got.At.Equal(monday) || got.Place == "reported late" {
		t.Errorf("late report: %+v", got)
	}
	for _, bad := range []devices.Sighting{
		{Sequence: -1}, {Used: -1}, {Health: "poorly"}, {At: d.now.AddDate(0, 0, 1)}, {Digest: "\x00"},
	} {
		if _, err := d.CheckIn(ctx, ict, stick.ID, bad); as[*devices.InvalidError](err) == nil {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if lost := d.act(t, stick.ID, devices.Lose, devices.Facts{}); lost.State != devices.Lost {
		t.Error(lost.State)
	}
	if seen := must[devices.Device](t)(d.CheckIn(ctx, ict, stick.ID, devices.Sighting{Place: "office"})); seen.State != devices.Lost {
		t.Error("a lost stick was found without anybody saying so")
	}
	d.check(t)
}

func TestRecoveryCode(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	stick := d.stick(t, "MS-0001")
	if _, err := d.UseRecoveryCode(ctx, ict, stick.ID, "knew her birthday"); !errors.Is(err, devices.ErrNotFound) {
		t.Errorf("none stored: %v", err)
	}
	first, second := []byte("age-encryption.org/v1 first"), []byte("age-encryption.org/v1 second")
	stick = must[devices.Device](t)(d.StoreRecoveryCode(ctx, ict, stick.ID, first))
	if !stick.Recovery.Stored.Equal(monday) || !stick.Recovery.Used.IsZero() {
		t.Errorf("%+v", stick.Recovery)
	}
	if _, err := d.UseRecoveryCode(ctx, ict, stick.ID, " "); as[*devices.InvalidError](err) == nil {
		t.Errorf("without an identity check: %v", err)
	}
	for range 2 { // the call may drop
		got := must[[]byte](t)(d.UseRecoveryCode(ctx, ict, stick.ID, "called back on the number on file"))
		if !bytes.Equal(got, first) {
			t.Errorf("got %q", got)
		}
	}
	stick = must[devices.Device](t)(d.Device(ctx, stick.ID))
	if stick.Recovery.Used.IsZero() {
		t.Error("use is not recorded")
	}
	replaced := stick.Recovery.Digest
	stick = must[devices.Device](t)(d.StoreRecoveryCode(ctx, ict, stick.ID, second))
	if !stick.Recovery.Used.IsZero() {
		t.Error("a new code counts as used")
	}
	if err := d.store.View(ctx, func(r devices.Reader) error { _, err := r.Blob(ctx, replaced); return err }); !errors.Is(err, devices.ErrNotFound) {
		t.Errorf("the code before is still there: %v", err)
	}
	if got := must[[]byte](t)(d.UseRecoveryCode(ctx, ict, stick.ID, "in person")); !bytes.Equal(got, second) {
		t.Errorf("got %q", got)
	}
	for _, bad := range [][]byte{nil, {}, make([]byte, devices.MaxRecoveryCode+1)} {
		if _, err := d.StoreRecoveryCode(ctx, ict, stick.ID, bad); as[*devices.InvalidError](err) == nil {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
	if _, err := d.StoreRecoveryCode(ctx, ict, stick.ID, second); as[*devices.DuplicateError](err) == nil {
		t.Errorf("the same code again: %v", err)
	}
	for _, e := range must[[]devices.Event](t)(d.Events(ctx, devices.EventQuery{})) {
		if bytes.Contains(e.Body, []byte("age-encryption")) {
			t.Errorf("event %d has the code in it", e.Number)
		}
	}
	d.check(t)
}

func TestKeys(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann, bob := d.person(t, "Ann Lee", ""), d.person(t, "Bob Roy", "")
	first, second := d.stick(t, "MS-0001"), d.stick(t, "MS-0002")
	issue := func(k devices.KeyDetails) (devices.Key, error) {
		k.Class = "hybrid"
		return d.IssueKey(ctx, ict, k)
	}
	old := must[devices.Key](t)(issue(devices.KeyDetails{Holder: ann.ID, Recipient: "age1old"}))
	for range 2 {
		old = must[devices.Key](t)(d.PlaceKey(ctx, ict, old.ID, second.ID))
	}
	old = must[devices.Key](t)(d.PlaceKey(ctx, ict, old.ID, first.ID))
	if len(old.Devices) != 2 || old.Devices[0] != first.ID || old.Status != devices.KeyIssued {
		t.Errorf("%+v", old)
	}
	if on := must[[]devices.Key](t)(d.Keys(ctx, devices.KeyQuery{Device: second.ID})); len(on) != 1 || on[0].ID != old.ID {
		t.Errorf("on the stick: %+v", on)
	}
	for range 2 {
		old = must[devices.Key](t)(d.RemoveKey(ctx, ict, old.ID, second.ID))
	}
	if len(old.Devices) != 1 || d.events(t) != 8 {
		t.Errorf("%+v after %d events", old, d.events(t))
	}

	fresh := must[devices.Key](t)(issue(devices.KeyDetails{Holder: ann.ID, Recipient: "age1new", Replaces: old.ID, Reason: "forgot it"}))
	old = must[devices.Key](t)(d.Key(ctx, old.ID))
	if old.Status != devices.KeyReplaced || old.Reason != "forgot it" || !old.Ended.Equal(monday) {
		t.Errorf("%+v", old)
	}
	fresh = must[devices.Key](t)(d.RevokeKey(ctx, ict, fresh.ID, fresh.Version, "written on the stick"))
	if fresh.Status != devices.KeyRevoked || fresh.Reason != "written on the stick" {
		t.Errorf("%+v", fresh)
	}
	must[devices.Key](t)(d.RevokeKey(ctx, ict, old.ID, 0, "same note"))
	must[devices.Key](t)(issue(devices.KeyDetails{Holder: ann.ID, Recipient: "age1third", Replaces: fresh.ID}))
	if again := must[devices.Key](t)(d.Key(ctx, fresh.ID)); again.Status != devices.KeyRevoked {
		t.Errorf("a revoked key became %s", again.Status)
	}

	for name, err := range map[string]error{
		"twice":          errorOf(issue(devices.KeyDetails{Holder: ann.ID, Recipient: "age1new"})),
		"somebody's":     errorOf(issue(devices.KeyDetails{Holder: bob.ID, Recipient: "age1x", Replaces: fresh.ID})),
		"no recipient":   errorOf(issue(devices.KeyDetails{Holder: ann.ID})),
		"no reason":      errorOf(d.RevokeKey(ctx, ict, fresh.ID, 0, "")),
		"revoked before": errorOf(d.RevokeKey(ctx, ict, fresh.ID, 0, "again")),
	} {
		if as[*devices.InvalidError](err) == nil && as[*devices.DuplicateError](err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.RevokeKey(ctx, ict, fresh.ID, 1, "x"); !errors.Is(err, devices.ErrChanged) {
		t.Error(err)
	}
	if _, err := d.PlaceKey(ctx, ict, fresh.ID, "nowhere"); !errors.Is(err, devices.ErrNotFound) {
		t.Error(err)
	}
	must[devices.Holdings](t)(d.Leave(ctx, ict, bob.ID, 0, ""))
	if _, err := issue(devices.KeyDetails{Holder: bob.ID, Recipient: "age1bob"}); !errors.Is(err, devices.ErrLeft) {
		t.Error(err)
	}
	d.check(t)
}

func errorOf[T any](_ T, err error) error { return err }
