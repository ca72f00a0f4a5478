package crypt

import (
	"context"
	"fmt"
	"io"

	"filippo.io/age"
)

// Encrypt encrypts src to its end into dst, for the recipients. Progress counts
// bytes of plaintext; p may be nil. When it fails, what dst has received is not
// a whole age file.
func Encrypt(ctx context.Context, dst io.Writer, src io.Reader, p Progress, recipients ...age.Recipient) error {
	w, err := NewEncryptWriter(dst, recipients...)
	if err != nil {
		return err
	}
	defer w.Abort()
	if _, err := w.ReadFrom(Reader(ctx, src, p)); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	return w.Close()
}

// Decrypt decrypts the age file src, armored or not, into dst. Progress counts
// bytes of plaintext; p may be nil. When it fails, dst has received authentic
// plaintext up to the failure, and no more.
func Decrypt(ctx context.Context, dst io.Writer, src io.Reader, p Progress, identities ...age.Identity) error {
	r, err := NewDecryptReader(Reader(ctx, src, nil), identities...)
	if err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	defer r.Close()
	if _, err := io.Copy(&watchedWriter{ctx, dst, OrNoProgress(p)}, r); err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	return nil
}
