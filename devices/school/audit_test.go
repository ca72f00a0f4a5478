package school_test

import (
	"errors"
	"strings"
	"testing"

	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school"
)

// laptop lends a new laptop to a person.
func laptop(t *testing.T, s *school.School, label, who string) devices.Device {
	t.Helper()
	d, err := s.Register().AddDevice(t.Context(), "test", devices.DeviceDetails{Kind: devices.Laptop, Label: label, Serial: "SN-" + label})
	if err != nil {
		t.Fatal(err)
	}
	if who == "" {
		return d
	}
	if d, err = s.Lend(t.Context(), d.ID, who, devices.LoanDetails{}); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAudit(t *testing.T) {
	s, ctx := newSchool(t), t.Context()
	ann, _ := person(t, s, "Ann Lee")
	_, issued := issue(t, s, ann, "MS-1")
	laptop(t, s, "LT-1", ann)
	laptop(t, s, "LT-2", ann)
	lost := laptop(t, s, "LT-3", ann)
	for _, d := range []struct {
		id     string
		action devices.Action
	}{{lost.ID, devices.Lose}} {
		if _, _, err := s.Act(ctx, d.id, d.action, devices.Facts{}); err != nil {
			t.Fatal(err)
		}
	}
	audit, err := s.Audit(ctx, devices.DeviceQuery{})
	if err != nil || audit.Expected() != 3 {
		t.Fatal(audit.Expected(), err)
	}
	for _, scan := range []struct {
		text   string
		result school.ScanResult
	}{
		{issued.Note.ID, school.ScanExpected},
		{" ms-1 ", school.ScanRepeat},
		{"SN-LT-1", school.ScanExpected},
		{"LT-3", school.ScanMissing},
		{"XX-9", school.ScanStranger},
		{"xx-9", school.ScanRepeat},
		{"1f0c0000-0000-4000-8000-000000000000", school.ScanStranger},
		{"=cmd()", school.ScanStranger},
	} {
		got, err := audit.Scan(ctx, scan.text)
		if err != nil || got.Result != scan.result {
			t.Errorf("%s: %+v, %v", scan.text, got, err)
		}
	}
	if rest := audit.Missing(); len(rest) != 1 || rest[0].Label != "LT-2" {
		t.Errorf("%+v", rest)
	}
	if len(audit.Scans()) != 6 {
		t.Errorf("%+v", audit.Scans())
	}

	outcomes, err := audit.MarkSeen(ctx, "library")
	if err != nil || len(outcomes) != 3 {
		t.Fatal(outcomes, err)
	}
	d, _ := s.Register().FindDevice(ctx, "LT-1")
	if d.Seen.Place != "library" || d.State != devices.Issued {
		t.Errorf("%+v", d)
	}
	outcomes, err = audit.TakeBack(ctx, "library", devices.Facts{Condition: "good"})
	if err != nil || len(outcomes) != 3 {
		t.Fatal(outcomes, err)
	}
	for _, o := range outcomes {
		refusal, refused := errors.AsType[*devices.Refusal](o.Err)
		if want := o.Device.Label == "LT-3"; refused != want || want && refusal.State != devices.Lost {
			t.Errorf("%s: %v", o.Device.Label, o.Err)
		}
	}
	if outcomes, _ = audit.TakeBack(ctx, "library", devices.Facts{}); len(outcomes) != 1 {
		t.Errorf("recorded twice: %+v", outcomes)
	}
	var b strings.Builder
	if err := audit.Export(&b); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"expected,SN-LT-1,LT-1,", "stranger,XX-9,", "stranger,'=cmd(),", "not scanned,,LT-2,", ",taken back"} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("%q is not in\n%s", line, &b)
		}
	}
	audit.Forget(0)
	if len(audit.Missing()) != 2 {
		t.Error("a slip still counts")
	}
}

func TestDepart(t *testing.T) {
	s, ctx := newSchool(t), t.Context()
	ann, _ := person(t, s, "Ann Lee")
	bob, _ := person(t, s, "Bob Roy")
	m, stickIssued := issue(t, s, ann, "MS-1")
	_, second := issue(t, s, ann, "MS-2")
	passed, back, others := laptop(t, s, "LT-1", ann), laptop(t, s, "LT-2", ann), laptop(t, s, "LT-3", bob)

	p := school.Departure{Holder: ann, Revoke: true, Reason: "left", Leave: true, Disposals: []school.Disposal{
		{Device: stickIssued.Device.ID, Action: devices.Issue, To: bob, Stick: m},
		{Device: second.Device.ID, Action: devices.Issue, To: bob},
		{Device: passed.ID, Action: devices.Issue, To: bob},
		{Device: back.ID, Action: devices.Return},
		{Device: others.ID, Action: devices.Return},
	}}
	out, err := s.Depart(ctx, p)
	if err != nil || len(out.Devices) != 5 {
		t.Fatal(out, err)
	}
	for i, holder := range []string{bob, ann, bob, "", bob} {
		if d := out.Devices[i].Device; d.Holder != holder {
			t.Errorf("%s is with %q: %v", d.Name(), d.HolderName, out.Devices[i].Err)
		}
	}
	if !errors.Is(out.Devices[1].Err, school.ErrNotPluggedIn) || out.Devices[4].Err == nil {
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
	if _, err := s.Depart(ctx, school.Departure{Holder: bob, Revoke: true, Reason: "x"}); !errors.Is(err, school.ErrLocked) {
		t.Error(err)
	}
	if _, err := s.Depart(ctx, school.Departure{Holder: bob, Disposals: []school.Disposal{{Device: passed.ID, Action: devices.Issue, To: ann, Stick: sticktest.New()}}}); !errors.Is(err, school.ErrLocked) {
		t.Error(err)
	}
}
