package devices_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/devices"
	"stowage/devices/lists"
)

// elsewhere imports a list of another system as it is proposed.
func (d *desk) elsewhere(t testing.TB, text []byte, change func(*lists.Mapping)) (devices.ImportResult, error) {
	t.Helper()
	table := must[*lists.Table](t)(lists.Read(t.Context(), bytes.NewReader(text)))
	m := must[lists.Mapping](t)(table.Propose(t.Context()))
	if change != nil {
		change(&m)
	}
	return d.ImportList(t.Context(), ict, table, devices.ImportOptions{Mapping: m})
}

// TestImportFromElsewhere takes exports of other systems as they come.
func TestImportFromElsewhere(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	for _, step := range []struct {
		name string
		want devices.ImportResult
	}{
		{"intune.csv", devices.ImportResult{Added: 4, Holders: 3}},
		{"snipe-it.csv", devices.ImportResult{Added: 3, LeftOut: 1, OtherKinds: []string{"Projectors"}}},
		{"glpi.csv", devices.ImportResult{Added: 3, Holders: 1, LeftOut: 1, OtherKinds: []string{"Tower"}}},
		{"excel-uk.csv", devices.ImportResult{Added: 3, Holders: 2}},
		{"excel-unicode.txt", devices.ImportResult{Same: 3}},
		{"intune.csv", devices.ImportResult{Same: 4}},
		{"snipe-it.csv", devices.ImportResult{Same: 3, LeftOut: 1, OtherKinds: []string{"Projectors"}}},
		{"glpi.csv", devices.ImportResult{Same: 3, LeftOut: 1, OtherKinds: []string{"Tower"}}},
	} {
		text := must[[]byte](t)(os.ReadFile("lists/testdata/" + step.name))
		got, err := d.elsewhere(t, text, nil)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		got.Changes = nil
		if got.Added != step.want.Added || got.Same != step.want.Same || got.Changed != 0 || got.Holders != step.want.Holders ||
			got.LeftOut != step.want.LeftOut || !slices.Equal(got.OtherKinds, step.want.OtherKinds) {
			t.Errorf("%s: %+v", step.name, got)
		}
	}
	find := func(label string) devices.Device { return must[devices.Device](t)(d.FindDevice(ctx, label)) }
	if l := find("HRP-L01"); l.Kind != devices.Laptop || l.State != devices.Issued || l.HolderName != "Ann Lee" || l.Make != "LENOVO" || l.Seen.Place != "Intune" ||
		l.Seen.Note != devices.SaidEncrypted || l.Seen.At.Format(time.DateTime) != "2026-09-03 07:58:12" || l.Encryption != (devices.Verification{}) {
		t.Errorf("%+v", l)
	}
	if l := find("HRP-L02"); l.Seen.Note != devices.SaidNotEncrypted {
		t.Errorf("%+v", l)
	}
	if p := find("HRP-P01"); p.Kind != devices.Phone || p.State != devices.InStock {
		t.Errorf("%+v", p)
	}
	if l := find("HRP-0101"); l.Kind != devices.Laptop || l.State != devices.Issued || l.Notes != "Screen replaced\nunder warranty" ||
		l.Since.Format(time.DateOnly) != "2026-01-07" || !l.Due.Equal(time.Date(2026, 12, 18, 23, 59, 59, 0, time.UTC)) || l.Site != "Main building" {
		t.Errorf("%+v", l)
	}
	if l := find("HRP-0104"); l.State != devices.Damaged || l.Notes != `Does not charge, 5" crack` {
		t.Errorf("%+v", l)
	}
	if s := find("HRP-0042"); s.Kind != devices.MemoryStick || s.HolderName != "Siân Pugh" || s.Since.Format(time.DateOnly) != "2026-09-03" ||
		s.Due.Format(time.DateOnly) != "2026-12-18" || s.Notes != "Café trip – \"Year 6\"\nreturned once" {
		t.Errorf("%+v", s)
	}
	unverified := must[devices.DevicePage](t)(d.Devices(ctx, devices.DeviceQuery{Unverified: true}))
	if len(unverified.Devices) != 13 {
		t.Errorf("%d devices count as not verified: what another system says is no verification", len(unverified.Devices))
	}
	d.check(t)
}

// TestImportSaid records what a system says, on the day it says it, once each.
func TestImportSaid(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	list := func(text string) devices.ImportResult {
		t.Helper()
		return must[devices.ImportResult](t)(d.elsewhere(t, []byte(text), func(m *lists.Mapping) { m.Source = "Intune" }))
	}
	dated := "Device name,Serial number,Encrypted,Primary user UPN,Last check-in\nL1,S1,Yes,ann@hill.example,03/09/2026\n"
	if got := list(dated); got.Added != 1 || got.Holders != 1 {
		t.Errorf("%+v", got)
	}
	l := must[devices.Device](t)(d.FindDevice(ctx, "L1"))
	if l.HolderName != "ann@hill.example" || l.Kind != devices.Laptop || l.Seen.Note != devices.SaidEncrypted || l.Seen.At.Format(time.DateOnly) != "2026-09-03" {
		t.Errorf("%+v", l)
	}
	// Somebody looked; what a system says then does not change what was found.
	found := must[devices.Device](t)(d.RecordVerification(ctx, ict, l.ID, devices.Verification{Method: devices.BitLocker, By: ict, Encrypted: true}))
	d.now = d.now.AddDate(0, 0, 1)
	if got := list(strings.Replace(strings.Replace(dated, "Yes", "No", 1), "03/09", "07/09", 1)); got.Changed != 1 || !slices.Equal(got.Changes[0].Fields, []string{"last seen"}) {
		t.Errorf("%+v", got)
	}
	l = must[devices.Device](t)(d.FindDevice(ctx, "L1"))
	if l.Encryption != found.Encryption || l.Seen.Note != devices.SaidNotEncrypted {
		t.Errorf("%+v", l)
	}
	// Without a date it is the day of the list, and the same again is nothing new.
	bare := "Device name,Primary user UPN,Encrypted\nL1,ann@hill.example,Yes\nL2,,No\n"
	for i, want := range []devices.ImportResult{{Added: 1, Changed: 1}, {Same: 2}} {
		if got := list(bare); got.Added != want.Added || got.Changed != want.Changed || got.Same != want.Same {
			t.Errorf("%d: %+v", i, got)
		}
		d.now = d.now.AddDate(0, 0, 1)
	}
	d.check(t)
}

// TestImportElsewhereFaults tells everything wrong at once, each kind of it once with its lines, and keeps nothing.
func TestImportElsewhereFaults(t *testing.T) {
	d := newDesk(t)
	ann := d.person(t, "Ann Lee", "ann@hill.example")
	d.issued(t, "T1", ann, 10)
	events := d.events(t)
	text := "Asset Tag,Category,Status,Checked Out To,Checkout Date,colour\n" +
		"T1,Laptops,Deployed,Bob Roy,01/09/2026,red\n" + // Ann has it
		"T2,Laptops,On the moon,,,red\n" +
		"T3,Laptops,Deployed,,,red\n" +
		"T4,Laptops,Deployed,Bob Roy,31/31/2026,red\n" +
		"T5,Laptops,Deployed,Bob Roy,03/09/2027,red\n" +
		"T3,Laptops,In stock,,,red\n" +
		"T6,Laptops,Under water,,,red\n" +
		"\"T7\" x,Laptops,,,,\n" +
		"T8,Projectors,Under water,,,\n" +
		"T9,Laptops,Deployed,,,red\n"
	_, err := d.elsewhere(t, []byte(text), nil)
	wrong := as[*devices.ImportError](err)
	if wrong == nil {
		t.Fatal(err)
	}
	got := map[string][]int{}
	for _, row := range wrong.Rows {
		got[row.Column] = append(got[row.Column], row.Lines...)
	}
	want := map[string][]int{"holder": {2, 4, 11}, "state": {3, 8}, "issued": {5, 6}, "label": {7}, "": {9}}
	for column, lines := range want {
		if !slices.Equal(got[column], lines) {
			t.Errorf("%s: lines %v, not %v", column, got[column], lines)
		}
	}
	if len(got) != len(want) || wrong.Count() != 9 || d.events(t) != events {
		t.Errorf("%d faults, %d events: %v", wrong.Count(), d.events(t)-events, err)
	}
	// A column that is left out says nothing.
	result, err := d.elsewhere(t, []byte("Asset Tag,Category,Status\nT2,Laptops,On the moon\n"), func(m *lists.Mapping) { delete(m.Columns, "status") })
	if err != nil || result.Added != 1 {
		t.Errorf("%+v, %v", result, err)
	}
	// And a kind that the register does not keep can be a fault.
	_, err = d.elsewhere(t, []byte("Asset Tag,Category\nT8,Projectors\nT9,Laptop\n"), func(m *lists.Mapping) { m.EveryKind = true })
	if wrong := as[*devices.ImportError](err); wrong == nil || wrong.Rows[0].Column != "kind" {
		t.Error(err)
	}
}

func FuzzImportFromElsewhere(f *testing.F) {
	d := newDesk(f)
	everyState(f, d)
	events := d.events(f)
	for _, name := range []string{"intune.csv", "snipe-it.csv", "glpi.csv", "excel-uk.csv", "excel-unicode.txt"} {
		f.Add(must[[]byte](f)(os.ReadFile("lists/testdata/" + name)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		table, err := lists.Read(t.Context(), bytes.NewReader(text))
		if err != nil {
			return
		}
		m := must[lists.Mapping](t)(table.Propose(t.Context()))
		_, err = d.ImportList(t.Context(), ict, table, devices.ImportOptions{DryRun: true, Mapping: m})
		if err != nil && as[*devices.ImportError](err) == nil && as[*devices.InvalidError](err) == nil {
			t.Fatalf("not about the file: %v", err)
		}
		if d.events(t) != events {
			t.Fatal("a dry run left events")
		}
	})
}

// TestImportOfEmailsAlone: a list that names people by nothing but their addresses is held to what one of names is.
func TestImportOfEmailsAlone(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.person(t, "Ann Lee", "ann@hill.example")
	d.issued(t, "T1", ann, 10)
	before := must[devices.Device](t)(d.FindDevice(ctx, "T1"))
	for _, text := range []string{
		"Asset Tag,Category,Status,Email\nT2,Laptops,In stock,ann@hill.example\n",
		"Asset Tag,Category,Status,Email\nT1,Laptops,In stock,bob@hill.example\n",
	} {
		if _, err := d.elsewhere(t, []byte(text), nil); as[*devices.ImportError](err) == nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	if after := must[devices.Device](t)(d.FindDevice(ctx, "T1")); after.State != before.State || after.HolderName != before.HolderName {
		t.Errorf("%+v", after)
	}
	if err := d.Check(ctx, nil); err != nil {
		t.Error(err)
	}
}

// TestImportOfADueTime: a time of day beside the day on which a loan ends says nothing.
func TestImportOfADueTime(t *testing.T) {
	d := newDesk(t)
	text := "Asset Tag,Category,Status,Checked Out To,Expected Checkin Date\nT1,Laptops,Deployed,Ann Lee,30/09/2027 00:00\n"
	if _, err := d.elsewhere(t, []byte(text), nil); err != nil {
		t.Fatal(err)
	}
	l := must[devices.Device](t)(d.FindDevice(t.Context(), "T1"))
	if !l.Due.Equal(time.Date(2027, 9, 30, 23, 59, 59, 0, time.UTC)) {
		t.Errorf("due %v", l.Due)
	}
}
