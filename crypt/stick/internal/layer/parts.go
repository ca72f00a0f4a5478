package layer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"sync"

	"stowage/crypt/stick/internal/drive"
)

// DefaultPartSize is how large one file of a layer gets, so that FAT32's limit of 4 GiB never shows.
const DefaultPartSize = 1 << 30

// PartWriter writes a layer's file, going on in a further part when one is
// full. Each full part is synced before the next is begun.
type PartWriter struct {
	FS       drive.FS
	ID       ID
	PartSize int64
	parts    int        // created so far
	file     drive.File // the part being written
	inPart   int64      // bytes in it
	size     int64      // bytes in all
}

func (w *PartWriter) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		if w.file == nil || w.inPart == w.PartSize {
			if err := w.nextPart(); err != nil {
				return total - len(p), err
			}
		}
		n, err := w.file.Write(p[:min(int64(len(p)), w.PartSize-w.inPart)])
		w.inPart += int64(n)
		w.size += int64(n)
		p = p[n:]
		if err == nil && n == 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return total - len(p), fmt.Errorf("write layer %s: %w", w.ID, err)
		}
	}
	return total, nil
}

func (w *PartWriter) nextPart() error {
	if w.parts == MaxParts {
		return fmt.Errorf("layer %s: %w: more than %d parts", w.ID, drive.ErrTooLarge, MaxParts)
	}
	if w.file != nil {
		if err := w.Finish(); err != nil {
			return err
		}
	}
	f, err := w.FS.Create(w.ID.Part(w.parts))
	if err != nil {
		return fmt.Errorf("create layer %s: %w", w.ID, err)
	}
	w.file, w.inPart = f, 0
	w.parts++
	return nil
}

// sync makes what was written so far durable, the folder entries aside.
func (w *PartWriter) sync() error {
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("sync layer %s: %w", w.ID, err)
	}
	return nil
}

// Finish syncs and closes the part being written.
func (w *PartWriter) Finish() error {
	f := w.file
	w.file = nil
	err := f.Sync()
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("finish layer %s: %w", w.ID, err)
	}
	return nil
}

// Remove closes and removes everything written, newest part first, so that
// what may be left after an error is never a whole layer.
func (w *PartWriter) Remove() {
	if w.file != nil {
		_ = w.file.Close()
		w.file = nil
	}
	RemoveParts(w.FS, w.ID, w.parts)
}

// RemoveParts removes the files of a layer, last part first, and returns the first error.
func RemoveParts(fsys drive.FS, id ID, parts int) error {
	var first error
	for n := parts - 1; n >= 0; n-- {
		if err := fsys.Remove(id.Part(n)); err != nil && first == nil {
			first = fmt.Errorf("remove layer %s: %w", id, err)
		}
	}
	return first
}

// partReader reads the parts of a layer as one file. Parts are opened when first read.
type partReader struct {
	fs   drive.FS
	id   ID
	ends []int64 // where each part ends
	mu   sync.Mutex
	open []drive.File
}

func NewPartReader(fsys drive.FS, id ID, sizes []int64) *partReader {
	r := &partReader{fs: fsys, id: id, open: make([]drive.File, len(sizes))}
	var end int64
	for _, size := range sizes {
		end += size
		r.ends = append(r.ends, end)
	}
	return r
}

func (r *partReader) Size() int64 { return r.ends[len(r.ends)-1] }

// ReadAt implements [io.ReaderAt].
func (r *partReader) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		n := sort.Search(len(r.ends), func(i int) bool { return off < r.ends[i] })
		if n == len(r.ends) {
			return done, io.EOF
		}
		f, err := r.part(n)
		if err != nil {
			return done, err
		}
		start := int64(0)
		if n > 0 {
			start = r.ends[n-1]
		}
		want := min(int64(len(p)-done), r.ends[n]-off)
		got, err := f.ReadAt(p[done:done+int(want)], off-start)
		done += got
		off += int64(got)
		if int64(got) < want {
			if err == nil || err == io.EOF {
				err = fmt.Errorf("%w: it is shorter than it was", ErrDamaged)
			}
			return done, fmt.Errorf("read layer %s: %w", r.id, err)
		}
	}
	return done, nil
}

func (r *partReader) part(n int) (drive.File, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open[n] == nil {
		f, err := r.fs.Open(r.id.Part(n))
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: %w", ErrMissing, err)
		}
		if err != nil {
			return nil, fmt.Errorf("open layer %s: %w", r.id, err)
		}
		r.open[n] = f
	}
	return r.open[n], nil
}

// Close closes the parts.
func (r *partReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var first error
	for i, f := range r.open {
		if f != nil {
			if err := f.Close(); err != nil && first == nil {
				first = err
			}
			r.open[i] = nil
		}
	}
	return first
}
