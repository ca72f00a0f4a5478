package lifecycle_test

import (
	"errors"
	"testing"

	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/schooltest"
)

func TestDepart(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	ann, _ := schooltest.Person(t, s, "Ann Lee")
	bob, _ := schooltest.Person(t, s, "Bob Roy")
	m, stickIssued := schooltest.Issued(t, s, ann, "MS-1")
	_, second := schooltest.Issued(t, s, ann, "MS-2")
	passed, back, others := schooltest.Laptop(t, s, "LT-1", ann), schooltest.Laptop(t, s, "LT-2", ann), schooltest.Laptop(t, s, "LT-3", bob)

	p := lifecycle.Departure{Holder: ann, Revoke: true, Reason: "left", Leave: true, Disposals: []lifecycle.Disposal{
		{Device: stickIssued.Device.ID, Action: devices.Issue, To: bob, Stick: m},
		{Device: second.Device.ID, Action: devices.Issue, To: bob},
		{Device: passed.ID, Action: devices.Issue, To: bob},
		{Device: back.ID, Action: devices.Return},
		{Device: others.ID, Action: devices.Return},
	}}
	out, err := lifecycle.Depart(ctx, s, p)
	if err != nil || len(out.Devices) != 5 {
		t.Fatal(out, err)
	}
	for i, holder := range []string{bob, ann, bob, "", bob} {
		if d := out.Devices[i].Device; d.Holder != holder {
			t.Errorf("%s is with %q: %v", d.Name(), d.HolderName, out.Devices[i].Err)
		}
	}
	if !errors.Is(out.Devices[1].Err, lifecycle.ErrNotPluggedIn) || out.Devices[4].Err == nil {
		t.Errorf("%v, %v", out.Devices[1].Err, out.Devices[4].Err)
	}
	if len(out.Revoked) != 1 || !out.Left || len(out.Rest.Devices) != 1 || len(out.Rest.Keys) != 0 {
		t.Errorf("%+v", out)
	}
	directory, err := s.Directory()
	if err != nil || directory.Blocked(out.Revoked[0].Recipient) == nil {
		t.Errorf("the directory does not tell of it: %v", err)
	}
	if d, _ := s.Register().Device(ctx, stickIssued.Device.ID); d.Holder != bob {
		t.Errorf("%+v", d)
	}

	s.Lock()
	if _, err := lifecycle.Depart(ctx, s, lifecycle.Departure{Holder: bob, Revoke: true, Reason: "x"}); !errors.Is(err, school.ErrLocked) {
		t.Error(err)
	}
	if _, err := lifecycle.Depart(ctx, s, lifecycle.Departure{Holder: bob, Disposals: []lifecycle.Disposal{{Device: passed.ID, Action: devices.Issue, To: ann, Stick: sticktest.New()}}}); !errors.Is(err, school.ErrLocked) {
		t.Error(err)
	}
}
