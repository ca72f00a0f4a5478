package crypt

import (
	"io"
	"sync"
)

// batch is a run of chunks on its way through the pipe.
type batch struct {
	in, out []byte
	n       int // bytes of in that are filled
	number  uint64
	last    bool
	sealed  chan struct{}
}

// sealPipe seals batches on several goroutines and writes them in order.
type sealPipe struct {
	dst     io.Writer
	payload payload
	todo    chan *batch // to the sealers
	order   chan *batch // to the one that writes
	idle    chan *batch
	pending sync.WaitGroup
	running sync.WaitGroup

	mu  sync.Mutex
	err error
}

func newSealPipe(dst io.Writer, payload payload) *sealPipe {
	n := workers()
	inWork := n + 2
	p := &sealPipe{
		dst: dst, payload: payload,
		todo: make(chan *batch, inWork), order: make(chan *batch, inWork), idle: make(chan *batch, inWork),
	}
	for range inWork {
		p.idle <- &batch{
			in: make([]byte, batchSize), out: make([]byte, 0, sealedBatch),
			sealed: make(chan struct{}, 1),
		}
	}
	for range n {
		p.running.Go(p.seal)
	}
	p.running.Go(p.write)
	return p
}

// free returns an empty batch, waiting until one has been written.
func (p *sealPipe) free() *batch {
	b := <-p.idle
	b.n = 0
	return b
}

// giveBack makes a batch free again. There may be one more than the pipe began
// with: the one that was filled before there was a pipe.
func (p *sealPipe) giveBack(b *batch) {
	select {
	case p.idle <- b:
	default:
		clear(b.in)
	}
}

func (p *sealPipe) send(b *batch) {
	if b.sealed == nil { // the one from before the pipe
		b.out, b.sealed = make([]byte, 0, sealedBatch), make(chan struct{}, 1)
	}
	p.pending.Add(1)
	p.todo <- b
	p.order <- b
}

func (p *sealPipe) wait() { p.pending.Wait() }

func (p *sealPipe) stop() {
	close(p.todo)
	close(p.order)
	p.running.Wait()
	close(p.idle)
	for b := range p.idle {
		clear(b.in)
	}
}

func (p *sealPipe) seal() {
	var n nonce
	for b := range p.todo {
		b.out = b.out[:0]
		number := b.number
		for start := 0; start < b.n || start == 0; start += chunkSize {
			end := min(start+chunkSize, b.n)
			b.out = p.payload.seal(&n, b.out, b.in[start:end], number, b.last && end == b.n)
			number++
		}
		b.sealed <- struct{}{}
	}
}

func (p *sealPipe) write() {
	for b := range p.order {
		<-b.sealed
		if p.failed() == nil {
			if _, err := p.dst.Write(b.out); err != nil {
				p.mu.Lock()
				p.err = err
				p.mu.Unlock()
			}
		}
		p.giveBack(b)
		p.pending.Done()
	}
}

func (p *sealPipe) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}
