package school_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/devices/school"
)

// lossReport is a complete report by a person.
func lossReport(name, label string, made time.Time) school.LossReport {
	return school.NewLossReport(school.LossReport{
		Reporter: school.Reporter{Name: name, Contact: "07700 900123"},
		Device:   school.LostThing{Label: label, Description: "small and blue"},
		Kind:     school.LossLost, HappenedFrom: made.Add(-26 * time.Hour), HappenedTo: made.Add(-2 * time.Hour), Noticed: made.Add(-time.Hour),
		Place: "the 42 bus", Circumstances: "It was in my coat.\nThe coat is gone too.", Police: "CR/1234", Told: "the head",
		Passphrase: school.No, OnlyCopy: school.NotSure,
		Contents: "reports of year 4", Whose: "pupils and their parents", HowMany: "about 30", Help: "a new stick",
	}, made)
}

func TestReportReachesICTWhole(t *testing.T) {
	a := authority(t)
	want := lossReport("Alice Jones", "HRP-0042", day())
	for _, class := range keys.Classes() {
		sealed, err := school.Addressee{Recovery: a.RecoveryRecipients(), Class: class}.Seal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := school.OpenReport(t.Context(), sealed, a.Identities())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("class %q: got\n%+v, want\n%+v", class, got, want)
		}
		for _, secret := range []string{"Alice", "HRP-0042", "bus"} {
			if bytes.Contains(sealed, []byte(secret)) {
				t.Errorf("the sealed report shows %q", secret)
			}
		}
	}
	if _, err := school.OpenReport(t.Context(), mustSeal(t, want, a), authority(t).Identities()); !errors.Is(err, crypt.ErrNoIdentity) {
		t.Errorf("another school opens it: %v", err)
	}
}

func TestReportsOfLikeLengthLookAlike(t *testing.T) {
	a := authority(t)
	short, long := lossReport("Al", "1", day()), lossReport("Alexandra Featherstonehaugh", "HRP-000042", day())
	long.Circumstances = strings.Repeat("It was dark. ", 60)
	long = school.NewLossReport(long, day())
	if x, y := len(mustSeal(t, short, a)), len(mustSeal(t, long, a)); x != y {
		t.Errorf("sizes %d and %d tell how much was written", x, y)
	}
}

func TestWhatIsTypedIsTidied(t *testing.T) {
	r := school.NewLossReport(school.LossReport{
		Reporter: school.Reporter{Name: "  Alice \t Jones\r\n"},
		Device:   school.LostThing{Label: "HRP\x00-\u202e0042"},
		Kind:     school.LossUnsure,
		Place:    "the bus\r\nor the\rtrain\u2028platform  ", Circumstances: "caf\u0065\u0301 \xff",
	}, day().In(time.FixedZone("CET", 3600)))
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ got, want string }{
		{r.Reporter.Name, "Alice Jones"},
		{r.Device.Label, "HRP-0042"},
		{r.Place, "the bus\nor the\ntrain\nplatform"},
		{r.Circumstances, "café \ufffd"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestWhatNoHonestReportSays(t *testing.T) {
	for name, change := range map[string]func(*school.LossReport){
		"id":            func(r *school.LossReport) { r.ID = "../../etc" },
		"name":          func(r *school.LossReport) { r.Reporter.Name = "" },
		"contact":       func(r *school.LossReport) { r.Reporter.Contact = strings.Repeat("9", school.MaxReportLine+1) },
		"device":        func(r *school.LossReport) { r.Device = school.LostThing{} },
		"label":         func(r *school.LossReport) { r.Device.Label = "A\nB" },
		"description":   func(r *school.LossReport) { r.Device.Description = "\x1b[2J" },
		"place":         func(r *school.LossReport) { r.Place = strings.Repeat("é", school.MaxReportText/2+1) },
		"kind":          func(r *school.LossReport) { r.Kind = "misplaced" },
		"passphrase":    func(r *school.LossReport) { r.Passphrase = "maybe" },
		"only copy":     func(r *school.LossReport) { r.OnlyCopy = "maybe" },
		"proof":         func(r *school.LossReport) { r.Reporter.Proof = school.ProofKey },
		"made":          func(r *school.LossReport) { r.Made = time.Time{} },
		"happened":      func(r *school.LossReport) { r.HappenedFrom = r.HappenedTo.Add(time.Second) },
		"noticed":       func(r *school.LossReport) { r.Noticed = r.Noticed.In(time.FixedZone("", 3600)) },
		"happened to":   func(r *school.LossReport) { r.HappenedTo = time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC) },
		"help":          func(r *school.LossReport) { r.Help = "\u202egnp.exe" },
		"circumstances": func(r *school.LossReport) { r.Circumstances = "\xff" },
	} {
		r := lossReport("Alice Jones", "HRP-0042", day())
		change(&r)
		wrong, ok := errors.AsType[*school.ReportError](r.Check())
		if !ok || wrong.Field != name || !errors.Is(wrong, school.ErrReport) {
			t.Errorf("%s: %v", name, r.Check())
		}
		if _, err := ictOf(authority(t)).Seal(r); !errors.Is(err, school.ErrReport) {
			t.Errorf("%s: sealed all the same: %v", name, err)
		}
	}
}

func TestReportsThatAreNone(t *testing.T) {
	good, err := json.Marshal(lossReport("Alice Jones", "HRP-0042", day()))
	if err != nil {
		t.Fatal(err)
	}
	with := func(format string) string { return `{"format":"` + format + `",` + string(good[1:]) }
	if _, err := school.ParseReport([]byte(with("stowage loss report v1"))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"empty", "", school.ErrReport},
		{"no JSON", "hello", school.ErrReport},
		{"another format", with("stowage directory v1"), school.ErrReport},
		{"a later version", with("stowage loss report v2"), keys.ErrNewer},
		{"a later version with more in it", `{"format":"stowage loss report v12","x":1}`, keys.ErrNewer},
		{"a strange version", with("stowage loss report v1.5"), school.ErrReport},
		{"an unknown field", strings.Replace(with("stowage loss report v1"), `"made"`, `"x":1,"made"`, 1), keys.ErrNewer},
		{"an unknown kind", strings.Replace(with("stowage loss report v1"), `"kind":"lost"`, `"kind":"eaten"`, 1), keys.ErrNewer},
		{"no kind", strings.Replace(with("stowage loss report v1"), `"kind":"lost"`, `"kind":"?"`, 1), school.ErrReport},
		{"more after it", with("stowage loss report v1") + "{}", school.ErrReport},
		{"too large", with("stowage loss report v1") + strings.Repeat(" ", 300<<10), school.ErrReport},
	} {
		if _, err := school.ParseReport([]byte(c.text)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestLongestReportFits(t *testing.T) {
	a, r := authority(t), lossReport("Alice Jones", "HRP-0042", day())
	worst := strings.Repeat("<", school.MaxReportText) // six bytes each in JSON
	for _, text := range []*string{&r.Device.Description, &r.Place, &r.Circumstances, &r.Told, &r.Contents, &r.Whose, &r.Help} {
		*text = worst
	}
	if _, err := school.OpenReport(t.Context(), mustSeal(t, r, a), a.Identities()); err != nil {
		t.Error(err)
	}
}

func FuzzParseReport(f *testing.F) {
	good, err := json.Marshal(lossReport("Alice Jones", "HRP-0042", day()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"format":"stowage loss report v1",` + string(good[1:])))
	f.Add([]byte(`{"format":"stowage loss report v2"}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, plain []byte) {
		r, err := school.ParseReport(plain)
		if err != nil {
			if !errors.Is(err, school.ErrReport) && !errors.Is(err, keys.ErrNewer) {
				t.Fatalf("an error without a name: %v", err)
			}
			return
		}
		if err := r.Check(); err != nil {
			t.Fatalf("taken, and not in order: %v", err)
		}
		again, err := json.Marshal(struct {
			Format string `json:"format"`
			school.LossReport
		}{"stowage loss report v1", r})
		if err != nil {
			t.Fatal(err)
		}
		back, err := school.ParseReport(again)
		if err != nil || !reflect.DeepEqual(back, r) {
			t.Fatalf("not the same again: %v\n%+v\n%+v", err, back, r)
		}
	})
}

func ictOf(a *keys.Authority) school.Addressee {
	return school.Addressee{School: a.School(), Recovery: a.RecoveryRecipients(), Class: keys.Hybrid}
}

func mustSeal(t *testing.T, r school.LossReport, a *keys.Authority) []byte {
	t.Helper()
	sealed, err := ictOf(a).Seal(r)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}
