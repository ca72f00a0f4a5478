package stick

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"stowage/crypt"
)

// A layer that is not whole may still hold files: each chunk of it is authentic by itself. Where no table says what it
// held, its tar does, as far as that can be read.

// walk reads what is left of a layer. all reports that every entry of it was found; whether the files in it can be
// read to their ends has not been tried. Without the age header, or the layer's own, nothing can be read: nil.
func (l *loader) walk(files *layerFiles) (found *layer, all bool, err error) {
	sizes := files.sizes()
	if len(sizes) == 0 {
		return nil, false, nil
	}
	parts := newPartReader(l.fs, files.id, sizes)
	defer parts.Close()
	for _, key := range l.keys {
		plain, size, err := salvage(parts, key)
		if err != nil {
			continue
		}
		w := walker{tape: &tape{plain: plain, size: size}, stick: l.stick, key: key, keep: l.keep}
		if !w.header() || w.layer.id != files.id || !l.allowed(w.layer) {
			return nil, false, nil
		}
		if all, err = w.entries(); err != nil {
			return nil, false, err
		}
		w.layer.parts = sizes
		return w.layer, all && len(sizes) == len(files.parts), nil
	}
	return nil, false, nil
}

// salvage opens what is left of a layer. One that was cut short is read as a longer one, of which every chunk that is
// there is not the last.
func salvage(parts *partReader, key *stickKey) (plain io.ReaderAt, size int64, err error) {
	whole := parts.size()
	if cutShort(whole) {
		whole += ageChunk + ageTag
	}
	plain, size, err = crypt.SalvageReaderAt(parts, whole, key.identity)
	if errors.Is(err, crypt.ErrDamaged) { // perhaps no age file has that size
		plain, size, err = crypt.SalvageReaderAt(parts, whole+ageTag+1, key.identity)
	}
	return plain, size, err
}

// cutShort reports whether a layer's files are smaller than those of a whole one, which has a padded size.
func cutShort(size int64) bool { return size == 0 || paddedSize(size)-size >= 2*tarBlock }

// maxSearches is how often the walk over a layer looks for where its entries go on.
const maxSearches = 10_000

// walker reads the entries of one layer, over damage.
type walker struct {
	tape     *tape
	stick    string
	key      *stickKey
	keep     *keeper
	layer    *layer
	searches int
}

// header reads the layer's own header.
func (w *walker) header() bool {
	first, err := tar.NewReader(w.tape).Next()
	if err != nil {
		return false
	}
	h, err := parseHeader(first, w.stick, w.key.mac)
	if err != nil {
		return false
	}
	w.layer = &layer{layerHeader: *h, key: w.key}
	at, err := w.tape.Seek(0, io.SeekCurrent)
	w.layer.end = paddedTo(at, tarBlock)
	return err == nil
}

// entries reads all entries, and reports whether there was no gap. The error is [ErrTooMuch].
func (w *walker) entries() (all bool, err error) {
	if err := w.keep.begin(w.layer); err != nil {
		return false, err
	}
	defer w.keep.done()
	all = true
	for prefix := ""; ; {
		before := w.layer.end
		err := w.run(prefix)
		if errors.Is(err, ErrTooMuch) {
			return false, err
		}
		if errors.Is(err, io.EOF) {
			ended := w.layer.end+2*tarBlock <= w.tape.size // and not just cut off there
			return all && ended, nil
		}
		if w.layer.end > before { // what the damage is in may have been a file, whose end is known
			continue
		}
		all = false
		if !w.search() {
			return false, nil
		}
		prefix = rescuedFolder(w.layer.id)
	}
}

// rescuedFolder is where the files go that were found behind a gap. A gap hides whether what looks like an entry is
// one, or part of a file that is itself a tar: so they take nobody's place.
func rescuedFolder(id layerID) string { return "rescued from " + strconv.FormatInt(id.seq, 10) + "/" }

// run reads entries from where the last one ends up to the end of the tar, [io.EOF], or to damage.
func (w *walker) run(prefix string) error {
	if _, err := w.tape.Seek(w.layer.end, io.SeekStart); err != nil {
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
		w.layer.end = at + paddedTo(min(h.Size, max(0, w.tape.size-at)), tarBlock) // it may claim to be of any size
	}
}

// add takes in an entry. Behind a gap only files count.
func (w *walker) add(h *tar.Header, at int64, prefix string) error {
	e, err := tarEntry(h)
	if err != nil || prefix != "" && e.kind != recFile {
		return nil
	}
	e.path = prefix + e.path
	if CheckPath(e.path) != nil {
		return nil
	}
	if e.kind == recFile {
		e.off = at
	}
	_, err = w.keep.add(&e)
	return err
}

// search looks for the next header behind damage, and sets the layer's end to it.
func (w *walker) search() bool {
	if w.searches++; w.searches > maxSearches {
		return false
	}
	block := make([]byte, tarBlock)
	for off := w.layer.end + tarBlock; off < w.tape.size; off += tarBlock {
		_, err := w.tape.Seek(off, io.SeekStart)
		if err == nil {
			_, err = io.ReadFull(w.tape, block)
		}
		if err != nil { // the rest of the chunk is as little readable
			off += tapeChunk - off%tapeChunk - tarBlock
			continue
		}
		if isTarHeader(block) {
			w.layer.end = off
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

// openKnown opens a layer that is known by its digest. What is in its place and is not that layer is decay, unless
// it opens and whoever made it did not have the stick's key, or another of the stick's layers was put there:
// that is [ErrForged].
func openKnown(fsys FS, l *layer) (*plainLayer, error) {
	p, _, err := openPlain(fsys, l.id, l.parts, []*stickKey{l.key})
	if err != nil || p.digest == l.digest {
		return p, err
	}
	defer p.Close()
	first, err := tar.NewReader(newTape(p)).Next()
	if err == nil {
		_, err = parseHeader(first, l.stick, l.key.mac)
	}
	if err == nil {
		err = ErrForged
	}
	return nil, fmt.Errorf("layer %s: another stands in its place: %w", l.id, damaged(err))
}
