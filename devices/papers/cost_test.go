package papers

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestCost follows the estimate by hand: 2^18 · 8 · 128 bytes are 256 MiB; a guess
// moves 1.25 times that; 1e12 bytes a second make 2,980 guesses.
func TestCost(t *testing.T) {
	c := costOf(Passphrase{WorkFactor: 18, MinGuesses: 1e10})
	if c.memory != 256<<20 || math.Round(c.rate) != 2980 {
		t.Errorf("%v bytes, %v guesses a second", c.memory, c.rate)
	}
	if hours := 0.5e10 / 2980.2 / 3600; math.Abs(c.hours-hours) > 1 || math.Abs(c.pounds-hours*0.4) > 1 || math.Abs(c.energy-hours*0.4) > 1 {
		t.Errorf("%v hours, £%v, %v kWh", c.hours, c.pounds, c.energy)
	}
	if next := costOf(Passphrase{WorkFactor: 19, MinGuesses: 1e10}); math.Abs(next.pounds/c.pounds-2) > 1e-9 {
		t.Errorf("one more of work makes it %v times as dear", next.pounds/c.pounds)
	}
	words := costOf(Passphrase{WorkFactor: 18, Words: 6})
	if math.Abs(words.guesses-math.Pow(7776, 6)/2) > 1e10 {
		t.Errorf("six words are %v guesses", words.guesses)
	}
}

func TestRough(t *testing.T) {
	for v, want := range map[float64]string{
		0: "less than 1", 1: "1", 9.4: "9", 2980: "3,000", 96: "100", 999_999: "1 million", 1e10: "10 billion", 4.4e15: "4 million billion",
		2.2e23: "1 followed by 23 zeros", 3e12: "3 thousand billion",
	} {
		if got := rough(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
}

func TestFormats(t *testing.T) {
	h := Head{Zone: time.FixedZone("", 3600)}
	for _, test := range []struct{ got, want string }{
		{h.moment(time.Date(2026, 9, 24, 23, 30, 0, 0, time.UTC)), "25 September 2026 at 00:30 (24 September, 23:30 UTC)"},
		{Head{}.moment(time.Date(2026, 9, 24, 23, 30, 0, 0, time.UTC)), "24 September 2026 at 23:30 UTC"},
		{h.moment(time.Time{}), ""},
		{number(-1234567), "−1,234,567"},
		{number(math.MinInt64), "−9,223,372,036,854,775,808"},
		{size(0), "0 bytes"},
		{size(1), "1 byte"},
		{size(999_950), "1\u00a0MB"},
		{size(64e9), "64\u00a0GB"},
		{size(math.MaxInt64), "9.2\u00a0EB"},
		{duration(0.5), "less than an hour"},
		{duration(24 * 365), "about 10 months"},
		{plural(2, "entry"), "2 entries"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}

// TestContrast holds text to 7 to 1 against what it stands on (WCAG 2, AAA).
func TestContrast(t *testing.T) {
	light := func(c colour) float64 {
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(c[i]) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += weight * v
		}
		return sum
	}
	for name, text := range map[string]colour{"ink": ink(), "muted": muted(), "accent": accent(), "alarm": alarm()} {
		for _, ground := range []colour{{255, 255, 255}, tint(), rose()} {
			if name == "accent" && ground == rose() || name == "alarm" && ground == tint() {
				continue // never together
			}
			if ratio := (light(ground) + 0.05) / (light(text) + 0.05); ratio < 7 {
				t.Errorf("%s on %v has %.1f to 1", name, ground, ratio)
			}
		}
	}
}

// TestSpreadsheetsTakeNoFormula looks at every cell of the report as CSV.
func TestSpreadsheetsTakeNoFormula(t *testing.T) {
	var out strings.Builder
	bad := "=cmd|'/c calc'!A0"
	a := AuditFacts{
		Moves: []Move{{Entry: Entry{Number: 1, What: "device lost", By: bad, More: bad}, Device: bad, Person: bad}}, Overdue: []Held{{Device: bad, Kind: bad, Person: bad, State: bad, More: bad}},
		Incidents: []Case{{Number: bad, Device: bad, Kind: bad, Decision: bad, By: bad}}, States: []Count{{State: bad}}, Checkpoints: []Checkpoint{{Root: bad}},
	}
	if err := AuditCSV(&out, Head{School: bad, By: bad}, a); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), bad); n < 16 || n != strings.Count(out.String(), "'"+bad) {
		t.Errorf("%d cells, of which %d are safe:\n%s", n, strings.Count(out.String(), "'"+bad), out.String())
	}
}
