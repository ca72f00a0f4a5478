package stick

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/stickpath"
)

// List returns the files and folders in a folder, sorted by name. The top is ".".
func (s *Stick) List(folder string) ([]Entry, error) {
	n, folder, err := s.lookup(folder)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if !n.IsFolder() {
		return nil, fmt.Errorf("%s: %w", folder, ErrKind)
	}
	children := n.ByName()
	list := make([]Entry, len(children))
	for i, child := range children {
		list[i] = entryOf(child, stickpath.Join(folder, child.Name()))
	}
	return list, nil
}

// Stat describes one file or folder.
func (s *Stick) Stat(path string) (Entry, error) {
	n, path, err := s.lookup(path)
	if err != nil {
		return Entry{}, err
	}
	defer s.mu.Unlock()
	return entryOf(n, path), nil
}

// lookup finds a path. Unless it fails, it returns with s.mu locked.
func (s *Stick) lookup(path string) (*layer.Node, string, error) {
	path, err := stickpath.Clean(path)
	if err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, "", ErrClosed
	}
	n := s.tree.Find(path)
	if n == nil {
		s.mu.Unlock()
		return nil, "", fmt.Errorf("%s: %w", path, ErrNotFound)
	}
	return n, path, nil
}

// Walk calls visit for everything below a folder, each folder as it is when its
// turn comes: parents first, sorted by name. An error of visit ends it, but for
// [fs.SkipDir] of a folder, which leaves out what is in it.
func (s *Stick) Walk(folder string, visit func(Entry) error) error {
	n, folder, err := s.lookup(folder)
	if err != nil {
		return err
	}
	s.mu.Unlock()
	if !n.IsFolder() {
		return fmt.Errorf("%s: %w", folder, ErrKind)
	}
	return s.walk(folder, n, visit)
}

func (s *Stick) walk(folder string, n *layer.Node, visit func(Entry) error) error {
	s.mu.Lock()
	children := slices.Clone(n.ByName())
	s.mu.Unlock()
	for _, child := range children {
		s.mu.Lock()
		e := entryOf(child, stickpath.Join(folder, child.Name()))
		s.mu.Unlock()
		err := visit(e)
		if err == fs.SkipDir && e.IsFolder() {
			continue
		}
		if err != nil {
			return err
		}
		if e.IsFolder() {
			if err := s.walk(e.Path, child, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// Search returns up to limit entries whose path contains all the words, case
// and accents ignored, sorted by folder and name. A limit of 0 means all.
func (s *Stick) Search(ctx context.Context, words string, limit int) ([]Entry, error) {
	plain := newSearchForm()
	wanted := strings.Fields(plain(words))
	var found []Entry
	if len(wanted) == 0 {
		return nil, nil
	}
	n, folder, err := s.lookup(".")
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	err = n.Walk(folder, func(path string, n *layer.Node) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		text := plain(path)
		for _, word := range wanted {
			if !strings.Contains(text, word) {
				return nil
			}
		}
		found = append(found, entryOf(n, path))
		if limit > 0 && len(found) == limit {
			return io.EOF
		}
		return nil
	})
	if err == io.EOF {
		err = nil
	}
	return found, err
}

// newSearchForm returns a function that makes texts alike that differ only in
// case and accents. It is for one goroutine.
func newSearchForm() func(string) string {
	fold := cases.Fold()
	accents := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	return func(text string) string {
		if stickpath.IsPlainASCII(text) {
			return strings.ToLower(text)
		}
		if stripped, _, err := transform.String(accents, text); err == nil {
			text = stripped
		}
		return fold.String(text)
	}
}

// OpenFile opens a file for reading, also at random. The caller closes it.
func (s *Stick) OpenFile(path string) (*Reader, error) {
	n, path, err := s.lookup(path)
	if err != nil {
		return nil, err
	}
	data := n.Data
	if data == nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("%s: %w", path, ErrKind)
	}
	s.readers.Hold(data.Layer) // tidying must not take it away meanwhile
	s.mu.Unlock()
	defer s.readers.LetGo(data.Layer)
	r, err := s.openRecord(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// openRecord opens the content that a record holds.
func (s *Stick) openRecord(data *layer.Record) (*Reader, error) {
	plain, err := s.readers.Acquire(s.fs, data.Layer)
	if err != nil {
		return nil, err
	}
	return &Reader{io.NewSectionReader(plain, data.Off, data.Size), s, data.Layer, sync.Once{}}, nil
}

// Reader reads one file on the stick. ReadAt may be called concurrently. What
// it reads is authentic; damage is an error wrapping [ErrDamaged]. It stays
// usable when the file is replaced or removed meanwhile, until it is closed.
type Reader struct {
	section *io.SectionReader
	stick   *Stick
	layer   *layer.Layer
	once    sync.Once
}

// Size returns the size of the file in bytes.
func (r *Reader) Size() int64 { return r.section.Size() }

// Read implements [io.Reader].
func (r *Reader) Read(p []byte) (int, error) {
	return r.section.Read(p)
}

// ReadAt implements [io.ReaderAt].
func (r *Reader) ReadAt(p []byte, off int64) (int, error) {
	return r.section.ReadAt(p, off)
}

// Seek implements [io.Seeker].
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	return r.section.Seek(offset, whence)
}

// Close gives the file back.
func (r *Reader) Close() error {
	r.once.Do(func() { r.stick.readers.Release(r.layer) })
	return nil
}

// entryOf describes a node.
func entryOf(n *layer.Node, path string) Entry {
	e := Entry{Path: path, Kind: KindFolder}
	if !n.IsFolder() {
		e.Kind, e.Size, e.ModTime, e.Stored = KindFile, n.Data.Size, n.Data.ModTime(), n.Data.Layer.Time
		e.Tidied, e.Version = n.Data.Layer.Tidied, n.Data.StoredAt()
		return e
	}
	if made := n.Made(); made != nil {
		e.ModTime, e.Stored = made.Time, made.Time
	}
	if n.Rec != nil {
		e.ModTime, e.Stored = n.Rec.ModTime(), n.Rec.Layer.Time
	}
	return e
}
