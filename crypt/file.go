package crypt

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// Extensions of what this package writes.
const (
	Extension       = ".age"
	FolderExtension = ".tar.age"
)

// FileOptions are what the functions on files can be told.
type FileOptions struct {
	Replace  bool     // replace an existing destination
	Progress Progress // counts bytes of plaintext; may be nil
}

// EncryptFile encrypts the file src into the new file dst. A failed or
// cancelled run leaves no dst; an existing one is refused with [ErrExists]
// unless opts.Replace is set, and then stays until the new one is complete.
func EncryptFile(ctx context.Context, src, dst string, opts FileOptions, recipients ...age.Recipient) error {
	in, err := openRegular(src, opts.Progress)
	if err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	defer in.Close()
	return writeOutput(dst, opts.Replace, func(out io.Writer) error {
		if err := Encrypt(ctx, out, in, opts.Progress, recipients...); err != nil {
			return fmt.Errorf("encrypt %s: %w", src, err)
		}
		return nil
	})
}

// DecryptFile decrypts the age file src into the new file dst, with the same
// promises as [EncryptFile].
func DecryptFile(ctx context.Context, src, dst string, opts FileOptions, identities ...age.Identity) error {
	in, err := openRegular(src, opts.Progress)
	if err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	defer in.Close()
	return writeOutput(dst, opts.Replace, func(out io.Writer) error {
		if err := Decrypt(ctx, out, in, opts.Progress, identities...); err != nil {
			return fmt.Errorf("decrypt %s: %w", src, err)
		}
		return nil
	})
}

// openRegular opens a regular file and tells p its size.
func openRegular(name string, p Progress) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", name)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	OrNoProgress(p).Expect(info.Size())
	return f, nil
}

// writeOutput has write fill the new file dst, which appears only if it
// succeeds.
func writeOutput(dst string, replace bool, write func(io.Writer) error) error {
	out, err := CreateOutput(dst, replace)
	if err != nil {
		return err
	}
	defer out.Discard()
	if err := write(out); err != nil {
		return err
	}
	return out.Commit()
}

// EncryptedName is what the encrypted form of a file or folder is called.
func EncryptedName(name string, folder bool) string {
	if folder {
		return name + FolderExtension
	}
	return name + Extension
}

// DecryptedName is what the decrypted form of the age file name is called, and
// whether it is a folder. ok is false when name does not end as it should.
func DecryptedName(name string) (plain string, folder, ok bool) {
	if plain, ok = strings.CutSuffix(name, FolderExtension); ok && plain != "" {
		return plain, true, true
	}
	plain, ok = strings.CutSuffix(name, Extension)
	return plain, false, ok && plain != ""
}
