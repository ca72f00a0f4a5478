package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"stowage/crypt"
	"stowage/crypt/keys/internal/testwork"

	"filippo.io/age"
	"golang.org/x/text/unicode/norm"
)

// maxFile bounds every key file and what is in it.
const maxFile = 1 << 20

// WorkFactor is the base-2 logarithm of the scrypt cost N (RFC 7914), as it
// stands in an age file. The least allowed is [DefaultWorkFactor].
type WorkFactor int

// Work factors.
const (
	// DefaultWorkFactor costs about a second and 256 MiB for each guess.
	DefaultWorkFactor WorkFactor = 18
	// maxWorkFactor bounds what a hostile file can make a computer do: about 15
	// seconds and 4 GiB, the bound that stock age has.
	maxWorkFactor WorkFactor = 22
)

func (w WorkFactor) check() error {
	if w >= DefaultWorkFactor && w <= maxWorkFactor || w == testwork.Factor && testwork.Allowed() {
		return nil
	}
	return fmt.Errorf("%w: %d, want %d to %d", ErrWorkFactor, w, DefaultWorkFactor, maxWorkFactor)
}

// normalPassphrase is the form of a passphrase that protects a file: Unicode
// NFC, so that it is the same bytes whether macOS or Windows typed it, without
// space around it. It is always a copy, which the caller wipes.
func normalPassphrase(passphrase []byte) []byte {
	trimmed := bytes.TrimSpace(passphrase)
	n := make([]byte, 0, 3*len(trimmed)) // UTF-8 grows no further in NFC, so no copy is left behind
	return norm.NFC.Append(n, trimmed...)
}

func samePassphrase(a, b []byte) bool {
	a, b = normalPassphrase(a), normalPassphrase(b)
	defer clear(a)
	defer clear(b)
	return bytes.Equal(a, b)
}

// sealWith protects plaintext with a passphrase. It is one of the three places
// where a passphrase becomes a string, as the libraries want it.
func sealWith(plaintext, passphrase []byte, w WorkFactor) ([]byte, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	p := normalPassphrase(passphrase)
	defer clear(p)
	if reason := shape(p); reason != "" {
		return nil, &WeakError{Reason: reason}
	}
	r, err := age.NewScryptRecipient(string(p))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTooWeak, err)
	}
	r.SetWorkFactor(int(w))
	return sealTo(plaintext, r)
}

// openWith opens what sealWith made. The caller wipes what it returns.
func openWith(file, passphrase []byte) ([]byte, error) {
	p := normalPassphrase(passphrase)
	defer clear(p)
	if shape(p) != "" {
		return nil, ErrPassphrase // none that sealWith took
	}
	i, err := age.NewScryptIdentity(string(p))
	if err != nil {
		return nil, ErrPassphrase
	}
	i.SetMaxWorkFactor(int(maxWorkFactor))
	plain, err := open(file, i)
	if errors.Is(err, ErrWrongKey) {
		return nil, fmt.Errorf("%w: no passphrase protects it", ErrDamagedKey)
	}
	return plain, err
}

func sealTo(plaintext []byte, to ...age.Recipient) ([]byte, error) {
	file, err := crypt.AppendEncrypt(context.Background(), nil, plaintext, nil, to...)
	if err != nil {
		return nil, fmt.Errorf("encrypt a key: %w", err)
	}
	return file, nil
}

// open decrypts a small age file. The caller wipes what it returns.
func open(file []byte, identities ...age.Identity) ([]byte, error) {
	if len(file) > maxFile {
		return nil, fmt.Errorf("%w: %d bytes are too many", ErrDamagedKey, len(file))
	}
	if len(identities) == 0 {
		return nil, ErrWrongKey
	}
	plain, err := crypt.AppendDecrypt(context.Background(), nil, file, nil, identities...)
	switch {
	case errors.Is(err, crypt.ErrPassphrase):
		return nil, ErrPassphrase
	case errors.Is(err, crypt.ErrNoIdentity):
		return nil, ErrWrongKey
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamagedKey, err)
	}
	return plain, nil
}
