package stick

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"filippo.io/age"

	"stowage/crypt"
)

// Tables of contents are a cache. They are not synced, and one that is torn,
// forged or out of date is ignored, removed, and made again from the layers.

// maxTable bounds a table's file.
const maxTable = 512 << 20

// maxTableEntries is from how many entries on a table is not merged with others.
const maxTableEntries = 2 << 20

// Merging keeps the tables few, so that opening stays fast.
const (
	tablesWhileOpen = 64 // merge when there are more, while the stick is in use
	tablesAtClose   = 8  // and when it is closed
)

// table is a table of contents on the drive.
type table struct {
	id     layerID // names it; the number is that of its newest layer
	size   int64
	layers []*layer
}

// writeTable writes the table of some layers, which all have the same key.
func writeTable(fsys FS, layers []*layer, stick string) (*table, error) {
	newest := layers[len(layers)-1]
	t := &table{id: newLayerID(newest.id.seq), layers: layers}
	name := t.id.contentsName()
	f, err := fsys.Create(name)
	if err != nil {
		return nil, fmt.Errorf("table of contents: %w", err)
	}
	t.size, err = sealPadded(f, newest.key.recipient, func(w io.Writer) error { return writeContents(w, layers, newest.key, stick) })
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = fsys.Remove(name)
		return nil, fmt.Errorf("table of contents: %w", err)
	}
	return t, nil
}

// sealPadded encrypts the text that write writes, padded with newlines, and returns the size of the age file.
func sealPadded(dst io.Writer, to age.Recipient, write func(io.Writer) error) (int64, error) {
	sealed := &counter{w: dst}
	w, err := crypt.NewEncryptWriter(sealed, to)
	if err != nil {
		return 0, err
	}
	header := sealed.n - ageNonce
	text := &counter{w: w}
	if err = write(text); err == nil {
		padding := paddedPlain(text.n, header, 1) - text.n
		_, err = io.Copy(w, io.LimitReader(newlines{}, padding))
	}
	if err != nil {
		w.Abort()
		return 0, err
	}
	err = w.Close()
	return sealed.n, err
}

// newlines are any number of them.
type newlines struct{}

func (newlines) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

// readTable reads a table with the first key that fits. Nothing is charged for one that cannot be used.
// With a nil keeper nothing is kept of it: it is only checked that a key of the stick made it.
func readTable(fsys FS, id layerID, stickKeys []*stickKey, stick string, keep *keeper) (*table, error) {
	var failed error
	var before budget
	if keep != nil {
		before = *keep.spend
	}
	for _, key := range stickKeys {
		t, err := openTable(fsys, id, key, stick, keep)
		if err == nil {
			return t, nil
		}
		if errors.Is(err, ErrTooMuch) {
			return nil, err
		}
		if keep != nil {
			*keep.spend = before
		}
		failed = err
	}
	return nil, failed
}

func openTable(fsys FS, id layerID, key *stickKey, stick string, keep *keeper) (*table, error) {
	name := id.contentsName()
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxTable {
		return nil, fmt.Errorf("%s: %w", name, ErrTooLarge)
	}
	plain, err := decryptTable(f, info.Size(), key)
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	layers, err := readContents(plain, key, stick, keep)
	if err != nil {
		return nil, err
	}
	return &table{id, info.Size(), layers}, nil
}

// smallTable is up to which size a table is read without the buffers that
// decrypting on all cores takes.
const smallTable = 1 << 20

func decryptTable(f File, size int64, key *stickKey) (io.ReadCloser, error) {
	if size > smallTable {
		return crypt.NewDecryptReader(f, key.identity)
	}
	plain, n, err := crypt.DecryptReaderAt(f, size, key.identity)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(io.NewSectionReader(plain, 0, n)), nil
}

// addTable writes the table of a layer just stored. It being only a cache, no
// error matters. s.write is held.
func (s *Stick) addTable(layers ...*layer) {
	t, err := writeTable(s.fs, layers, s.note.ID)
	if err != nil {
		return
	}
	s.tables = append(s.tables, t)
	if len(s.tables) > tablesWhileOpen {
		s.mergeTables(1)
	}
}

// mergeTables merges the newest tables into one when there are more than most,
// taking in older ones as long as they are not much larger than what is merged
// so far: a table is so rewritten only when about as much has come after it,
// which keeps the cost of a save the same on a full stick. s.write is held.
func (s *Stick) mergeTables(most int) {
	if len(s.tables) <= most {
		return
	}
	counts := s.countingLayers()
	from := len(s.tables)
	var size int64
	var layers []*layer
	entries := 0
	for from > 0 {
		t := s.tables[from-1]
		kept := only(t.layers, counts)
		for _, l := range kept {
			entries += l.records.count
		}
		if len(s.tables)-from >= 2 && t.size > 2*size || t.layers[0].key != s.keys[0] || entries > maxTableEntries {
			break
		}
		from--
		size += t.size
		layers = append(kept, layers...)
	}
	old := s.tables[from:]
	if len(old) < 2 {
		return
	}
	var merged []*table
	if len(layers) > 0 {
		t, err := writeTable(s.fs, layers, s.note.ID)
		if err != nil {
			return
		}
		merged = []*table{t}
	}
	for _, t := range old {
		_ = s.fs.Remove(t.id.contentsName())
	}
	s.tables = append(s.tables[:from:from], merged...)
}

// countingLayers is the set of the layers that count, or should: what a table says of
// those that cannot be read is all that is known of them.
func (s *Stick) countingLayers() map[*layer]bool {
	counts := make(map[*layer]bool, len(s.layers))
	for _, l := range slices.Concat(s.layers, s.hurt) {
		counts[l] = true
	}
	return counts
}

func only(layers []*layer, counts map[*layer]bool) []*layer {
	var kept []*layer
	for _, l := range layers {
		if counts[l] {
			kept = append(kept, l)
		}
	}
	return kept
}

// pruneTables writes tables again, or removes them, that name layers which no
// longer count, so that no erased name stays in one. s.write is held.
func (s *Stick) pruneTables() {
	counts := s.countingLayers()
	old := s.tables
	s.tables = nil
	for _, t := range old {
		kept := only(t.layers, counts)
		if len(kept) == len(t.layers) {
			s.tables = append(s.tables, t)
			continue
		}
		if len(kept) > 0 {
			if fresh, err := writeTable(s.fs, kept, s.note.ID); err == nil {
				s.tables = append(s.tables, fresh)
			}
		}
		_ = s.fs.Remove(t.id.contentsName())
	}
}
