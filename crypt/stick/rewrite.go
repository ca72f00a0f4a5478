package stick

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
)

// rewrite is a set of layers being replaced by new ones with only what is wanted of them.
type rewrite struct {
	stick *Stick
	old   map[*layer.Layer]bool // to be replaced
	kept  []*layer.Layer
	packs [][]piece // the last one goes into the layer that lists what counts
	asked bool      // it may use the room that is kept for it
}

// planRewrite finds out what it takes to replace some layers. More layers are
// taken in when they could not stand without those: layers with further names
// of files in them, and layers with a file where a folder is wanted, or the
// other way round.
func (s *Stick) planRewrite(old map[*layer.Layer]bool, wanted *layer.Tree) *rewrite {
	rw := &rewrite{stick: s, old: old}
	names := layer.ResolveLinks(s.layers)
	for {
		rw.kept = nil
		for _, l := range s.layers {
			if !old[l] {
				rw.kept = append(rw.kept, l)
			}
		}
		before := len(old)
		if more := len(rw.kept) - layer.MaxListed; more > 0 {
			for _, l := range smallest(rw.kept, more) {
				old[l] = true
			}
			continue
		}
		from := layer.NewTree()
		for _, l := range rw.kept {
			from.ApplyResolved(l, names, func() { old[l] = true })
		}
		var pieces []piece
		if len(old) == before {
			pieces = difference(from, wanted, func(n *layer.Node) { takeIn(old, n) })
		}
		if len(old) == before {
			rw.pack(pieces)
			return rw
		}
	}
}

// smallest returns the n smallest of the layers.
func smallest(layers []*layer.Layer, n int) []*layer.Layer {
	sorted := slices.Clone(layers)
	slices.SortStableFunc(sorted, func(a, b *layer.Layer) int { return cmp.Compare(a.Size(), b.Size()) })
	return sorted[:n]
}

// takeIn adds the layers that made a node and what is below it.
func takeIn(old map[*layer.Layer]bool, n *layer.Node) {
	old[n.Made()] = true
	if n.Rec != nil {
		old[n.Rec.Layer] = true
	}
	for _, child := range n.ByName() {
		takeIn(old, child)
	}
}

func (rw *rewrite) pack(pieces []piece) {
	files := 0
	for files < len(pieces) && pieces[files].Kind == layer.FileRecord {
		files++
	}
	rw.packs = pack(pieces[:files])
	rest := pieces[files:]
	// The rest goes into the last layer of files, unless that is a large file's.
	if n := len(rw.packs); n > 0 && rw.packs[n-1][0].Size < largeSize {
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
			sum += pack[i].Size
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
		var h layer.Header
		if i == len(rw.packs)-1 {
			h.Tidied = true
			h.Replaced = layer.HistoryOf(s.layers[:before], rw.old)
			for _, l := range append(slices.Clone(rw.kept), s.layers[before:]...) {
				h.Below = append(h.Below, l.Ref())
			}
		}
		found, id, err := s.writeNext(ctx, pieces, h, p)
		if err == nil {
			if err = s.readBack(ctx, found); err != nil {
				_ = layer.RemoveParts(s.fs, id, len(found.Parts))
			}
		}
		if err != nil {
			s.takeBack(before, id)
			return TidyResult{}, s.missing(err, need)
		}
		s.add(found)
		s.addTable(found)
	}
	return rw.finish(before)
}

// readBack authenticates all of a layer just written: what it replaces is about to go.
func (s *Stick) readBack(ctx context.Context, l *layer.Layer) error {
	return s.readWhole(ctx, l, crypt.NoProgress{})
}

// takeBack removes the layers written since there were so many, newest first.
// What they hold, the older ones hold as well. They may stay, and do unless the
// layer that failed, which may list them, is gone for certain.
func (s *Stick) takeBack(before int, failed layer.ID) {
	written := slices.Clone(s.layers[before:])
	if len(written) == 0 || s.fs.SyncDir(layout.Layers) != nil {
		return
	}
	if _, err := s.fs.Stat(failed.Part(0)); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	s.setLayers(s.layers[:before:before])
	s.pruneTables() // first, since a table that names a layer which is not there means that it was lost
	_ = s.fs.SyncDir(layout.Contents)
	for _, l := range slices.Backward(written) {
		_ = layer.RemoveParts(s.fs, l.ID, len(l.Parts))
	}
}

// finish removes the old layers.
func (rw *rewrite) finish(before int) (TidyResult, error) {
	s := rw.stick
	written := s.layers[before:]
	result := TidyResult{Written: len(written), Removed: len(rw.old)}
	for _, l := range written {
		result.Freed -= l.Size()
	}
	old := s.layers[:before:before]
	s.setLayers(append(slices.Clone(rw.kept), written...))
	for _, l := range old {
		if !rw.old[l] {
			continue
		}
		result.Freed += l.Size()
		if err := s.readers.Remove(s.fs, l); err != nil {
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
func (s *Stick) setLayers(layers []*layer.Layer) {
	t := layer.TreeOf(layers)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.layers, s.tree = layers, t
	s.recount()
}
