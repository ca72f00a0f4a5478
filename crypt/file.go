package crypt

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"

	"stowage/crypt/safefile"

	"filippo.io/age"

	"stowage/crypt/runnable"
)

// FileOptions are the options of the functions on files and folders.
type FileOptions struct {
	Replace  bool     // replace an existing file; a folder never is
	Progress Progress // counts bytes of what is read, as they lie on disk; may be nil

	// Renamed, if not nil, is called for each entry of an archive that was unpacked
	// under another name, since this system cannot hold the one that is stored.
	Renamed func(stored, unpacked string)

	// Mark marks each decrypted file as coming from elsewhere, before it gets its name. Nil is [runnable.Mark].
	Mark runnable.Marker
}

func (o FileOptions) marker() runnable.Marker {
	if o.Mark == nil {
		return runnable.Mark
	}
	return o.Mark
}

// EncryptFile encrypts the file src into the new file dst, which takes over its
// modification time. A failed or cancelled run leaves no dst; an existing one is
// refused with [safefile.ErrExists] unless opts.Replace is set, and then stays until the
// new one is complete.
func EncryptFile(ctx context.Context, src, dst string, opts FileOptions, recipients ...age.Recipient) error {
	return convertFile(src, dst, opts, func(out *safefile.Output, in io.Reader) error {
		return Encrypt(ctx, out, in, opts.Progress, recipients...)
	})
}

// DecryptFile decrypts the age file src into the new file dst, with the same
// promises as [EncryptFile]. Only its owner may read it, nobody may run it, and it is
// marked as coming from elsewhere (opts.Mark).
func DecryptFile(ctx context.Context, src, dst string, opts FileOptions, identities ...age.Identity) error {
	return convertFile(src, dst, opts, func(out *safefile.Output, in io.Reader) error {
		out.SetMark(opts.marker())
		return Decrypt(ctx, out, Reader(ctx, in, opts.Progress), nil, identities...)
	})
}

// convertFile makes the new file dst from the file src.
func convertFile(src, dst string, opts FileOptions, convert func(*safefile.Output, io.Reader) error) error {
	in, info, err := openRegular(src, opts.Progress)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := safefile.Create(dst, opts.Replace)
	if err != nil {
		return err
	}
	defer out.Discard()
	if err := convert(out, in); err != nil {
		return fmt.Errorf("%s: %w", src, err)
	}
	out.SetModified(info.ModTime())
	return out.Commit()
}

// openRegular opens a regular file and reports its size to p.
func openRegular(name string, p Progress) (*os.File, fs.FileInfo, error) {
	f, info, err := safefile.Open(name)
	if err != nil {
		return nil, nil, err
	}
	OrNoProgress(p).Expect(info.Size())
	return f, info, nil
}
