package crypt

import (
	"io"
	"sync"
	"sync/atomic"
)

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
	s := &sealPipe{full: make(chan *batch, n), idle: make(chan *batch, n+1)}
	for range n + 1 {
		s.idle <- &batch{}
	}
	take := func(b **batch) bool {
		next, ok := <-s.full
		*b = next
		return ok
	}
	seal := func(b **batch) {
		if s.failed() == nil {
			(*b).seal(p)
		}
	}
	give := func(b **batch) bool {
		if s.failed() == nil {
			if _, err := dst.Write((*b).out); err != nil {
				s.fail(err)
			}
		}
		s.idle <- *b
		s.pending.Done()
		return true
	}
	s.running.Go(func() { inOrder(n, func() **batch { return new(*batch) }, take, seal, give) })
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

func (s *sealPipe) fail(err error) { s.err.CompareAndSwap(nil, &err) }

func (s *sealPipe) failed() error {
	if err := s.err.Load(); err != nil {
		return *err
	}
	return nil
}

// stop frees the goroutines. What has not been written by now is dropped.
func (s *sealPipe) stop() {
	s.fail(errClosed)
	close(s.full)
	s.running.Wait()
	close(s.idle)
	for b := range s.idle {
		b.wipe()
	}
}
