package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
	"stowage/devices/school"
	"stowage/devices/school/unlock"
)

// laterVersion changes what the program wrote, as a later version might have written it: later signed FILE OLD NEW for what
// the school signed, later sealed FILE OLD NEW for what is encrypted to its recovery key, and later key FILE OLD NEW for
// alice's key file. A sealed FILE that is not there is made of NEW.
func laterVersion(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: later signed|sealed|key FILE OLD NEW")
	}
	ctx, path := context.Background(), ts.MkAbs(args[1])
	if found, _ := filepath.Glob(path); len(found) == 1 {
		path = found[0]
	}
	s, err := school.Open(ctx, ts.MkAbs("hill"), school.Options{Actor: "test"})
	ts.Check(err)
	defer s.Close()
	ts.Check(unlock.Authority(ctx, s, []byte(authorityPassphrase)))
	a, err := s.Authority()
	ts.Check(err)
	before, err := os.ReadFile(path)
	if args[0] != "sealed" || args[2] != "" {
		ts.Check(err)
	}
	change := func(text string) string {
		changed := strings.Replace(text, args[2], args[3], 1)
		if changed == text {
			ts.Fatalf("there is no %q in %s", args[2], text)
		}
		return changed
	}
	var after []byte
	switch args[0] {
	case "signed":
		text, err := keys.OpenNote(before, a.Verifier())
		ts.Check(err)
		after, err = a.Sign(change(text))
		ts.Check(err)
	case "sealed":
		var text []byte
		if len(before) > 0 {
			text, err = crypt.AppendDecrypt(ctx, nil, before, nil, a.Identities()...)
			ts.Check(err)
		}
		files, err := keys.WrapFor([]byte(change(string(text))), a.RecoveryRecipients())
		ts.Check(err)
		after = files[keys.Hybrid]
	case "key":
		after = rekeyed(ts, before, change)
	}
	ts.Check(os.WriteFile(path, after, 0o600))
}

// rekeyed changes the text of alice's key file.
func rekeyed(ts *testscript.TestScript, sealed []byte, change func(string) string) []byte {
	identity, err := age.NewScryptIdentity(alicePassphrase)
	ts.Check(err)
	plain, err := age.Decrypt(bytes.NewReader(sealed), identity)
	ts.Check(err)
	var text bytes.Buffer
	_, err = text.ReadFrom(plain)
	ts.Check(err)
	to, err := age.NewScryptRecipient(alicePassphrase)
	ts.Check(err)
	to.SetWorkFactor(int(keystest.WorkFactor()))
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	ts.Check(err)
	_, err = w.Write([]byte(change(text.String())))
	ts.Check(err)
	ts.Check(w.Close())
	return b.Bytes()
}
