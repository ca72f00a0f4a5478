package stick

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/stickpath"
)

// When layers are worth tidying.
const (
	tinyLayer  = 1 << 20 // bytes
	tinyLayers = 8       // more tiny ones than this are folded
)

// Tidy rewrites layers that are mostly dead, or many and tiny, and removes the
// old ones. Previous versions and deleted files in them are gone afterwards.
// With o.Fold, it only puts many tiny layers together, of which nothing is gone then.
// It works in as many steps as free space asks for; each is complete before
// the next. The error is a [NoSpaceError] when not even one was possible, and [ErrDamaged] on a stick that
// must be repaired first.
func (s *Stick) Tidy(ctx context.Context, o TidyOptions) (TidyResult, error) {
	s.write.Lock()
	defer s.write.Unlock()
	var total TidyResult
	if err := s.writable(); err != nil {
		return total, err
	}
	if err := s.whole(); err != nil {
		if o.Fold {
			err = nil
		}
		return total, err
	}
	p := crypt.OrNoProgress(o.Progress)
	defer s.keepReserve()
	for {
		rw, err := s.planTidying(ctx, o)
		if err != nil || rw == nil {
			return total, err
		}
		result, err := rw.run(ctx, p)
		total.add(result)
		if errors.Is(err, ErrFull) && total.Removed > 0 {
			return total, nil
		}
		if err != nil {
			return total, fmt.Errorf("tidy: %w", err)
		}
		if result.Freed <= 0 {
			return total, nil
		}
	}
}

// planTidying plans the next step; nil when there is none.
func (s *Stick) planTidying(ctx context.Context, o TidyOptions) (*rewrite, error) {
	if o.Fold {
		return s.planFolding(ctx)
	}
	old, err := s.worthTidying(o.All)
	if err != nil || len(old) == 0 {
		return nil, err
	}
	rw := s.planRewrite(old, layer.TreeOf(s.layers))
	rw.asked = true
	return rw, nil
}

// whole refuses to tidy a stick with a layer that is damaged or missing: what tidying does not list as counting
// counts as replaced, and would be removed with what could still be saved of it.
func (s *Stick) whole() error {
	gaps := func(l *layer.Layer) bool { return l.Gaps }
	if len(s.unreadable)+len(s.partial) > 0 || slices.ContainsFunc(s.layers, gaps) {
		return fmt.Errorf("tidy: %w: a layer that must be repaired first", ErrDamaged)
	}
	return nil
}

func (r *TidyResult) add(more TidyResult) {
	r.Removed += more.Removed
	r.Written += more.Written
	r.Freed += more.Freed
}

// worthTidying chooses the layers to rewrite next: those that give most space
// back for what must be written, as many as there is room for. s.write is held.
func (s *Stick) worthTidying(all bool) (map[*layer.Layer]bool, error) {
	space := s.layerSpace()
	var tiny, chosen []*layer.Layer
	for _, l := range s.layers {
		use := space[l]
		switch {
		case use.dead > use.live, all && (use.dead > 0 || use.deletes):
			chosen = append(chosen, l)
		case l.Size() < tinyLayer:
			tiny = append(tiny, l)
		}
	}
	if len(chosen) > 0 || len(tiny) > tinyLayers { // alone they are worth it only when many
		chosen = append(chosen, tiny...)
	}
	return s.fitting(chosen, space)
}

// fitting returns as many of the layers as there is room for to write again, cheapest first.
func (s *Stick) fitting(chosen []*layer.Layer, space map[*layer.Layer]layerUse) (map[*layer.Layer]bool, error) {
	free, _, err := s.fs.Free()
	if err != nil {
		return nil, fmt.Errorf("ask for free space: %w", err)
	}
	slices.SortStableFunc(chosen, func(a, b *layer.Layer) int { return cmp.Compare(space[a].live, space[b].live) })
	old := map[*layer.Layer]bool{}
	room, left := free+s.reserved-2*layerOverhead, s.spend.Left
	for _, l := range chosen {
		room -= layer.PaddedSize(layer.SealedSize(space[l].live + layerOverhead))
		left -= l.Cost() // for as long as it is there twice
		if (room < 0 || left < 0) && len(old) > 0 {
			break
		}
		old[l] = true
	}
	return old, nil
}

// layerUse says how many bytes of a layer's tar today's files need.
type layerUse struct {
	live, dead int64
	deletes    bool // it has whiteouts
	moved      bool // it has content under another name, or a name of another layer's
}

// layerSpace measures the layers. Whiteouts count as live: they are needed as
// long as what they delete is there.
func (s *Stick) layerSpace() map[*layer.Layer]layerUse {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Content under another name than it was stored with belongs to several nodes, or to
	// one beside the record that put that there. It is seldom, so that there is no need to
	// remember every record.
	shared := map[*layer.Record]bool{}
	s.tree.Root.Each(func(n *layer.Node) {
		if n.Data != nil && n.Data != n.Rec {
			shared[n.Data] = true
		}
	})
	live := map[*layer.Layer]int64{}
	s.tree.Root.Each(func(n *layer.Node) {
		if n.Rec != nil && !(len(shared) > 0 && shared[n.Rec]) {
			live[n.Rec.Layer] += n.Rec.TarSize()
		}
	})
	for r := range shared {
		live[r.Layer] += r.TarSize()
	}
	space := make(map[*layer.Layer]layerUse, len(s.layers))
	for _, l := range s.layers {
		use := layerUse{live: live[l], dead: -live[l]}
		for r := range l.Records.All() {
			use.moved = use.moved || r.Kind == layer.LinkRecord || shared[r]
			if r.Kind == layer.WhiteoutRecord {
				use.deletes = true
				use.live += r.TarSize()
				continue
			}
			use.dead += r.TarSize()
		}
		space[l] = use
	}
	return space
}

// EraseForGood removes files and folders, deleted ones as well, with all their
// previous versions and names, by tidying the layers concerned at once; those
// lose all their previous versions and deleted files. A path of which there is
// no trace is [ErrNotFound]; of several, it is left out, which is a [PartlyError]. On flash memory it reduces traces and can promise
// no more. When it fails before it is done, nothing was erased; so it does, with [ErrDamaged], on a stick that
// must be repaired first.
func (s *Stick) EraseForGood(ctx context.Context, paths []string, p crypt.Progress) (TidyResult, error) {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return TidyResult{}, err
	}
	if err := s.whole(); err != nil {
		return TidyResult{}, err
	}
	rw, skipped := s.planErasing(paths)
	if len(rw.old) == 0 {
		return TidyResult{}, partly(len(paths), skipped)
	}
	p = crypt.OrNoProgress(p)
	defer s.keepReserve()
	if need := rw.need() - s.reserved; errors.Is(s.checkSpace(need), ErrFull) {
		if err := s.makeRoom(ctx, need, nil, p); err != nil {
			return TidyResult{}, fmt.Errorf("erase: %w", err)
		}
		if rw, _ = s.planErasing(paths); len(rw.old) == 0 { // all of it was given up
			return TidyResult{}, partly(len(paths), skipped)
		}
	}
	result, err := rw.run(ctx, p)
	if err != nil {
		return result, fmt.Errorf("erase: %w", err)
	}
	return result, partly(len(paths), skipped)
}

// planErasing plans to rewrite all layers that say anything of some paths. Those of which there is no trace are left out.
func (s *Stick) planErasing(paths []string) (rw *rewrite, skipped []Skipped) {
	wanted := layer.TreeOf(s.layers)
	old := map[*layer.Layer]bool{}
	for _, p := range paths {
		clean, err := stickpath.CleanName(p)
		traces := tracesOf(clean, s.layers)
		if err == nil && len(traces) == 0 {
			err = fmt.Errorf("%s: %w", clean, ErrNotFound)
		}
		if err != nil {
			skipped = append(skipped, Skipped{p, err})
			continue
		}
		for _, l := range traces {
			old[l] = true
		}
		wanted.Remove(clean)
	}
	if len(old) == 0 {
		return &rewrite{}, skipped
	}
	rw = s.planRewrite(old, wanted)
	rw.asked = true
	return rw, skipped
}

// tracesOf returns the layers that say anything of a path or what is below it,
// under earlier names as well.
func tracesOf(p string, layers []*layer.Layer) []*layer.Layer {
	var traces []*layer.Layer
	names := map[string]bool{p: true}
	of := func(q string) bool {
		return names[q] || stickpath.AnyAbove(q, names)
	}
	for _, l := range slices.Backward(layers) {
		found := false
		for r := range l.Records.All() {
			if of(r.Path()) {
				found = true
				if r.Kind == layer.LinkRecord {
					names[r.Link()] = true
				}
			} else if r.Kind == layer.LinkRecord && of(r.Link()) {
				found = true
			}
		}
		if found {
			traces = append(traces, l)
		}
	}
	return traces
}
