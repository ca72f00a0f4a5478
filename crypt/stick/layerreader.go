package stick

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"strings"

	"stowage/crypt"
	"stowage/crypt/stick/internal/stickpath"
)

// The range of times that are kept: the years 1 to 9999.
const (
	minTime = -62135596800
	maxTime = 253402300799
)

// tarTime is a time in Unix seconds as a layer keeps it: tar has no word for the very first
// second of year 1, Go's zero time, and writes 1970 for it.
func tarTime(seconds int64) int64 {
	if seconds <= minTime {
		return 0
	}
	return min(seconds, maxTime)
}

// plainLayer is a layer's tar, opened for reading at random.
type plainLayer struct {
	plain  io.ReaderAt
	size   int64
	digest string
	parts  *partReader
}

// ReadAt implements [io.ReaderAt]. What age does not authenticate is
// [ErrDamaged]; an error of the drive is a driveFault.
func (p *plainLayer) ReadAt(b []byte, off int64) (int, error) {
	n, err := p.plain.ReadAt(b, off)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case errors.Is(err, crypt.ErrDamaged):
		return n, fmt.Errorf("layer %s: %w", p.parts.id, damaged(err))
	}
	return n, &driveFault{err}
}

func (p *plainLayer) Close() error { return p.parts.Close() }

// driveFault marks an error of the drive, which says nothing about the layer.
type driveFault struct{ err error }

func (e *driveFault) Error() string { return e.err.Error() }

func (e *driveFault) Unwrap() error { return e.err }

// tarError says that a layer's tar is damaged, unless it was the drive that failed.
func tarError(err error, entries int) error {
	var fault *driveFault
	if errors.As(err, &fault) || errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w: after %d entries: %w", ErrDamaged, entries, err)
}

// openPlain opens the files of a layer with the first key that fits. The age
// header and the last chunk have then been authenticated as age does it; who
// wrote the layer has not.
func openPlain(fsys FS, id layerID, parts []int64, keys []*stickKey) (*plainLayer, *stickKey, error) {
	src := newPartReader(fsys, id, parts)
	p, key, err := openParts(src, keys)
	if err != nil {
		_ = src.Close()
		return nil, nil, fmt.Errorf("layer %s: %w", id, err)
	}
	return p, key, nil
}

func openParts(src *partReader, keys []*stickKey) (*plainLayer, *stickKey, error) {
	digest, _, err := layerDigest(src, src.size())
	if err != nil {
		return nil, nil, err
	}
	for _, key := range keys {
		var r io.ReaderAt
		var size int64
		r, size, err = crypt.DecryptReaderAt(src, src.size(), key.identity)
		if err == nil {
			return &plainLayer{r, size, digest, src}, key, nil
		}
		if !errors.Is(err, crypt.ErrNoIdentity) {
			break
		}
	}
	if errors.Is(err, crypt.ErrNoIdentity) { // which a single bit of its header can be the cause of
		err = fmt.Errorf("%w, or of another stick: %w", ErrDamaged, err)
	}
	return nil, nil, damaged(err)
}

// readLayer reads the entries of a layer's tar. Entries that are not allowed
// are left out and told to refused. When the tar breaks off or is malformed,
// the error wraps [ErrDamaged] and the layer has the entries before that place.
// It is [ErrTooMuch] when they are more than the budget allows.
func readLayer(tape io.ReadSeeker, stick string, key *stickKey, keep *keeper, refused func(name string, err error)) (*layer, error) {
	l := &layer{key: key}
	t := tar.NewReader(tape)
	first, err := t.Next()
	if err != nil {
		return nil, tarError(err, 0)
	}
	header, err := parseHeader(first, stick, key.mac)
	if err != nil {
		return nil, err
	}
	l.layerHeader = *header
	if err := keep.begin(l); err != nil {
		return nil, err
	}
	defer keep.done()
	for {
		if l.end, err = tape.Seek(0, io.SeekCurrent); err != nil {
			return l, err
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, tarError(err, l.records.count)
		}
		e, err := tarEntry(h)
		if err != nil {
			refused(stickpath.Short(h.Name), err)
			continue
		}
		if e.kind == recFile {
			if e.off, err = tape.Seek(0, io.SeekCurrent); err != nil {
				return l, err
			}
		}
		if _, err := keep.add(&e); err != nil {
			return l, err
		}
	}
}

// cutAt leaves out the entries whose content would end beyond a size, and reports how many:
// whoever has the key can claim more than a layer holds.
func (l *layer) cutAt(size int64) int {
	var kept records
	for r := range l.records.all() {
		if r.kind != recFile || r.size <= size-r.off {
			kept.add(*r)
		}
	}
	cut := l.records.count - kept.count
	if cut > 0 {
		l.records = kept
	}
	return cut
}

// tarEntry checks one tar entry.
func tarEntry(h *tar.Header) (entry, error) {
	for name := range h.PAXRecords {
		switch name {
		case "path", "linkpath", "size", "mtime":
		default:
			return entry{}, fmt.Errorf("%w: PAX record %q", ErrSpecial, stickpath.Short(name))
		}
	}
	e := entry{path: h.Name, mtime: tarTime(h.ModTime.Unix())}
	switch h.Typeflag {
	case tar.TypeReg:
		e.kind, e.size = recFile, h.Size
		if p, ok := stickpath.WhitedOut(h.Name); ok {
			e.kind, e.path = recWhiteout, p
			if h.Size != 0 {
				return entry{}, fmt.Errorf("%w: a deletion with content", ErrSpecial)
			}
		}
	case tar.TypeDir:
		e.kind, e.path = recFolder, strings.TrimSuffix(h.Name, "/")
	case tar.TypeLink:
		e.kind, e.link = recLink, h.Linkname
		if err := CheckPath(h.Linkname); err != nil {
			return entry{}, err
		}
	default:
		return entry{}, fmt.Errorf("%w: tar entry of type %q", ErrSpecial, h.Typeflag)
	}
	return e, CheckPath(e.path)
}
