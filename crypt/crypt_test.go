package crypt_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"stowage/crypt"
	"stowage/crypt/leaktest"
	"stowage/crypt/longtest"

	"filippo.io/age"
	"filippo.io/age/armor"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

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
	longtest.SkipRaced(t)
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
