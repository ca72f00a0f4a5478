package stick

import (
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/sticknote"
)

func FuzzNote(f *testing.F) {
	f.Add(sticknote.Intro + `{"id":"x","recipient_sha256":"` + strings.Repeat("00", 32) + `","generation":1}` + "\n")
	f.Add("stowage stick v2\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := sticknote.Parse(text)
		if err == nil && (n.ID == "" || n.Generation < 1 || !layer.IsDigest(n.Recipient)) {
			t.Errorf("%+v", n)
		}
		_, _ = sticknote.File{File: pair.File{Data: []byte(text)}}.OpenUnverified()
	})
}

func FuzzKeyring(f *testing.F) {
	one, err := keys.NewStickIdentity("School", mustVerifier(f), "6f1f4d2e-0000-4000-8000-000000000001", keys.X25519, time.Unix(1, 0))
	if err != nil {
		f.Fatal(err)
	}
	for _, k := range []*keyring{
		{current: one, holders: []string{"age1abc"}},
		{current: one, retired: one, head: layer.Ref{Seq: 3, Digest: strings.Repeat("ab", 32)}},
	} {
		plain, err := k.marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(plain)
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		k, err := parseKeyring(plain)
		if err != nil {
			return
		}
		again, err := k.marshal()
		if err != nil {
			t.Fatalf("written again: %v", err)
		}
		if _, err := parseKeyring(again); err != nil {
			t.Errorf("read again: %v", err)
		}
	})
}

func mustVerifier(t testing.TB) string {
	t.Helper()
	a, err := keys.NewAuthority("School", time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	return a.Verifier()
}
