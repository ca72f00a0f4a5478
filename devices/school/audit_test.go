package school_test

import (
	"errors"
	"strings"
	"testing"

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
