package crypt_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"stowage/crypt"
	"stowage/crypt/longtest"

	"filippo.io/age"
	"go.uber.org/goleak"
)

func TestReaderClosedEarly(t *testing.T) {
	id := x25519(t)
	for _, size := range []int{200, 50 * batch} {
		for _, read := range []int{0, 100} {
			r, err := crypt.NewDecryptReader(bytes.NewReader(encrypt(t, plaintext(size), id.Recipient())), id)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(r, make([]byte, read)); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(r.Close(), r.Close()); err != nil {
				t.Fatal(err)
			}
			goleak.VerifyNone(t)
			if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, io.EOF) {
				t.Errorf("%d of %d bytes read: reading after Close gives %d, %v", read, size, n, err)
			}
		}
	}
}

// TestReadThenCopy reads a little and has the rest copied, as after looking at
// the first bytes of a file.
func TestReadThenCopy(t *testing.T) {
	id := x25519(t)
	for _, size := range sizes {
		want := plaintext(size)
		sealed := encrypt(t, want, id.Recipient())
		for _, first := range []int{0, 1, chunk, batch + 1} {
			r, err := crypt.NewDecryptReader(bytes.NewReader(sealed), id)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if _, err := io.CopyN(&out, r, int64(first)); err != nil && !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			if _, err := io.Copy(&out, r); err != nil {
				t.Errorf("%d bytes, %d first: %v", size, first, err)
			}
			if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
				t.Errorf("%d bytes, %d first: at the end %d, %v", size, first, n, err)
			}
			r.Close()
			if !bytes.Equal(out.Bytes(), want) {
				t.Errorf("%d bytes, %d first: something else", size, first)
			}
		}
	}
}

// ageOutcome is what stock age releases of a file, and whether it complains.
func ageOutcome(file []byte, id age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(file), id)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// damages are the kinds of damage that an age file may have at a place.
func damages(t *testing.T, sealed []byte, at int) map[string][]byte {
	t.Helper()
	info, err := crypt.Inspect(bytes.NewReader(sealed), int64(len(sealed)))
	if err != nil {
		t.Fatal(err)
	}
	last := int(max(0, info.PlainSize-1))%chunk + 1 + 16
	flipped := bytes.Clone(sealed)
	flipped[at] ^= 1 << (at % 8)
	return map[string][]byte{
		"cut": sealed[:at], "flipped": flipped, "last chunk missing": sealed[:len(sealed)-last],
		"chunk missing": append(bytes.Clone(sealed[:at]), sealed[min(len(sealed), at+chunk+16):]...),
		"extended":      append(bytes.Clone(sealed), plaintext(1+at%70000)...),
		"twice":         append(bytes.Clone(sealed), sealed...),
	}
}

// TestDamageAsAge damages files at random and holds that every way of reading
// them releases exactly the plaintext that stock age does.
func TestDamageAsAge(t *testing.T) {
	longtest.SkipRaced(t)
	id := x25519(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 100, 3*chunk + 9, 4 * chunk, batch, 2*batch + 3*chunk + 9} {
		sealed := encrypt(t, plaintext(size), id.Recipient())
		for range 30 {
			at := random.IntN(len(sealed))
			for name, file := range damages(t, sealed, at) {
				sameAsAge(t, fmt.Sprintf("%d bytes, %s at %d", size, name, at), file, id)
			}
		}
	}
}

func sameAsAge(t *testing.T, name string, file []byte, id age.Identity) {
	t.Helper()
	want, wantErr := ageOutcome(file, id)
	for path, decrypt := range paths {
		got, err := decrypt(t, vector{file: file, identities: []age.Identity{id}})
		if (err == nil) != (wantErr == nil) || !bytes.Equal(got, want) {
			t.Errorf("%s, %s: %d bytes and %v; age gives %d and %v", name, path, len(got), err, len(want), wantErr)
		}
		if err != nil && !errors.Is(err, crypt.ErrDamaged) && !errors.Is(err, crypt.ErrNotAge) && !errors.Is(err, crypt.ErrNoIdentity) {
			t.Errorf("%s, %s: the error is not sorted: %v", name, path, err)
		}
	}
}

// counting counts what is read at random.
type counting struct {
	io.ReaderAt
	bytes int
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.bytes += n
	return n, err
}

func TestReadingAtRandomReadsLittle(t *testing.T) {
	id := x25519(t)
	want := plaintext(40 * batch)
	sealed := encrypt(t, want, id.Recipient())
	src := &counting{ReaderAt: bytes.NewReader(sealed)}
	r, size, err := crypt.DecryptReaderAt(src, int64(len(sealed)), id)
	if err != nil || size != int64(len(want)) {
		t.Fatalf("%d bytes, %v", size, err)
	}
	for _, at := range []int{0, 5*chunk - 3, len(want) - 10} {
		got := make([]byte, 10)
		if n, err := r.ReadAt(got, int64(at)); n != 10 || err != nil && !errors.Is(err, io.EOF) || !bytes.Equal(got, want[at:at+10]) {
			t.Errorf("at %d: %d bytes, %v", at, n, err)
		}
	}
	if src.bytes > 8*chunk {
		t.Errorf("%d bytes were read for 30", src.bytes)
	}
	if _, err := r.ReadAt(make([]byte, 1), -1); err == nil || errors.Is(err, crypt.ErrDamaged) {
		t.Errorf("before the start: %v", err)
	}
}

func TestReadingAtRandomFindsDamage(t *testing.T) {
	id := x25519(t)
	sealed := encrypt(t, plaintext(4*chunk), id.Recipient())
	sealed[len(sealed)-3*(chunk+16)] ^= 1 // in the second chunk
	r, _, err := crypt.DecryptReaderAt(bytes.NewReader(sealed), int64(len(sealed)), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadAt(make([]byte, 10), chunk+5); !errors.Is(err, crypt.ErrDamaged) {
		t.Errorf("the damaged chunk: %v", err)
	}
	if n, err := r.ReadAt(make([]byte, 10), 2*chunk+5); n != 10 || err != nil {
		t.Errorf("the chunk after it: %d, %v", n, err)
	}
}

func TestReadingAtRandomTellsTheDrivesErrors(t *testing.T) {
	id := x25519(t)
	sealed := encrypt(t, plaintext(4*chunk), id.Recipient())
	for limit := 0; limit < 400000; limit += 20000 {
		src := &failingAt{bytes.NewReader(sealed), limit}
		r, size, err := crypt.DecryptReaderAt(src, int64(len(sealed)), id)
		if err == nil {
			_, err = io.ReadAll(io.NewSectionReader(r, 0, size))
		}
		if !errors.Is(err, errBroken) && limit < len(sealed) || errors.Is(err, crypt.ErrDamaged) {
			t.Errorf("after %d bytes: %v", limit, err)
		}
	}
}

// failingAt fails once so many bytes were read.
type failingAt struct {
	io.ReaderAt
	left int
}

func (f *failingAt) ReadAt(p []byte, off int64) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errBroken
	}
	return f.ReaderAt.ReadAt(p, off)
}
