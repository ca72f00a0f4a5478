package crypt

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// SalvageReaderAt opens the damaged age file src for reading at random, as far as that can
// still be done. size is what the file had when it was whole. Each chunk is authenticated
// when it is read; damage elsewhere, also at the end of the file, does not matter.
//
// Unlike [DecryptReaderAt] it does not authenticate the end: that the file was as large as
// that, and that its header is the one it had, is for the caller to know. The file must not be
// armored. ReadAt may be called concurrently.
func SalvageReaderAt(src io.ReaderAt, size int64, identities ...age.Identity) (io.ReaderAt, int64, error) {
	h, err := readHeader(bufio.NewReader(io.NewSectionReader(src, 0, size)))
	if err != nil {
		return nil, 0, err
	}
	fileKey, err := h.open(identities)
	if err != nil {
		return nil, 0, err
	}
	defer clear(fileKey)
	nonce := make([]byte, nonceSize)
	if _, err := io.ReadFull(h.rest, nonce); err != nil {
		return nil, 0, &causedError{ErrDamaged, fmt.Errorf("it ends in its nonce: %w", err)}
	}
	p, err := newPayload(fileKey, nonce)
	if err != nil {
		return nil, 0, err
	}
	r := &salvager{src: src, payload: p, start: int64(len(h.text)) + nonceSize, size: size}
	r.plain = plainSize(size - r.start)
	if r.plain < 0 {
		return nil, 0, fmt.Errorf("%w: no age file has %d bytes", ErrDamaged, size)
	}
	return r, r.plain, nil
}

// salvager reads the chunks of one file.
type salvager struct {
	src     io.ReaderAt
	payload payload
	start   int64 // where the first chunk is
	size    int64 // of the file
	plain   int64 // of the plaintext
}

// ReadAt implements [io.ReaderAt]. What cannot be read or authenticated is [ErrDamaged]
// or an error of the source.
func (r *salvager) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fmt.Errorf("read at %d: a negative offset", off)
	}
	for n < len(p) {
		if off >= r.plain {
			return n, io.EOF
		}
		chunk, err := r.chunk(off / chunkSize)
		if err != nil {
			return n, err
		}
		m := copy(p[n:], chunk[off%chunkSize:])
		n += m
		off += int64(m)
	}
	return n, nil
}

func (r *salvager) chunk(number int64) ([]byte, error) {
	at := r.start + number*sealedSize
	sealed := make([]byte, min(sealedSize, r.size-at))
	if n, err := r.src.ReadAt(sealed, at); n < len(sealed) {
		if err == nil || errors.Is(err, io.EOF) {
			err = fmt.Errorf("%w: it is shorter than it was", ErrDamaged)
		}
		return nil, err
	}
	var n nonce
	chunk, last, err := r.payload.open(&n, nil, sealed, uint64(number))
	if err == nil && last != (at+int64(len(sealed)) == r.size) {
		err = fmt.Errorf("%w: chunk %d is not in its place", ErrDamaged, number)
	}
	return chunk, err
}
