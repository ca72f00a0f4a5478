package stick

import (
	"context"
	"io"
	"sync"
)

// Small files are read ahead into blocks, which bounds the memory that takes.
const (
	aheadBlock  = 256 << 10 // room of a block, unless one file needs more
	aheadBlocks = 4
)

// ahead reads the small files among some pieces before they are needed, so
// that opening the next ones goes on while the last ones are encrypted.
type ahead struct {
	full, idle chan *block
	current    *block // next takes files from it
	stop       func()
}

// block is a run of files that were read. They are handed over together: to wake the
// other side for every one of them would cost as much as to read it.
type block struct {
	buf   []byte
	used  int
	files []aheadFile
	taken int // of the files
}

// aheadFile is what came of reading a file.
type aheadFile struct {
	data []byte
	err  error
}

// readAhead begins to read. The caller calls stop.
func readAhead(ctx context.Context, pieces []piece) *ahead {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{full: make(chan *block, aheadBlocks), idle: make(chan *block, aheadBlocks)}
	for range aheadBlocks {
		a.idle <- &block{}
	}
	var wait sync.WaitGroup
	wait.Go(func() { a.read(ctx, pieces) })
	a.stop = func() {
		cancel()
		wait.Wait()
	}
	return a
}

// read fills blocks until all is read or ctx ends.
func (a *ahead) read(ctx context.Context, pieces []piece) {
	defer close(a.full)
	var b *block
	for i := range pieces {
		p := &pieces[i]
		if !p.small() {
			continue
		}
		if b != nil && !b.fits(p.Size) {
			a.full <- b // has room for all there are
			b = nil
		}
		if b == nil {
			select {
			case b = <-a.idle:
				b.empty(p.Size)
			case <-ctx.Done():
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		b.read(p)
	}
	if b != nil {
		a.full <- b
	}
}

// next returns the content of the next small piece, which is that with the index. It
// holds until next is called again.
func (a *ahead) next(ctx context.Context, index int) ([]byte, error) {
	if a.current != nil && a.current.taken == len(a.current.files) {
		a.idle <- a.current
		a.current = nil
	}
	if a.current == nil {
		b, ok := <-a.full
		if !ok {
			return nil, ctx.Err()
		}
		a.current = b
	}
	f := a.current.files[a.current.taken]
	a.current.taken++
	if f.err != nil {
		return nil, &itemError{index, f.err}
	}
	return f.data, nil
}

// room is what a file takes of a block: one byte more, to notice that it has grown.
func room(size int64) int { return int(size) + 1 }

func (b *block) fits(size int64) bool { return b.used+room(size) <= len(b.buf) }

// empty makes a block ready for files, of which the first has that size.
func (b *block) empty(size int64) {
	b.used, b.files, b.taken = 0, b.files[:0], 0
	if !b.fits(size) {
		b.buf = make([]byte, max(aheadBlock, room(size)))
	}
}

// read adds a file, which fits.
func (b *block) read(p *piece) {
	data, err := readSmall(p, b.buf[b.used:][:room(p.Size)])
	b.files = append(b.files, aheadFile{data, err})
	b.used += room(p.Size)
}

// readSmall reads the whole content of a piece into buf, which has room for one byte more.
func readSmall(p *piece, buf []byte) ([]byte, error) {
	r, err := p.item().Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	n, err := io.ReadFull(r, buf)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	if int64(n) != p.Size {
		return nil, ErrChanged
	}
	return buf[:n], r.Unchanged()
}
