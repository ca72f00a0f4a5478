package crypt

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// maxHeader bounds the age header, which a hostile file could make endless. The
// age package refuses one of more than 2 MiB.
const maxHeader = 4 << 20

// intro is what the first line of every version of age begins with.
const intro = "age-encryption.org/"

// NewDecryptReader opens the age file src, armored or not, and returns a reader of its
// plaintext, which is opened on all cores. Close frees its goroutines and must
// be called; src is not closed. After a clean end of file everything was
// authentic and complete; any other ending is [ErrDamaged] or an error of src.
func NewDecryptReader(src io.Reader, identities ...age.Identity) (io.ReadCloser, error) {
	source := &sourceWatcher{src: src}
	plain, _ := dearmored(source)
	header, fileKey, rest, err := openHeader(plain, identities)
	if err != nil {
		return nil, source.blame(err)
	}
	defer clear(fileKey)
	body := bufio.NewReaderSize(rest, nonceSize+sealedBatch)
	if _, err := body.Peek(nonceSize + sealedBatch); err != nil {
		return newStraightReader(header, body, source, fileKey)
	}
	return newParallelReader(body, source, fileKey)
}

func newParallelReader(body io.Reader, source *sourceWatcher, fileKey []byte) (io.ReadCloser, error) {
	var nonce [nonceSize]byte
	if _, err := io.ReadFull(body, nonce[:]); err != nil {
		return nil, source.blame(fmt.Errorf("%w: it ends in its nonce: %w", ErrDamaged, err))
	}
	payload, err := newPayload(fileKey, nonce[:])
	if err != nil {
		return nil, err
	}
	return newParallel(body, payload), nil
}

// dearmored removes the armor where there is one.
func dearmored(src io.Reader) (plain *bufio.Reader, armored bool) {
	head := bufio.NewReader(src)
	start, _ := head.Peek(len(armor.Header) + 1024) // age allows white space before it
	if bytes.HasPrefix(bytes.TrimLeft(start, " \t\r\n"), []byte("-----BEGIN AGE")) {
		return bufio.NewReader(armor.NewReader(head)), true
	}
	return head, false
}

// openHeader reads the header and opens the file key, which the caller wipes.
// rest is the payload with its nonce.
func openHeader(src *bufio.Reader, identities []age.Identity) (header, fileKey []byte, rest io.Reader, err error) {
	if start, err := src.Peek(len(intro)); string(start) != intro {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, nil, openError(err, identities)
		}
		return nil, nil, nil, ErrNotAge
	}
	var seen bytes.Buffer
	header, err = age.ExtractHeader(io.TeeReader(io.LimitReader(src, maxHeader), &seen))
	if err != nil {
		return nil, nil, nil, openError(err, identities)
	}
	fileKey, err = age.DecryptHeader(header, identities...)
	if err != nil {
		return nil, nil, nil, openError(err, identities)
	}
	return header, fileKey, io.MultiReader(bytes.NewReader(seen.Bytes()[len(header):]), src), nil
}

// damagedArmor marks errors of the armor as damage.
func damagedArmor(err error) error {
	var armored *armor.Error
	if errors.As(err, &armored) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// straightReader reads a small stream through the age package itself.
type straightReader struct {
	src    io.Reader
	source *sourceWatcher
}

func newStraightReader(header []byte, body io.Reader, source *sourceWatcher, fileKey []byte) (io.ReadCloser, error) {
	key := bytes.Clone(fileKey) // age keeps it until the header is open
	src, err := age.Decrypt(io.MultiReader(bytes.NewReader(header), body), age.NewInjectedFileKeyIdentity(key))
	if err != nil {
		return nil, source.blame(openError(err, nil))
	}
	return &straightReader{src, source}, nil
}

func (r *straightReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = r.source.blame(fmt.Errorf("%w: %w", ErrDamaged, err))
	}
	return n, err
}

func (r *straightReader) Close() error { return nil }

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
