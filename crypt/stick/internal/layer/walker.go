package layer

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"stowage/crypt"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/stickpath"
)

// A layer that is not whole may still hold files: each chunk of it is authentic by itself. Where no table says what it
// held, its tar does, as far as that can be read.

// walk reads what is left of a layer. all reports that every entry of it was found; whether the files in it can be
// read to their ends has not been tried. Without the age header, or the layer's own, nothing can be read: nil.
func (l *Loader) walk(files *Files) (found *Layer, all bool, err error) {
	sizes := files.Sizes()
	if len(sizes) == 0 {
		return nil, false, nil
	}
	parts := NewPartReader(l.FS, files.ID, sizes)
	defer parts.Close()
	for _, key := range l.keys {
		plain, size, err := Salvage(parts, key)
		if err != nil {
			continue
		}
		w := walker{tape: &ChunkReader{plain: plain, size: size}, stick: l.stick, key: key, keep: l.keep}
		if !w.header() || w.layer.ID != files.ID || !l.allowed(w.layer) {
			return nil, false, nil
		}
		if all, err = w.entries(); err != nil {
			return nil, false, err
		}
		w.layer.Parts = sizes
		return w.layer, all && len(sizes) == len(files.Parts), nil
	}
	return nil, false, nil
}

// Salvage opens what is left of a layer. One that was cut short is read as a longer one, of which every chunk that is
// there is not the last.
func Salvage(parts *partReader, key *Key) (plain io.ReaderAt, size int64, err error) {
	whole := parts.Size()
	if cutShort(whole) {
		whole += ageChunk + ageTag
	}
	plain, size, err = crypt.SalvageReaderAt(parts, whole, key.Identity)
	if errors.Is(err, crypt.ErrDamaged) { // perhaps no age file has that size
		plain, size, err = crypt.SalvageReaderAt(parts, whole+ageTag+1, key.Identity)
	}
	return plain, size, err
}

// cutShort reports whether a layer's files are smaller than those of a whole one, which has a padded size.
func cutShort(size int64) bool { return size == 0 || PaddedSize(size)-size >= 2*TarBlock }

// maxSearches is how often the walk over a layer looks for where its entries go on.
const maxSearches = 10_000

// walker reads the entries of one layer, over damage.
type walker struct {
	tape     *ChunkReader
	stick    string
	key      *Key
	keep     *Recorder
	layer    *Layer
	searches int
}

// header reads the layer's own header.
func (w *walker) header() bool {
	first, err := tar.NewReader(w.tape).Next()
	if err != nil {
		return false
	}
	h, err := ParseHeader(first, w.stick, w.key.MAC)
	if err != nil {
		return false
	}
	w.layer = &Layer{Header: *h, Key: w.key}
	at, err := w.tape.Seek(0, io.SeekCurrent)
	w.layer.End = paddedTo(at, TarBlock)
	return err == nil
}

// entries reads all entries, and reports whether there was no gap. The error is [drive.ErrTooMuch].
func (w *walker) entries() (all bool, err error) {
	if err := w.keep.Begin(w.layer); err != nil {
		return false, err
	}
	defer w.keep.done()
	all = true
	for prefix := ""; ; {
		before := w.layer.End
		err := w.run(prefix)
		if errors.Is(err, drive.ErrTooMuch) {
			return false, err
		}
		if errors.Is(err, io.EOF) {
			ended := w.layer.End+2*TarBlock <= w.tape.size // and not just cut off there
			return all && ended, nil
		}
		if w.layer.End > before { // what the damage is in may have been a file, whose end is known
			continue
		}
		all = false
		if !w.search() {
			return false, nil
		}
		prefix = rescuedFolder(w.layer.ID)
	}
}

// rescuedFolder is where the files go that were found behind a gap. A gap hides whether what looks like an entry is
// one, or part of a file that is itself a tar: so they take nobody's place.
func rescuedFolder(id ID) string { return "rescued from " + strconv.FormatInt(id.Seq, 10) + "/" }

// run reads entries from where the last one ends up to the end of the tar, [io.EOF], or to damage.
func (w *walker) run(prefix string) error {
	if _, err := w.tape.Seek(w.layer.End, io.SeekStart); err != nil {
		return err
	}
	for t := tar.NewReader(w.tape); ; {
		h, err := t.Next()
		if err != nil {
			return err
		}
		at, err := w.tape.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		if err := w.add(h, at, prefix); err != nil {
			return err
		}
		w.layer.End = at + paddedTo(min(h.Size, max(0, w.tape.size-at)), TarBlock) // it may claim to be of any size
	}
}

// add takes in an entry. Behind a gap only files count.
func (w *walker) add(h *tar.Header, at int64, prefix string) error {
	e, err := tarEntry(h)
	if err != nil || prefix != "" && e.Kind != FileRecord {
		return nil
	}
	e.Path = prefix + e.Path
	if stickpath.Check(e.Path) != nil {
		return nil
	}
	if e.Kind == FileRecord {
		e.off = at
	}
	_, err = w.keep.Add(&e)
	return err
}

// search looks for the next header behind damage, and sets the layer's end to it.
func (w *walker) search() bool {
	if w.searches++; w.searches > maxSearches {
		return false
	}
	block := make([]byte, TarBlock)
	for off := w.layer.End + TarBlock; off < w.tape.size; off += TarBlock {
		_, err := w.tape.Seek(off, io.SeekStart)
		if err == nil {
			_, err = io.ReadFull(w.tape, block)
		}
		if err != nil { // the rest of the chunk is as little readable
			off += chunkSize - off%chunkSize - TarBlock
			continue
		}
		if isTarHeader(block) {
			w.layer.End = off
			return true
		}
	}
	return false
}

// isTarHeader reports whether a block is the header of an entry, by its checksum.
func isTarHeader(block []byte) bool {
	if !bytes.HasPrefix(block[257:], []byte("ustar\x00")) {
		return false
	}
	given, err := strconv.ParseInt(string(bytes.Trim(block[148:156], " \x00")), 8, 64)
	sum := int64(8 * ' ')
	for i, c := range block {
		if i < 148 || i >= 156 {
			sum += int64(c)
		}
	}
	return err == nil && sum == given
}

// paddedTo rounds n up to a multiple of unit.
func paddedTo(n, unit int64) int64 { return (n + unit - 1) / unit * unit }

// OpenKnown opens a layer that is known by its digest. What is in its place and is not that layer is decay, unless
// it opens and whoever made it did not have the stick's key, or another of the stick's layers was put there:
// that is [ErrForged].
func OpenKnown(fsys drive.FS, l *Layer) (*Plain, error) {
	p, _, err := Open(fsys, l.ID, l.Parts, []*Key{l.Key})
	if err != nil || p.digest == l.Digest {
		return p, err
	}
	defer p.Close()
	first, err := tar.NewReader(NewChunkReader(p)).Next()
	if err == nil {
		_, err = ParseHeader(first, l.Stick, l.Key.MAC)
	}
	if err == nil {
		err = ErrForged
	}
	return nil, fmt.Errorf("layer %s: another stands in its place: %w", l.ID, AsDamaged(err))
}
