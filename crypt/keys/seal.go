package keys

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"golang.org/x/text/unicode/norm"
	"stowage/crypt"
)

// maxFile bounds every key file and what is in it.
const maxFile = 1 << 20

// WorkFactor is the base-2 logarithm of the scrypt cost.
type WorkFactor int

// Work factors.
const (
	// DefaultWorkFactor costs about a second and 256 MiB for each guess.
	DefaultWorkFactor WorkFactor = 18
	// maxWorkFactor bounds what a hostile file can make a computer do.
	maxWorkFactor = 22
	// InsecureTestWorkFactor is for tests alone. What it protects is not safe.
	InsecureTestWorkFactor WorkFactor = 2
)

func (w WorkFactor) check() error {
	if w == InsecureTestWorkFactor || (w >= DefaultWorkFactor && w <= maxWorkFactor) {
		return nil
	}
	return fmt.Errorf("%w: %d, want %d to %d", ErrWorkFactor, w, DefaultWorkFactor, maxWorkFactor)
}

// normalPassphrase is the form of a passphrase that protects a file: Unicode
// NFC, so that it is the same bytes on every system, without space around it.
// The caller wipes it.
func normalPassphrase(passphrase []byte) []byte {
	n := norm.NFC.Bytes(bytes.TrimSpace(passphrase))
	if len(n) > 0 && len(passphrase) > 0 && &n[0] == &bytes.TrimSpace(passphrase)[0] {
		return bytes.Clone(n)
	}
	return n
}

// sealWith protects plaintext with a passphrase. It is one of the two places
// where a passphrase becomes a string, as the age package wants it.
func sealWith(plaintext, passphrase []byte, w WorkFactor) ([]byte, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	p := normalPassphrase(passphrase)
	defer clear(p)
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
	i, err := age.NewScryptIdentity(string(p))
	if err != nil {
		return nil, fmt.Errorf("%w: it is empty", ErrPassphrase)
	}
	i.SetMaxWorkFactor(maxWorkFactor)
	return open(file, i)
}

func sealTo(plaintext []byte, to ...age.Recipient) ([]byte, error) {
	var file bytes.Buffer
	w, err := age.Encrypt(&file, to...)
	if err != nil {
		return nil, fmt.Errorf("encrypt a key: %w", err)
	}
	if _, err := w.Write(plaintext); err != nil {
		return nil, fmt.Errorf("encrypt a key: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encrypt a key: %w", err)
	}
	return file.Bytes(), nil
}

func open(file []byte, identities ...age.Identity) ([]byte, error) {
	if len(file) > maxFile {
		return nil, fmt.Errorf("%w: %d bytes are too many", ErrDamagedKey, len(file))
	}
	if len(identities) == 0 {
		return nil, ErrWrongKey
	}
	r, err := crypt.NewDecryptReader(bytes.NewReader(file), identities...)
	switch {
	case errors.Is(err, crypt.ErrPassphrase):
		return nil, ErrPassphrase
	case errors.Is(err, crypt.ErrNoIdentity):
		return nil, ErrWrongKey
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamagedKey, err)
	}
	defer r.Close()
	plain, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		clear(plain)
		return nil, fmt.Errorf("%w: %w", ErrDamagedKey, err)
	}
	return plain, nil
}
