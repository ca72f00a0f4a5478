package keys_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"stowage/crypt/keys"
)

func TestGeneratePassphrase(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		p := must(keys.GeneratePassphrase(6))(t)
		words := strings.Fields(string(p))
		if len(words) != 6 || seen[string(p)] {
			t.Fatalf("%q", p)
		}
		seen[string(p)] = true
		if s, err := keys.Judge(p, keys.DefaultPolicy()); err != nil || s.Score != 4 {
			t.Errorf("%q is judged %+v, %v", p, s, err)
		}
	}
	for _, n := range []int{0, 3, 21} {
		if _, err := keys.GeneratePassphrase(n); err == nil {
			t.Errorf("%d words were accepted", n)
		}
	}
}

func TestJudge(t *testing.T) {
	personal := []string{"Ann Ó Briain", "Ysgol Gŵyr"}
	for passphrase, want := range map[string]keys.Reason{
		"":                          keys.ReasonEmpty,
		"   ":                       keys.ReasonEmpty,
		"password1":                 keys.ReasonCommon,
		"P@ssw0rd123":               keys.ReasonCommon,
		"annobriain":                keys.ReasonPersonal,
		"Ann Ó Briain":              keys.ReasonPersonal,
		"ANN O BRIAIN":              keys.ReasonPersonal,
		"niairbonna2":               keys.ReasonPersonal,
		"ysgolgwyr26":               keys.ReasonPersonal,
		"aaaaaaaaaaaaaaaa":          keys.ReasonRepeat,
		"éééééééééééééééé":          keys.ReasonRepeat,
		"日本日本日本日本日本":                keys.ReasonRepeat,
		"пппппппппппппппп":          keys.ReasonRepeat,
		"abcdefghijklm":             keys.ReasonSequence,
		"zxcvfr45tgbn":              keys.ReasonKeyboard,
		"12/03/1984":                keys.ReasonDate,
		"x7":                        keys.ReasonShort,
		"Kq8#vTz":                   keys.ReasonShort,
		"\x00\x01abcdefgh":          keys.ReasonText,
		"\xff\xfe\xfd":              keys.ReasonText,
		strings.Repeat("é", 201):    keys.ReasonLong,
		strings.Repeat("\u0301", 9): keys.ReasonShort,
	} {
		s, err := keys.Judge([]byte(passphrase), keys.DefaultPolicy(), personal...)
		var weak *keys.WeakError
		if !errors.As(err, &weak) || !errors.Is(err, keys.ErrTooWeak) {
			t.Errorf("%q: %+v, %v", passphrase, s, err)
		} else if weak.Reason != want {
			t.Errorf("%q: refused as %s, want %s", passphrase, weak.Reason, want)
		} else if weak.Policy != keys.DefaultPolicy() {
			t.Errorf("%q: held to %+v", passphrase, weak.Policy)
		}
		if strings.Contains(err.Error(), passphrase) && len(passphrase) > 3 {
			t.Errorf("the error quotes the passphrase: %v", err)
		}
	}
	for _, good := range []string{"purple otters juggle 14 lanterns", "Kq8#vTz!2mWp", strings.Repeat("tangled walrus ", 8) + "moon dust", "mae’r gath ddu ar y to heno"} {
		if s, err := keys.Judge([]byte(good), keys.DefaultPolicy(), personal...); err != nil {
			t.Errorf("%q: %+v, %v", good, s, err)
		}
	}
}

func TestNamesCountForLittle(t *testing.T) {
	passphrase := []byte("hillroadprimarymargaret")
	strange, _ := keys.Judge(passphrase, keys.DefaultPolicy())
	known, _ := keys.Judge(passphrase, keys.DefaultPolicy(), "Margaret Jones", "Hill Road Primary")
	if known.Guesses*1000 > strange.Guesses {
		t.Errorf("%g guesses for who knows the names, %g for others", known.Guesses, strange.Guesses)
	}
}

func TestPolicyDecides(t *testing.T) {
	strict := keys.DefaultPolicy()
	strict.MinGuesses, strict.MinLength = 1e25, 30
	_, err := keys.Judge([]byte("Kq8#vTz!2mWp"), strict)
	wantIs(t, "too short for this policy", err, keys.ErrTooWeak)
	strict.MinLength = 8
	s, err := keys.Judge([]byte("Kq8#vTz!2mWp"), strict)
	wantIs(t, "too guessable for this policy", err, keys.ErrTooWeak)
	if s.Score != 4 || s.Bits() < 39 || s.Bits() > 41 {
		t.Errorf("judged %+v, %g bits", s, s.Bits())
	}
	if (keys.Strength{}).Bits() != 0 {
		t.Error("nothing has bits")
	}
}

func FuzzJudge(f *testing.F) {
	f.Add([]byte("purple otters juggle 14 lanterns"))
	f.Add([]byte("日本日本日本日本日本"))
	f.Add([]byte(strings.Repeat("4@8({[<3691!|1i0$5+7%2z", 4)))
	f.Add([]byte(strings.Repeat("\u0301", 9)))
	f.Fuzz(func(t *testing.T, passphrase []byte) {
		s, err := keys.Judge(passphrase, keys.DefaultPolicy(), "Ann", string(passphrase))
		switch {
		case err != nil && !errors.Is(err, keys.ErrTooWeak):
			t.Errorf("%q: %v", passphrase, err)
		case err == nil && (s.Guesses < keys.DefaultPolicy().MinGuesses || !utf8.Valid(passphrase)):
			t.Errorf("%q is taken with %g guesses", passphrase, s.Guesses)
		}
	})
}

func TestPolicy(t *testing.T) {
	if err := keys.DefaultPolicy().Check(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*keys.Policy){
		"class":   func(p *keys.Policy) { p.Class = "rsa" },
		"words":   func(p *keys.Policy) { p.Words = 3 },
		"length":  func(p *keys.Policy) { p.MinLength = 1 },
		"guesses": func(p *keys.Policy) { p.MinGuesses = 10 },
		"work":    func(p *keys.Policy) { p.WorkFactor = 17 },
		"loan":    func(p *keys.Policy) { p.LoanDays = -1 },
		"lock":    func(p *keys.Policy) { p.LockMinutes = 0 },
	} {
		p := keys.DefaultPolicy()
		spoil(&p)
		if err := p.Check(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
