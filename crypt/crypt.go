package crypt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

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
		return fmt.Errorf("encrypt: %w", err)
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
		return err
	}
	defer r.Close()
	if _, err := io.Copy(&watchedWriter{dst, OrNoProgress(p)}, r); err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	return nil
}

type watchedWriter struct {
	dst io.Writer
	p   Progress
}

func (w *watchedWriter) Write(b []byte) (int, error) {
	n, err := w.dst.Write(b)
	w.p.Done(int64(n))
	return n, err
}

// maxArmored bounds an armored file that is opened for random access, which
// needs it in memory. Armor is for text that people paste.
const maxArmored = 64 << 20

// DecryptReaderAt opens the age file src of the given size for reading at
// random and returns it with the size of the plaintext, which is authentic: the
// last chunk has been read. Each chunk is authenticated when it is read; ReadAt
// may be called concurrently. An armored file is held in memory, and may be at
// most 64 MiB.
func DecryptReaderAt(src io.ReaderAt, size int64, identities ...age.Identity) (io.ReaderAt, int64, error) {
	source := &sourceAtWatcher{src: src}
	plain, armored := dearmored(io.NewSectionReader(source, 0, size))
	if start, _ := plain.Peek(len(intro)); string(start) != intro && !armored {
		return nil, 0, source.blame(ErrNotAge)
	}
	src = source
	if armored {
		if size > maxArmored {
			return nil, 0, fmt.Errorf("open an armored age file of %d bytes at random: more than %d", size, maxArmored)
		}
		data, err := io.ReadAll(plain)
		if err != nil {
			return nil, 0, damagedArmor(fmt.Errorf("read the armor: %w", err))
		}
		src, size = bytes.NewReader(data), int64(len(data))
	}
	r, plainSize, err := age.DecryptReaderAt(src, size, identities...)
	if err != nil {
		return nil, 0, source.blame(openError(err, identities))
	}
	return readerAt{r, plainSize}, plainSize, nil
}

// readerAt names what fails to authenticate as damage.
type readerAt struct {
	r    io.ReaderAt
	size int64
}

func (r readerAt) ReadAt(p []byte, off int64) (int, error) {
	if off >= r.size && len(p) > 0 {
		return 0, io.EOF
	}
	n, err := r.r.ReadAt(p, off)
	var own *sourceError
	if err != nil && !errors.Is(err, io.EOF) && !errors.As(err, &own) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}

// sourceError marks an error of the source itself, which is no damage.
type sourceError struct{ error }

func (e *sourceError) Unwrap() error { return e.error }

// sourceAtWatcher marks the errors of a source that is read at random.
type sourceAtWatcher struct {
	src io.ReaderAt
	err atomic.Pointer[sourceError]
}

func (w *sourceAtWatcher) ReadAt(p []byte, off int64) (int, error) {
	n, err := w.src.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		own := &sourceError{err}
		w.err.Store(own)
		return n, own
	}
	return n, err
}

// blame returns the source's own error if it had one, and else err.
func (w *sourceAtWatcher) blame(err error) error {
	if own := w.err.Load(); own != nil {
		return fmt.Errorf("read the age file: %w", own.error)
	}
	return err
}
