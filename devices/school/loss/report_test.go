package loss_test

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
	"stowage/devices/school/loss"
	"stowage/devices/school/schooltest"
)

// lossReport is a complete report by a person.
func lossReport(name, label string, made time.Time) loss.LossReport {
	return loss.NewLossReport(loss.LossReport{
		Reporter: loss.Reporter{Name: name, Contact: "07700 900123"},
		Device:   loss.LostThing{Label: label, Description: "small and blue"},
		Kind:     loss.LossLost, HappenedFrom: made.Add(-26 * time.Hour), HappenedTo: made.Add(-2 * time.Hour), Noticed: made.Add(-time.Hour),
		Place: "the 42 bus", Circumstances: "It was in my coat.\nThe coat is gone too.", Police: "CR/1234", Told: "the head",
		Passphrase: loss.No, OnlyCopy: loss.NotSure,
		Contents: "reports of year 4", Whose: "pupils and their parents", HowMany: "about 30", Help: "a new stick",
	}, made)
}

func TestReportReachesICTWhole(t *testing.T) {
	a := schooltest.OtherAuthority(t)
	want := lossReport("Alice Jones", "HRP-0042", schooltest.Day())
	for _, class := range keys.Classes() {
		sealed, err := loss.Addressee{Recovery: a.RecoveryRecipients(), Class: class}.Seal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := loss.OpenReport(t.Context(), sealed, a.Identities())
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
	if _, err := loss.OpenReport(t.Context(), mustSeal(t, want, a), schooltest.OtherAuthority(t).Identities()); !errors.Is(err, crypt.ErrNoIdentity) {
		t.Errorf("another school opens it: %v", err)
	}
}

func TestReportsOfLikeLengthLookAlike(t *testing.T) {
	a := schooltest.OtherAuthority(t)
	short, long := lossReport("Al", "1", schooltest.Day()), lossReport("Alexandra Featherstonehaugh", "HRP-000042", schooltest.Day())
	long.Circumstances = strings.Repeat("It was dark. ", 60)
	long = loss.NewLossReport(long, schooltest.Day())
	if x, y := len(mustSeal(t, short, a)), len(mustSeal(t, long, a)); x != y {
		t.Errorf("sizes %d and %d tell how much was written", x, y)
	}
}

func TestWhatIsTypedIsTidied(t *testing.T) {
	r := loss.NewLossReport(loss.LossReport{
		Reporter: loss.Reporter{Name: "  Alice \t Jones\r\n"},
		Device:   loss.LostThing{Label: "HRP\x00-\u202e0042"},
		Kind:     loss.LossUnsure,
		Place:    "the bus\r\nor the\rtrain\u2028platform  ", Circumstances: "caf\u0065\u0301 \xff",
	}, schooltest.Day().In(time.FixedZone("CET", 3600)))
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
	for name, change := range map[string]func(*loss.LossReport){
		"id":            func(r *loss.LossReport) { r.ID = "../../etc" },
		"name":          func(r *loss.LossReport) { r.Reporter.Name = "" },
		"contact":       func(r *loss.LossReport) { r.Reporter.Contact = strings.Repeat("9", loss.MaxReportLine+1) },
		"device":        func(r *loss.LossReport) { r.Device = loss.LostThing{} },
		"label":         func(r *loss.LossReport) { r.Device.Label = "A\nB" },
		"description":   func(r *loss.LossReport) { r.Device.Description = "\x1b[2J" },
		"place":         func(r *loss.LossReport) { r.Place = strings.Repeat("é", loss.MaxReportText/2+1) },
		"kind":          func(r *loss.LossReport) { r.Kind = "misplaced" },
		"passphrase":    func(r *loss.LossReport) { r.Passphrase = "maybe" },
		"only copy":     func(r *loss.LossReport) { r.OnlyCopy = "maybe" },
		"proof":         func(r *loss.LossReport) { r.Reporter.Proof = loss.ProofKey },
		"made":          func(r *loss.LossReport) { r.Made = time.Time{} },
		"happened":      func(r *loss.LossReport) { r.HappenedFrom = r.HappenedTo.Add(time.Second) },
		"noticed":       func(r *loss.LossReport) { r.Noticed = r.Noticed.In(time.FixedZone("", 3600)) },
		"happened to":   func(r *loss.LossReport) { r.HappenedTo = time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC) },
		"help":          func(r *loss.LossReport) { r.Help = "\u202egnp.exe" },
		"circumstances": func(r *loss.LossReport) { r.Circumstances = "\xff" },
	} {
		r := lossReport("Alice Jones", "HRP-0042", schooltest.Day())
		change(&r)
		wrong, ok := errors.AsType[*loss.ReportError](r.Check())
		if !ok || wrong.Field != name || !errors.Is(wrong, loss.ErrReport) {
			t.Errorf("%s: %v", name, r.Check())
		}
		if _, err := ictOf(schooltest.OtherAuthority(t)).Seal(r); !errors.Is(err, loss.ErrReport) {
			t.Errorf("%s: sealed all the same: %v", name, err)
		}
	}
}

func TestReportsThatAreNone(t *testing.T) {
	good, err := json.Marshal(lossReport("Alice Jones", "HRP-0042", schooltest.Day()))
	if err != nil {
		t.Fatal(err)
	}
	with := func(format string) string { return `{"format":"` + format + `",` + string(good[1:]) }
	if _, err := loss.ParseReport([]byte(with("stowage loss report v1"))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"empty", "", loss.ErrReport},
		{"no JSON", "hello", loss.ErrReport},
		{"another format", with("stowage directory v1"), loss.ErrReport},
		{"a later version", with("stowage loss report v2"), keys.ErrNewer},
		{"a later version with more in it", `{"format":"stowage loss report v12","x":1}`, keys.ErrNewer},
		{"a strange version", with("stowage loss report v1.5"), loss.ErrReport},
		{"an unknown field", strings.Replace(with("stowage loss report v1"), `"made"`, `"x":1,"made"`, 1), keys.ErrNewer},
		{"an unknown kind", strings.Replace(with("stowage loss report v1"), `"kind":"lost"`, `"kind":"eaten"`, 1), keys.ErrNewer},
		{"no kind", strings.Replace(with("stowage loss report v1"), `"kind":"lost"`, `"kind":"?"`, 1), loss.ErrReport},
		{"more after it", with("stowage loss report v1") + "{}", loss.ErrReport},
		{"too large", with("stowage loss report v1") + strings.Repeat(" ", 300<<10), loss.ErrReport},
	} {
		if _, err := loss.ParseReport([]byte(c.text)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestLongestReportFits(t *testing.T) {
	a, r := schooltest.OtherAuthority(t), lossReport("Alice Jones", "HRP-0042", schooltest.Day())
	worst := strings.Repeat("<", loss.MaxReportText) // six bytes each in JSON
	for _, text := range []*string{&r.Device.Description, &r.Place, &r.Circumstances, &r.Told, &r.Contents, &r.Whose, &r.Help} {
		*text = worst
	}
	if _, err := loss.OpenReport(t.Context(), mustSeal(t, r, a), a.Identities()); err != nil {
		t.Error(err)
	}
}

func FuzzParseReport(f *testing.F) {
	good, err := json.Marshal(lossReport("Alice Jones", "HRP-0042", schooltest.Day()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"format":"stowage loss report v1",` + string(good[1:])))
	f.Add([]byte(`{"format":"stowage loss report v2"}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, plain []byte) {
		r, err := loss.ParseReport(plain)
		if err != nil {
			if !errors.Is(err, loss.ErrReport) && !errors.Is(err, keys.ErrNewer) {
				t.Fatalf("an error without a name: %v", err)
			}
			return
		}
		if err := r.Check(); err != nil {
			t.Fatalf("taken, and not in order: %v", err)
		}
		again, err := json.Marshal(struct {
			Format string `json:"format"`
			loss.LossReport
		}{"stowage loss report v1", r})
		if err != nil {
			t.Fatal(err)
		}
		back, err := loss.ParseReport(again)
		if err != nil || !reflect.DeepEqual(back, r) {
			t.Fatalf("not the same again: %v\n%+v\n%+v", err, back, r)
		}
	})
}

func ictOf(a *keys.Authority) loss.Addressee {
	return loss.Addressee{School: a.School(), Recovery: a.RecoveryRecipients(), Class: keys.Hybrid}
}

func mustSeal(t *testing.T, r loss.LossReport, a *keys.Authority) []byte {
	t.Helper()
	sealed, err := ictOf(a).Seal(r)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}
