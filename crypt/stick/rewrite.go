package stick

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layout"
)

// rewrite is a set of layers being replaced by new ones with only what is wanted of them.
type rewrite struct {
	stick *Stick
	old   map[*layer]bool // to be replaced
	kept  []*layer
	packs [][]piece // the last one goes into the layer that lists what counts
	asked bool      // it may use the room that is kept for it
}

// planRewrite finds out what it takes to replace some layers. More layers are
// taken in when they could not stand without those: layers with further names
// of files in them, and layers with a file where a folder is wanted, or the
// other way round.
func (s *Stick) planRewrite(old map[*layer]bool, wanted *tree) *rewrite {
	rw := &rewrite{stick: s, old: old}
	names := resolveLinks(s.layers)
	for {
		rw.kept = nil
		for _, l := range s.layers {
			if !old[l] {
				rw.kept = append(rw.kept, l)
			}
		}
		before := len(old)
		if more := len(rw.kept) - maxListed; more > 0 {
			for _, l := range smallest(rw.kept, more) {
				old[l] = true
			}
			continue
		}
		from := newTree()
		for _, l := range rw.kept {
			from.applyResolved(l, names, func() { old[l] = true })
		}
		var pieces []piece
		if len(old) == before {
			pieces = difference(from, wanted, func(n *node) { takeIn(old, n) })
		}
		if len(old) == before {
			rw.pack(pieces)
			return rw
		}
	}
}

// maxListed is how many layers a tidied one may list: its header must fit
// into the 1 MiB that readers of tar allow it.
const maxListed = 10_000

// smallest returns the n smallest of the layers.
func smallest(layers []*layer, n int) []*layer {
	sorted := slices.Clone(layers)
	slices.SortStableFunc(sorted, func(a, b *layer) int { return cmp.Compare(a.size(), b.size()) })
	return sorted[:n]
}

// resolveLinks returns, for every further name in some layers, the content it stands for.
func resolveLinks(layers []*layer) map[*record]*record {
	names := map[*record]*record{}
	t := newTree()
	for _, l := range layers {
		t.onLink = func(r, data *record) { names[r] = data }
		_ = t.apply(l, func(*record, error) {})
	}
	return names
}

// applyResolved is apply, calling broken when a record of the layer does not
// mean what it means with all layers there.
func (t *tree) applyResolved(l *layer, names map[*record]*record, broken func()) {
	t.onLink = func(r, data *record) {
		if names[r] != data {
			broken()
		}
	}
	_ = t.apply(l, func(r *record, _ error) {
		if r.kind != recLink || names[r] != nil {
			broken()
		}
	})
}

// takeIn adds the layers that made a node and what is below it.
func takeIn(old map[*layer]bool, n *node) {
	old[n.made()] = true
	if n.rec != nil {
		old[n.rec.layer] = true
	}
	for _, child := range n.byName() {
		takeIn(old, child)
	}
}

func (rw *rewrite) pack(pieces []piece) {
	files := 0
	for files < len(pieces) && pieces[files].kind == recFile {
		files++
	}
	rw.packs = pack(pieces[:files])
	rest := pieces[files:]
	// The rest goes into the last layer of files, unless that is a large file's.
	if n := len(rw.packs); n > 0 && rw.packs[n-1][0].size < largeSize {
		rw.packs[n-1] = append(rw.packs[n-1], rest...)
	} else {
		rw.packs = append(rw.packs, rest)
	}
}

// bytes returns how much content is written again.
func (rw *rewrite) bytes() int64 {
	var sum int64
	for _, pack := range rw.packs {
		for i := range pack {
			sum += pack[i].size
		}
	}
	return sum
}

// need is how much room it takes.
func (rw *rewrite) need() int64 { return packedSize(rw.packs) + int64(len(rw.kept))*100 }

// run writes the new layers, reads them back, and removes the old ones, oldest
// first. Until the last new layer is whole, which says what counts from then
// on, the old layers do. s.write is held.
func (rw *rewrite) run(ctx context.Context, p crypt.Progress) (TidyResult, error) {
	s := rw.stick
	need := rw.need()
	if rw.asked {
		s.useReserve(need)
	}
	if err := s.checkSpace(need); err != nil {
		return TidyResult{}, err
	}
	p.Expect(rw.bytes())
	before := len(s.layers)
	for i, pieces := range rw.packs {
		var h layerHeader
		if i == len(rw.packs)-1 {
			h.tidied = true
			h.replaced = historyOf(s.layers[:before], rw.old)
			for _, l := range append(slices.Clone(rw.kept), s.layers[before:]...) {
				h.below = append(h.below, l.ref())
			}
		}
		layer, id, err := s.writeNext(ctx, pieces, h, p)
		if err == nil {
			if err = s.readBack(ctx, layer); err != nil {
				_ = removeParts(s.fs, id, len(layer.parts))
			}
		}
		if err != nil {
			s.takeBack(before, id)
			return TidyResult{}, s.missing(err, need)
		}
		s.add(layer)
		s.addTable(layer)
	}
	return rw.finish(before)
}

// readBack authenticates all of a layer just written: what it replaces is about to go.
func (s *Stick) readBack(ctx context.Context, l *layer) error {
	return s.readWhole(ctx, l, crypt.NoProgress{})
}

// takeBack removes the layers written since there were so many, newest first.
// What they hold, the older ones hold as well. They may stay, and do unless the
// layer that failed, which may list them, is gone for certain.
func (s *Stick) takeBack(before int, failed layerID) {
	written := slices.Clone(s.layers[before:])
	if len(written) == 0 || s.fs.SyncDir(layout.Layers) != nil {
		return
	}
	if _, err := s.fs.Stat(failed.part(0)); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	s.setLayers(s.layers[:before:before])
	s.pruneTables() // first, since a table that names a layer which is not there means that it was lost
	_ = s.fs.SyncDir(layout.Contents)
	for _, l := range slices.Backward(written) {
		_ = removeParts(s.fs, l.id, len(l.parts))
	}
}

// finish removes the old layers.
func (rw *rewrite) finish(before int) (TidyResult, error) {
	s := rw.stick
	written := s.layers[before:]
	result := TidyResult{Written: len(written), Removed: len(rw.old)}
	for _, l := range written {
		result.Freed -= l.size()
	}
	old := s.layers[:before:before]
	s.setLayers(append(slices.Clone(rw.kept), written...))
	for _, l := range old {
		if !rw.old[l] {
			continue
		}
		result.Freed += l.size()
		if err := s.readers.remove(s.fs, l); err != nil {
			return result, err
		}
	}
	if err := s.fs.SyncDir(layout.Layers); err != nil {
		return result, fmt.Errorf("sync the layers: %w", err)
	}
	s.pruneTables()
	return result, nil
}

// setLayers makes these the layers that count.
func (s *Stick) setLayers(layers []*layer) {
	t := treeOf(layers)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.layers, s.tree = layers, t
	s.recount()
}
