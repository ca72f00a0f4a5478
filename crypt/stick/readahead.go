package stick

import (
	"context"
	"io"
	"sync"
)

// aheadFiles and aheadBytes bound what is read before it is needed.
const (
	aheadFiles = 64
	aheadBytes = 8 << 20
)

// ahead reads the small files among some pieces before they are needed, so
// that opening the next ones goes on while the last ones are encrypted.
type ahead struct {
	files chan aheadFile
	stop  func()
	mu    sync.Mutex
	room  *sync.Cond
	bytes int64 // of the buffers in use
	ended bool
	spare [2][][]byte // buffers of the two classes, free for use
}

// aheadClasses are the sizes of files for which there are buffers.
var aheadClasses = [2]int64{64 << 10, smallSize}

// aheadFile is what came of reading a file.
type aheadFile struct {
	index int
	data  []byte
	err   error
}

// readAhead begins to read. The caller calls stop.
func readAhead(ctx context.Context, pieces []piece) *ahead {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{files: make(chan aheadFile, aheadFiles)}
	a.room = sync.NewCond(&a.mu)
	var wait sync.WaitGroup
	wait.Go(func() {
		defer close(a.files)
		for i := range pieces {
			if !pieces[i].small() {
				continue
			}
			buf, ok := a.take(pieces[i].size)
			if !ok {
				return
			}
			data, err := readSmall(&pieces[i], buf)
			select {
			case a.files <- aheadFile{i, data, err}:
			case <-ctx.Done():
				return
			}
		}
	})
	a.stop = func() {
		cancel()
		a.mu.Lock()
		a.ended = true
		a.mu.Unlock()
		a.room.Broadcast()
		wait.Wait()
	}
	return a
}

// take waits until a further file may be read and returns a buffer for it; ok is false after stop.
func (a *ahead) take(size int64) (buf []byte, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.bytes > 0 && a.bytes+size > aheadBytes && !a.ended {
		a.room.Wait()
	}
	class := 0
	if size > aheadClasses[0] {
		class = 1
	}
	if n := len(a.spare[class]); n > 0 {
		buf, a.spare[class] = a.spare[class][n-1], a.spare[class][:n-1]
	} else {
		buf = make([]byte, aheadClasses[class]+1) // one more, to notice a file that has grown
	}
	a.bytes += int64(cap(buf))
	return buf[:size+1], !a.ended
}

// next returns the content of the piece with that index, which the caller
// gives back with done. Pieces must be asked for in order.
func (a *ahead) next(ctx context.Context, index int) ([]byte, error) {
	f, ok := <-a.files
	switch {
	case !ok:
		return nil, ctx.Err()
	case f.err != nil:
		return nil, &itemError{index, f.err}
	}
	return f.data, nil
}

// done gives a buffer back.
func (a *ahead) done(data []byte) {
	a.mu.Lock()
	a.bytes -= int64(cap(data))
	class := 0
	if int64(cap(data)) > aheadClasses[0]+1 {
		class = 1
	}
	a.spare[class] = append(a.spare[class], data)
	a.mu.Unlock()
	a.room.Signal()
}

// readSmall reads the whole content of a piece into buf, which has room for one byte more.
func readSmall(p *piece, buf []byte) ([]byte, error) {
	r, err := p.item.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	n, err := io.ReadFull(r, buf)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	if int64(n) != p.size {
		return nil, ErrChanged
	}
	return buf[:n], r.Unchanged()
}
