package devices_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
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
	// What is older than what is known is left out.
	result = d.importCSV(t, "label,encrypted,encryption,verified by,verified,last seen\nMS-3,no,none,X,2026-08-01,2026-08-01\n")
	if result.Same != 1 {
		t.Errorf("%+v", result)
	}
	d.check(t)
}

func TestImportErrors(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.person(t, "Ann Lee", "ann@school.example")
	d.person(t, "John Smith", "j1@school.example")
	d.person(t, "John Smith", "j2@school.example")
	gone := d.person(t, "Gus Ash", "gus@school.example")
	must[devices.Holdings](t)(d.Leave(ctx, ict, gone.ID, 0, ""))
	d.importCSV(t, "label,serial,kind\nMS-1,S1,phone\nMS-2,S2,phone\n")
	d.issued(t, "MS-3", ann, 10)
	before, events := d.export(t), d.events(t)

	for name, test := range map[string]struct {
		text   string
		line   int
		column string
	}{
		"two devices":         {"label,serial\nMS-1,S2\n", 2, "serial"},
		"label twice":         {"label,kind\nX,phone\nY,phone\nx,phone\n", 4, "label"},
		"serial twice":        {"serial,kind\nX,phone\nX,phone\n", 3, "serial"},
		"unknown column":      {"label,colour\nMS-1,red\n", 1, "colour"},
		"column twice":        {"label,Label\nMS-1,x\n", 1, "label"},
		"no identifier":       {"make,kind\nX,phone\n", 1, "label"},
		"nothing to match":    {"label,kind,make\nX,phone,\n,phone,Y\n", 3, "label"},
		"bad kind":            {"label,kind\nX,toaster\n", 2, "kind"},
		"no kind":             {"label\nX\n", 2, "kind"},
		"bad capacity":        {"label,capacity\nMS-1,lots\n", 2, "capacity"},
		"huge capacity":       {"label,capacity\nMS-1,99999999999999999999 TB\n", 2, "capacity"},
		"bad date":            {"label,due\nMS-3,soon\n", 2, "due"},
		"American date":       {"label,since\nMS-3,12/31/2025\n", 2, "since"},
		"future":              {"label,last seen\nMS-1,2027-01-01\n", 2, "last seen"},
		"bad state":           {"label,state\nMS-1,gone\n", 2, "state"},
		"state not allowed":   {"label,state\nMS-1,returned\n", 2, "state"},
		"destroyed":           {"label,state\nMS-1,destroyed\n", 2, "state"},
		"issued to nobody":    {"label,state\nMS-1,issued\n", 2, "holder"},
		"new, to nobody":      {"label,kind,state\nX,phone,issued\n", 2, "holder"},
		"held in stock":       {"label,kind,holder\nX,phone,Ann Lee\n", 2, "holder"},
		"due without holder":  {"label,kind,due\nX,phone,2027-01-01\n", 2, "due"},
		"due before issue":    {"label,kind,state,holder,issued,due\nX,phone,issued,Ann Lee,2026-09-01,2026-08-01\n", 2, "due"},
		"another holder":      {"label,holder\nMS-3,John Smith\n", 2, "holder"},
		"another address":     {"label,holder,email\nMS-3,Ann Lee,x@school.example\n", 2, "holder"},
		"ambiguous":           {"label,state,holder\nMS-1,issued,John Smith\n", 2, "holder"},
		"leaver":              {"label,state,holder\nMS-1,issued,Gus Ash\n", 2, "holder"},
		"address of another":  {"label,state,holder,email\nMS-1,issued,John Doe,ann@school.example\n", 2, "email"},
		"no such address":     {"label,state,holder,email\nMS-1,issued,John Doe,nowhere\n", 2, "email"},
		"address only":        {"label,state,email\nMS-1,issued,new@school.example\n", 2, "holder"},
		"loan shortened":      {"label,due\nMS-3,2026-09-08\n", 2, "due"},
		"another issue date":  {"label,issued\nMS-3,2026-09-01\n", 2, "issued"},
		"bare tick":           {"label,encrypted\nMS-1,yes\n", 2, "verified"},
		"tick without method": {"label,encrypted,verified,verified by\nMS-1,yes,2026-09-01,X\n", 2, "encryption"},
		"neither yes nor no":  {"label,encrypted,verified,verified by,encryption\nMS-1,perhaps,2026-09-01,X,LUKS\n", 2, "encrypted"},
		"place without time":  {"label,place\nMS-1,hall\n", 2, "last seen"},
		"Excel's number":      {"label,serial\nMS-1,4.53E+15\n", 2, "serial"},
		"too many cells":      {"label,make\nMS-1,X\nMS-2,X,Y\n", 3, ""},
		"bare quote":          {"label,make\nMS-1,\"X\" Y\n", 2, ""},
		"open quote":          {"label,make\nMS-1,X\nMS-2,\"X\n", 3, ""},
		"not UTF-8":           {"label,make\nMS-1,X\nMS-2,\xe9\n", 3, ""},
		"hidden character":    {"label,make\nMS-1,a\x07b\n", 2, "make"},
		"long":                {"label,make\nMS-1," + strings.Repeat("x", 201) + "\n", 2, "make"},
		"very long":           {"label,notes\nMS-1," + strings.Repeat("x", 20_000) + "\n", 2, "notes"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, o := range []devices.ImportOptions{{}, {DryRun: true}} {
				_, err := d.Import(ctx, ict, strings.NewReader(test.text), o)
				wrong := as[*devices.ImportError](err)
				if wrong == nil || len(wrong.Rows) == 0 {
					t.Fatalf("%v", err)
				}
				if row := wrong.Rows[0]; row.Line != test.line || row.Column != test.column {
					t.Errorf("line %d, column %q: %v", row.Line, row.Column, err)
				}
			}
		})
	}
	if d.events(t) != events || d.export(t) != before {
		t.Error("something was half-imported")
	}
	if held := must[devices.HolderPage](t)(d.Holders(ctx, devices.HolderQuery{All: true})); len(held.Holders) != 4 {
		t.Errorf("holders were half-imported: %d", len(held.Holders))
	}
}

func TestImportFileErrors(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	many := "label,kind\n" + strings.Repeat("X,phone\n", 200_001)
	for name, src := range map[string]io.Reader{
		"empty":         strings.NewReader(""),
		"only a mark":   strings.NewReader("\ufeff"),
		"too many rows": strings.NewReader(many),
		"too large":     io.LimitReader(endless("x"), 1<<40),
	} {
		if _, err := d.Import(ctx, ict, src, devices.ImportOptions{}); as[*devices.InvalidError](err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone := errors.New("drive is gone")
	if _, err := d.Import(ctx, ict, io.MultiReader(strings.NewReader("label,kind\nX,phone\n"), iotest.ErrReader(gone)), devices.ImportOptions{}); !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := d.Import(over, ict, strings.NewReader("label,kind\nX,phone\n"), devices.ImportOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if d.events(t) != 0 {
		t.Error("something was half-imported")
	}
	var all strings.Builder
	all.WriteString("label,kind\n")
	for i := range 150 {
		fmt.Fprintf(&all, "X%d,toaster\n", i)
	}
	_, err := d.Import(ctx, ict, strings.NewReader(all.String()), devices.ImportOptions{})
	if wrong := as[*devices.ImportError](err); wrong == nil || len(wrong.Rows) != 100 || wrong.More != 50 || !strings.Contains(err.Error(), "149 more") {
		t.Errorf("%v", err)
	}
}

type endless string

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e[i%len(e)]
	}
	return len(p), nil
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

func TestExportFails(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	everyState(t, d)
	gone := errors.New("drive is gone")
	reader, writer := io.Pipe()
	_ = reader.CloseWithError(gone)
	if err := d.Export(ctx, writer, devices.DeviceQuery{}); !errors.Is(err, gone) {
		t.Error(err)
	}
	if err := d.Export(ctx, io.Discard, devices.DeviceQuery{Sort: "colour"}); as[*devices.InvalidError](err) == nil {
		t.Error(err)
	}
}

func FuzzImport(f *testing.F) {
	d := newDesk(f)
	everyState(f, d)
	text, events := d.export(f), d.events(f)
	f.Add([]byte(text))
	f.Add([]byte(strings.ReplaceAll(text, ",", ";")))
	f.Add([]byte("sep=\t\nlabel\tkind\tmake\nMS-1\tphone\t'=X\n"))
	f.Add([]byte("label,kind,state,holder,email,due\nX,phone,issued,Ann,ann@x.example,2027-01-01\n"))
	f.Add([]byte("\xff\xfel\x00a\x00"))
	f.Add([]byte("label,notes\n'=MS-0,\"a\nb\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		result, err := d.Import(t.Context(), ict, bytes.NewReader(text), devices.ImportOptions{DryRun: true})
		if d.events(t) != events {
			t.Fatal("a dry run left events")
		}
		if err != nil {
			if as[*devices.ImportError](err) == nil && as[*devices.InvalidError](err) == nil {
				t.Fatalf("not about the file: %v", err)
			}
			return
		}
		if result.Added == 0 || len(text) > 10_000 {
			return
		}
		// What can be imported comes out the same for ever after.
		first := newDesk(t)
		if _, err := first.Import(t.Context(), ict, bytes.NewReader(text), devices.ImportOptions{}); err != nil {
			return // it leans on what the other register has
		}
		once := first.export(t)
		second := newDesk(t)
		second.importCSV(t, once)
		if twice := second.export(t); twice != once {
			t.Fatalf("%q was imported as\n%s\nand then as\n%s", text, once, twice)
		}
		if again := first.importCSV(t, once); again.Added+again.Changed != 0 {
			t.Fatalf("importing %q again: %+v", once, again)
		}
	})
}
