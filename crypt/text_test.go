package crypt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"unicode/utf16"

	"filippo.io/age"
	"filippo.io/age/armor"

	"stowage/crypt"
)

// saved are the ways in which Windows' programs save a text.
func saved(text string) map[string][]byte {
	text = string(bytes.ReplaceAll([]byte(text), []byte("\n"), []byte("\r\n")))
	all := map[string][]byte{"UTF-8": []byte("\ufeff" + text)}
	units := utf16.Encode([]rune("\ufeff" + text))
	all["UTF-16 LE"], _ = binary.Append(nil, binary.LittleEndian, units)
	all["UTF-16 BE"], _ = binary.Append(nil, binary.BigEndian, units)
	return all
}

func TestTextAsWindowsSavesIt(t *testing.T) {
	for how, data := range saved("Tŷ 🔑\n") {
		if got := string(crypt.Text(data)); got != "Tŷ 🔑\r\n" {
			t.Errorf("%s: %q", how, got)
		}
	}
	for _, same := range []string{"", "Tŷ\n", "\xef\xbb", "\xff", "a\x00b\x00", "\xc3\x28"} {
		if got := string(crypt.Text([]byte(same))); got != same {
			t.Errorf("%q became %q", same, got)
		}
	}
}

// TestArmorAsWindowsSavesIt opens armored files that were pasted in Notepad.
func TestArmorAsWindowsSavesIt(t *testing.T) {
	id := x25519(t)
	var text bytes.Buffer
	a := armor.NewWriter(&text)
	w, err := crypt.NewEncryptWriter(a, id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.Repeat([]byte("Annwyl bawb. "), 10_000)
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for how, data := range saved(text.String()) {
		r, err := crypt.NewDecryptReader(bytes.NewReader(data), id)
		if err != nil {
			t.Errorf("%s: %v", how, err)
			continue
		}
		got, err := io.ReadAll(r)
		r.Close()
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: %d bytes, %v", how, len(got), err)
		}
		if info, err := crypt.Inspect(bytes.NewReader(data), int64(len(data))); err != nil || !info.Armored || info.PlainSize != int64(len(plain)) {
			t.Errorf("%s: %+v, %v", how, info, err)
		}
		if got, err := openInMemory(t, vector{file: data, identities: []age.Identity{id}}); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: in memory: %d bytes, %v", how, len(got), err)
		}
		at, size, err := crypt.DecryptReaderAt(bytes.NewReader(data), int64(len(data)), id)
		if err != nil || size != int64(len(plain)) {
			t.Errorf("%s: %d bytes, %v", how, size, err)
			continue
		}
		if got, err := io.ReadAll(io.NewSectionReader(at, 0, size)); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: read at random: %d bytes, %v", how, len(got), err)
		}
	}
}

// TestMarkBeforeAnAgeFile holds that a mark is only taken off a text: stock age opens no
// other file that begins with one.
func TestMarkBeforeAnAgeFile(t *testing.T) {
	id := x25519(t)
	sealed := encrypt(t, plaintext(5*chunk), id.Recipient())
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		file := append([]byte(mark), sealed...)
		for path, decrypt := range paths {
			if out, err := decrypt(t, vector{file: file, identities: []age.Identity{id}}); len(out) > 0 || !errors.Is(err, crypt.ErrNotAge) {
				t.Errorf("%x, %s: %d bytes, %v", mark, path, len(out), err)
			}
		}
		if _, err := openInMemory(t, vector{file: file, identities: []age.Identity{id}}); !errors.Is(err, crypt.ErrNotAge) {
			t.Errorf("%x, in memory: %v", mark, err)
		}
		if _, _, err := crypt.DecryptReaderAt(bytes.NewReader(file), int64(len(file)), id); !errors.Is(err, crypt.ErrNotAge) {
			t.Errorf("%x, at random: %v", mark, err)
		}
	}
}

// TestBeginsAsAge tells by the first 128 bytes.
func TestBeginsAsAge(t *testing.T) {
	const armored = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBz\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBz\n"
	yes := saved(armored)
	yes["armor"], yes["age"] = []byte(armored), []byte("age-encryption.org/v1\n-> X25519 abc\n")
	for how, data := range yes {
		if !crypt.BeginsAsAge(data[:min(128, len(data))]) {
			t.Errorf("%s is not known", how)
		}
	}
	for how, data := range saved("age-encryption.org/v1\n-> X25519 abc\n") {
		if crypt.BeginsAsAge(data) {
			t.Errorf("%s: a mark before an age file makes it none", how)
		}
	}
	for _, data := range []string{"", "age", "Dear all", "-----BEGIN PGP MESSAGE-----"} {
		if crypt.BeginsAsAge([]byte(data)) {
			t.Errorf("%q is none", data)
		}
	}
}
