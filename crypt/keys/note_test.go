package keys_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/mod/sumdb/note"
	"stowage/crypt/keys"
)

func TestNotes(t *testing.T) {
	a, other := authority(t), authority(t)
	msg := must(a.Sign("hello\n\nwörld\n"))(t)
	if text, err := keys.OpenNote(msg, a.Verifier()); err != nil || text != "hello\n\nwörld\n" {
		t.Errorf("%q, %v", text, err)
	}
	saved := append([]byte("\ufeff"), bytes.ReplaceAll(msg, []byte("\n"), []byte("\r\n"))...)
	if text, err := keys.OpenNote(saved, a.Verifier()); err != nil || text != "hello\n\nwörld\n" {
		t.Errorf("saved by Notepad: %q, %v", text, err)
	}
	units := utf16.Encode([]rune(string(saved)))
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		var wide []byte
		for _, u := range units {
			wide = order.AppendUint16(wide, u)
		}
		if text, err := keys.OpenNote(wide, a.Verifier()); err != nil || text != "hello\n\nwörld\n" {
			t.Errorf("saved in UTF-16: %q, %v", text, err)
		}
	}
	_, err := keys.OpenNote(msg, other.Verifier())
	wantIs(t, "another school's", err, keys.ErrOtherSchool)
	_, err = keys.OpenNote(must(other.Sign("hello\n\nwörld\n"))(t), a.Verifier())
	wantIs(t, "another school's of the same name", err, keys.ErrOtherSchool)
	for name, forged := range map[string][]byte{
		"altered text":      bytes.Replace(msg, []byte("hello"), []byte("hallo"), 1),
		"altered signature": append(bytes.Clone(msg[:len(msg)-6]), "AAA=\n"...),
		"no signature":      []byte("hello\n\nwörld\n"),
		"more after it":     append(bytes.Clone(msg), "more\n"...),
		"empty":             nil,
		"control character": bytes.Replace(msg, []byte("hello"), []byte("he\rlo"), 1),
		"signatures":        append(bytes.Clone(msg), bytes.Repeat([]byte("— x AAAAAAAA\n"), 1000)...),
	} {
		_, err := keys.OpenNote(forged, a.Verifier())
		wantIs(t, name, err, keys.ErrForged)
	}
	for _, bad := range []string{"", "hill", "hill+00000000+AAAA", a.Verifier() + "\n"} {
		_, err := keys.OpenNote(msg, bad)
		wantIs(t, "verifier key "+bad, err, keys.ErrValue)
		wantIs(t, "verifier key "+bad, keys.CheckVerifier(bad), keys.ErrValue)
	}
	for _, bad := range []string{"", "no line end", "a\rb\n", "nul\x00\n", "tab\t\n", "latin\xe9\n"} {
		_, err := a.Sign(bad)
		wantIs(t, "text "+bad, err, keys.ErrValue)
	}
}

// TestNotesByHand verifies a note as the package comment says that anybody can,
// with nothing but base64 and Ed25519.
func TestNotesByHand(t *testing.T) {
	a := authority(t)
	msg := string(must(a.Sign("hello\n"))(t))
	text, signatures, _ := strings.Cut(msg, "\n\n")
	public := must(base64.StdEncoding.DecodeString(strings.SplitN(a.Verifier(), "+", 3)[2]))(t)
	signature := must(base64.StdEncoding.DecodeString(strings.Fields(signatures)[2]))(t)
	if public[0] != 1 || !ed25519.Verify(public[1:], []byte(text+"\n"), signature[4:]) {
		t.Error("the signature does not match")
	}
}

func FuzzOpenNote(f *testing.F) {
	a := authority(f)
	msg := must(a.Sign("hello\n"))(f)
	f.Add(msg, a.Verifier())
	f.Add(msg, authority(f).Verifier())
	f.Add([]byte("hello\n\n— x AAAA\n"), "x+00000000+AAAA")
	f.Add([]byte("latin\xe9\n"), "")
	f.Fuzz(func(t *testing.T, data []byte, verifier string) {
		if text, err := keys.OpenNote(data, a.Verifier()); err == nil && text != "hello\n" {
			t.Errorf("%q was never signed", text)
		}
		if text, err := keys.OpenNote(data, verifier); err == nil {
			v := must(note.NewVerifier(verifier))(t)
			if n, err := note.Open(data, note.VerifierList(v)); err != nil || n.Text != text {
				t.Errorf("the note package says %v", err)
			}
		}
		if signed, err := a.Sign(string(data)); err == nil {
			if text, err := keys.OpenNote(signed, a.Verifier()); err != nil || text != string(data) {
				t.Errorf("%q was signed and comes back as %q, %v", data, text, err)
			}
		}
	})
}
