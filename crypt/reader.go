package crypt

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// smallPayload is up to which size, in sealed bytes with the nonce, a stream
// goes straight through the age package when it is read.
const smallPayload = nonceSize + 4*sealedSize

// NewDecryptReader opens the age file src, armored or not, and returns a reader
// of its plaintext, which is opened on all cores. Close frees its goroutines and
// must be called; it waits for a read of src that is under way, and does not
// close src. The reader is not safe for concurrent use.
//
// After a clean end of file everything was authentic and complete; any other
// ending is [ErrDamaged] or an error of src, after the plaintext of the chunks
// before it.
func NewDecryptReader(src io.Reader, identities ...age.Identity) (io.ReadCloser, error) {
	source := &sourceWatcher{src: src}
	h, fileKey, err := openStream(source, identities)
	if err != nil {
		return nil, source.blame(err)
	}
	defer clear(fileKey)
	start, err := io.ReadAll(io.LimitReader(h.rest, smallPayload+1))
	body := io.MultiReader(bytes.NewReader(start), h.rest)
	if err != nil || len(start) <= smallPayload {
		return newStraightReader(h, body, source, fileKey)
	}
	return newParallelReader(body, source, fileKey)
}

// openStream reads the header of src, armored or not, and opens the file key,
// which the caller wipes.
func openStream(src io.Reader, identities []age.Identity) (header, []byte, error) {
	plain, _ := dearmored(src)
	h, err := readHeader(plain)
	if err != nil {
		return header{}, nil, err
	}
	fileKey, err := h.open(identities)
	return h, fileKey, err
}

// newParallelReader reads a large stream on all cores.
func newParallelReader(body io.Reader, source *sourceWatcher, fileKey []byte) (io.ReadCloser, error) {
	var nonce [nonceSize]byte
	if _, err := io.ReadFull(body, nonce[:]); err != nil {
		return nil, source.blame(&causedError{ErrDamaged, fmt.Errorf("it ends in its nonce: %w", err)})
	}
	payload, err := newPayload(fileKey, nonce[:])
	if err != nil {
		return nil, err
	}
	return newParallel(body, payload), nil
}

// straightReader reads a small stream through the age package itself.
type straightReader struct {
	src    io.Reader
	source *sourceWatcher
}

func newStraightReader(h header, body io.Reader, source *sourceWatcher, fileKey []byte) (io.ReadCloser, error) {
	whole := io.MultiReader(bytes.NewReader(h.text), body)
	src, err := age.Decrypt(whole, age.NewInjectedFileKeyIdentity(fileKey))
	if err != nil {
		return nil, source.blame(&causedError{ErrDamaged, err})
	}
	return &straightReader{src, source}, nil
}

func (r *straightReader) Read(p []byte) (int, error) {
	if r.src == nil {
		return 0, errClosed
	}
	n, err := r.src.Read(p)
	if err != nil && err != io.EOF {
		err = r.source.blame(&causedError{ErrDamaged, err})
	}
	return n, err
}

func (r *straightReader) Close() error {
	r.src = nil
	return nil
}

// sourceWatcher remembers an error of the source itself, so that it is not
// taken for damage.
type sourceWatcher struct {
	src io.Reader
	err error
}

func (w *sourceWatcher) Read(p []byte) (int, error) {
	n, err := w.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// blame returns the source's own error if it had one, and else err.
func (w *sourceWatcher) blame(err error) error {
	if w.err != nil {
		return fmt.Errorf("read the age file: %w", w.err)
	}
	return err
}
