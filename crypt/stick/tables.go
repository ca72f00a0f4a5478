package stick

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"

	"stowage/crypt"
)

// Tables of contents are a cache. They are not synced, and one that is torn,
// forged or out of date is ignored, removed, and made again from the layers.

// maxTable bounds a table's file: some two million entries.
const maxTable = 512 << 20

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
	t.size, err = sealPadded(f, writeContents(layers, newest.key, stick), newest.key.recipient)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = fsys.Remove(name)
		return nil, fmt.Errorf("table of contents: %w", err)
	}
	return t, nil
}

// sealPadded encrypts text, padded with newlines, and returns the size of the age file.
func sealPadded(dst io.Writer, text []byte, to age.Recipient) (int64, error) {
	sealed := &counter{w: dst}
	w, err := crypt.NewEncryptWriter(sealed, to)
	if err != nil {
		return 0, err
	}
	plain := int64(len(text))
	padding := paddedPlain(plain, sealed.n-ageNonce, 1) - plain
	if _, err = w.Write(text); err == nil {
		_, err = io.Copy(w, strings.NewReader(strings.Repeat("\n", int(padding))))
	}
	if err != nil {
		w.Abort()
		return 0, err
	}
	err = w.Close()
	return sealed.n, err
}

// readTable reads a table with the first key that fits.
func readTable(fsys FS, id layerID, stickKeys []*stickKey, stick string) (*table, error) {
	var failed error
	for _, key := range stickKeys {
		text, size, err := openTable(fsys, id.contentsName(), key)
		if err == nil {
			var layers []*layer
			if layers, err = readContents(text, key, stick); err == nil {
				return &table{id, size, layers}, nil
			}
		}
		failed = err
	}
	return nil, failed
}

func openTable(fsys FS, name string, key *stickKey) (text string, size int64, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", 0, err
	}
	if info.Size() > maxTable {
		return "", 0, fmt.Errorf("%s: %w", name, ErrTooLarge)
	}
	var b strings.Builder
	if err := decryptTable(&b, f, info.Size(), key); err != nil {
		return "", 0, err
	}
	return b.String(), info.Size(), nil
}

// smallTable is up to which size a table is read without the buffers that
// decrypting on all cores takes.
const smallTable = 1 << 20

func decryptTable(dst *strings.Builder, f File, size int64, key *stickKey) error {
	if size <= smallTable {
		plain, n, err := crypt.DecryptReaderAt(f, size, key.identity)
		if err != nil {
			return err
		}
		dst.Grow(int(n))
		_, err = io.Copy(dst, io.NewSectionReader(plain, 0, n))
		return err
	}
	r, err := crypt.NewDecryptReader(f, key.identity)
	if err != nil {
		return err
	}
	defer r.Close()
	dst.Grow(int(size)) // only now: it is an age file for this key
	_, err = io.Copy(dst, r)
	return err
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
			entries += len(l.records)
		}
		if len(s.tables)-from >= 2 && t.size > 2*size || t.layers[0].key != s.keys[0] || entries > maxTableEntries/2 {
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
