package keys_test

import (
	"bytes"
	"strings"
	"testing"

	"stowage/crypt/keys"
)

func TestStickIdentityAndCode(t *testing.T) {
	a := authority(t)
	for _, class := range keys.Classes() {
		s := stickIdentity(t, a, class)
		code := must(keys.GenerateCode())(t)
		sealed := must(keys.SealWithCode(must(s.Marshal())(t), code, testWork))(t)
		got := must(keys.ParseStickIdentity(must(keys.OpenWithCode(sealed, code))(t)))(t)
		if got.Recipient() != s.Recipient() || got.Stick != "stick-7" || got.Verifier != a.Verifier() || got.School != a.School() || got.Class() != class {
			t.Errorf("comes back as %+v", got)
		}
		_, err := keys.OpenWithCode(sealed, must(keys.GenerateCode())(t))
		wantIs(t, "another stick's code", err, keys.ErrCode)
		_, err = keys.OpenWithCode(sealed[:len(sealed)-3], code)
		wantIs(t, "a damaged file", err, keys.ErrDamagedKey)
	}
	for _, bad := range badValues {
		_, err := keys.NewStickIdentity(a.School(), a.Verifier(), bad, keys.X25519, now)
		wantIs(t, bad, err, keys.ErrValue)
	}
}

func TestCodesAsTheyAreTyped(t *testing.T) {
	code := []byte("01ABC-0DEF1-GHJKM-NPQRS-TVWXY-Z89N7") // codes given out must hold in later versions too
	for name, typed := range map[string]string{
		"as read out":     string(code),
		"lower case":      strings.ToLower(string(code)),
		"no dashes":       strings.ReplaceAll(string(code), "-", ""),
		"spaces":          " " + strings.ReplaceAll(string(code), "-", "  ") + "\r\n",
		"long dashes":     strings.ReplaceAll(string(code), "-", "–"),
		"other groups":    string(code[:3]) + " " + string(code[3:]),
		"O and I for 0 1": strings.NewReplacer("0", "O", "1", "I").Replace(string(code)),
		"o and l for 0 1": strings.NewReplacer("0", "o", "1", "l").Replace(string(code)),
	} {
		if got, err := keys.NormaliseCode([]byte(typed)); err != nil || !bytes.Equal(got, code) {
			t.Errorf("%s: %q becomes %q, %v", name, typed, got, err)
		}
	}
}

// TestMistypedCodes makes every mistake in one character, and swaps neighbours.
func TestMistypedCodes(t *testing.T) {
	code := must(keys.GenerateCode())(t)
	missed := 0
	try := func(typed []byte) {
		if _, err := keys.NormaliseCode(typed); err == nil {
			missed++
		} else {
			wantIs(t, "mistyped", err, keys.ErrCode)
		}
	}
	for i, c := range code {
		if c == '-' {
			continue
		}
		for _, wrong := range []byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
			if wrong != c {
				typed := bytes.Clone(code)
				typed[i] = wrong
				try(typed)
			}
		}
		if i+1 < len(code) && code[i+1] != '-' && code[i+1] != c {
			typed := bytes.Clone(code)
			typed[i], typed[i+1] = typed[i+1], typed[i]
			try(typed)
		}
	}
	if missed > 1 {
		t.Errorf("%d single mistakes were not noticed", missed)
	}
	for _, bad := range []string{"", "U" + string(code[1:]), string(code[:30]), string(code) + "0", strings.Repeat("0", 1000), "\xff" + string(code), "é" + string(code[1:])} {
		_, err := keys.NormaliseCode([]byte(bad))
		wantIs(t, bad, err, keys.ErrCode)
		// Nothing is tried: the file is not even looked at.
		_, err = keys.OpenWithCode(nil, []byte(bad))
		wantIs(t, bad, err, keys.ErrCode)
	}
}

func TestCodesAreRandom(t *testing.T) {
	counts := map[byte]int{}
	seen := map[string]bool{}
	for range 1000 {
		code := must(keys.GenerateCode())(t)
		if len(code) != 35 || seen[string(code)] {
			t.Fatalf("code %q", code)
		}
		seen[string(code)] = true
		for _, c := range code {
			counts[c]++
		}
	}
	for _, c := range []byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
		if n := counts[c]; n < 700 || n > 1200 { // of 30,000; 937 are expected, with a deviation of 30
			t.Errorf("%c came %d times", c, n)
		}
	}
}

func FuzzCode(f *testing.F) {
	f.Add([]byte("01ABC-0DEF1-GHJKM-NPQRS-TVWXY-Z89N7"))
	f.Add([]byte("o1abc odefi ghjkm npqrs tvwxy z89n7"))
	f.Add(must(keys.GenerateCode())(f))
	f.Fuzz(func(t *testing.T, typed []byte) {
		code, err := keys.NormaliseCode(typed)
		if err != nil {
			wantIs(t, "refused", err, keys.ErrCode)
			return
		}
		if again, err := keys.NormaliseCode(code); err != nil || !bytes.Equal(again, code) {
			t.Errorf("%q becomes %q, then %q, %v", typed, code, again, err)
		}
	})
}
