package layer

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"strings"

	"stowage/crypt"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/stickpath"
)

// The range of times that are kept: the years 1 to 9999.
const (
	minTime = -62135596800
	maxTime = 253402300799
)

// TarTime is a time in Unix seconds as a layer keeps it: tar has no word for the very first
// second of year 1, Go's zero time, and writes 1970 for it.
func TarTime(seconds int64) int64 {
	if seconds <= minTime {
		return 0
	}
	return min(seconds, maxTime)
}

// Plain is a layer's tar, opened for reading at random.
type Plain struct {
	plain  io.ReaderAt
	size   int64
	digest string
	Parts  *partReader
}

// ReadAt implements [io.ReaderAt]. What age does not authenticate is
// [ErrDamaged]; an error of the drive is a driveFault.
func (p *Plain) ReadAt(b []byte, off int64) (int, error) {
	n, err := p.plain.ReadAt(b, off)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case errors.Is(err, crypt.ErrDamaged):
		return n, fmt.Errorf("layer %s: %w", p.Parts.id, AsDamaged(err))
	}
	return n, &driveFault{err}
}

func (p *Plain) Close() error { return p.Parts.Close() }

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

// Open opens the files of a layer with the first key that fits. The age
// header and the last chunk have then been authenticated as age does it; who
// wrote the layer has not.
func Open(fsys drive.FS, id ID, parts []int64, keys []*Key) (*Plain, *Key, error) {
	src := NewPartReader(fsys, id, parts)
	p, key, err := openParts(src, keys)
	if err != nil {
		_ = src.Close()
		return nil, nil, fmt.Errorf("layer %s: %w", id, err)
	}
	return p, key, nil
}

func openParts(src *partReader, keys []*Key) (*Plain, *Key, error) {
	digest, _, err := Digest(src, src.Size())
	if err != nil {
		return nil, nil, err
	}
	for _, key := range keys {
		var r io.ReaderAt
		var size int64
		r, size, err = crypt.DecryptReaderAt(src, src.Size(), key.Identity)
		if err == nil {
			return &Plain{r, size, digest, src}, key, nil
		}
		if !errors.Is(err, crypt.ErrNoIdentity) {
			break
		}
	}
	if errors.Is(err, crypt.ErrNoIdentity) { // which a single bit of its header can be the cause of
		err = fmt.Errorf("%w, or of another stick: %w", ErrDamaged, err)
	}
	return nil, nil, AsDamaged(err)
}

// Read reads the entries of a layer's tar. Entries that are not allowed
// are left out and passed to refused. When the tar breaks off or is malformed,
// the error wraps [ErrDamaged] and the layer has the entries before that place.
// It is [drive.ErrTooMuch] when they are more than the budget allows.
func Read(tape io.ReadSeeker, stick string, key *Key, keep *Recorder, refused func(name string, err error)) (*Layer, error) {
	l := &Layer{Key: key}
	t := tar.NewReader(tape)
	first, err := t.Next()
	if err != nil {
		return nil, tarError(err, 0)
	}
	header, err := ParseHeader(first, stick, key.MAC)
	if err != nil {
		return nil, err
	}
	l.Header = *header
	if err := keep.Begin(l); err != nil {
		return nil, err
	}
	defer keep.done()
	for {
		if l.End, err = tape.Seek(0, io.SeekCurrent); err != nil {
			return l, err
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, tarError(err, l.Records.Count)
		}
		e, err := tarEntry(h)
		if err != nil {
			refused(stickpath.Short(h.Name), err)
			continue
		}
		if e.Kind == FileRecord {
			if e.off, err = tape.Seek(0, io.SeekCurrent); err != nil {
				return l, err
			}
		}
		if _, err := keep.Add(&e); err != nil {
			return l, err
		}
	}
}

// cutAt leaves out the entries whose content would end beyond a size, and reports how many:
// whoever has the key can claim more than a layer holds.
func (l *Layer) cutAt(size int64) int {
	var kept Records
	for r := range l.Records.All() {
		if r.Kind != FileRecord || r.Size <= size-r.Off {
			kept.add(*r)
		}
	}
	cut := l.Records.Count - kept.Count
	if cut > 0 {
		l.Records = kept
	}
	return cut
}

// tarEntry checks one tar entry.
func tarEntry(h *tar.Header) (Entry, error) {
	for name := range h.PAXRecords {
		switch name {
		case "path", "linkpath", "size", "mtime":
		default:
			return Entry{}, fmt.Errorf("%w: PAX record %q", drive.ErrSpecial, stickpath.Short(name))
		}
	}
	e := Entry{Path: h.Name, MTime: TarTime(h.ModTime.Unix())}
	switch h.Typeflag {
	case tar.TypeReg:
		e.Kind, e.Size = FileRecord, h.Size
		if p, ok := stickpath.WhitedOut(h.Name); ok {
			e.Kind, e.Path = WhiteoutRecord, p
			if h.Size != 0 {
				return Entry{}, fmt.Errorf("%w: a deletion with content", drive.ErrSpecial)
			}
		}
	case tar.TypeDir:
		e.Kind, e.Path = FolderRecord, strings.TrimSuffix(h.Name, "/")
	case tar.TypeLink:
		e.Kind, e.Link = LinkRecord, h.Linkname
		if err := stickpath.Check(h.Linkname); err != nil {
			return Entry{}, err
		}
	default:
		return Entry{}, fmt.Errorf("%w: tar entry of type %q", drive.ErrSpecial, h.Typeflag)
	}
	return e, stickpath.Check(e.Path)
}
