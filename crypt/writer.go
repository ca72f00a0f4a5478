package crypt

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// errClosed is what a Writer says once it was closed or aborted.
var errClosed = errors.New("the age stream is closed")

// Writer encrypts what is written to it, on all cores. It is not safe for
// concurrent use. The caller ends it with Close, which seals the last chunk, or
// with Abort, which does not; until one of them is called it holds goroutines.
//
// The destination is written to by one goroutine at a time, in order, and is
// never closed.
type Writer struct {
	dst      io.Writer
	age      io.WriteCloser // age's own payload writer, for small streams
	straight bool           // the stream goes through age's writer
	payload  payload
	next     uint64 // number of the next chunk to be sealed
	pending  *batch // plaintext gathered so far
	held     *batch // a full batch that nothing has followed yet
	pipe     *sealPipe
	err      error
}

// NewEncryptWriter writes the age header for the recipients to dst and returns a
// Writer for the payload. Hybrid and X25519 recipients cannot share a file, and
// a passphrase stands alone; age refuses such a mix.
func NewEncryptWriter(dst io.Writer, recipients ...age.Recipient) (*Writer, error) {
	if len(recipients) == 0 {
		return nil, errors.New("encrypt: no recipients")
	}
	watch := &keyWatcher{Recipient: recipients[0]}
	defer watch.wipe()
	tail := &tailWriter{dst: dst}
	stream, err := age.Encrypt(tail, append([]age.Recipient{watch}, recipients[1:]...)...)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	payload, err := newPayload(watch.fileKey, tail.last[:])
	if err != nil {
		return nil, err
	}
	tail.passOn = true
	return &Writer{dst: dst, age: stream, payload: payload}, nil
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

// tailWriter remembers the last bytes of the header, which are the nonce.
type tailWriter struct {
	dst    io.Writer
	last   [nonceSize]byte
	passOn bool
}

func (w *tailWriter) Write(p []byte) (int, error) {
	if !w.passOn {
		keep := p[max(0, len(p)-nonceSize):]
		copy(w.last[:], w.last[len(keep):])
		copy(w.last[nonceSize-len(keep):], keep)
	}
	return w.dst.Write(p)
}

// Write encrypts p. An error of the destination may show up in a later call.
func (w *Writer) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		room, err := w.room()
		if err != nil {
			return total - len(p), err
		}
		n := copy(room, p)
		if err := w.filled(n); err != nil {
			return total - len(p), err
		}
		p = p[n:]
	}
	return total, nil
}

// ReadFrom encrypts src to its end, reading straight into the batches.
func (w *Writer) ReadFrom(src io.Reader) (int64, error) {
	var total int64
	for {
		room, err := w.room()
		if err != nil {
			return total, err
		}
		n, err := src.Read(room)
		total += int64(n)
		if err := w.filled(n); err != nil {
			return total, err
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// room returns free space in the pending batch. A full batch is held back until
// more has come, since its last chunk must otherwise carry the flag.
func (w *Writer) room() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	switch {
	case w.pending == nil:
		w.pending = &batch{in: make([]byte, batchSize)}
	case w.pending.n == batchSize && w.straight:
		_, err := w.age.Write(w.pending.in)
		w.pending.n = 0
		return w.pending.in, w.fail(err)
	case w.pending.n == batchSize:
		if w.pipe == nil {
			w.pipe = newSealPipe(w.dst, w.payload)
		}
		w.held, w.pending = w.pending, w.pipe.free()
	}
	return w.pending.in[w.pending.n:batchSize], nil
}

// filled says that so many bytes have been put into the room.
func (w *Writer) filled(n int) error {
	w.pending.n += n
	if n > 0 && w.held != nil {
		w.send(w.held, false)
		w.held = nil
	}
	if w.pipe != nil {
		return w.fail(w.pipe.failed())
	}
	return nil
}

// takeBack makes the held batch the pending one again if nothing followed it.
func (w *Writer) takeBack() {
	if w.held != nil {
		w.pipe.giveBack(w.pending)
		w.pending, w.held = w.held, nil
	}
}

// send passes a batch on to be sealed.
func (w *Writer) send(b *batch, last bool) {
	b.number, b.last = w.next, last
	w.next += uint64((b.n + chunkSize - 1) / chunkSize)
	w.pipe.send(b)
}

// Flush returns when every chunk that cannot be the last one has been written
// to the destination. At most the last 64 KiB of plaintext stay in memory until
// Close.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	if w.pipe == nil {
		if w.pending == nil || w.pending.n == 0 {
			return nil
		}
		w.straight = true // age's own writer keeps the last chunk back as well
		_, err := w.age.Write(w.pending.in[:w.pending.n])
		w.pending.n = 0
		return w.fail(err)
	}
	w.takeBack()
	if chunks := (w.pending.n - 1) / chunkSize; chunks > 0 {
		b := w.pending
		w.pending = w.pipe.free()
		w.pending.n = copy(w.pending.in, b.in[chunks*chunkSize:b.n])
		b.n = chunks * chunkSize
		w.send(b, false)
	}
	w.pipe.wait()
	return w.fail(w.pipe.failed())
}

// Close seals the last chunk and writes it. The destination is not closed.
// Closing again, or after Abort, is an error.
func (w *Writer) Close() error {
	if w.err != nil {
		err := w.err
		w.stop()
		return err
	}
	err := w.finish()
	w.stop()
	return err
}

func (w *Writer) finish() error {
	if w.pipe == nil {
		if w.pending != nil && w.pending.n > 0 {
			if _, err := w.age.Write(w.pending.in[:w.pending.n]); err != nil {
				return fmt.Errorf("encrypt: %w", err)
			}
		}
		if err := w.age.Close(); err != nil {
			return fmt.Errorf("encrypt: %w", err)
		}
		return nil
	}
	w.takeBack()
	w.send(w.pending, true)
	w.pending = nil
	w.pipe.wait()
	return w.fail(w.pipe.failed())
}

// Abort ends the stream without its last chunk, so that what was written can
// never be taken for a whole file. After Close it does nothing.
func (w *Writer) Abort() { w.stop() }

func (w *Writer) stop() {
	if w.pipe != nil {
		w.pipe.stop()
		w.pipe = nil
	}
	for _, b := range []*batch{w.pending, w.held} {
		if b != nil {
			clear(b.in)
		}
	}
	w.pending, w.held, w.err = nil, nil, errClosed
}

func (w *Writer) fail(err error) error {
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("encrypt: %w", err)
	}
	return w.err
}
