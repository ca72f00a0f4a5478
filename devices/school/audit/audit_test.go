package audit_test

import (
	"errors"
	"strings"
	"testing"

	"stowage/devices"
	"stowage/devices/school/audit"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/schooltest"
)

func TestAudit(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	ann, _ := schooltest.Person(t, s, "Ann Lee")
	_, issued := schooltest.Issued(t, s, ann, "MS-1")
	schooltest.Laptop(t, s, "LT-1", ann)
	schooltest.Laptop(t, s, "LT-2", ann)
	lost := schooltest.Laptop(t, s, "LT-3", ann)
	for _, d := range []struct {
		id     string
		action devices.Action
	}{{lost.ID, devices.Lose}} {
		if _, _, err := lifecycle.Act(ctx, s, d.id, d.action, devices.Facts{}); err != nil {
			t.Fatal(err)
		}
	}
	round, err := audit.Begin(ctx, s, devices.DeviceQuery{})
	if err != nil || round.Expected() != 3 {
		t.Fatal(round.Expected(), err)
	}
	for _, scan := range []struct {
		text   string
		result audit.ScanResult
	}{
		{issued.Note.ID, audit.ScanExpected},
		{" ms-1 ", audit.ScanRepeat},
		{"SN-LT-1", audit.ScanExpected},
		{"LT-3", audit.ScanMissing},
		{"XX-9", audit.ScanStranger},
		{"xx-9", audit.ScanRepeat},
		{"1f0c0000-0000-4000-8000-000000000000", audit.ScanStranger},
		{"=cmd()", audit.ScanStranger},
	} {
		got, err := round.Scan(ctx, scan.text)
		if err != nil || got.Result != scan.result {
			t.Errorf("%s: %+v, %v", scan.text, got, err)
		}
	}
	if rest := round.Missing(); len(rest) != 1 || rest[0].Label != "LT-2" {
		t.Errorf("%+v", rest)
	}
	if len(round.Scans()) != 6 {
		t.Errorf("%+v", round.Scans())
	}

	outcomes, err := round.MarkSeen(ctx, "library")
	if err != nil || len(outcomes) != 3 {
		t.Fatal(outcomes, err)
	}
	d, _ := s.Register().FindDevice(ctx, "LT-1")
	if d.Seen.Place != "library" || d.State != devices.Issued {
		t.Errorf("%+v", d)
	}
	outcomes, err = round.TakeBack(ctx, "library", devices.Facts{Condition: "good"})
	if err != nil || len(outcomes) != 3 {
		t.Fatal(outcomes, err)
	}
	for _, o := range outcomes {
		refusal, refused := errors.AsType[*devices.Refusal](o.Err)
		if want := o.Device.Label == "LT-3"; refused != want || want && refusal.State != devices.Lost {
			t.Errorf("%s: %v", o.Device.Label, o.Err)
		}
	}
	if outcomes, _ = round.TakeBack(ctx, "library", devices.Facts{}); len(outcomes) != 1 {
		t.Errorf("recorded twice: %+v", outcomes)
	}
	var b strings.Builder
	if err := round.Export(&b); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"expected,SN-LT-1,LT-1,", "stranger,XX-9,", "stranger,'=cmd(),", "not scanned,,LT-2,", ",taken back"} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("%q is not in\n%s", line, &b)
		}
	}
	round.Forget(0)
	if len(round.Missing()) != 2 {
		t.Error("a slip still counts")
	}
}
