package crypt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"stowage/crypt"
	"stowage/crypt/longtest"

	"filippo.io/age"
)

// doneBytes is a Progress that adds up.
type doneBytes struct{ atomic.Int64 }

func (*doneBytes) Expect(int64) {}

func (d *doneBytes) Done(n int64) { d.Add(n) }

func TestInMemory(t *testing.T) {
	id := hybrid(t)
	before := []byte("what was there before")
	for _, size := range sizes {
		want := plaintext(size)
		for _, room := range []int{0, 10, size + 10_000} {
			var sealing, opening doneBytes
			dst := append(make([]byte, 0, len(before)+room), before...)
			sealed, err := crypt.AppendEncrypt(t.Context(), dst, want, &sealing, id.Recipient())
			if err != nil || !bytes.HasPrefix(sealed, before) {
				t.Fatalf("%d bytes: %v", size, err)
			}
			sealed = sealed[len(before):]
			if !bytes.Equal(ageDecrypt(t, sealed, id), want) {
				t.Errorf("%d bytes: age reads something else", size)
			}
			dst = append(make([]byte, 0, len(before)+room), before...)
			got, err := crypt.AppendDecrypt(t.Context(), dst, sealed, &opening, id)
			if err != nil || !bytes.Equal(got, append(bytes.Clone(before), want...)) {
				t.Errorf("%d bytes: opening gives something else: %v", size, err)
			}
			if sealing.Load() != int64(size) || opening.Load() != int64(size) {
				t.Errorf("%d bytes: progress counted %d and %d", size, sealing.Load(), opening.Load())
			}
		}
	}
}

// openInMemory decrypts into room of its own, and holds that nothing of it is left
// there after an error.
func openInMemory(t *testing.T, v vector) ([]byte, error) {
	t.Helper()
	room := make([]byte, len(v.file))
	out, err := crypt.AppendDecrypt(t.Context(), room[:0], v.file, nil, v.identities...)
	if err != nil && (out != nil || !bytes.Equal(room, make([]byte, len(room)))) {
		t.Errorf("plaintext was left behind after %v", err)
	}
	return out, err
}

// TestInMemoryDamageAsAge damages files at random: what age refuses is refused.
func TestInMemoryDamageAsAge(t *testing.T) {
	longtest.SkipRaced(t)
	id := x25519(t)
	random := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{0, 100, chunk, 4 * chunk, 2*batch + 9} {
		sealed := encrypt(t, plaintext(size), id.Recipient())
		for range 40 {
			at := random.IntN(len(sealed))
			for name, file := range damages(t, sealed, at) {
				name := fmt.Sprintf("%d bytes, %s at %d", size, name, at)
				want, wantErr := ageOutcome(file, id)
				got, err := openInMemory(t, vector{file: file, identities: []age.Identity{id}})
				if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
					t.Errorf("%s: %d bytes and %v; age gives %d and %v", name, len(got), err, len(want), wantErr)
				}
				if err != nil && !errors.Is(err, crypt.ErrDamaged) && !errors.Is(err, crypt.ErrNotAge) && !errors.Is(err, crypt.ErrNoIdentity) {
					t.Errorf("%s: the error is not sorted: %v", name, err)
				}
			}
		}
	}
}

// stopping is a Progress that cancels after the first chunk.
type stopping struct {
	crypt.NoProgress
	cancel context.CancelFunc
}

func (s stopping) Done(int64) { s.cancel() }

func TestInMemoryCancelled(t *testing.T) {
	id := x25519(t)
	plain := plaintext(40 * batch)
	sealed := encrypt(t, plain, id.Recipient())
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := crypt.AppendEncrypt(ctx, nil, plain, stopping{cancel: cancel}, id.Recipient()); !errors.Is(err, context.Canceled) {
		t.Errorf("encrypting ends with %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	room := make([]byte, len(plain))
	if _, err := crypt.AppendDecrypt(ctx, room[:0], sealed, stopping{cancel: cancel}, id); !errors.Is(err, context.Canceled) {
		t.Errorf("decrypting ends with %v", err)
	}
	if !bytes.Equal(room, make([]byte, len(room))) {
		t.Error("plaintext was left behind")
	}
	if _, err := crypt.AppendEncrypt(t.Context(), nil, plain, nil); err == nil {
		t.Error("there was no recipient")
	}
}
