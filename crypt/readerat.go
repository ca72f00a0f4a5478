package crypt

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"filippo.io/age"
)

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
	src = source
	if armored {
		if size > maxArmored {
			return nil, 0, fmt.Errorf("open an armored age file of %d bytes at random: more than %d", size, maxArmored)
		}
		data, err := io.ReadAll(plain)
		if err != nil {
			return nil, 0, source.blame(armorError(err))
		}
		src, size, plain = bytes.NewReader(data), int64(len(data)), bufio.NewReader(bytes.NewReader(data))
	}
	h, err := readHeader(plain)
	if err != nil {
		return nil, 0, source.blame(err)
	}
	fileKey, err := h.open(identities)
	if err != nil {
		return nil, 0, source.blame(err)
	}
	defer clear(fileKey)
	r, plainSize, err := age.DecryptReaderAt(src, size, age.NewInjectedFileKeyIdentity(fileKey))
	if err != nil {
		return nil, 0, source.blame(&causedError{ErrDamaged, err})
	}
	return readerAt{r, plainSize}, plainSize, nil
}

// readerAt names what fails to authenticate as damage.
type readerAt struct {
	r    io.ReaderAt
	size int64
}

func (r readerAt) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("read at %d: a negative offset", off)
	}
	if off >= r.size && len(p) > 0 {
		return 0, io.EOF
	}
	n, err := r.r.ReadAt(p, off)
	var own *sourceError
	if errors.As(err, &own) {
		return n, fmt.Errorf("read the age file: %w", own.error)
	}
	if err != nil && err != io.EOF {
		err = &causedError{ErrDamaged, err}
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
