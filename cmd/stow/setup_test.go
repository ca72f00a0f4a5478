package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/passphrases"
	"stowage/devices/school/unlock"
)

// Passphrases of the school that setup makes.
const (
	authorityPassphrase = "rusty lantern gallops beneath nine mushrooms"
	alicePassphrase     = "orange walrus telescope quietly"
	bobPassphrase       = "granite umbrella whistles softly"
)

// setup makes a school in the folder hill and uses it. Alice Jones and Bob
// Evans have keys, whose passphrases they have changed: hill's authority's
// passphrase is in auth.txt, theirs are in alice.txt and bob.txt, and copies of
// their key files in alice.age and bob.age.
func setup(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: setup")
	}
	dir := ts.MkAbs("hill")
	makeSchool(ts, dir, "Hill Road Primary", map[string]string{"alice": alicePassphrase, "bob": bobPassphrase})
	ts.Check(os.WriteFile(ts.MkAbs("auth.txt"), []byte(authorityPassphrase+"\n"), 0o600))
	ts.Check(ts.Exec("stow", "school", "use", dir))
}

// people are whom a school of the tests knows.
var people = map[string]devices.HolderDetails{
	"alice": {Name: "Alice Jones", Email: "alice@hill.example"},
	"bob":   {Name: "Bob Evans", Email: "bob@hill.example"},
}

// makeSchool makes a school whose people have keys with these passphrases.
func makeSchool(ts *testscript.TestScript, dir, name string, chosen map[string]string) {
	ctx := context.Background()
	policy := keys.DefaultPolicy()
	policy.WorkFactor = keystest.WorkFactor()
	options := school.Options{Actor: "test"}
	ts.Check(school.Init(ctx, dir, school.Plan{Name: name, Passphrase: []byte(authorityPassphrase), Policy: policy}, options))
	s, err := school.Open(ctx, dir, options)
	ts.Check(err)
	defer s.Close()
	ts.Check(unlock.Authority(ctx, s, []byte(authorityPassphrase)))
	for who, passphrase := range chosen {
		h, err := s.Register().AddHolder(ctx, "test", people[who])
		ts.Check(err)
		issued, err := issue.Key(ctx, s, h.ID)
		ts.Check(err)
		ts.Check(passphrases.ChangeHolder(ctx, s, h.ID, issued.Passphrase, func(func([]byte) error) ([]byte, error) { return []byte(passphrase), nil }))
		path, err := keyfiles.Path(s, issued.Key)
		ts.Check(err)
		sealed, err := os.ReadFile(path)
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(filepath.Dir(dir), who+".age"), sealed, 0o600))
		ts.Check(os.WriteFile(filepath.Join(filepath.Dir(dir), who+".txt"), []byte(passphrase+"\n"), 0o600))
	}
}
