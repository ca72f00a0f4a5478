package crypt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"filippo.io/age"
	"filippo.io/age/armor"
	"go.uber.org/goleak"
	"stowage/crypt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const chunk, batch = 64 << 10, 512 << 10

// sizes lie around the edges of chunks and of the batches that workers take.
var sizes = []int{
	0, 1, 100, chunk - 1, chunk, chunk + 1, 2 * chunk, 7*chunk + 5, batch - 1, batch, batch + 1,
	batch + chunk, 3*batch - 1, 3 * batch, 3*batch + 1, 20*batch + 17,
}

// plaintext returns n bytes that are the same in every run.
func plaintext(n int) []byte {
	p := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(p)
	return p
}

func hybrid(t testing.TB) *age.HybridIdentity {
	t.Helper()
	i, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func x25519(t testing.TB) *age.X25519Identity {
	t.Helper()
	i, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// encrypt makes an age file with this package.
func encrypt(t testing.TB, plain []byte, to ...age.Recipient) []byte {
	t.Helper()
	var sealed bytes.Buffer
	if err := crypt.Encrypt(t.Context(), &sealed, bytes.NewReader(plain), nil, to...); err != nil {
		t.Fatal(err)
	}
	return sealed.Bytes()
}

// ageDecrypt opens an age file with the age package alone.
func ageDecrypt(t testing.TB, sealed []byte, with age.Identity) []byte {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(sealed), with)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestAgeOpensWhatWeWrite(t *testing.T) {
	id := hybrid(t)
	for _, size := range sizes {
		want := plaintext(size)
		sealed := encrypt(t, want, id.Recipient())
		if !bytes.Equal(ageDecrypt(t, sealed, id), want) {
			t.Errorf("%d bytes: age reads something else", size)
		}
		info, err := crypt.Inspect(bytes.NewReader(sealed), int64(len(sealed)))
		if err != nil || info.PlainSize != int64(size) {
			t.Errorf("%d bytes: Inspect says %+v, %v", size, info, err)
		}
		if got := crypt.SealedSize(info.HeaderSize, int64(size)); got != int64(len(sealed)) {
			t.Errorf("%d bytes: SealedSize says %d, want %d", size, got, len(sealed))
		}
	}
}

func TestWeOpenWhatAgeWrites(t *testing.T) {
	id := x25519(t)
	for _, size := range sizes {
		want := plaintext(size)
		for _, armored := range []bool{false, true} {
			var sealed bytes.Buffer
			var dst io.Writer = &sealed
			var closer io.Closer = io.NopCloser(nil)
			if armored {
				w := armor.NewWriter(&sealed)
				dst, closer = w, w
			}
			w, err := age.Encrypt(dst, id.Recipient())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(want); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(w.Close(), closer.Close()); err != nil {
				t.Fatal(err)
			}
			checkOpens(t, fmt.Sprintf("%d bytes, armored %v", size, armored), sealed.Bytes(), want, id)
		}
	}
}

// checkOpens checks every way of reading.
func checkOpens(t *testing.T, name string, sealed, want []byte, id age.Identity) {
	t.Helper()
	var out bytes.Buffer
	err := crypt.Decrypt(t.Context(), &out, iotest.HalfReader(bytes.NewReader(sealed)), nil, id)
	if err != nil || !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%s: Decrypt differs: %v", name, err)
	}
	r, size, err := crypt.DecryptReaderAt(bytes.NewReader(sealed), int64(len(sealed)), id)
	if err != nil {
		t.Errorf("%s: DecryptReaderAt: %v", name, err)
		return
	}
	got, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: reading at random differs: %v", name, err)
	}
	if n, err := r.ReadAt(make([]byte, 1), size); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("%s: reading past the end gives %d, %v", name, n, err)
	}
}

func TestRecipientsKeepTheirLabels(t *testing.T) {
	scrypt, err := age.NewScryptRecipient("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	scrypt.SetWorkFactor(10)
	mixes := map[string][]age.Recipient{
		"hybrid then classic":     {hybrid(t).Recipient(), x25519(t).Recipient()},
		"classic then hybrid":     {x25519(t).Recipient(), hybrid(t).Recipient()},
		"passphrase then classic": {scrypt, x25519(t).Recipient()},
		"classic then passphrase": {x25519(t).Recipient(), scrypt},
		"none":                    {},
	}
	for name, mix := range mixes {
		if _, err := crypt.NewEncryptWriter(io.Discard, mix...); err == nil {
			t.Errorf("%s: the mix was accepted", name)
		}
	}
	a, b := hybrid(t), hybrid(t)
	sealed := encrypt(t, plaintext(3*batch), a.Recipient(), b.Recipient())
	for _, id := range []age.Identity{a, b} {
		if !bytes.Equal(ageDecrypt(t, sealed, id), plaintext(3*batch)) {
			t.Error("a recipient reads something else")
		}
	}
	whole := encrypt(t, plaintext(2*batch), scrypt)
	pass, _ := age.NewScryptIdentity("correct horse")
	if !bytes.Equal(ageDecrypt(t, whole, pass), plaintext(2*batch)) {
		t.Error("the passphrase opens something else")
	}
}

func TestFlushKeepsTheLastChunkBack(t *testing.T) {
	id := x25519(t)
	for _, size := range sizes {
		want := plaintext(size)
		var sealed bytes.Buffer
		w, err := crypt.NewEncryptWriter(&sealed, id.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		half := size / 2
		for _, part := range [][]byte{want[:half], want[half:]} {
			if _, err := w.Write(part); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		// Without the tail nobody takes it for a whole file.
		torn := bytes.Clone(sealed.Bytes())
		if err := crypt.Decrypt(t.Context(), io.Discard, bytes.NewReader(torn), nil, id); !errors.Is(err, crypt.ErrDamaged) {
			t.Errorf("%d bytes: the flushed stream reads as whole: %v", size, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if tail := sealed.Len() - len(torn); tail > chunk+16 {
			t.Errorf("%d bytes: %d bytes were left for Close", size, tail)
		}
		if !bytes.Equal(ageDecrypt(t, sealed.Bytes(), id), want) {
			t.Errorf("%d bytes: age reads something else", size)
		}
	}
}

func TestAbortLeavesNoWholeFile(t *testing.T) {
	id := x25519(t)
	for _, size := range sizes {
		var sealed bytes.Buffer
		w, err := crypt.NewEncryptWriter(&sealed, id.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(plaintext(size)); err != nil {
			t.Fatal(err)
		}
		w.Abort()
		if err := w.Close(); err == nil {
			t.Errorf("%d bytes: Close after Abort succeeds", size)
		}
		if err := crypt.Decrypt(t.Context(), io.Discard, &sealed, nil, id); !errors.Is(err, crypt.ErrDamaged) {
			t.Errorf("%d bytes: the aborted stream reads as whole: %v", size, err)
		}
	}
}

func TestEveryDamageIsFound(t *testing.T) {
	id := x25519(t)
	want := plaintext(2*batch + 3*chunk + 9)
	sealed := encrypt(t, want, id.Recipient())
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		at := random.IntN(len(sealed))
		damaged := map[string][]byte{
			"cut":   sealed[:at],
			"flip":  bytes.Clone(sealed),
			"extra": append(bytes.Clone(sealed), plaintext(1+at%70000)...),
		}
		damaged["flip"][at] ^= 1 << (at % 8)
		for name, file := range damaged {
			var out bytes.Buffer
			err := crypt.Decrypt(t.Context(), &out, bytes.NewReader(file), nil, id)
			if err == nil {
				t.Fatalf("%s at %d was not noticed", name, at)
			}
			if !bytes.HasPrefix(want, out.Bytes()) {
				t.Fatalf("%s at %d released plaintext that is not authentic", name, at)
			}
		}
	}
}

var errBroken = errors.New("the drive is gone")

// brokenAfter fails once n bytes have passed, in either direction.
type brokenAfter struct {
	io.Reader
	n int
}

func (b *brokenAfter) Read(p []byte) (int, error) {
	if b.n <= 0 {
		return 0, errBroken
	}
	n, err := b.Reader.Read(p[:min(len(p), b.n)])
	b.n -= n
	return n, err
}

func (b *brokenAfter) Write(p []byte) (int, error) {
	if b.n -= len(p); b.n < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestErrorsOfTheDriveAreNotDamage(t *testing.T) {
	id := x25519(t)
	sealed := encrypt(t, plaintext(3*batch), id.Recipient())
	for _, n := range []int{0, 10, 150, 1000, chunk, batch, batch + 5*chunk, 2 * batch, len(sealed)} {
		err := crypt.Decrypt(t.Context(), io.Discard, &brokenAfter{bytes.NewReader(sealed), n}, nil, id)
		if !errors.Is(err, errBroken) || errors.Is(err, crypt.ErrDamaged) {
			t.Errorf("reading breaks after %d: got %v", n, err)
		}
		err = crypt.Encrypt(t.Context(), io.Discard, &brokenAfter{bytes.NewReader(plaintext(4 * batch)), n}, nil, id.Recipient())
		if !errors.Is(err, errBroken) {
			t.Errorf("the source breaks after %d: got %v", n, err)
		}
		if n < len(sealed) {
			err = crypt.Encrypt(t.Context(), &brokenAfter{n: n}, bytes.NewReader(plaintext(3*batch)), nil, id.Recipient())
			if !errors.Is(err, errBroken) {
				t.Errorf("writing breaks after %d: got %v", n, err)
			}
		}
	}
}

// cancelAfter cancels a context once so many bytes were reported done.
type cancelAfter struct {
	crypt.NoProgress
	n      int64
	cancel context.CancelFunc
}

func (c *cancelAfter) Done(n int64) {
	if c.n -= n; c.n < 0 {
		c.cancel()
	}
}

func TestCancel(t *testing.T) {
	id := x25519(t)
	sealed := encrypt(t, plaintext(20*batch), id.Recipient())
	ctx, cancel := context.WithCancel(t.Context())
	err := crypt.Encrypt(ctx, io.Discard, bytes.NewReader(plaintext(20*batch)), &cancelAfter{n: batch, cancel: cancel}, id.Recipient())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Encrypt: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	err = crypt.Decrypt(ctx, io.Discard, bytes.NewReader(sealed), &cancelAfter{n: batch, cancel: cancel}, id)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Decrypt: %v", err)
	}
}

func TestReaderClosedEarly(t *testing.T) {
	id := x25519(t)
	r, err := crypt.NewDecryptReader(bytes.NewReader(encrypt(t, plaintext(50*batch), id.Recipient())), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(r, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("reading after Close gives %v", err)
	}
}

func TestWrongKeys(t *testing.T) {
	sealed := encrypt(t, []byte("hello"), x25519(t).Recipient())
	if err := crypt.Decrypt(t.Context(), io.Discard, bytes.NewReader(sealed), nil, x25519(t)); !errors.Is(err, crypt.ErrNoIdentity) {
		t.Errorf("another's key: %v", err)
	}
	scrypt, _ := age.NewScryptRecipient("correct horse")
	scrypt.SetWorkFactor(10)
	wrong, _ := age.NewScryptIdentity("battery staple")
	err := crypt.Decrypt(t.Context(), io.Discard, bytes.NewReader(encrypt(t, nil, scrypt)), nil, wrong)
	if !errors.Is(err, crypt.ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	for _, other := range []string{"", "hello", "age-encryption.org", "PK\x03\x04"} {
		err := crypt.Decrypt(t.Context(), io.Discard, bytes.NewReader([]byte(other)), nil, x25519(t))
		if !errors.Is(err, crypt.ErrNotAge) {
			t.Errorf("%q: %v", other, err)
		}
	}
}

func FuzzDecrypt(f *testing.F) {
	id, err := age.ParseX25519Identity("AGE-SECRET-KEY-184JMZMVQH3E6U0PSL869004Y3U2NYV7R30EU99CSEDNPH02YUVFSZW44VU")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encrypt(f, []byte("hello"), id.Recipient()))
	f.Add([]byte("age-encryption.org/v1\n-> X25519 abc\n"))
	f.Add([]byte(armor.Header + "\nYWdl\n" + armor.Footer))
	f.Fuzz(func(t *testing.T, file []byte) {
		var a, b bytes.Buffer
		errA := crypt.Decrypt(t.Context(), &a, bytes.NewReader(file), nil, id)
		r, errB := crypt.NewParallelReader(bytes.NewReader(file), id)
		if errB == nil {
			_, errB = io.Copy(&b, r)
			r.Close()
		}
		if (errA == nil) != (errB == nil) || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("the two readers differ: %v, %v", errA, errB)
		}
		_, _ = crypt.Inspect(bytes.NewReader(file), int64(len(file)))
	})
}

func FuzzRoundTrip(f *testing.F) {
	id := x25519(f)
	f.Add([]byte("hello"), 3, 2)
	f.Add(plaintext(chunk+1), 12, chunk)
	f.Fuzz(func(t *testing.T, piece []byte, times, flushEvery int) {
		times, flushEvery = times&31, max(1, flushEvery&0xfffff)
		var sealed, want bytes.Buffer
		w, err := crypt.NewEncryptWriter(&sealed, id.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abort()
		for range times {
			want.Write(piece)
			if _, err := w.Write(piece); err != nil {
				t.Fatal(err)
			}
			if want.Len()%flushEvery == 0 {
				if err := w.Flush(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(ageDecrypt(t, sealed.Bytes(), id), want.Bytes()) {
			t.Error("age reads something else")
		}
	})
}
