package crypt

import (
	"io"
	"sync"
	"sync/atomic"
)

// batch is a run of plaintext chunks to be sealed.
type batch struct {
	in, out []byte
	n       int    // bytes of in that are filled, whole chunks unless it is the last
	number  uint64 // of the first chunk
	last    bool   // the last chunk of the stream is in this batch
	nonce   nonce
}

func newBatch() *batch {
	return &batch{in: make([]byte, batchSize), out: make([]byte, 0, sealedBatch)}
}

// seal fills out with the sealed chunks.
func (b *batch) seal(p payload) {
	b.out = b.out[:0]
	number := b.number
	for start := 0; start < b.n || start == 0; start += chunkSize {
		end := min(start+chunkSize, b.n)
		b.out = p.seal(&b.nonce, b.out, b.in[start:end], number, b.last && end == b.n)
		number++
	}
}

// wipe clears the plaintext.
func (b *batch) wipe() {
	if b != nil {
		clear(b.in)
	}
}

// sealPipe takes batches that others have filled, seals them on several
// goroutines and writes them to dst in order.
type sealPipe struct {
	full, idle chan *batch
	pending    sync.WaitGroup
	running    sync.WaitGroup
	err        atomic.Pointer[error]
}

func newSealPipe(dst io.Writer, p payload) *sealPipe {
	n := workers()
	s := &sealPipe{full: make(chan *batch, n), idle: make(chan *batch, 2*n+2)}
	for range n + 1 {
		s.idle <- newBatch()
	}
	take := func(b **batch) bool {
		next, ok := <-s.full
		*b = next
		return ok
	}
	give := func(b **batch) bool {
		if s.failed() == nil {
			if _, err := dst.Write((*b).out); err != nil {
				s.err.Store(&err)
			}
		}
		s.idle <- *b
		s.pending.Done()
		return true
	}
	s.running.Go(func() {
		inOrder(n, func() **batch { return new(*batch) }, take, func(b **batch) { (*b).seal(p) }, give)
	})
	return s
}

// free returns an empty batch, waiting until one has been written.
func (s *sealPipe) free() *batch {
	b := <-s.idle
	b.n = 0
	return b
}

func (s *sealPipe) send(b *batch) {
	s.pending.Add(1)
	s.full <- b
}

// wait returns when everything that was sent has been written, or failed.
func (s *sealPipe) wait() error {
	s.pending.Wait()
	return s.failed()
}

func (s *sealPipe) failed() error {
	if err := s.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (s *sealPipe) stop() {
	close(s.full)
	s.running.Wait()
	close(s.idle)
	for b := range s.idle {
		b.wipe()
	}
}
