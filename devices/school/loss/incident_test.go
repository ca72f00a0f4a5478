package loss_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/loss"
	"stowage/devices/school/schooltest"
)

// inboxWith delivers reports and reads them as ICT does.
func inboxWith(t *testing.T, s *school.School, reports ...loss.LossReport) []loss.Report {
	t.Helper()
	shared, err := s.Shared()
	if err == nil {
		err = shared.Make()
	}
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		sealed, err := loss.ICTOf(d).Seal(r)
		if err != nil {
			t.Fatal(err)
		}
		path, err := loss.Deliver(shared.Inbox(), loss.ReportName(r), sealed)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, schooltest.Day(), schooltest.Day()); err != nil {
			t.Fatal(err)
		}
	}
	in, err := loss.OpenInbox(s, shared.Inbox())
	if err != nil {
		t.Fatal(err)
	}
	waiting, err := in.Reports(t.Context())
	if err != nil || len(waiting) != len(reports) {
		t.Fatalf("%d reports, %v", len(waiting), err)
	}
	return waiting
}

// TestAcceptReport: a report becomes an incident, and blocks device and key.
func TestAcceptReport(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	_, issued := schooltest.Issued(t, s, alice, "HRP-0042")
	waiting := inboxWith(t, s, lossReport("Alice Jones", "hrp-0042", schooltest.Day().Add(-time.Hour)))
	i, merged, behind, err := loss.Accept(t.Context(), s, waiting[0])
	if err != nil || merged || behind {
		t.Fatalf("%v, %v, %v", merged, behind, err)
	}
	if i.Device != issued.Device.ID || i.Holder != alice || !reflect.DeepEqual(i.Reports, []string{waiting[0].ID}) || i.Kind != devices.WasLost {
		t.Errorf("%+v", i)
	}
	if !i.Aware.Equal(schooltest.Day()) || !i.Noticed.Equal(schooltest.Day().Add(-2*time.Hour)) || i.LastSeen != "the 42 bus" || i.Passphrase != devices.No || i.Police != "CR/1234" {
		t.Errorf("%+v", i.IncidentDetails)
	}
	for _, passedOn := range []string{i.Circumstances, i.Discovered, i.Contents} {
		if strings.Contains(passedOn, "Alice") || strings.Contains(passedOn, "07700") {
			t.Errorf("%q names her", passedOn)
		}
	}
	if !strings.Contains(i.FollowUp, "07700 900123") {
		t.Error("how to reach her is lost")
	}
	d, err := s.Directory()
	if err != nil || len(d.Lost) != 1 || d.Lost[0].Label != "HRP-0042" || d.Blocked(issued.Key.Recipient) == nil {
		t.Errorf("the directory says %+v, %v", d.Lost, err)
	}
	if left := inboxWith(t, s); len(left) != 0 {
		t.Errorf("%d reports wait", len(left))
	}
}

// TestAcceptDuplicates: two people report one loss.
func TestAcceptDuplicates(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	schooltest.Issued(t, s, alice, "HRP-0042")
	second := lossReport("Bob Hill", "HRP-0042", schooltest.Day().Add(-30*time.Minute))
	second.Circumstances, second.Police = "She told me that it was on the bus.", ""
	waiting := inboxWith(t, s, lossReport("Alice Jones", "HRP-0042", schooltest.Day().Add(-time.Hour)), second)
	first, _, _, err := loss.Accept(ctx, s, waiting[0])
	if err != nil {
		t.Fatal(err)
	}
	both, merged, _, err := loss.Accept(ctx, s, waiting[1])
	if err != nil || !merged || both.ID != first.ID || len(both.Reports) != 2 || both.Police != "CR/1234" {
		t.Errorf("%v, %v: %+v", merged, err, both)
	}
	if !strings.Contains(both.Circumstances, "in my coat") || !strings.Contains(both.Circumstances, "She told me") {
		t.Errorf("%q", both.Circumstances)
	}
	if all := schooltest.Incidents(t, s); len(all) != 1 {
		t.Errorf("%d incidents", len(all))
	}
	// A run that died before the report was put away changes nothing when repeated.
	again, err := loss.Merge(ctx, s, waiting[1], first.ID)
	if err != nil || again.Version != both.Version {
		t.Errorf("%+v, %v", again, err)
	}
}

// TestAcceptUnknown: what the register does not know is an incident all the same.
func TestAcceptUnknown(t *testing.T) {
	s := schooltest.Ticking(t)
	r := lossReport("Somebody", "", schooltest.Day())
	i, _, _, err := loss.Accept(t.Context(), s, inboxWith(t, s, r)[0])
	if err != nil || i.Device != "" || i.What != "small and blue" || i.Holder != "" {
		t.Errorf("%+v, %v", i, err)
	}
}

// TestLosingOpensIncident: whichever way a loss is recorded, there is one case file.
func TestLosingOpensIncident(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	_, issued := schooltest.Issued(t, s, alice, "HRP-0042")
	if _, _, err := lifecycle.Act(ctx, s, "HRP-0042", devices.Lose, devices.Facts{Note: "on the bus"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := lifecycle.Act(ctx, s, "HRP-0042", devices.Steal, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	all := schooltest.Incidents(t, s)
	if len(all) != 1 || all[0].Device != issued.Device.ID || all[0].Holder != alice || all[0].Circumstances != "on the bus" {
		t.Fatalf("%+v", all)
	}
	_, other := schooltest.Issued(t, s, alice2(t, s), "HRP-0043")
	i, behind, err := loss.OpenIncident(ctx, s, loss.NewIncident{Device: "HRP-0043", Details: devices.IncidentDetails{Kind: devices.WasStolen, Noticed: schooltest.Day().Add(-time.Hour), LastSeen: "the car"}})
	if err != nil || behind {
		t.Fatal(behind, err)
	}
	d, err := s.Register().Device(ctx, other.Device.ID)
	if err != nil || d.State != devices.Stolen || i.Device != d.ID || !d.Since.Equal(schooltest.Day().Add(-time.Hour)) {
		t.Errorf("%+v, %v", d, err)
	}
	s.Lock()
	issuedLater(t, s)
	if _, behind, err := loss.OpenIncident(ctx, s, loss.NewIncident{Device: "LT-1", Details: devices.IncidentDetails{Kind: devices.Unclear}}); err != nil || !behind {
		t.Errorf("locked: %v, %v", behind, err)
	}
	if _, _, err := loss.OpenIncident(ctx, s, loss.NewIncident{Device: "none", Details: devices.IncidentDetails{Kind: devices.Unclear}}); !errors.Is(err, devices.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func alice2(t *testing.T, s *school.School) string {
	id, _ := schooltest.Person(t, s, "Bob Hill")
	return id
}

func issuedLater(t *testing.T, s *school.School) {
	t.Helper()
	if _, err := s.Register().AddDevice(t.Context(), "test", devices.DeviceDetails{Kind: devices.Laptop, Label: "LT-1"}); err != nil {
		t.Fatal(err)
	}
}

func TestListing(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	i, _, err := loss.OpenIncident(ctx, s, loss.NewIncident{Details: devices.IncidentDetails{Kind: devices.WasLost, What: "a stick"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loss.IncidentListing(ctx, s, i.ID, "asked to"); !errors.Is(err, devices.ErrNotFound) {
		t.Errorf("%v", err)
	}
	want := backup.Listing{From: "backup", At: schooltest.Day()}
	for range 20_000 {
		want.Files = append(want.Files, backup.ListedFile{Path: "Year 4/Alice Jones SEN plan.docx", Size: 20_000, Saved: schooltest.Day()})
	}
	if i, err = loss.KeepListing(ctx, s, i.ID, want); err != nil || !i.Listed.Equal(schooltest.Day()) {
		t.Fatal(err)
	}
	if got, err := loss.IncidentListing(ctx, s, i.ID, "asked to"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%d files, %v", len(got.Files), err)
	}
	file, err := os.ReadFile(filepath.Join(s.Dir(), school.RegisterFile))
	if err != nil || strings.Contains(string(file), "SEN plan") {
		t.Errorf("the register shows file names (%v)", err)
	}
	s.Lock()
	if _, err := loss.IncidentListing(ctx, s, i.ID, "asked to"); !errors.Is(err, school.ErrLocked) {
		t.Errorf("%v", err)
	}
}

func TestIncidentCalendar(t *testing.T) {
	i := devices.Incident{ID: "4e5b1d0c-0000-4000-8000-000000000001", Version: 7, IncidentDetails: devices.IncidentDetails{Aware: schooltest.Day()}}
	got := string(loss.Calendar(i, "Tell the regulator, or not; decide", "HRP-0042\nŵ "+strings.Repeat("ŵ", 60), schooltest.Day()))
	for _, want := range []string{
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "UID:4e5b1d0c-0000-4000-8000-000000000001@stowage\r\n",
		"DTSTART:20260927T080000Z\r\n", "DTSTAMP:20260924T080000Z\r\n", "SEQUENCE:7\r\n",
		`SUMMARY:Tell the regulator\, or not\; decide` + "\r\n", `DESCRIPTION:HRP-0042\nŵ ŵ`,
		"TRIGGER:-PT24H\r\n", "TRIGGER:-PT4H\r\n", "END:VEVENT\r\nEND:VCALENDAR\r\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for line := range strings.SplitSeq(got, "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || strings.ToValidUTF8(line, "") != line {
			t.Errorf("line %q", line)
		}
	}
	unfolded := strings.ReplaceAll(got, "\r\n ", "")
	if !strings.Contains(unfolded, strings.Repeat("ŵ", 60)+"\r\n") {
		t.Error("folding lost something")
	}
}
