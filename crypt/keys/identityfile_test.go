package keys_test

import (
	"errors"
	"strings"
	"testing"

	"filippo.io/age"
	"stowage/crypt/keys"
)

// holderFile is a holder's key as version 1 wrote it. Such files are on paper
// and in drawers, and must be read for ever.
const holderFile = `# stowage: holder key v1
# school: Hill School
# school key: hill-school+a8b89a89+AX+DsZ+tSZ8xOwslKGDkiiRLeKjPKB5Vilabro6C5WOI
# holder: h-1
# created: 2026-09-01T08:30:15Z
# passphrase set: 2026-09-02T07:00:00Z
# passphrase: chosen
# name: Ann Ó Briain
# public key: age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj
AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX
`

func TestHolderFileOfVersion1(t *testing.T) {
	k, err := keys.ParseHolderKey([]byte(holderFile))
	if err != nil {
		t.Fatal(err)
	}
	if k.Holder != (keys.Holder{ID: "h-1", Name: "Ann Ó Briain"}) || k.School != "Hill School" || k.Temporary ||
		k.PassphraseSet.Format("2006-01-02 15:04") != "2026-09-02 07:00" || k.Created.Day() != 1 {
		t.Errorf("reads as %+v", k)
	}
	if again := string(must(k.Plain())(t)); again != holderFile {
		t.Errorf("written again as\n%s", again)
	}
}

func TestIdentityFiles(t *testing.T) {
	with := func(old, replacement string) string {
		if !strings.Contains(holderFile, old) {
			t.Fatalf("no %q", old)
		}
		return strings.Replace(holderFile, old, replacement, 1)
	}
	const secret = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n"
	for name, c := range map[string]struct {
		file string
		want error
	}{
		"as written":               {holderFile, nil},
		"Windows line ends":        {strings.ReplaceAll(holderFile, "\n", "\r\n"), nil},
		"no last line end":         {strings.TrimSuffix(holderFile, "\n"), nil},
		"further comments":         {holderFile + "# e-mail: ann@hill.example\n#\n# kept in the safe\n#no space\n\n# e-mail: twice\n", nil},
		"no name":                  {with("# name: Ann Ó Briain\n", ""), nil},
		"empty":                    {"", keys.ErrDamagedKey},
		"only age's own":           {secret, keys.ErrDamagedKey},
		"another kind":             {with("holder key v1", "stick identity v1"), keys.ErrDamagedKey},
		"newer":                    {with("holder key v1", "holder key v2"), keys.ErrNewer},
		"newer and not understood": {"# stowage: holder key v7\nAGE-SECRET-KEY-3XYZ\n", keys.ErrNewer},
		"no version":               {with("holder key v1", "holder key v"), keys.ErrDamagedKey},
		"version 0":                {with("holder key v1", "holder key v0"), keys.ErrDamagedKey},
		"version 01":               {with("holder key v1", "holder key v01"), keys.ErrDamagedKey},
		"kind not first":           {"# hello\n" + holderFile, keys.ErrDamagedKey},
		"kind twice":               {holderFile + "# stowage: holder key v1\n", keys.ErrDamagedKey},
		"school twice":             {holderFile + "# school: Other School\n", keys.ErrDamagedKey},
		"school key twice":         {holderFile + "# school key: x+a8b89a89+AX+DsZ+tSZ8xOwslKGDkiiRLeKjPKB5Vilabro6C5WOI\n", keys.ErrDamagedKey},
		"name twice, once empty":   {strings.Replace(holderFile, "# holder", "# name: \n# holder", 1), keys.ErrDamagedKey},
		"passphrase twice":         {holderFile + "# passphrase: chosen\n", keys.ErrDamagedKey},
		"no school":                {with("# school: Hill School\n", ""), keys.ErrDamagedKey},
		"no school key":            {with("# school key", "# key"), keys.ErrDamagedKey},
		"bad school key":           {with("+a8b89a89+", "+a8b89a88+"), keys.ErrDamagedKey},
		"no holder":                {with("# holder: h-1\n", ""), keys.ErrDamagedKey},
		"no state":                 {with("# passphrase: chosen\n", ""), keys.ErrDamagedKey},
		"unknown state":            {with("chosen", "borrowed"), keys.ErrNewer},
		"no word":                  {with("chosen", "??"), keys.ErrDamagedKey},
		"unknown kind":             {with("holder key v1", "visitor key v1"), keys.ErrNewer},
		"no kind":                  {with("holder key v1", "v1"), keys.ErrDamagedKey},
		"unknown class":            {with("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-TRIPLE-1"), keys.ErrNewer},
		"no time":                  {with("2026-09-01T08:30:15Z", "yesterday"), keys.ErrDamagedKey},
		"space around a value":     {with("h-1", "h-1 "), keys.ErrDamagedKey},
		"no secret":                {with(secret, ""), keys.ErrDamagedKey},
		"two secrets":              {holderFile + secret, keys.ErrDamagedKey},
		"bad secret":               {with("EGAEX", "EGAEY"), keys.ErrDamagedKey},
		"secret with a space":      {with("EGAEX", "EGAEX "), keys.ErrDamagedKey},
		"something else":           {holderFile + "ssh-ed25519 AAAA\n", keys.ErrDamagedKey},
		"control character":        {with("Ann", "A\tnn"), keys.ErrDamagedKey},
		"in a comment too":         {holderFile + "# bell\a\n", keys.ErrDamagedKey},
		"lone carriage return":     {with("Ann", "Ann\r# name: Eve"), keys.ErrDamagedKey},
		"turned text":              {with("Ann", "\u202eAnn"), keys.ErrDamagedKey},
		"not UTF-8":                {with("Ann", "\xffAnn"), keys.ErrDamagedKey},
		"long value":               {with("Ann", strings.Repeat("A", 2000)), keys.ErrDamagedKey},
		"long line":                {holderFile + "# " + strings.Repeat("x", 5000) + "\n", keys.ErrDamagedKey},
		"many lines":               {holderFile + strings.Repeat("#\n", 1000), keys.ErrDamagedKey},
		"huge":                     {holderFile + strings.Repeat("#\n", 1<<20), keys.ErrDamagedKey},
	} {
		k, err := keys.ParseHolderKey([]byte(c.file))
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err != nil && (k != nil || strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "GFPYY")) {
			t.Errorf("%s: gives %+v and the error %v", name, k, err)
		}
	}
}

// TestFieldsOfLaterVersions stay in key files that this version writes again.
func TestFieldsOfLaterVersions(t *testing.T) {
	const more = "# telephone: 01792 960000\n# rota: Ann, then Bob\n"
	k := must(keys.ParseHolderKey([]byte(strings.Replace(holderFile, "# public", more+"# public", 1))))(t)
	if again := string(must(k.Plain())(t)); !strings.Contains(again, more) {
		t.Errorf("the holder's key is written again as\n%s", again)
	}

	a := authority(t)
	i := must(keys.NewStickIdentity(a.School(), a.Verifier(), "s-1", keys.Hybrid, now))(t)
	plain := string(must(i.Marshal())(t))
	i = must(keys.ParseStickIdentity([]byte(strings.Replace(plain, "# public", more+"# public", 1))))(t)
	if again := string(must(i.Marshal())(t)); !strings.Contains(again, more) {
		t.Errorf("the stick's identity is written again as\n%s", again)
	}

	plain = openAs(t, must(a.Seal([]byte("correct horse"), testWork))(t), "correct horse")
	sealed := sealAs(t, strings.Replace(plain, "# public", more+"# public", 1), "correct horse")
	a = must(keys.OpenAuthority(sealed, []byte("correct horse")))(t)
	if again := openAs(t, must(a.Seal([]byte("correct horse"), testWork))(t), "correct horse"); !strings.Contains(again, more) {
		t.Errorf("the authority is written again as\n%s", again)
	}
}

func TestAuthorityFiles(t *testing.T) {
	a := authority(t)
	plain := openAs(t, must(a.Seal([]byte("correct horse"), testWork))(t), "correct horse")
	other := openAs(t, must(authority(t).Seal([]byte("correct horse"), testWork))(t), "correct horse")
	line := func(file, start string) string {
		_, rest, _ := strings.Cut(file, "\n"+start)
		value, _, _ := strings.Cut(rest, "\n")
		return start + value
	}
	swap := func(start string) string { return strings.Replace(plain, line(plain, start), line(other, start), 1) }
	for name, file := range map[string]string{
		"another's signing key":    swap("# signing key: "),
		"another's school key":     swap("# school key: "),
		"no signing key":           strings.Replace(plain, "# signing key", "# key", 1),
		"no school":                strings.Replace(plain, "# school:", "# schule:", 1),
		"no hybrid identity":       strings.Replace(plain, line(plain, "AGE-SECRET-KEY-PQ-1"), "", 1),
		"two of one class":         strings.Replace(plain, line(plain, "AGE-SECRET-KEY-PQ-1"), line(other, "AGE-SECRET-KEY-1"), 1),
		"three identities":         plain + line(other, "AGE-SECRET-KEY-1") + "\n",
		"a holder's key, not this": holderFile,
	} {
		if file == plain {
			t.Fatalf("%s: nothing was changed", name)
		}
		_, err := keys.OpenAuthority(sealAs(t, file, "correct horse"), []byte("correct horse"))
		wantIs(t, name, err, keys.ErrDamagedKey)
		if err != nil && (strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "PRIVATE")) {
			t.Errorf("%s: the error quotes a secret: %v", name, err)
		}
	}
	newer := strings.Replace(plain, "authority v1", "authority v2", 1)
	_, err := keys.OpenAuthority(sealAs(t, newer, "correct horse"), []byte("correct horse"))
	wantIs(t, "newer", err, keys.ErrNewer)
	if _, err := keys.OpenAuthority(sealAs(t, plain, "correct horse"), []byte("correct horse")); err != nil {
		t.Error(err)
	}
}

func FuzzKeyFiles(f *testing.F) {
	a := authority(f)
	f.Add([]byte(holderFile))
	f.Add(must(holderKey(f, a, keys.Hybrid).Plain())(f))
	f.Add(must(stickIdentity(f, a, keys.X25519).Marshal())(f))
	f.Add([]byte(openAs(f, must(a.Seal([]byte("correct horse"), testWork))(f), "correct horse")))
	f.Add([]byte("# stowage: holder key v1\n# stowage: holder key v1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		accepted := false
		if k, err := keys.ParseHolderKey(data); err == nil {
			accepted = true
			b, err := keys.ParseHolderKey(must(k.Plain())(t))
			if err != nil || b.Holder != k.Holder || b.Recipient() != k.Recipient() || b.Verifier != k.Verifier || b.School != k.School || b.Temporary != k.Temporary {
				t.Errorf("comes back different: %v", err)
			}
		}
		if s, err := keys.ParseStickIdentity(data); err == nil {
			accepted = true
			b, err := keys.ParseStickIdentity(must(s.Marshal())(t))
			if err != nil || b.Stick != s.Stick || b.Recipient() != s.Recipient() {
				t.Errorf("comes back different: %v", err)
			}
		}
		if b, err := keys.OpenAuthority(sealAs(t, string(data), "x"), []byte("x")); err == nil {
			accepted = true
			if msg, err := b.Sign("x\n"); err != nil {
				t.Errorf("cannot sign: %v", err)
			} else if _, err := keys.OpenNote(msg, b.Verifier()); err != nil {
				t.Errorf("cannot verify: %v", err)
			}
		}
		if !accepted {
			return
		}
		if _, err := age.ParseIdentities(strings.NewReader(string(data))); err != nil {
			t.Errorf("stock age refuses it: %v", err)
		}
	})
}
