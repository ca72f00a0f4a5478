package layer

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

// Loader finds out what is on a stick: which layers count, and what they hold.
type Loader struct {
	FS    drive.FS
	stick string
	keys  []*Key
	// lenient reads on when the drive fails to read a layer. Without it that is
	// an error: to write after a layer that is there but not seen would cut it off.
	Lenient bool
	keep    *Recorder // which charges all that is found
	At      int64     // see OpenOptions.At

	Files      map[ID]*Files
	Tables     []*Table
	BadTables  []string // tables that cannot be used
	Listed     map[ID]*Layer
	Uncached   []*Layer // read from their files, in no table
	bad        []badLayer
	Partial    []Partial // see Stick.unread
	Leftover   []*Files  // of layers whose removal had begun
	Unreadable []*Layer  // see Stick.hurt
	Warnings   []Warning
	MaxSeq     int64
	NoFolder   []string // of ours that are not there
}

func NewLoader(fsys drive.FS, stick string, keys []*Key, spend *Budget) *Loader {
	return &Loader{FS: fsys, stick: stick, keys: keys, keep: NewRecorder(spend), Listed: map[ID]*Layer{}}
}

// Files are the files of one layer.
type Files struct {
	ID    ID
	Parts map[int]int64 // size by part number
}

// Sizes returns the sizes of the parts up to the first that is not there.
func (f *Files) Sizes() []int64 {
	var sizes []int64
	for n := 0; ; n++ {
		size, ok := f.Parts[n]
		if !ok {
			return sizes
		}
		sizes = append(sizes, size)
	}
}

// badLayer is a layer that cannot be read.
type badLayer struct {
	files *Files
	err   error
}

// Partial is a layer on the drive that is not whole and may hold data all the same.
type Partial struct {
	ID     ID
	Layer  *Layer // what could be found in it; nil when a table says that, or nothing does
	All    bool   // those are all of its entries
	Listed bool   // a table says what it held
}

// Load reads everything there is to know.
func (l *Loader) Load(ctx context.Context) (Chain, error) {
	if err := l.FindLayers(); err != nil {
		return Chain{}, err
	}
	if err := l.readTables(ctx); err != nil {
		return Chain{}, err
	}
	found, err := l.ReadLayers(ctx)
	if err != nil {
		return Chain{}, err
	}
	if l.At != 0 {
		if found, err = asOf(found, l.At); err != nil {
			return Chain{}, err
		}
		l.Listed = nil // and so says nothing of what came later
	}
	c := Follow(found)
	l.Classify(&c)
	l.findUnreadable(found, &c)
	if err := l.walkBad(); err != nil {
		return Chain{}, err
	}
	l.placeMissing(&c)
	c.Warnings = append(l.Warnings, c.Warnings...)
	return c, nil
}

func (l *Loader) FindLayers() error {
	l.Files = map[ID]*Files{}
	entries, err := l.FS.ReadDir(layout.Layers)
	if errors.Is(err, fs.ErrNotExist) {
		l.NoFolder = append(l.NoFolder, layout.Layers)
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the layers: %w", err)
	}
	for _, e := range entries {
		if err := l.keep.budget.Charge(CostFile); err != nil {
			return fmt.Errorf("list the layers: %w", err)
		}
		if drive.Junk(e.Name()) {
			continue
		}
		id, part, ok := ParseName(e.Name())
		info, err := e.Info()
		if err != nil {
			return fmt.Errorf("list the layers: %w", err)
		}
		if !ok || !info.Mode().IsRegular() {
			l.warn(WarnForeign, path.Join(layout.Layers, e.Name()), 0, drive.ErrSpecial)
			continue
		}
		if l.Files[id] == nil {
			l.Files[id] = &Files{ID: id, Parts: map[int]int64{}}
		}
		l.Files[id].Parts[part] = info.Size()
		l.MaxSeq = max(l.MaxSeq, id.Seq)
	}
	return nil
}

func (l *Loader) warn(kind WarningKind, name string, seq int64, err error) {
	l.Warnings = append(l.Warnings, Warning{Kind: kind, Name: name, Seq: seq, Err: err})
}

func (l *Loader) readTables(ctx context.Context) error {
	entries, err := l.FS.ReadDir(layout.Contents)
	if errors.Is(err, fs.ErrNotExist) {
		l.NoFolder = append(l.NoFolder, layout.Contents)
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the tables of contents: %w", err)
	}
	for _, e := range entries {
		if err := cmp.Or(ctx.Err(), l.keep.budget.Charge(CostFile)); err != nil {
			return err
		}
		id, part, ok := ParseName(e.Name())
		if !ok || part != 0 {
			continue
		}
		l.MaxSeq = max(l.MaxSeq, id.Seq)
		t, err := ReadTable(l.FS, id, l.keys, l.stick, l.keep)
		if errors.Is(err, drive.ErrGone) || errors.Is(err, drive.ErrTooMuch) {
			return err
		}
		if err != nil {
			l.BadTables = append(l.BadTables, id.ContentsName())
			continue
		}
		l.Tables = append(l.Tables, t)
		for i, known := range t.Layers {
			if l.Listed[known.ID] == nil {
				l.Listed[known.ID] = known
				continue
			}
			// An interrupted merge of tables left both. This one counts no more, and is written without it.
			l.keep.budget.refund(known)
			t.Layers[i] = &Layer{Header: Header{ID: known.ID}}
		}
	}
	return nil
}

// ReadLayers returns the authentic layers: as the tables have them, or from their files.
func (l *Loader) ReadLayers(ctx context.Context) ([]*Layer, error) {
	var found []*Layer
	ids := slices.SortedFunc(maps.Keys(l.Files), func(a, b ID) int { return strings.Compare(a.String(), b.String()) })
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		files := l.Files[id]
		sizes := files.Sizes()
		listed := l.Listed[id]
		if listed != nil && len(sizes) == len(files.Parts) && slices.Equal(sizes, listed.Parts) && l.allowed(listed) {
			found = append(found, listed)
			continue
		}
		layer, err := l.ReadFiles(files, sizes)
		if err != nil {
			if err := l.reject(files, err); err != nil {
				return nil, err
			}
			continue
		}
		if !layer.Gaps {
			l.Uncached = append(l.Uncached, layer)
		}
		found = append(found, layer)
	}
	return found, nil
}

// allowed reports whether a layer's key may have written it.
func (l *Loader) allowed(layer *Layer) bool {
	return !layer.Key.Retired || layer.ID.Seq <= layer.Key.LastSeq
}

// ReadFiles reads a layer from its files.
func (l *Loader) ReadFiles(files *Files, sizes []int64) (*Layer, error) {
	if len(sizes) == 0 {
		return nil, fmt.Errorf("%w: its first part is missing", ErrDamaged)
	}
	plain, key, err := Open(l.FS, files.ID, sizes, l.keys)
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	left := 100 // warnings, against a flood
	name := files.ID.Part(0)
	layer, err := Read(NewChunkReader(plain), l.stick, key, l.keep, func(entry string, err error) {
		if left--; left >= 0 {
			l.warn(WarnEntry, name, files.ID.Seq, fmt.Errorf("%q: %w", entry, err))
		}
	})
	if layer == nil || err != nil && !errors.Is(err, ErrDamaged) {
		return nil, err
	}
	if err != nil { // what comes before the damage is as it was written, and so is what is found behind it
		l.warn(WarnDamaged, name, files.ID.Seq, err)
		layer.Gaps = true
		more, _, err := l.walk(files)
		if err != nil {
			return nil, err
		}
		if more != nil {
			l.keep.budget.refund(layer)
			layer.Records, layer.dirs, layer.links = more.Records, more.dirs, more.links
			for r := range layer.Records.All() {
				r.Layer = layer
			}
		}
	}
	if layer.cutAt(plain.size) > 0 {
		l.warn(WarnDamaged, name, files.ID.Seq, fmt.Errorf("%w: a file that is larger than its layer", drive.ErrTooLarge))
	}
	if layer.ID != files.ID {
		return nil, fmt.Errorf("%w: it is layer %s under another name", errRenamed, layer.ID)
	}
	if !l.allowed(layer) {
		return nil, fmt.Errorf("%w: written with a retired key", ErrForged)
	}
	layer.Parts, layer.Digest = sizes, plain.digest
	return layer, nil
}

// errRenamed: the stick's key made the layer, and somebody gave it another name.
var errRenamed = fmt.Errorf("a layer of this stick that is %w", ErrForged)

// reject notes a layer that cannot be read, or returns the error if that is not the layer's fault.
func (l *Loader) reject(files *Files, err error) error {
	switch {
	case errors.Is(err, ErrFormat), errors.Is(err, drive.ErrGone), errors.Is(err, drive.ErrTooMuch):
		return err
	case errors.Is(err, errRenamed):
		l.warn(WarnMisplaced, files.ID.Part(0), files.ID.Seq, err)
		return nil
	case errors.Is(err, ErrForged):
		l.warn(WarnForged, files.ID.Part(0), files.ID.Seq, err)
		return nil
	case !errors.Is(err, ErrDamaged) && !l.Lenient:
		return err
	}
	l.bad = append(l.bad, badLayer{files, err})
	return nil
}

// Classify finds out what to say of the layers that cannot be read. One that
// others point to, or that a table has, was whole once and is damaged, and so is one
// whose age header was altered; of any other, nobody can tell that from one which was
// being written when the stick was pulled.
func (l *Loader) Classify(c *Chain) {
	missing, found := map[int64]bool{}, map[int64]bool{}
	for _, w := range c.Warnings {
		missing[w.Seq] = missing[w.Seq] || w.Kind == WarnMissing
	}
	complete, replaced := c.Complete(), c.replaced()
	var said []Warning
	for _, bad := range l.bad {
		id := bad.files.ID
		if complete && replaced(id) {
			l.Leftover = append(l.Leftover, bad.files)
			continue
		}
		kind := WarnTorn
		if missing[id.Seq] && !found[id.Seq] {
			kind, found[id.Seq] = WarnDamaged, true
		}
		if l.Listed[id] != nil || errors.Is(bad.err, crypt.ErrNoIdentity) || l.altered(bad.files) {
			kind = WarnDamaged
		}
		complete = complete && kind != WarnDamaged
		said = append(said, Warning{Kind: kind, Name: id.Part(0), Seq: id.Seq, Err: bad.err})
	}
	c.Warnings = slices.DeleteFunc(c.Warnings, func(w Warning) bool { return w.Kind == WarnMissing && found[w.Seq] })
	c.Warnings = append(c.Warnings, said...)
}

// placeMissing says of the layers that are missing where that is among the others.
func (l *Loader) placeMissing(c *Chain) {
	known := slices.Concat(c.Layers, l.Unreadable)
	for i := range c.Warnings {
		w := &c.Warnings[i]
		if w.Kind != WarnMissing {
			continue
		}
		older := slices.ContainsFunc(known, func(l *Layer) bool { return l.ID.Seq < w.Seq })
		newer := slices.ContainsFunc(known, func(l *Layer) bool { return l.ID.Seq > w.Seq })
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
func (l *Loader) walkBad() error {
	leftover := map[*Files]bool{}
	for _, files := range l.Leftover {
		leftover[files] = true
	}
	for _, bad := range l.bad {
		if leftover[bad.files] {
			continue
		}
		u := Partial{ID: bad.files.ID, Listed: l.Listed[bad.files.ID] != nil}
		if !u.Listed {
			var err error
			if u.Layer, u.All, err = l.walk(bad.files); err != nil {
				return err
			}
		}
		l.Partial = append(l.Partial, u)
	}
	return nil
}

// Leftovers returns the files of layers that were being removed when the stick
// was pulled, or were being written then: those that are cut short, if the program that wrote them
// did not end, or if they are too short to hold anything. interrupted is since when the last program that
// had the stick and did not end had it, the zero time when there is none.
// The warnings about them are taken back.
func (l *Loader) Leftovers(c *Chain, interrupted time.Time) []*Files {
	unfinished := map[ID]bool{}
	for _, u := range l.Partial {
		size := l.Files[u.ID].size()
		unfinished[u.ID] = cutShort(size) && u.unfinished(size, interrupted)
	}
	dropped := map[string]bool{}
	c.Warnings = slices.DeleteFunc(c.Warnings, func(w Warning) bool {
		id, _, ok := ParseName(path.Base(w.Name))
		drop := ok && w.Kind == WarnTorn && unfinished[id]
		if drop {
			dropped[w.Name] = true
		}
		return drop
	})
	rest := l.Leftover
	for _, bad := range l.bad {
		if dropped[bad.files.ID.Part(0)] {
			rest = append(rest, bad.files)
		}
	}
	l.Partial = slices.DeleteFunc(l.Partial, func(u Partial) bool { return dropped[u.ID.Part(0)] })
	return rest
}

// unfinished reports whether a layer that was cut short can be nothing but one that was being written.
func (u Partial) unfinished(size int64, interrupted time.Time) bool {
	if size < ageChunk { // not one chunk is whole
		return true
	}
	if u.Layer == nil {
		return false
	}
	whole := func(r *Record) bool { return r.Kind == FileRecord && r.Size < size-r.Off }
	return !interrupted.IsZero() && !u.Layer.Time.Before(interrupted) || !u.Layer.Records.Contains(whole)
}

// size is what a layer's files have together.
func (f *Files) size() int64 {
	var size int64
	for _, n := range f.Parts {
		size += n
	}
	return size
}

// FilesIn lists the layers in a backup.
func FilesIn(from drive.FS) (map[ID]*Files, error) {
	l := NewLoader(from, "", nil, NewBudget())
	err := l.FindLayers()
	return l.Files, err
}
