package crypt

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Writer encrypts what is written to it, on all cores. It is not safe for
// concurrent use. The caller ends it with Close, which seals the last chunk, or
// with Abort, which does not; until one of them is called it holds goroutines.
//
// The destination is written to by one goroutine at a time, in order, and is
// never closed.
type Writer struct {
	dst     io.Writer
	age     io.WriteCloser // age's own payload writer, which seals small streams
	payload payload
	next    uint64    // number of the next chunk to be sealed
	pending batch     // plaintext gathered so far
	pipe    *sealPipe // nil until a batch is full
	err     error
}

// NewEncryptWriter writes the age header for the recipients to dst and returns a
// Writer for the payload. Hybrid and X25519 recipients cannot share a file, and
// a passphrase stands alone; age refuses such a mix.
func NewEncryptWriter(dst io.Writer, recipients ...age.Recipient) (*Writer, error) {
	stream, payload, err := startStream(dst, recipients)
	if err != nil {
		return nil, err
	}
	return &Writer{dst: dst, age: stream, payload: payload}, nil
}

// startStream writes the age header to dst, in one piece. What follows it may be written
// through age's own stream or be sealed with the payload.
func startStream(dst io.Writer, recipients []age.Recipient) (io.WriteCloser, payload, error) {
	if len(recipients) == 0 {
		return nil, payload{}, errors.New("encrypt: no recipients")
	}
	watch := &keyWatcher{Recipient: recipients[0]}
	defer watch.wipe()
	begin := &beginning{dst: dst}
	stream, err := age.Encrypt(begin, append([]age.Recipient{watch}, recipients[1:]...)...)
	if err != nil {
		return nil, payload{}, fmt.Errorf("encrypt: %w", err)
	}
	head := begin.head // which ends in the nonce
	p, err := newPayload(watch.fileKey, head[len(head)-nonceSize:])
	if err != nil {
		return nil, payload{}, err
	}
	if _, err := dst.Write(head); err != nil {
		return nil, payload{}, fmt.Errorf("encrypt: %w", err)
	}
	begin.passOn = true
	return stream, p, nil
}

// keyWatcher is a recipient that remembers the file key it is asked to wrap.
type keyWatcher struct {
	age.Recipient
	fileKey []byte
}

func (w *keyWatcher) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	stanzas, _, err := w.WrapWithLabels(fileKey)
	return stanzas, err
}

// WrapWithLabels forwards the labels of the recipient behind it: they are what
// keeps post-quantum files post-quantum and passphrases alone.
func (w *keyWatcher) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	w.fileKey = append(w.fileKey[:0], fileKey...)
	if labelled, ok := w.Recipient.(age.RecipientWithLabels); ok {
		return labelled.WrapWithLabels(fileKey)
	}
	stanzas, err := w.Recipient.Wrap(fileKey)
	return stanzas, nil, err
}

func (w *keyWatcher) wipe() { clear(w.fileKey) }

// beginning keeps what age writes first, header and nonce in dozens of small pieces, and passes on what follows.
type beginning struct {
	dst    io.Writer
	head   []byte
	passOn bool
}

func (w *beginning) Write(p []byte) (int, error) {
	if w.passOn {
		return w.dst.Write(p)
	}
	w.head = append(w.head, p...)
	return len(p), nil
}

// Write encrypts p. An error of the destination may show up in a later call.
func (w *Writer) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		if err := w.makeRoom(); err != nil {
			return total - len(p), err
		}
		n := copy(w.pending.in[w.pending.n:], p)
		w.pending.n += n
		p = p[n:]
	}
	return total, w.err
}

// ReadFrom encrypts src to its end, reading straight into the batches.
func (w *Writer) ReadFrom(src io.Reader) (int64, error) {
	var total int64
	for {
		if w.err == nil && w.pending.n == batchSize {
			n, err := w.readMany(src)
			return total + n, err
		}
		if err := w.makeRoom(); err != nil {
			return total, err
		}
		n, err := fill(w.pending.in[w.pending.n:], src)
		w.pending.n += n
		total += int64(n)
		if err == io.EOF {
			return total, nil
		} else if err != nil {
			return total, fmt.Errorf("encrypt: %w", err)
		}
	}
}

// readMany encrypts the rest of src, each core reading, sealing and writing its
// own batches in turn. The pending batch is full.
func (w *Writer) readMany(src io.Reader) (total int64, err error) {
	if w.pipe != nil {
		if err := w.fail(w.pipe.wait()); err != nil {
			return 0, err
		}
	}
	var readErr, writeErr error
	take := func(b *batch) bool {
		if readErr != nil {
			return false
		}
		w.passOn(b)
		var n int
		n, readErr = fill(w.pending.in[w.pending.n:], src)
		w.pending.n += n
		total += int64(n)
		return true
	}
	give := func(b *batch) bool {
		_, writeErr = w.dst.Write(b.out)
		return writeErr == nil
	}
	inOrder(workers(), func() *batch { return &batch{} }, take, func(b *batch) { b.seal(w.payload) }, give)
	if writeErr != nil {
		return total, w.fail(writeErr)
	}
	if readErr != io.EOF {
		return total, fmt.Errorf("encrypt: %w", readErr)
	}
	return total, nil
}

// passOn moves the full pending batch to b, to be sealed. The last chunk, whole
// or not, stays pending: it may be the last one of the stream, which must carry
// the flag.
func (w *Writer) passOn(b *batch) {
	if b.in == nil {
		b.in = make([]byte, batchSize)
	}
	b.in, w.pending.in = w.pending.in, b.in
	b.n, b.number = w.pending.completeChunks(), w.next
	w.pending.n = copy(w.pending.in, b.in[b.n:w.pending.n])
	w.next += uint64(b.n / chunkSize)
}

// makeRoom makes sure that the pending batch has room.
func (w *Writer) makeRoom() error {
	switch {
	case w.err != nil:
		return w.err
	case w.pending.n < len(w.pending.in):
		return nil
	case w.pending.n < batchSize:
		w.pending.grow()
		return nil
	}
	if w.pipe == nil {
		w.pipe = newSealPipe(w.dst, w.payload)
	}
	b := w.pipe.free()
	w.passOn(b)
	w.pipe.send(b)
	return w.fail(w.pipe.failed())
}

// Flush returns when every chunk that cannot be the last one has been written
// to the destination. At most the last 64 KiB of plaintext stay in memory until
// Close.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	if w.pipe != nil {
		if err := w.fail(w.pipe.wait()); err != nil {
			return err
		}
	}
	ready := batch{in: w.pending.in, n: w.pending.completeChunks(), number: w.next}
	if ready.n == 0 {
		return nil
	}
	ready.seal(w.payload)
	if _, err := w.dst.Write(ready.out); err != nil {
		return w.fail(err)
	}
	w.next += uint64(ready.n / chunkSize)
	w.pending.n = copy(w.pending.in, w.pending.in[ready.n:w.pending.n])
	return nil
}

// Close seals the last chunk and writes it. The destination is not closed.
// Closing again, or after Abort, is an error.
func (w *Writer) Close() error {
	defer w.Abort()
	switch {
	case w.err != nil:
		return w.err
	case w.next == 0:
		return w.fail(w.closeSmall())
	case w.pipe != nil:
		if err := w.fail(w.pipe.wait()); err != nil {
			return err
		}
	}
	w.pending.number, w.pending.last = w.next, true
	w.pending.seal(w.payload)
	_, err := w.dst.Write(w.pending.out)
	return w.fail(err)
}

// closeSmall seals a stream of which nothing was sealed before with age itself.
func (w *Writer) closeSmall() error {
	if _, err := w.age.Write(w.pending.in[:w.pending.n]); err != nil {
		return err
	}
	return w.age.Close()
}

// Abort ends the stream without its last chunk, so that what was written can
// never be taken for a whole file. After Close it does nothing.
func (w *Writer) Abort() {
	if w.pipe != nil {
		w.pipe.stop()
	}
	w.pending.wipe()
	w.pipe, w.pending = nil, batch{}
	if w.err == nil {
		w.err = errClosed
	}
}

func (w *Writer) fail(err error) error {
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("encrypt: %w", err)
	}
	return w.err
}
