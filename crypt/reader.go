package crypt

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

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
	return newOpenPipe(body, payload), nil
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

// openBatch is a run of sealed chunks and what came of opening them.
type openBatch struct {
	in     []byte
	out    []byte
	n      int // bytes of in that are filled
	number uint64
	last   bool  // the chunk marked as last was in this batch
	err    error // what came after out
	opened chan struct{}
}

// openPipe reads sealed batches ahead and opens them on several goroutines.
type openPipe struct {
	payload payload
	todo    chan *openBatch // to the openers
	order   chan *openBatch // to Read
	idle    chan *openBatch
	quit    chan struct{}
	running sync.WaitGroup
	closing sync.Once

	now    *openBatch // being read
	unread []byte
	err    error
}

func newOpenPipe(src io.Reader, payload payload) *openPipe {
	n := workers()
	inWork := n + 2
	p := &openPipe{
		payload: payload,
		todo:    make(chan *openBatch, inWork), order: make(chan *openBatch, inWork), idle: make(chan *openBatch, inWork),
		quit: make(chan struct{}),
	}
	for range inWork {
		p.idle <- &openBatch{
			in: make([]byte, sealedBatch), out: make([]byte, 0, batchSize),
			opened: make(chan struct{}, 1),
		}
	}
	for range n {
		p.running.Go(p.open)
	}
	p.running.Go(func() { p.fill(src) })
	return p
}

// fill reads batches until the source ends, and passes its error on in order.
func (p *openPipe) fill(src io.Reader) {
	defer close(p.todo)
	defer close(p.order)
	var number uint64
	for {
		var b *openBatch
		select {
		case b = <-p.idle:
		case <-p.quit:
			return
		}
		n, err := io.ReadFull(src, b.in)
		b.n, b.number, b.last, b.err = n, number, false, nil
		number += batchChunks
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			// A chunk that was cut short by the error is not damage.
			b.n, b.err = n-n%sealedSize, damagedArmor(fmt.Errorf("read the age payload: %w", err))
		}
		if b.n == 0 && b.err == nil {
			return
		}
		p.todo <- b
		p.order <- b
		if err != nil {
			return
		}
	}
}

// open opens the chunks of each batch up to the first that fails or is last.
func (p *openPipe) open() {
	var n nonce
	for b := range p.todo {
		p.openChunks(&n, b)
		b.opened <- struct{}{}
	}
}

func (p *openPipe) openChunks(n *nonce, b *openBatch) {
	b.out = b.out[:0]
	number := b.number
	for start := 0; start < b.n; start += sealedSize {
		end := min(start+sealedSize, b.n)
		out, last, err := p.payload.open(n, b.out, b.in[start:end], number)
		if err != nil {
			b.err = err
			return
		}
		b.out = out
		if last {
			b.last = true
			if end < b.n {
				b.err = fmt.Errorf("%w: data after the last chunk", ErrDamaged)
			}
			return
		}
		number++
	}
}

// Read returns the next authenticated plaintext.
func (p *openPipe) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if !p.advance() {
		return 0, p.err
	}
	n := copy(b, p.unread)
	p.unread = p.unread[n:]
	return n, nil
}

// WriteTo writes the whole plaintext to dst without a further copy.
func (p *openPipe) WriteTo(dst io.Writer) (int64, error) {
	var total int64
	for p.advance() {
		n, err := dst.Write(p.unread)
		total += int64(n)
		p.unread = p.unread[n:]
		if err != nil {
			return total, err
		}
	}
	if errors.Is(p.err, io.EOF) {
		return total, nil
	}
	return total, p.err
}

// advance makes unread plaintext available, or sets the error that ends it.
func (p *openPipe) advance() bool {
	for len(p.unread) == 0 {
		if p.err != nil {
			return false
		}
		wasLast := false
		if p.now != nil {
			p.err, wasLast = p.now.err, p.now.last
			p.idle <- p.now
			p.now = nil
			if p.err != nil {
				return false
			}
		}
		next, more := <-p.order
		if !more && wasLast {
			p.err = io.EOF
			return false
		} else if !more {
			p.err = fmt.Errorf("%w: it ends before its last chunk", ErrDamaged)
			return false
		}
		<-next.opened
		if wasLast {
			p.err = p.trailing(next)
			return false
		}
		p.now, p.unread = next, next.out
	}
	return true
}

// trailing is the error for a batch after the one with the last chunk.
func (p *openPipe) trailing(b *openBatch) error {
	if b.n == 0 && b.err != nil {
		return b.err
	}
	return fmt.Errorf("%w: data after the last chunk", ErrDamaged)
}

// Close frees the goroutines and wipes the buffers. It may be called at any
// time, and again.
func (p *openPipe) Close() error {
	p.closing.Do(func() {
		close(p.quit)
		p.running.Wait()
		for b := range p.order {
			clear(b.out)
		}
		if p.now != nil {
			clear(p.now.out)
		}
		close(p.idle)
		for b := range p.idle {
			clear(b.out[:cap(b.out)])
		}
		p.unread, p.now = nil, nil
		if p.err == nil {
			p.err = errClosed
		}
	})
	return nil
}
