package stick

import (
	"fmt"
	"io"
	"sync"
)

// maxIdleReaders is how many layers stay open for the next reader.
const maxIdleReaders = 8

// readers keeps layers open while they are read. It is safe for concurrent use.
type readers struct {
	mu     sync.Mutex
	open   map[*layer]*openLayer
	clock  int64
	closed bool
}

// openLayer is an open layer and how many read it.
type openLayer struct {
	plain  *plainLayer
	users  int
	used   int64
	doomed bool // to be removed from the drive when nobody reads it any more
	fs     FS
}

// acquire opens a layer, or shares it. What it finds must be what the layer
// was when the stick was opened.
func (r *readers) acquire(fsys FS, l *layer) (io.ReaderAt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, ErrClosed
	}
	if o := r.open[l]; o != nil {
		o.users++
		return o.plain, nil
	}
	plain, _, err := openPlain(fsys, l.id, l.parts, []*stickKey{l.key})
	if err != nil {
		return nil, err
	}
	if plain.digest != l.digest {
		_ = plain.Close()
		return nil, fmt.Errorf("layer %s: %w: another layer stands in its place", l.id, ErrForged)
	}
	if r.open == nil {
		r.open = map[*layer]*openLayer{}
	}
	r.open[l] = &openLayer{plain: plain, users: 1, fs: fsys}
	return plain, nil
}

// release gives back what acquire returned.
func (r *readers) release(l *layer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.open[l]
	if o == nil {
		return
	}
	o.users--
	r.clock++
	o.used = r.clock
	if o.users == 0 && (o.doomed || r.closed) {
		r.drop(l, o)
	}
	r.trim()
}

// trim closes the layers that were longest idle. r.mu is held.
func (r *readers) trim() {
	for {
		var idle int
		var oldest *layer
		for l, o := range r.open {
			if o.users == 0 {
				idle++
				if oldest == nil || o.used < r.open[oldest].used {
					oldest = l
				}
			}
		}
		if idle <= maxIdleReaders {
			return
		}
		r.drop(oldest, r.open[oldest])
	}
}

func (r *readers) drop(l *layer, o *openLayer) error {
	err := o.plain.Close()
	delete(r.open, l)
	if o.doomed {
		err = removeParts(o.fs, l.id, len(l.parts))
	}
	return err
}

// remove removes a layer from the drive, when nobody reads it any more. If the
// program ends before, the next one to open the stick does.
func (r *readers) remove(fsys FS, l *layer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.open[l]
	if o == nil {
		return removeParts(fsys, l.id, len(l.parts))
	}
	o.doomed = true
	if o.users > 0 {
		return nil
	}
	return r.drop(l, o)
}

// close closes the layers that nobody reads; the others are closed by their last reader.
func (r *readers) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	var first error
	for l, o := range r.open {
		if o.users == 0 {
			if err := r.drop(l, o); err != nil && first == nil {
				first = err
			}
		}
	}
	return first
}
