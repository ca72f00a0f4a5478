package crypt

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// sealedChunks is a run of sealed chunks and what came of opening them. Its
// buffers are made when they are first needed and then kept.
type sealedChunks struct {
	in, out []byte
	n       int // bytes of in that are filled
	number  uint64
	last    bool  // the chunk marked as last was in this run
	err     error // what came after out
	nonce   nonce
}

// open opens the chunks up to the first that fails or is the last.
func (c *sealedChunks) open(p payload) {
	if cap(c.out) < c.n {
		c.out = make([]byte, 0, c.n)
	}
	c.out = c.out[:0]
	number := c.number
	for start := 0; start < c.n; start += sealedSize {
		end := min(start+sealedSize, c.n)
		out, last, err := p.open(&c.nonce, c.out, c.in[start:end], number)
		if err != nil {
			c.err = err
			return
		}
		c.out = out
		if last {
			c.last = true
			if end < c.n {
				c.err = errTrailing
			}
			return
		}
		number++
	}
}

var (
	errTrailing  = fmt.Errorf("%w: data after the last chunk", ErrDamaged)
	errTruncated = fmt.Errorf("%w: it ends before its last chunk", ErrDamaged)
)

// parallelReader opens a payload on all cores.
type parallelReader struct {
	src     io.Reader
	payload payload

	// What the goroutines share in the order of the chunks.
	number  uint64
	srcDone bool
	ended   bool  // the last chunk has been passed on
	err     error // how the payload ended; io.EOF when it was whole

	// Read gets the runs through these, one at a time.
	runs    chan []byte
	read    chan struct{}
	quit    chan struct{}
	running sync.WaitGroup
	closing sync.Once
	started bool
	unread  []byte
	over    error
}

func newParallel(src io.Reader, p payload) *parallelReader {
	return &parallelReader{
		src: src, payload: p,
		runs: make(chan []byte), read: make(chan struct{}), quit: make(chan struct{}),
	}
}

// run opens the payload and passes the plaintext on to give, in order, until
// that reports false. Then r.err says how the payload ended.
func (r *parallelReader) run(give func([]byte) bool) {
	inOrder(workers(), func() *sealedChunks { return &sealedChunks{} }, r.take,
		func(c *sealedChunks) { c.open(r.payload) },
		func(c *sealedChunks) bool { return r.pass(c, give) })
	if r.err == nil && r.ended {
		r.err = io.EOF
	} else if r.err == nil {
		r.err = errTruncated
	}
}

// take reads the next run.
func (r *parallelReader) take(c *sealedChunks) bool {
	if r.srcDone {
		return false
	}
	if c.in == nil {
		c.in = make([]byte, sealedBatch)
	}
	n, err := fill(c.in, r.src)
	c.n, c.number, c.last, c.err = n, r.number, false, nil
	r.number += batchChunks
	r.srcDone = err != nil
	if err != nil && err != io.EOF {
		// A chunk that was cut short by the error is not damage.
		c.n, c.err = n-n%sealedSize, armorError(fmt.Errorf("read the age file: %w", err))
	}
	return c.n > 0 || c.err != nil
}

// pass hands plaintext on and keeps how it ends.
func (r *parallelReader) pass(c *sealedChunks, give func([]byte) bool) bool {
	if r.ended {
		if r.err = c.err; c.n > 0 {
			r.err = errTrailing
		}
		return false
	}
	if len(c.out) > 0 && !give(c.out) {
		return false
	}
	r.ended, r.err = c.last, c.err
	return c.err == nil
}

// Read returns the next authenticated plaintext.
func (r *parallelReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.unread) == 0 {
		if r.over != nil {
			return 0, r.over
		}
		if !r.next() {
			r.over = r.err
			return 0, r.over
		}
	}
	n := copy(p, r.unread)
	r.unread = r.unread[n:]
	return n, nil
}

// next waits for the next run of plaintext.
func (r *parallelReader) next() bool {
	if r.started {
		r.read <- struct{}{}
	} else {
		r.started = true
		r.running.Go(func() {
			defer close(r.runs)
			r.run(r.hand)
		})
	}
	var more bool
	r.unread, more = <-r.runs
	return more
}

// hand gives a run to Read and waits until it has been read.
func (r *parallelReader) hand(run []byte) bool {
	select {
	case r.runs <- run:
	case <-r.quit:
		return false
	}
	select {
	case <-r.read:
		return true
	case <-r.quit:
		return false
	}
}

// WriteTo writes the rest of the plaintext to dst, each core reading, opening
// and writing its own runs in turn when nothing was read before.
func (r *parallelReader) WriteTo(dst io.Writer) (total int64, err error) {
	write := func(run []byte) bool {
		var n int
		n, err = dst.Write(run)
		total += int64(n)
		return err == nil
	}
	if !r.started && r.over == nil {
		r.started = true
		close(r.runs)
		r.run(write)
		r.over = r.err
	}
	for r.over == nil {
		if len(r.unread) == 0 && !r.next() {
			r.over = r.err
			break
		}
		if !write(r.unread) {
			return total, err
		}
		r.unread = nil
	}
	if err == nil && !errors.Is(r.over, io.EOF) {
		err = r.over
	}
	return total, err
}

// Close frees the goroutines. It may be called at any time, and again.
func (r *parallelReader) Close() error {
	r.closing.Do(func() {
		close(r.quit)
		r.running.Wait()
		r.unread = nil
		if r.over == nil {
			r.over = errClosed
		}
	})
	return nil
}
