package keys_test

import (
	"bytes"
	"errors"
	"fmt"
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
		if got.Serial != 3 || len(got.People) != 3 || !got.Published.Equal(d.Published) || got.Policy != d.Policy {
			t.Errorf("comes back as %+v", got)
		}
	}
	if _, err := keys.OpenDirectory(msg, authority(t).Verifier()); !errors.Is(err, keys.ErrOtherSchool) {
		t.Errorf("another school: %v", err)
	}
	altered := bytes.Replace(msg, []byte("Ann"), []byte("Eve"), 1)
	for _, verifier := range []string{a.Verifier(), ""} {
		if _, err := keys.OpenDirectory(altered, verifier); !errors.Is(err, keys.ErrForged) {
			t.Errorf("altered: %v", err)
		}
	}
	if _, err := d.Sign(authority(t)); !errors.Is(err, keys.ErrOtherSchool) {
		t.Errorf("signed by another: %v", err)
	}
	if err := d.Newer(4); !errors.Is(err, keys.ErrOlder) {
		t.Errorf("older: %v", err)
	}
	if err := d.Newer(3); err != nil {
		t.Error(err)
	}
}

func TestFindPeople(t *testing.T) {
	d := directory(t, authority(t))
	for who, want := range map[string]string{"h-2": "h-2", "ann example": "h-1", "ANN@hill.example": "h-1", "bob@hill.example": "h-2"} {
		if p, err := d.Find(who); err != nil || p.ID != want {
			t.Errorf("%q: %s, %v", who, p.ID, err)
		}
	}
	if _, err := d.Find("Bob Example"); !errors.Is(err, keys.ErrAmbiguous) {
		t.Errorf("two Bobs: %v", err)
	}
	for _, nobody := range []string{"", "Carol"} {
		if _, err := d.Find(nobody); !errors.Is(err, keys.ErrUnknown) {
			t.Errorf("%q: %v", nobody, err)
		}
	}
}

func TestRevoke(t *testing.T) {
	a := authority(t)
	d := directory(t, a)
	old := d.People[0].Keys[0].Recipient
	if err := d.SetStatus(old, keys.KeyRevoked, "lost with the stick", now); err != nil {
		t.Fatal(err)
	}
	if _, err := d.People[0].Current(); !errors.Is(err, keys.ErrBlocked) || !strings.Contains(err.Error(), "Ann") {
		t.Errorf("revoked: %v", err)
	}
	if err := d.Blocked(old); !errors.Is(err, keys.ErrBlocked) {
		t.Errorf("blocked: %v", err)
	}
	fresh := holderKey(t, a, keys.Hybrid).Recipient()
	d.AddKey("h-1", "Ann Example", "ann@hill.example", fresh, now)
	if got, err := d.People[0].Current(); err != nil || len(got) != 1 || got[0] != fresh {
		t.Errorf("after a new key: %v, %v", got, err)
	}
	if err := d.SetStatus("age1nobody", keys.KeyRevoked, "", now); !errors.Is(err, keys.ErrUnknown) {
		t.Errorf("unknown key: %v", err)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

func TestBadDirectories(t *testing.T) {
	a := authority(t)
	for name, spoil := range map[string]func(*keys.Directory){
		"no school":        func(d *keys.Directory) { d.School = "" },
		"no serial":        func(d *keys.Directory) { d.Serial = 0 },
		"bad policy":       func(d *keys.Directory) { d.Policy.Words = 1 },
		"one recovery":     func(d *keys.Directory) { d.Recovery = d.Recovery[:1] },
		"id twice":         func(d *keys.Directory) { d.People[1].ID = "h-1" },
		"key twice":        func(d *keys.Directory) { d.People[1].Keys[0].Recipient = d.People[0].Keys[0].Recipient },
		"not a key":        func(d *keys.Directory) { d.People[1].Keys[0].Recipient = "age1" },
		"unknown status":   func(d *keys.Directory) { d.People[1].Keys[0].Status = "fine" },
		"line in the name": func(d *keys.Directory) { d.People[1].Name = "a\nb" },
	} {
		d := directory(t, a)
		spoil(d)
		if _, err := d.Sign(a); !errors.Is(err, keys.ErrValue) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLargeDirectory is a trust of fifty schools.
func TestLargeDirectory(t *testing.T) {
	a := authority(t)
	d := directory(t, a)
	for i := range 1000 {
		k := holderKey(t, a, keys.Hybrid)
		d.AddKey(fmt.Sprint("x", i), fmt.Sprint("Person ", i), "", k.Recipient(), now)
	}
	msg := must(d.Sign(a))(t)
	got, err := keys.OpenDirectory(msg, a.Verifier())
	if err != nil || len(got.People) != len(d.People) {
		t.Fatalf("%d bytes: %v", len(msg), err)
	}
}

func FuzzDirectory(f *testing.F) {
	a := authority(f)
	msg := must(directory(f, a).Sign(a))(f)
	f.Add(msg)
	f.Add([]byte("stowage directory v1\n{}\n\n— x AAAA\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := keys.OpenDirectory(data, a.Verifier())
		if err == nil && !bytes.Contains(data, msg[:len(msg)-10]) {
			t.Errorf("accepted a directory that was not signed: %+v", d)
		}
		if d, err := keys.OpenDirectory(data, ""); err == nil && d.Check() != nil {
			t.Error("opened a directory that does not pass its own check")
		}
	})
}

func FuzzKeyFiles(f *testing.F) {
	a := authority(f)
	f.Add(must(holderKey(f, a, keys.X25519).Plain())(f))
	s := must(keys.NewStickIdentity("Hill", a.Verifier(), "s", keys.X25519, now))(f)
	f.Add(must(s.Marshal())(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		if k, err := keys.ParseHolderKey(data); err == nil {
			again, err := k.Plain()
			if err != nil {
				t.Fatalf("cannot be written again: %v", err)
			}
			if b, err := keys.ParseHolderKey(again); err != nil || b.Holder != k.Holder || b.Recipient() != k.Recipient() {
				t.Errorf("comes back different: %v", err)
			}
		}
		if s, err := keys.ParseStickIdentity(data); err == nil {
			if _, err := s.Marshal(); err != nil {
				t.Fatalf("cannot be written again: %v", err)
			}
		}
	})
}

func FuzzCode(f *testing.F) {
	f.Add([]byte("ABCDE-FGHJK-MNPQR-STVWX-YZ012-34567"))
	f.Add(must(keys.GenerateCode())(f))
	f.Fuzz(func(t *testing.T, typed []byte) {
		code, err := keys.NormaliseCode(typed)
		if err != nil {
			return
		}
		again, err := keys.NormaliseCode(code)
		if err != nil || !bytes.Equal(again, code) {
			t.Errorf("%q becomes %q, then %q, %v", typed, code, again, err)
		}
	})
}
