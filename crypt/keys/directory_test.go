package keys_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
)

func directory(t testing.TB, a *keys.Authority) *keys.Directory {
	t.Helper()
	d := &keys.Directory{
		School: a.School(), Verifier: a.Verifier(), Serial: 3, Published: now.Truncate(time.Second),
		Policy: keys.DefaultPolicy(), Recovery: a.RecoveryRecipients(),
		Lost: []keys.LostDevice{{ID: "stick-9", Label: "PEN-009", Since: now.Truncate(time.Second)}},
	}
	d.AddKey("h-1", "Ann Example", "ann@hill.example", holderKey(t, a, keys.Hybrid).Recipient(), now)
	d.AddKey("h-2", "Bob Example", "bob@hill.example", holderKey(t, a, keys.X25519).Recipient(), now)
	d.AddKey("h-3", "Bob Example", "", holderKey(t, a, keys.X25519).Recipient(), now)
	return d
}

func TestDirectory(t *testing.T) {
	a := authority(t)
	d := directory(t, a)
	msg := must(d.Sign(a))(t)
	for _, verifier := range []string{a.Verifier(), ""} {
		got, err := keys.OpenDirectory(msg, verifier)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", d) {
			t.Errorf("comes back as %+v", got)
		}
	}
	_, err := keys.OpenDirectory(msg, authority(t).Verifier())
	wantIs(t, "another school's", err, keys.ErrOtherSchool)
	_, err = keys.OpenDirectory(msg, "nonsense")
	wantIs(t, "no verifier key", err, keys.ErrValue)
	_, err = d.Sign(authority(t))
	wantIs(t, "signed by another", err, keys.ErrOtherSchool)
	for name, forged := range map[string][]byte{
		"altered":       bytes.Replace(msg, []byte("Ann"), []byte("Eve"), 1),
		"cut short":     msg[:len(msg)-20],
		"no signature":  msg[:bytes.LastIndex(msg, []byte("\n\n"))+1],
		"empty":         nil,
		"other text":    []byte("hello\n"),
		"too large":     append(bytes.Clone(msg), make([]byte, 65<<20)...),
		"no key inside": bytes.Replace(msg, []byte("school_key"), []byte("school_kez"), 1),
	} {
		for _, verifier := range []string{a.Verifier(), ""} {
			_, err := keys.OpenDirectory(forged, verifier)
			wantIs(t, fmt.Sprintf("%s, verifier %q", name, verifier), err, keys.ErrForged)
		}
	}
}

// TestDirectoryOfOtherVersions signs texts that this version does not write.
func TestDirectoryOfOtherVersions(t *testing.T) {
	a := authority(t)
	msg := must(directory(t, a).Sign(a))(t)
	text := must(keys.OpenNote(msg, a.Verifier()))(t)
	other := authority(t)
	for name, c := range map[string]struct {
		old, replacement string
		want             error
	}{
		"unknown fields":   {`{`, `{"motto": {"la": "semper"},`, nil},
		"older policy":     {`  "unseen_days": 60,` + "\n", "", nil},
		"newer version":    {"directory v1", "directory v2", keys.ErrNewer},
		"no version":       {"directory v1", "directory", keys.ErrForged},
		"another note":     {"stowage directory v1", "stowage stick v1", keys.ErrForged},
		"more after it":    {"\n}\n", "\n}\n{}\n", keys.ErrValue},
		"not JSON":         {`"people": [`, `"people": (`, keys.ErrValue},
		"another type":     {`"serial": 3`, `"serial": "3"`, keys.ErrNewer},
		"unknown class":    {`"class": "hybrid"`, `"class": "triple"`, keys.ErrNewer},
		"no class":         {`"class": "hybrid"`, `"class": ""`, keys.ErrValue},
		"unknown status":   {`"status": "current"`, `"status": "suspended"`, keys.ErrNewer},
		"no status":        {`"status": "current"`, `"status": ""`, keys.ErrValue},
		"unknown recovery": {`"recovery": [`, `"recovery": ["age1triple1qqqq",`, keys.ErrNewer},
		"damaged recovery": {`"recovery": [`, `"recovery": ["age1qqqq",`, keys.ErrValue},
		"deep nesting":     {`{`, `{"x": ` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `,`, keys.ErrValue},
		"another's key":    {a.Verifier(), other.Verifier(), keys.ErrOtherSchool},
		"weak passphrases": {`"words": 6`, `"words": 1`, keys.ErrValue},
		"low work factor":  {`"work_factor": 18`, `"work_factor": 10`, keys.ErrWorkFactor},
	} {
		altered := strings.Replace(text, c.old, c.replacement, 1)
		if altered == text {
			t.Fatalf("%s: nothing was changed", name)
		}
		signed := must(a.Sign(altered))(t)
		d, err := keys.OpenDirectory(signed, a.Verifier())
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err == nil && (len(d.People) != 3 || d.Policy != keys.DefaultPolicy()) {
			t.Errorf("%s: reads as %+v", name, d)
		}
	}
}

// TestDirectoryThatSaysMore is not signed again by a version that would lose what it does not know.
func TestDirectoryThatSaysMore(t *testing.T) {
	a := authority(t)
	text := must(keys.OpenNote(must(directory(t, a).Sign(a))(t), a.Verifier()))(t)
	for _, more := range []string{`"school": `, `"words": `, `"since": `, `"email": `, `"recipient": `} {
		altered := strings.Replace(text, more, `"hue": ["red"], `+more, 1)
		d := must(keys.OpenDirectory(must(a.Sign(altered))(t), a.Verifier()))(t)
		wantIs(t, more, d.Complete(), keys.ErrNewer)
		d.Serial++
		_, err := d.Sign(a)
		wantIs(t, more, err, keys.ErrNewer)
	}
	d := must(keys.OpenDirectory(must(a.Sign(text))(t), a.Verifier()))(t)
	if err := d.Complete(); err != nil {
		t.Error(err)
	}
}

// TestKeyOfUnknownClass in the directory cannot be encrypted to, and does not keep others from being.
func TestKeyOfUnknownClass(t *testing.T) {
	a := authority(t)
	d := directory(t, a)
	text := must(keys.OpenNote(must(d.Sign(a))(t), a.Verifier()))(t)
	msg := must(a.Sign(strings.Replace(text, d.People[1].Keys[0].Recipient, "age1triple1qqqqqqqq", 1)))(t)
	_, err := keys.OpenDirectory(msg, "")
	wantIs(t, "first sight", err, keys.ErrNewer)
	opened := must(keys.OpenDirectory(msg, a.Verifier()))(t)
	_, err = must(opened.Find("h-2"))(t).Current()
	wantIs(t, "lookup", err, keys.ErrNewer)
	if _, err := must(opened.Find("h-1"))(t).Current(); err != nil {
		t.Error(err)
	}
}

// TestRecipientsAreParsed: a signed directory is believed, but nobody is
// encrypted to under a key that is none.
func TestRecipientsAreParsed(t *testing.T) {
	a := authority(t)
	d := directory(t, a)
	text := must(keys.OpenNote(must(d.Sign(a))(t), a.Verifier()))(t)
	good := d.People[1].Keys[0].Recipient
	msg := must(a.Sign(strings.Replace(text, good, good[:len(good)-1]+"b", 1)))(t)
	_, err := keys.OpenDirectory(msg, "")
	wantIs(t, "first sight", err, keys.ErrValue)
	opened := must(keys.OpenDirectory(msg, a.Verifier()))(t)
	_, err = must(opened.Find("h-2"))(t).Current()
	wantIs(t, "lookup", err, keys.ErrValue)
	if _, err := must(opened.Find("h-1"))(t).Current(); err != nil {
		t.Error(err)
	}
	long := must(a.Sign(strings.Replace(text, good, strings.Repeat("a", 5000), 1)))(t)
	_, err = keys.OpenDirectory(long, a.Verifier())
	wantIs(t, "long", err, keys.ErrValue)
}

func TestOlderDirectories(t *testing.T) {
	d := directory(t, authority(t))
	wantIs(t, "older", d.Newer(4), keys.ErrOlder)
	for _, seen := range []int64{0, 2, 3} {
		if err := d.Newer(seen); err != nil {
			t.Errorf("after number %d: %v", seen, err)
		}
	}
	if age := d.Age(d.Published.Add(48 * time.Hour)); age != 48*time.Hour {
		t.Errorf("age %s", age)
	}
	if age := d.Age(d.Published.Add(-time.Hour)); age != 0 {
		t.Errorf("age %s by a clock that is slow", age)
	}
}

func TestFindPeople(t *testing.T) {
	d := directory(t, authority(t))
	d.People[0].Name = "Ann Ó Briain"
	for who, want := range map[string]string{
		"h-2": "h-2", "ANN@hill.example": "h-1", "bob@hill.example": "h-2",
		"ann ó briain": "h-1", " ANN O\u0301 BRIAIN ": "h-1",
	} {
		if p, err := d.Find(who); err != nil || p.ID != want {
			t.Errorf("%q: %s, %v", who, p.ID, err)
		}
	}
	_, err := d.Find("Bob Example")
	wantIs(t, "two Bobs", err, keys.ErrAmbiguous)
	for _, nobody := range []string{"", " ", "Carol"} {
		_, err := d.Find(nobody)
		wantIs(t, nobody, err, keys.ErrUnknown)
	}
}

// TestRecoverRotateRevoke is a key's life as the directory shows it.
func TestRecoverRotateRevoke(t *testing.T) {
	a := authority(t)
	d := directory(t, a)
	ann := func() keys.Person { return must(d.Find("h-1"))(t) }
	forgotten := ann().Keys[0].Recipient
	second := holderKey(t, a, keys.Hybrid).Recipient()
	d.AddKey("h-1", "Ann Married", "ann@hill.example", second, now.Add(time.Hour))
	if got, err := ann().Current(); err != nil || len(got) != 1 || got[0] != second {
		t.Errorf("after recovery: %v, %v", got, err)
	}
	if old := ann().Keys[0]; old.Status != keys.KeyReplaced || !old.Changed.Equal(now.Add(time.Hour).Truncate(time.Second)) || ann().Name != "Ann Married" {
		t.Errorf("after recovery: %+v", ann())
	}
	if err := d.Blocked(forgotten); err != nil {
		t.Errorf("a replaced key is not blocked: %v", err)
	}

	lostAt := now.Add(48 * time.Hour)
	if err := d.SetStatus(second, keys.KeyRevoked, "lost with the stick", lostAt); err != nil {
		t.Fatal(err)
	}
	_, current := ann().Current()
	for _, err := range []error{current, d.Blocked(second)} {
		wantIs(t, "revoked", err, keys.ErrBlocked)
		var blocked *keys.BlockedError
		if !errors.As(err, &blocked) || blocked.Person.ID != "h-1" || blocked.Reason != "lost with the stick" || !blocked.Since.Equal(lostAt.Truncate(time.Second)) {
			t.Errorf("revoked: %+v", blocked)
		} else if text := err.Error(); !strings.Contains(text, "Ann Married") || !strings.Contains(text, "2026-09-03") || !strings.Contains(text, "lost with") {
			t.Errorf("revoked: %s", text)
		}
	}

	third := holderKey(t, a, keys.Hybrid).Recipient()
	d.AddKey("h-1", "Ann Married", "ann@hill.example", third, lostAt)
	if got, err := ann().Current(); err != nil || len(got) != 1 || got[0] != third {
		t.Errorf("after a new key: %v, %v", got, err)
	}
	wantIs(t, "still blocked", d.Blocked(second), keys.ErrBlocked)
	if err := d.SetStatus(third, keys.KeyReplaced, "", lostAt); err != nil {
		t.Fatal(err)
	}
	_, err := keys.Person{Name: "New"}.Current()
	wantIs(t, "no key yet", err, keys.ErrNoKey)
	wantIs(t, "unknown key", d.SetStatus("age1nobody", keys.KeyRevoked, "", now), keys.ErrUnknown)
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

func TestBadDirectories(t *testing.T) {
	a := authority(t)
	for name, spoil := range map[string]func(*keys.Directory){
		"no school":            func(d *keys.Directory) { d.School = "" },
		"line in the school":   func(d *keys.Directory) { d.School = "Hill\nSchool" },
		"no serial":            func(d *keys.Directory) { d.Serial = 0 },
		"negative serial":      func(d *keys.Directory) { d.Serial = -1 },
		"no time":              func(d *keys.Directory) { d.Published = time.Time{} },
		"bad policy":           func(d *keys.Directory) { d.Policy.Words = 1 },
		"one recovery":         func(d *keys.Directory) { d.Recovery = d.Recovery[:1] },
		"recovery of a class":  func(d *keys.Directory) { d.Recovery[0] = d.Recovery[1] },
		"id twice":             func(d *keys.Directory) { d.People[1].ID = "h-1" },
		"no id":                func(d *keys.Directory) { d.People[1].ID = "" },
		"key twice":            func(d *keys.Directory) { d.People[1].Keys[0].Recipient = d.People[0].Keys[0].Recipient },
		"not a key":            func(d *keys.Directory) { d.People[1].Keys[0].Recipient = "age1" },
		"secret key":           func(d *keys.Directory) { d.People[1].Keys[0].Recipient = "AGE-SECRET-KEY-1QQ" },
		"unknown status":       func(d *keys.Directory) { d.People[1].Keys[0].Status = "fine" },
		"line in the name":     func(d *keys.Directory) { d.People[1].Name = "a\nb" },
		"line in the reason":   func(d *keys.Directory) { d.People[1].Keys[0].Reason = "a\nb" },
		"too many keys":        func(d *keys.Directory) { d.People[1].Keys = make([]keys.PersonKey, 101) },
		"too many people":      func(d *keys.Directory) { d.People = make([]keys.Person, 100_001) },
		"lost without id":      func(d *keys.Directory) { d.Lost[0].ID = "" },
		"lost with long label": func(d *keys.Directory) { d.Lost[0].Label = strings.Repeat("x", 2000) },
	} {
		d := directory(t, a)
		spoil(d)
		_, err := d.Sign(a)
		wantIs(t, name, err, keys.ErrValue)
		if err != nil && strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: the error quotes it: %v", name, err)
		}
	}
}

func FuzzDirectory(f *testing.F) {
	a := authority(f)
	msg := must(directory(f, a).Sign(a))(f)
	text := must(keys.OpenNote(msg, a.Verifier()))(f)
	f.Add(msg)
	f.Add([]byte(text))
	f.Add([]byte("stowage directory v1\n{}\n\n— x AAAA\n"))
	f.Add([]byte(`stowage directory v1` + "\n" + `{"serial": 1e400}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := keys.OpenDirectory(data, a.Verifier()); err == nil && !bytes.HasPrefix(data, []byte(text)) {
			t.Errorf("accepted a directory that was not signed: %+v", d)
		}
		if d, err := keys.OpenDirectory(data, ""); err == nil && d.Check() != nil {
			t.Error("opened a directory that does not pass its own check")
		}
		// What a school signs without care is no more dangerous.
		signed, err := a.Sign(string(data))
		if err != nil {
			return
		}
		if d, err := keys.OpenDirectory(signed, a.Verifier()); err == nil {
			for _, p := range d.People {
				if got, err := p.Current(); err == nil {
					if _, err := keys.WrapFor(nil, got); err != nil {
						t.Errorf("cannot encrypt to %q: %v", p.ID, err)
					}
				}
			}
		}
	})
}

// TestExampleDirectory opens a directory as it was signed before it could say how ICT is reached.
// It says nothing that this version does not know, so that the next one may follow it.
func TestExampleDirectory(t *testing.T) {
	note, err := os.ReadFile("testdata/v1-directory/directory.note")
	if err != nil {
		t.Fatal(err)
	}
	d, err := keys.OpenDirectory(note, "example-school+103726f9+AS/E7kxjF3reEs7RZKXal3mKWagC4j/TxFfhda9RvHgk")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Complete(); err != nil || d.Contact != "" || d.Serial != 2 || len(d.People) != 1 || d.People[0].Name != "Alex Example" {
		t.Errorf("%+v, %v", d, err)
	}
}
