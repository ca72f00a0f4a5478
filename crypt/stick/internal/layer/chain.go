package layer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Chain is what following a stick's layers from the newest down found.
type Chain struct {
	Layers     []*Layer // those that count, oldest first
	Superseded []*Layer // replaced by tidying or rotating: to be ignored, and removed; newest first
	lister     *Layer   // the tidied layer that says what counts below it, if there is one
	Warnings   []Warning
}

// replaced returns what reports whether a layer that cannot be read any more was replaced
// by tidying or rotating, so that removing it had merely begun.
func (c *Chain) replaced() func(id ID) bool {
	listed, rotated := map[int64]bool{}, map[int64]bool{}
	var below int64 // only what is listed counts below that number
	if c.lister != nil {
		below = c.lister.ID.Seq
		for _, ref := range c.lister.Below {
			listed[ref.Seq] = true
		}
	}
	for _, l := range c.Layers {
		rotated[l.ID.Seq] = rotated[l.ID.Seq] || l.Was != ""
	}
	return func(id ID) bool { return id.Seq < below && !listed[id.Seq] || rotated[id.Seq] }
}

// Complete reports whether all the layers are there that must be. Else what
// was superseded may be the only copy of something.
func (c *Chain) Complete() bool {
	return !slices.ContainsFunc(c.Warnings, func(w Warning) bool {
		switch w.Kind {
		case WarnMissing, WarnDamaged, WarnForged, WarnMisplaced:
			return true
		}
		return false
	})
}

// Follow finds out which of the authentic layers count, and in which order.
// Each layer points to the one before it, and a tidied one lists all that
// still count below it, so what was forged, swapped, reordered or taken away
// shows. References to layers that were rotated since are brought up to date.
// FORMAT.md, "Which layers count".
func Follow(found []*Layer) Chain {
	c := follower{waiting: slices.Clone(found)}
	// Newest first; of two with one number, the one that replaces the other.
	slices.SortStableFunc(c.waiting, func(a, b *Layer) int {
		if a.ID.Seq != b.ID.Seq {
			return cmp.Compare(b.ID.Seq, a.ID.Seq)
		}
		switch {
		case a.Was == b.Digest:
			return -1
		case b.Was == a.Digest:
			return 1
		}
		return 0
	})
	for _, l := range c.waiting {
		c.visit(l)
	}
	c.missing(c.want)
	for _, seq := range slices.Sorted(maps.Keys(c.below)) {
		c.missing(c.out.lister.Below[c.below[seq]])
	}
	slices.Reverse(c.out.Layers)
	return c.out
}

type follower struct {
	waiting []*Layer
	out     Chain
	newest  *Layer        // the layer accepted last
	want    Ref           // what it points to; zero when nothing, or when below holds what is wanted
	below   map[int64]int // what it lists, by number, as far as not seen yet: where in the list
}

// visit decides about the next layer, going down.
func (c *follower) visit(l *Layer) {
	if c.newest != nil && c.newest.ID.Seq == l.ID.Seq && c.newest.Was != "" && c.newest.Was == l.Digest {
		c.out.Superseded = append(c.out.Superseded, l)
		return
	}
	if c.out.lister != nil {
		c.visitListed(l)
		return
	}
	switch {
	case c.newest == nil:
	case c.want.Seq == 0:
		c.misplaced(l, "an older layer was said to be the first")
		return
	case l.ID.Seq > c.want.Seq:
		c.misplaced(l, "no newer layer follows it")
		return
	case l.ID.Seq == c.want.Seq && !l.Is(c.want):
		c.misplaced(l, "it is not the one that the next layer follows")
		return
	case l.ID.Seq < c.want.Seq:
		c.missing(c.want)
	default:
		c.newest.Prev = l.Ref() // perhaps it was rotated since
	}
	c.accept(l)
	if l.Tidied {
		c.out.lister, c.want = l, Ref{}
		c.below = make(map[int64]int, len(l.Below))
		for i, ref := range l.Below {
			c.below[ref.Seq] = i
		}
	} else {
		c.want = l.Prev
	}
}

func (c *follower) visitListed(l *Layer) {
	at, counts := c.below[l.ID.Seq]
	var ref Ref
	if counts {
		ref = c.out.lister.Below[at]
	}
	listed := func(other *Layer) bool { return other.Is(ref) }
	switch {
	case !counts:
		c.out.Superseded = append(c.out.Superseded, l)
	case !l.Is(ref) && slices.ContainsFunc(c.waiting, listed): // of a history that was given up
		c.out.Superseded = append(c.out.Superseded, l)
	case !l.Is(ref):
		c.misplaced(l, "it is not the one that counts")
	default:
		delete(c.below, l.ID.Seq)
		c.out.lister.Below[at] = l.Ref() // perhaps it was rotated since
		c.accept(l)
	}
}

// Is reports whether a reference means this layer, as it is or as it was
// before the stick's identity was rotated.
func (l *Layer) Is(ref Ref) bool {
	return l.ID.Seq == ref.Seq && (l.Digest == ref.Digest || l.Was != "" && l.Was == ref.Digest)
}

func (c *follower) accept(l *Layer) {
	c.newest = l
	c.out.Layers = append(c.out.Layers, l)
}

func (c *follower) misplaced(l *Layer, why string) {
	c.out.Warnings = append(c.out.Warnings, Warning{
		Kind: WarnMisplaced, Name: l.ID.Part(0), Seq: l.ID.Seq, Err: fmt.Errorf("%w: %s", ErrForged, why),
	})
}

func (c *follower) missing(ref Ref) {
	if ref.Seq == 0 {
		return
	}
	c.out.Warnings = append(c.out.Warnings, Warning{
		Kind: WarnMissing, Seq: ref.Seq, Err: fmt.Errorf("layer %d is %w", ref.Seq, ErrMissing),
	})
}

// asOf leaves the layers that there were when the one of a number was the newest. Of two with that number it is the one to
// which newer ones do not lead.
func asOf(found []*Layer, seq int64) ([]*Layer, error) {
	current := map[ID]bool{}
	for _, l := range Follow(found).Layers {
		current[l.ID] = true
	}
	var at *Layer
	for _, l := range found {
		if l.ID.Seq == seq && (at == nil || current[at.ID] && !isBefore(found, l)) {
			at = l
		}
	}
	if at == nil {
		return nil, fmt.Errorf("layer %d: %w", seq, ErrNoState)
	}
	return slices.DeleteFunc(found, func(l *Layer) bool { return l.ID.Seq >= seq && l != at }), nil
}

// isBefore reports whether a layer was written again when the stick was rotated.
func isBefore(found []*Layer, old *Layer) bool {
	return slices.ContainsFunc(found, func(l *Layer) bool { return l.Was == old.Digest })
}
