package stick

import (
	"io"
	"sync"
)

// maxIdleReaders is how many layers stay open for the next reader.
const maxIdleReaders = 8

// readers keeps layers open while they are read, and on the drive as long as
// somebody is going to read them. It is safe for concurrent use.
type readers struct {
	mu     sync.Mutex
	layers map[*layer]*openLayer
	idle   int // layers that are open and not being read
	clock  int64
	closed bool
}

// openLayer is a layer that somebody reads, is going to read, or has just read.
type openLayer struct {
	plain  *plainLayer // nil unless it is open
	users  int         // who read it now
	holds  int         // who are going to read it
	used   int64       // when it was last given back
	doomed FS          // where it is to be removed from when nobody needs it any more; nil if it is not
}

// hold keeps a layer on the drive until letGo is called as often.
func (r *readers) hold(l *layer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.layer(l).holds++
}

func (r *readers) layer(l *layer) *openLayer {
	if r.layers == nil {
		r.layers = map[*layer]*openLayer{}
	}
	if r.layers[l] == nil {
		r.layers[l] = &openLayer{}
	}
	return r.layers[l]
}

// letGo ends what hold began.
func (r *readers) letGo(l *layer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.layers[l].holds--
	_ = r.settle(l)
}

// acquire opens a layer, or shares it. What it finds must be what the layer
// was when the stick was opened.
func (r *readers) acquire(fsys FS, l *layer) (io.ReaderAt, error) {
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
	plain, err := openKnown(fsys, l)
	if err != nil {
		_ = r.settle(l)
		return nil, err
	}
	o.plain = plain
	o.users++
	return plain, nil
}

// release gives back what acquire returned.
func (r *readers) release(l *layer) {
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
func (r *readers) settle(l *layer) error {
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
		return removeParts(o.doomed, l.id, len(l.parts))
	}
	return nil
}

// shut closes an idle layer. r.mu is held.
func (r *readers) shut(l *layer) {
	o := r.layers[l]
	_ = o.plain.Close() // it was only read
	o.plain = nil
	r.idle--
	if o.holds == 0 && o.doomed == nil {
		delete(r.layers, l)
	}
}

// rest closes a layer's files unless somebody reads them now. On Windows a file that is removed while it
// is open keeps its name until it is closed, and none can take its place.
func (r *readers) rest(id layerID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for l, o := range r.layers {
		if l.id == id && o.plain != nil && o.users == 0 {
			r.shut(l)
		}
	}
}

func (r *readers) longestIdle() *layer {
	var oldest *layer
	for l, o := range r.layers {
		if o.plain != nil && o.users == 0 && (oldest == nil || o.used < r.layers[oldest].used) {
			oldest = l
		}
	}
	return oldest
}

// remove removes a layer from the drive, when nobody needs it any more. If the
// program ends before, the next one to open the stick does.
func (r *readers) remove(fsys FS, l *layer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.layer(l).doomed = fsys
	return r.settle(l)
}

// close closes the layers that nobody reads; the others are closed by their last reader.
func (r *readers) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for l := range r.layers {
		_ = r.settle(l)
	}
}
