package layer

import (
	"io"
	"sync"

	"stowage/crypt/stick/internal/drive"
)

// maxIdleReaders is how many layers stay open for the next reader.
const maxIdleReaders = 8

// Readers keeps layers open while they are read, and on the drive as long as
// somebody is going to read them. It is safe for concurrent use.
type Readers struct {
	mu     sync.Mutex
	layers map[*Layer]*openLayer
	idle   int // layers that are open and not being read
	clock  int64
	closed bool
}

// openLayer is a layer that somebody reads, is going to read, or has just read.
type openLayer struct {
	plain  *Plain   // nil unless it is open
	users  int      // who read it now
	holds  int      // who are going to read it
	used   int64    // when it was last given back
	doomed drive.FS // where it is to be removed from when nobody needs it any more; nil if it is not
}

// Hold keeps a layer on the drive until letGo is called as often.
func (r *Readers) Hold(l *Layer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.layer(l).holds++
}

func (r *Readers) layer(l *Layer) *openLayer {
	if r.layers == nil {
		r.layers = map[*Layer]*openLayer{}
	}
	if r.layers[l] == nil {
		r.layers[l] = &openLayer{}
	}
	return r.layers[l]
}

// LetGo ends what hold began.
func (r *Readers) LetGo(l *Layer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.layers[l].holds--
	_ = r.settle(l)
}

// Acquire opens a layer, or shares it. What it finds must be what the layer
// was when the stick was opened.
func (r *Readers) Acquire(fsys drive.FS, l *Layer) (io.ReaderAt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, ErrClosed
	}
	o := r.layer(l)
	if o.plain != nil {
		if o.users == 0 {
			r.idle--
		}
		o.users++
		return o.plain, nil
	}
	plain, err := OpenKnown(fsys, l)
	if err != nil {
		_ = r.settle(l)
		return nil, err
	}
	o.plain = plain
	o.users++
	return plain, nil
}

// Release gives back what acquire returned.
func (r *Readers) Release(l *Layer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.layers[l]
	o.users--
	r.clock++
	o.used = r.clock
	if o.users == 0 {
		r.idle++
	}
	_ = r.settle(l)
	if r.idle > maxIdleReaders {
		r.shut(r.longestIdle())
	}
}

// settle closes and removes a layer that nobody needs, if it is to go, and
// forgets it once it is closed. r.mu is held.
func (r *Readers) settle(l *Layer) error {
	o := r.layers[l]
	if o.users > 0 {
		return nil
	}
	if o.plain != nil && (r.closed || o.doomed != nil && o.holds == 0) {
		r.shut(l)
	}
	if o.plain != nil || o.holds > 0 {
		return nil
	}
	delete(r.layers, l)
	if o.doomed != nil {
		return RemoveParts(o.doomed, l.ID, len(l.Parts))
	}
	return nil
}

// shut closes an idle layer. r.mu is held.
func (r *Readers) shut(l *Layer) {
	o := r.layers[l]
	_ = o.plain.Close() // it was only read
	o.plain = nil
	r.idle--
	if o.holds == 0 && o.doomed == nil {
		delete(r.layers, l)
	}
}

// CloseIdle closes a layer's files unless somebody reads them now. On Windows a file that is removed while it
// is open keeps its name until it is closed, and none can take its place.
func (r *Readers) CloseIdle(id ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for l, o := range r.layers {
		if l.ID == id && o.plain != nil && o.users == 0 {
			r.shut(l)
		}
	}
}

func (r *Readers) longestIdle() *Layer {
	var oldest *Layer
	for l, o := range r.layers {
		if o.plain != nil && o.users == 0 && (oldest == nil || o.used < r.layers[oldest].used) {
			oldest = l
		}
	}
	return oldest
}

// Remove removes a layer from the drive, when nobody needs it any more. If the
// program ends before, the next one to open the stick does.
func (r *Readers) Remove(fsys drive.FS, l *Layer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.layer(l).doomed = fsys
	return r.settle(l)
}

// Close closes the layers that nobody reads; the others are closed by their last reader.
func (r *Readers) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for l := range r.layers {
		_ = r.settle(l)
	}
}
