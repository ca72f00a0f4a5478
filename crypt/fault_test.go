package crypt_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"stowage/crypt"
	"stowage/crypt/longtest"
)

func TestEveryDamageIsFound(t *testing.T) {
	longtest.SkipRaced(t)
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
