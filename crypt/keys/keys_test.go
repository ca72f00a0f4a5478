package keys_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"stowage/crypt/keys"
)

const testWork = keys.InsecureTestWorkFactor

var now = time.Date(2026, 9, 1, 8, 30, 15, 999, time.UTC)

func authority(t testing.TB) *keys.Authority {
	t.Helper()
	a, err := keys.NewAuthority("Ysgol Gŵyr & Friends", now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func holderKey(t testing.TB, a *keys.Authority, class keys.Class) *keys.HolderKey {
	t.Helper()
	k, err := keys.NewHolderKey(a.School(), a.Verifier(), keys.Holder{ID: "h-1", Name: "Ann Ó Briain"}, class, now)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAuthority(t *testing.T) {
	a := authority(t)
	sealed := must(a.Seal([]byte("correct horse"), testWork))(t)
	b, err := keys.OpenAuthority(sealed, []byte("  correct horse\n"))
	if err != nil {
		t.Fatal(err)
	}
	if b.School() != a.School() || b.Verifier() != a.Verifier() || fmt.Sprint(b.RecoveryRecipients()) != fmt.Sprint(a.RecoveryRecipients()) {
		t.Error("the authority comes back different")
	}
	if !strings.HasPrefix(a.Verifier(), "ysgol-gwyr-friends+") {
		t.Errorf("verifier key %s", a.Verifier())
	}
	msg := must(b.Sign("hello\n"))(t)
	if text, err := keys.OpenNote(msg, a.Verifier()); err != nil || text != "hello\n" {
		t.Errorf("note: %q, %v", text, err)
	}
	if _, err := keys.OpenAuthority(sealed, []byte("battery staple")); !errors.Is(err, keys.ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := keys.OpenAuthority(sealed, []byte("correct horse")); !errors.Is(err, keys.ErrDamagedKey) {
		t.Errorf("damaged: %v", err)
	}
	if _, err := a.Seal([]byte("x"), 10); !errors.Is(err, keys.ErrWorkFactor) {
		t.Errorf("low work factor: %v", err)
	}
}

func TestNamesOfSchools(t *testing.T) {
	for name, want := range map[string]string{
		"Hill School": "hill-school", "St. Mary’s C of E (Aided)": "st-mary-s-c-of-e-aided",
		"!!!": "school", "日本学校": "日本学校", "+ + +": "school",
	} {
		a, err := keys.NewAuthority(name, now)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if got, _, _ := strings.Cut(a.Verifier(), "+"); got != want {
			t.Errorf("%q: key name %q, want %q", name, got, want)
		}
		if _, err := a.Sign("x\n"); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, bad := range []string{"", "two\nlines", "tab\there", strings.Repeat("x", 2000), "\xff", " space"} {
		if _, err := keys.NewAuthority(bad, now); !errors.Is(err, keys.ErrValue) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestHolderKey(t *testing.T) {
	a := authority(t)
	for _, class := range keys.Classes() {
		k := holderKey(t, a, class)
		if !k.Temporary {
			t.Error("a new key does not ask for another passphrase")
		}
		sealed := must(k.Seal([]byte("issued by ict"), testWork))(t)
		later := now.Add(time.Hour)
		changed := must(keys.ChangePassphrase(sealed, []byte("issued by ict"), []byte("my own choice"), testWork, later))(t)
		got := must(keys.OpenHolderKey(changed, []byte("my own choice")))(t)
		if got.Temporary || !got.PassphraseSet.Equal(later.Truncate(time.Second)) || got.Recipient() != k.Recipient() ||
			got.Holder != k.Holder || got.Verifier != a.Verifier() || got.School != a.School() || got.Class() != class {
			t.Errorf("%s: comes back as %+v", class, got)
		}
		if _, err := keys.OpenHolderKey(changed, []byte("issued by ict")); !errors.Is(err, keys.ErrPassphrase) {
			t.Errorf("the old passphrase: %v", err)
		}
		if _, err := keys.OpenAuthority(changed, []byte("my own choice")); !errors.Is(err, keys.ErrDamagedKey) {
			t.Errorf("a holder's key as authority: %v", err)
		}
	}
	for _, h := range []keys.Holder{{ID: ""}, {ID: "x", Name: "Eve\nAGE-SECRET-KEY-1"}, {ID: "x\r"}} {
		if _, err := keys.NewHolderKey(a.School(), a.Verifier(), h, keys.X25519, now); !errors.Is(err, keys.ErrValue) {
			t.Errorf("%+v: %v", h, err)
		}
	}
}

func TestPassphraseIsTheSameOnEverySystem(t *testing.T) {
	k := holderKey(t, authority(t), keys.X25519)
	sealed := must(k.Seal([]byte("caf\u00e9 au lait"), testWork))(t)
	if _, err := keys.OpenHolderKey(sealed, []byte("cafe\u0301 au lait")); err != nil {
		t.Error(err)
	}
}

// TestStockAge opens with the age program itself what a holder's plain key can open.
func TestStockAge(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the age program")
	}
	dir := t.TempDir()
	ageBin := filepath.Join(dir, "age")
	if out, err := exec.Command("go", "build", "-o", ageBin, "filippo.io/age/cmd/age").CombinedOutput(); err != nil {
		t.Fatalf("build age: %v\n%s", err, out)
	}
	a := authority(t)
	for _, class := range keys.Classes() {
		k := holderKey(t, a, class)
		plain := must(k.Plain())(t)
		recipients := append(a.RecoveryRecipients(), k.Recipient())
		files := must(keys.WrapFor([]byte("hello"), recipients))(t)
		if len(files) != 2 {
			t.Fatalf("wrapped for %d classes", len(files))
		}
		keyFile, sealed := filepath.Join(dir, "key"), filepath.Join(dir, "sealed.age")
		if err := errors.Join(os.WriteFile(keyFile, plain, 0o600), os.WriteFile(sealed, files[class], 0o600)); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(ageBin, "-d", "-i", keyFile, sealed).CombinedOutput()
		if err != nil || string(out) != "hello" {
			t.Errorf("%s: age printed %q, %v", class, out, err)
		}
		got, err := keys.Unwrap(files[class], a.Identities()...)
		if err != nil || string(got) != "hello" {
			t.Errorf("%s: recovery: %q, %v", class, got, err)
		}
		if _, err := keys.Unwrap(files[class], holderKey(t, a, class).Identity()); !errors.Is(err, keys.ErrWrongKey) {
			t.Errorf("%s: another's key: %v", class, err)
		}
	}
}

// TestAgeLibrary opens what a passphrase protects as stock age does.
func TestAgeLibrary(t *testing.T) {
	a := authority(t)
	for name, sealed := range map[string][]byte{
		"authority": must(a.Seal([]byte("correct horse"), testWork))(t),
		"holder":    must(holderKey(t, a, keys.Hybrid).Seal([]byte("correct horse"), testWork))(t),
	} {
		i, _ := age.NewScryptIdentity("correct horse")
		r, err := age.Decrypt(bytes.NewReader(sealed), i)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := age.ParseIdentities(r)
		if err != nil || len(ids) == 0 {
			t.Errorf("%s: %d identities, %v", name, len(ids), err)
		}
	}
}

func TestStickIdentityAndCode(t *testing.T) {
	a := authority(t)
	s := must(keys.NewStickIdentity(a.School(), a.Verifier(), "stick-7", keys.Hybrid, now))(t)
	plain := must(s.Marshal())(t)
	code := must(keys.GenerateCode())(t)
	if len(code) != 35 {
		t.Fatalf("code of %d characters", len(code))
	}
	sealed := must(keys.SealWithCode(plain, code, testWork))(t)
	typed := strings.ToLower(strings.ReplaceAll(string(code), "-", " "))
	typed = strings.NewReplacer("0", "o", "1", "l").Replace(typed)
	again, err := keys.OpenWithCode(sealed, []byte(typed))
	if err != nil {
		t.Fatal(err)
	}
	got := must(keys.ParseStickIdentity(again))(t)
	if got.Recipient() != s.Recipient() || got.Stick != "stick-7" || got.Verifier != a.Verifier() {
		t.Errorf("comes back as %+v", got)
	}
	other := must(keys.GenerateCode())(t)
	if _, err := keys.OpenWithCode(sealed, other); !errors.Is(err, keys.ErrCode) {
		t.Errorf("another stick's code: %v", err)
	}
}

func TestMistypedCodes(t *testing.T) {
	code := must(keys.GenerateCode())(t)
	missed := 0
	for i, c := range code {
		if c == '-' {
			continue
		}
		for _, wrong := range []byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
			if wrong == c {
				continue
			}
			typed := bytes.Clone(code)
			typed[i] = wrong
			if _, err := keys.NormaliseCode(typed); err == nil {
				missed++
			} else if !errors.Is(err, keys.ErrCode) {
				t.Fatal(err)
			}
		}
	}
	if missed > 1 {
		t.Errorf("%d single mistakes were not noticed", missed)
	}
	for _, bad := range []string{"", "U" + string(code[1:]), string(code[:30]), string(code) + "0", strings.Repeat("0", 1000)} {
		if _, err := keys.NormaliseCode([]byte(bad)); !errors.Is(err, keys.ErrCode) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

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
	for passphrase, want := range map[string]keys.Reason{
		"":                       keys.ReasonEmpty,
		"   ":                    keys.ReasonEmpty,
		"password1":              keys.ReasonCommon,
		"annobriain":             keys.ReasonPersonal,
		"aaaaaaaaaaaaaaaa":       keys.ReasonRepeat,
		"abcdefghijklm":          keys.ReasonSequence,
		"qwertyuiop[]":           keys.ReasonKeyboard,
		"x7":                     keys.ReasonShort,
		"\x00\x01abcdefgh":       keys.ReasonText,
		"\xff\xfe\xfd":           keys.ReasonText,
		strings.Repeat("é", 201): keys.ReasonLong,
	} {
		_, err := keys.Judge([]byte(passphrase), keys.DefaultPolicy(), "Ann Obriain", "annobriain", "Hill School")
		var weak *keys.WeakError
		if !errors.As(err, &weak) || !errors.Is(err, keys.ErrTooWeak) {
			t.Errorf("%q: %v", passphrase, err)
		} else if weak.Reason != want && (want != keys.ReasonKeyboard || weak.Reason != keys.ReasonCommon) {
			t.Errorf("%q: refused as %s, want %s", passphrase, weak.Reason, want)
		}
	}
	for _, good := range []string{"purple otters juggle 14 lanterns", "Kq8#vTz!2mWp", strings.Repeat("tangled walrus ", 8) + "moon dust"} {
		if s, err := keys.Judge([]byte(good), keys.DefaultPolicy()); err != nil {
			t.Errorf("%q: %+v, %v", good, s, err)
		}
	}
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
