package crypt_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"stowage/crypt"
)

// TestSalvage damages one chunk of a file after the other, and cuts it short: every other
// chunk is read as it was.
func TestSalvage(t *testing.T) {
	id := x25519(t)
	want := plaintext(5*chunk + 100)
	sealed := encrypt(t, want, id.Recipient())
	payload := len(sealed) - (len(want) + 6*16)
	read := func(file []byte) (intact []bool) {
		t.Helper()
		r, size, err := crypt.SalvageReaderAt(bytes.NewReader(file), int64(len(sealed)), id)
		if err != nil || size != int64(len(want)) {
			t.Fatalf("%d bytes, %v", size, err)
		}
		for at := 0; at < len(want); at += chunk {
			part := make([]byte, min(chunk, len(want)-at))
			_, err := r.ReadAt(part, int64(at))
			if err == nil && !bytes.Equal(part, want[at:at+len(part)]) {
				t.Fatalf("other bytes at %d", at)
			}
			if err != nil && !errors.Is(err, crypt.ErrDamaged) {
				t.Errorf("at %d: %v", at, err)
			}
			intact = append(intact, err == nil)
		}
		return intact
	}
	for n := range 6 {
		bad := bytes.Clone(sealed)
		bad[payload+n*(chunk+16)+50] ^= 1
		for i, ok := range read(bad) {
			if ok == (i == n) {
				t.Errorf("chunk %d damaged, chunk %d read: %v", n, i, ok)
			}
		}
		cut := payload + n*(chunk+16) + 20
		for i, ok := range read(sealed[:cut]) {
			if ok != (i < n) {
				t.Errorf("cut in chunk %d, chunk %d read: %v", n, i, ok)
			}
		}
	}
	// A file that is longer, or another's, is not taken for this one.
	if _, _, err := crypt.SalvageReaderAt(bytes.NewReader(sealed), int64(len(sealed)), x25519(t)); !errors.Is(err, crypt.ErrNoIdentity) {
		t.Errorf("with another key: %v", err)
	}
	r, size, err := crypt.SalvageReaderAt(bytes.NewReader(sealed), int64(payload+2*(chunk+16)), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, io.NewSectionReader(r, 0, size)); !errors.Is(err, crypt.ErrDamaged) {
		t.Errorf("taken for a shorter file: %v", err)
	}
	for _, cut := range []int{0, 10, payload - 3} {
		if _, _, err := crypt.SalvageReaderAt(bytes.NewReader(sealed[:cut]), int64(len(sealed)), id); err == nil {
			t.Errorf("opened the first %d bytes", cut)
		}
	}
}
