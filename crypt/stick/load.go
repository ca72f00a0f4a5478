package stick

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"stowage/crypt"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
)

// loader finds out what is on a stick: which layers count, and what they hold.
type loader struct {
	fs    FS
	stick string
	keys  []*stickKey
	// lenient reads on when the drive fails to read a layer. Without it that is
	// an error: to write after a layer that is there but not seen would cut it off.
	lenient bool
	keep    *keeper // which charges all that is found
	at      int64   // see OpenOptions.At

	files     map[layerID]*layerFiles
	tables    []*table
	badTables []string // tables that cannot be used
	listed    map[layerID]*layer
	uncached  []*layer // read from their files, in no table
	bad       []badLayer
	unread    []unread      // see Stick.unread
	leftover  []*layerFiles // of layers whose removal had begun
	hurt      []*layer      // see Stick.hurt
	warnings  []Warning
	maxSeq    int64
	noFolder  []string // of ours that are not there
}

func newLoader(fsys FS, stick string, keys []*stickKey, spend *budget) *loader {
	return &loader{fs: fsys, stick: stick, keys: keys, keep: newKeeper(spend), listed: map[layerID]*layer{}}
}

// layerFiles are the files of one layer.
type layerFiles struct {
	id    layerID
	parts map[int]int64 // size by part number
}

// sizes returns the sizes of the parts up to the first that is not there.
func (f *layerFiles) sizes() []int64 {
	var sizes []int64
	for n := 0; ; n++ {
		size, ok := f.parts[n]
		if !ok {
			return sizes
		}
		sizes = append(sizes, size)
	}
}

// badLayer is a layer that cannot be read.
type badLayer struct {
	files *layerFiles
	err   error
}

// unread is a layer on the drive that is not whole and may hold data all the same.
type unread struct {
	id     layerID
	layer  *layer // what could be found in it; nil when a table says that, or nothing does
	all    bool   // those are all of its entries
	listed bool   // a table says what it held
}

// load reads everything there is to know.
func (l *loader) load(ctx context.Context) (chained, error) {
	if err := l.findLayers(); err != nil {
		return chained{}, err
	}
	if err := l.readTables(ctx); err != nil {
		return chained{}, err
	}
	found, err := l.readLayers(ctx)
	if err != nil {
		return chained{}, err
	}
	if l.at != 0 {
		if found, err = asOf(found, l.at); err != nil {
			return chained{}, err
		}
		l.listed = nil // and so says nothing of what came later
	}
	c := chain(found)
	l.blame(&c)
	l.findHurt(found, &c)
	if err := l.walkBad(); err != nil {
		return chained{}, err
	}
	l.placeMissing(&c)
	c.warnings = append(l.warnings, c.warnings...)
	return c, nil
}

func (l *loader) findLayers() error {
	l.files = map[layerID]*layerFiles{}
	entries, err := l.fs.ReadDir(layout.Layers)
	if errors.Is(err, fs.ErrNotExist) {
		l.noFolder = append(l.noFolder, layout.Layers)
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the layers: %w", err)
	}
	for _, e := range entries {
		if err := l.keep.spend.spend(costFile); err != nil {
			return fmt.Errorf("list the layers: %w", err)
		}
		if drive.Junk(e.Name()) {
			continue
		}
		id, part, ok := parseLayerName(e.Name())
		info, err := e.Info()
		if err != nil {
			return fmt.Errorf("list the layers: %w", err)
		}
		if !ok || !info.Mode().IsRegular() {
			l.warn(WarnForeign, path.Join(layout.Layers, e.Name()), 0, ErrSpecial)
			continue
		}
		if l.files[id] == nil {
			l.files[id] = &layerFiles{id: id, parts: map[int]int64{}}
		}
		l.files[id].parts[part] = info.Size()
		l.maxSeq = max(l.maxSeq, id.seq)
	}
	return nil
}

func (l *loader) warn(kind WarningKind, name string, seq int64, err error) {
	l.warnings = append(l.warnings, Warning{Kind: kind, Name: name, Seq: seq, Err: err})
}

func (l *loader) readTables(ctx context.Context) error {
	entries, err := l.fs.ReadDir(layout.Contents)
	if errors.Is(err, fs.ErrNotExist) {
		l.noFolder = append(l.noFolder, layout.Contents)
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the tables of contents: %w", err)
	}
	for _, e := range entries {
		if err := cmp.Or(ctx.Err(), l.keep.spend.spend(costFile)); err != nil {
			return err
		}
		id, part, ok := parseLayerName(e.Name())
		if !ok || part != 0 {
			continue
		}
		l.maxSeq = max(l.maxSeq, id.seq)
		t, err := readTable(l.fs, id, l.keys, l.stick, l.keep)
		if errors.Is(err, ErrGone) || errors.Is(err, ErrTooMuch) {
			return err
		}
		if err != nil {
			l.badTables = append(l.badTables, id.contentsName())
			continue
		}
		l.tables = append(l.tables, t)
		for i, known := range t.layers {
			if l.listed[known.id] == nil {
				l.listed[known.id] = known
				continue
			}
			// An interrupted merge of tables left both. This one counts no more, and is written without it.
			l.keep.spend.refund(known)
			t.layers[i] = &layer{layerHeader: layerHeader{id: known.id}}
		}
	}
	return nil
}

// readLayers returns the authentic layers: as the tables have them, or from their files.
func (l *loader) readLayers(ctx context.Context) ([]*layer, error) {
	var found []*layer
	ids := slices.SortedFunc(maps.Keys(l.files), func(a, b layerID) int { return strings.Compare(a.String(), b.String()) })
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		files := l.files[id]
		sizes := files.sizes()
		listed := l.listed[id]
		if listed != nil && len(sizes) == len(files.parts) && slices.Equal(sizes, listed.parts) && l.allowed(listed) {
			found = append(found, listed)
			continue
		}
		layer, err := l.readFiles(files, sizes)
		if err != nil {
			if err := l.reject(files, err); err != nil {
				return nil, err
			}
			continue
		}
		if !layer.gaps {
			l.uncached = append(l.uncached, layer)
		}
		found = append(found, layer)
	}
	return found, nil
}

// allowed reports whether a layer's key may have written it.
func (l *loader) allowed(layer *layer) bool {
	return !layer.key.retired || layer.id.seq <= layer.key.lastSeq
}

// readFiles reads a layer from its files.
func (l *loader) readFiles(files *layerFiles, sizes []int64) (*layer, error) {
	if len(sizes) == 0 {
		return nil, fmt.Errorf("%w: its first part is missing", ErrDamaged)
	}
	plain, key, err := openPlain(l.fs, files.id, sizes, l.keys)
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	left := 100 // warnings, against a flood
	name := files.id.part(0)
	layer, err := readLayer(newTape(plain), l.stick, key, l.keep, func(entry string, err error) {
		if left--; left >= 0 {
			l.warn(WarnEntry, name, files.id.seq, fmt.Errorf("%q: %w", entry, err))
		}
	})
	if layer == nil || err != nil && !errors.Is(err, ErrDamaged) {
		return nil, err
	}
	if err != nil { // what comes before the damage is as it was written, and so is what is found behind it
		l.warn(WarnDamaged, name, files.id.seq, err)
		layer.gaps = true
		more, _, err := l.walk(files)
		if err != nil {
			return nil, err
		}
		if more != nil {
			l.keep.spend.refund(layer)
			layer.records, layer.dirs, layer.links = more.records, more.dirs, more.links
			for r := range layer.records.all() {
				r.layer = layer
			}
		}
	}
	if layer.cutAt(plain.size) > 0 {
		l.warn(WarnDamaged, name, files.id.seq, fmt.Errorf("%w: a file that is larger than its layer", ErrTooLarge))
	}
	if layer.id != files.id {
		return nil, fmt.Errorf("%w: it is layer %s under another name", errRenamed, layer.id)
	}
	if !l.allowed(layer) {
		return nil, fmt.Errorf("%w: written with a retired key", ErrForged)
	}
	layer.parts, layer.digest = sizes, plain.digest
	return layer, nil
}

// errRenamed: the stick's key made the layer, and somebody gave it another name.
var errRenamed = fmt.Errorf("a layer of this stick that is %w", ErrForged)

// reject notes a layer that cannot be read, or returns the error if that is not the layer's fault.
func (l *loader) reject(files *layerFiles, err error) error {
	switch {
	case errors.Is(err, ErrFormat), errors.Is(err, ErrGone), errors.Is(err, ErrTooMuch):
		return err
	case errors.Is(err, errRenamed):
		l.warn(WarnMisplaced, files.id.part(0), files.id.seq, err)
		return nil
	case errors.Is(err, ErrForged):
		l.warn(WarnForged, files.id.part(0), files.id.seq, err)
		return nil
	case !errors.Is(err, ErrDamaged) && !l.lenient:
		return err
	}
	l.bad = append(l.bad, badLayer{files, err})
	return nil
}

// blame finds out what to say of the layers that cannot be read. One that
// others point to, or that a table has, was whole once and is damaged, and so is one
// whose age header was altered; of any other, nobody can tell that from one which was
// being written when the stick was pulled.
func (l *loader) blame(c *chained) {
	missing, found := map[int64]bool{}, map[int64]bool{}
	for _, w := range c.warnings {
		missing[w.Seq] = missing[w.Seq] || w.Kind == WarnMissing
	}
	complete, replaced := c.complete(), c.replaced()
	var said []Warning
	for _, bad := range l.bad {
		id := bad.files.id
		if complete && replaced(id) {
			l.leftover = append(l.leftover, bad.files)
			continue
		}
		kind := WarnTorn
		if missing[id.seq] && !found[id.seq] {
			kind, found[id.seq] = WarnDamaged, true
		}
		if l.listed[id] != nil || errors.Is(bad.err, crypt.ErrNoIdentity) || l.altered(bad.files) {
			kind = WarnDamaged
		}
		complete = complete && kind != WarnDamaged
		said = append(said, Warning{Kind: kind, Name: id.part(0), Seq: id.seq, Err: bad.err})
	}
	c.warnings = slices.DeleteFunc(c.warnings, func(w Warning) bool { return w.Kind == WarnMissing && found[w.Seq] })
	c.warnings = append(c.warnings, said...)
}

// placeMissing says of the layers that are missing where that is among the others.
func (l *loader) placeMissing(c *chained) {
	known := slices.Concat(c.layers, l.hurt)
	for i := range c.warnings {
		w := &c.warnings[i]
		if w.Kind != WarnMissing {
			continue
		}
		older := slices.ContainsFunc(known, func(l *layer) bool { return l.id.seq < w.Seq })
		newer := slices.ContainsFunc(known, func(l *layer) bool { return l.id.seq > w.Seq })
		switch {
		case older && newer:
			w.At = InTheMiddle
		case newer:
			w.At = AtTheBeginning
		default:
			w.At = AtTheEnd
		}
	}
}

// walkBad finds out what may still be in the layers that cannot be read.
func (l *loader) walkBad() error {
	leftover := map[*layerFiles]bool{}
	for _, files := range l.leftover {
		leftover[files] = true
	}
	for _, bad := range l.bad {
		if leftover[bad.files] {
			continue
		}
		u := unread{id: bad.files.id, listed: l.listed[bad.files.id] != nil}
		if !u.listed {
			var err error
			if u.layer, u.all, err = l.walk(bad.files); err != nil {
				return err
			}
		}
		l.unread = append(l.unread, u)
	}
	return nil
}

// leftovers returns the files of layers that were being removed when the stick
// was pulled, or were being written then: those that are cut short, if the program that wrote them
// did not end, or if they are too short to hold anything. interrupted is since when the last program that
// had the stick and did not end had it, the zero time when there is none.
// The warnings about them are taken back.
func (l *loader) leftovers(c *chained, interrupted time.Time) []*layerFiles {
	unfinished := map[layerID]bool{}
	for _, u := range l.unread {
		size := l.files[u.id].size()
		unfinished[u.id] = cutShort(size) && u.unfinished(size, interrupted)
	}
	dropped := map[string]bool{}
	c.warnings = slices.DeleteFunc(c.warnings, func(w Warning) bool {
		id, _, ok := parseLayerName(path.Base(w.Name))
		drop := ok && w.Kind == WarnTorn && unfinished[id]
		if drop {
			dropped[w.Name] = true
		}
		return drop
	})
	rest := l.leftover
	for _, bad := range l.bad {
		if dropped[bad.files.id.part(0)] {
			rest = append(rest, bad.files)
		}
	}
	l.unread = slices.DeleteFunc(l.unread, func(u unread) bool { return dropped[u.id.part(0)] })
	return rest
}

// unfinished reports whether a layer that was cut short can be nothing but one that was being written.
func (u unread) unfinished(size int64, interrupted time.Time) bool {
	if size < ageChunk { // not one chunk is whole
		return true
	}
	if u.layer == nil {
		return false
	}
	whole := func(r *record) bool { return r.kind == recFile && r.size < size-r.off }
	return !interrupted.IsZero() && !u.layer.time.Before(interrupted) || !u.layer.records.contains(whole)
}

// size is what a layer's files have together.
func (f *layerFiles) size() int64 {
	var size int64
	for _, n := range f.parts {
		size += n
	}
	return size
}
