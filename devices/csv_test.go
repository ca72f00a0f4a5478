package devices_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"stowage/devices"
)

func (d *desk) export(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Export(t.Context(), &b, devices.DeviceQuery{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (d *desk) importCSV(t testing.TB, text string) devices.ImportResult {
	t.Helper()
	return must[devices.ImportResult](t)(d.Import(t.Context(), ict, strings.NewReader(text), devices.ImportOptions{}))
}

// everyState fills a register with a device in every state and all that CSV
// holds, in awkward writing.
func everyState(t testing.TB, d *desk) {
	ctx := t.Context()
	ann := d.person(t, "=Ann \"Lee\", jnr", "ann@school.example")
	d.person(t, "Bob Roy", "bob@school.example")
	for i, state := range devices.States() {
		stick := must[devices.Device](t)(d.AddDevice(ctx, ict, devices.DeviceDetails{
			Kind: devices.Kinds()[i%5], Label: fmt.Sprintf("'=MS-%d", i), Serial: fmt.Sprintf("+00%d", i),
			Make: "-Ünï;cödé", Model: "'quoted\"", Capacity: int64(i) * 1000, Site: "@North,South", Notes: "=1+1\n'two\n\ttabs \\. and\n\nblank",
		}))
		for _, step := range paths[state] {
			if step == devices.Issue {
				must[devices.Device](t)(d.Issue(ctx, ict, stick.ID, devices.LoanDetails{Holder: ann.ID, Days: i * 10}))
				continue
			}
			d.now = d.now.Add(time.Minute)
			d.act(t, stick.ID, step, devices.Facts{})
		}
		if i%3 != 0 {
			must[devices.Device](t)(d.RecordVerification(ctx, ict, stick.ID, devices.Verification{Method: devices.StowageFormat1, By: "stow", Encrypted: i%2 == 0}))
			must[devices.Device](t)(d.CheckIn(ctx, ict, stick.ID, devices.Sighting{Place: "'desk"}))
		}
	}
}

func TestRoundTrip(t *testing.T) {
	from := newDesk(t)
	everyState(t, from)
	text := from.export(t)

	to := newDesk(t)
	to.now = from.now.AddDate(0, 0, 3)
	result := to.importCSV(t, text)
	if result.Added != len(devices.States()) || result.Holders != 1 || result.Changed+result.Same != 0 {
		t.Errorf("%+v", result)
	}
	if again := to.export(t); again != text {
		t.Errorf("exported\n%s\nimported and exported again\n%s", text, again)
	}
	events := to.events(t)
	for _, d := range []*desk{from, to} {
		result = d.importCSV(t, text)
		if result.Added+result.Changed+result.Holders != 0 || result.Same != len(devices.States()) {
			t.Errorf("again: %+v", result)
		}
	}
	if to.events(t) != events {
		t.Error("importing again left an event")
	}
	from.check(t)
	to.check(t)
}

func TestExportIsSafeInSpreadsheets(t *testing.T) {
	d := newDesk(t)
	everyState(t, d)
	text := d.export(t)
	if !strings.HasPrefix(text, "\ufefflabel,serial,kind,") {
		t.Errorf("begins %.40q", text)
	}
	for _, start := range []string{"=", "+", "-", "@", "\t"} {
		for _, before := range []string{",", ",\"", "\n", "\n\""} {
			// Inside a cell, after one of its own line breaks, it is harmless.
			if strings.Contains(strings.ReplaceAll(text, "\n\ttabs", ""), before+start) {
				t.Errorf("a cell begins with %q", start)
			}
		}
	}
}

func TestImportUpdates(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	d.importCSV(t, "label,serial,kind,make\nMS-1,S1,memory stick,Old\n,S2,memory stick,Old\nMS-3,,memory stick,Old\n")
	text := "serial,label,make,capacity\n" +
		"s1,ms-1,New,64 GB\n" + // both
		"S2,MS-2,New,64GB\n" + // by serial, gets a label
		"S3,MS-3,New,64000000000\n" + // by label, gets a serial
		",MS-2,,\n" // see below
	_, err := d.Import(ctx, ict, strings.NewReader(text), devices.ImportOptions{})
	wrong := as[*devices.ImportError](err)
	if wrong == nil || len(wrong.Rows) != 1 || wrong.Rows[0].Line != 5 || wrong.Rows[0].Column != "label" {
		t.Fatalf("a device twice: %v", err)
	}
	result := d.importCSV(t, strings.TrimSuffix(text, ",MS-2,,\n"))
	if result.Changed != 3 || result.Changes[1].Line != 3 || !slices.Equal(result.Changes[1].Fields, []string{"label", "make", "capacity"}) {
		t.Errorf("%+v", result)
	}
	for _, label := range []string{"MS-1", "MS-2", "MS-3"} {
		got := must[devices.Device](t)(d.FindDevice(ctx, label))
		if got.Make != "New" || got.Serial == "" || got.Capacity != 64_000_000_000 || got.Kind != devices.MemoryStick {
			t.Errorf("%+v", got)
		}
	}
	d.check(t)
}

func TestImportStates(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.person(t, "Ann Lee", "ann@school.example")
	d.stick(t, "MS-1")
	d.issued(t, "MS-2", ann, 10)
	d.issued(t, "MS-3", ann, 10)
	later := monday.AddDate(0, 1, 0).Format(time.DateOnly)
	result := d.importCSV(t, "label,state,holder,email,due,since,encrypted,encryption,verified by,verified,last seen,place\n"+
		"MS-1,issued,New Person,new@school.example,"+later+",,,,,,,\n"+
		"MS-2,lost,Ann Lee,,,2026-09-06,,,,,,\n"+
		"MS-3,issued,Ann Lee,ann@school.example,"+later+",,yes,LUKS,R. Poe,2026-09-01 10:00,2026-09-02,hall\n")
	if result.Changed != 3 || result.Holders != 1 {
		t.Errorf("%+v", result)
	}
	one, two, three := must[devices.Device](t)(d.FindDevice(ctx, "MS-1")), must[devices.Device](t)(d.FindDevice(ctx, "MS-2")), must[devices.Device](t)(d.FindDevice(ctx, "MS-3"))
	if one.State != devices.Issued || one.HolderName != "New Person" || one.Due.Format(time.DateOnly) != later {
		t.Errorf("%+v", one)
	}
	if two.State != devices.Lost || two.Holder != ann.ID || two.Since.Format(time.DateOnly) != "2026-09-06" {
		t.Errorf("%+v", two)
	}
	if three.Due.Format(time.DateOnly) != later || !three.Encryption.Encrypted || three.Encryption.By != "R. Poe" || three.Seen.Place != "hall" {
		t.Errorf("%+v", three)
	}
	// A date that was only left as exported is not when the new state came.
	d.now = monday.AddDate(0, 0, 2)
	text := strings.Replace(d.export(t), "lost,2026-09-06", "found,2026-09-06", 1)
	if result = d.importCSV(t, text); result.Changed != 1 {
		t.Errorf("%+v", result)
	}
	if two = must[devices.Device](t)(d.FindDevice(ctx, "MS-2")); two.State != devices.Found || !two.Since.Equal(d.now) {
		t.Errorf("%+v", two)
	}
	// What is older than what is known is left out.
	result = d.importCSV(t, "label,encrypted,encryption,verified by,verified,last seen\nMS-3,no,none,X,2026-08-01,2026-08-01\n")
	if result.Same != 1 {
		t.Errorf("%+v", result)
	}
	d.check(t)
}

func TestImportDialects(t *testing.T) {
	utf16le := func(text string) string {
		b := []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(text)) {
			b = append(b, byte(unit), byte(unit>>8))
		}
		return string(b)
	}
	for name, text := range map[string]string{
		"plain":        "label,kind,make\nMS-1,phone,\"Ä,;\"\n",
		"BOM":          "\ufefflabel,kind,make\nMS-1,phone,\"Ä,;\"\n",
		"CRLF":         "label,kind,make\r\nMS-1,phone,\"Ä,;\"\r\n",
		"semicolons":   "label;kind;make\nMS-1;phone;\"Ä,;\"\n",
		"tabs":         "label\tkind\tmake\nMS-1\tphone\tÄ,;\n",
		"said so":      "sep=;\r\nlabel;kind;make\r\nMS-1;phone;\"Ä,;\"\r\n",
		"UTF-16":       utf16le("label\tkind\tmake\r\nMS-1\tphone\tÄ,;\r\n"),
		"blank rows":   "label,kind,make\n\n,,\nMS-1,phone,\"Ä,;\"\n,,\n",
		"no last line": "label,kind,make\nMS-1,phone,\"Ä,;\"",
		"loose header": " LABEL , Kind,\"make\"\n MS-1 ,Phone,\"Ä,;\"\n",
	} {
		d := newDesk(t)
		if result := d.importCSV(t, text); result.Added != 1 {
			t.Errorf("%s: %+v", name, result)
		}
		got := must[devices.Device](t)(d.FindDevice(t.Context(), "MS-1"))
		if got.Make != "Ä,;" || got.Kind != devices.Phone {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestImportDryRun(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	d.importCSV(t, "label,kind,make\nMS-1,phone,X\nMS-2,phone,X\n")
	events := d.events(t)
	text := "label,kind,make,state,holder\nMS-1,phone,X,,\nMS-2,phone,Y,,\nMS-3,phone,Z,issued,New Person\n"
	would := must[devices.ImportResult](t)(d.Import(ctx, ict, strings.NewReader(text), devices.ImportOptions{DryRun: true}))
	if d.events(t) != events {
		t.Error("a dry run left events")
	}
	if would.Added != 1 || would.Changed != 1 || would.Same != 1 || would.Holders != 1 || len(would.Changes) != 2 ||
		would.Changes[0].Name != "MS-2" || would.Changes[0].Line != 3 || !would.Changes[1].Added {
		t.Errorf("%+v", would)
	}
	did := d.importCSV(t, text)
	if did.Added != would.Added || did.Changed != would.Changed || len(did.Changes) != len(would.Changes) {
		t.Errorf("did %+v, would %+v", did, would)
	}
}
