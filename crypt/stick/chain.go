package stick

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// chained is what following a stick's layers from the newest down found.
type chained struct {
	layers     []*layer // those that count, oldest first
	superseded []*layer // replaced by tidying or rotating: to be ignored, and removed; newest first
	lister     *layer   // the tidied layer that says what counts below it, if there is one
	warnings   []Warning
}

// replaced returns what reports whether a layer that cannot be read any more was replaced
// by tidying or rotating, so that removing it had merely begun.
func (c *chained) replaced() func(id layerID) bool {
	listed, rotated := map[int64]bool{}, map[int64]bool{}
	var below int64 // only what is listed counts below that number
	if c.lister != nil {
		below = c.lister.id.seq
		for _, ref := range c.lister.below {
			listed[ref.seq] = true
		}
	}
	for _, l := range c.layers {
		rotated[l.id.seq] = rotated[l.id.seq] || l.was != ""
	}
	return func(id layerID) bool { return id.seq < below && !listed[id.seq] || rotated[id.seq] }
}

// complete reports whether all the layers are there that must be. Else what
// was superseded may be the only copy of something.
func (c *chained) complete() bool {
	return !slices.ContainsFunc(c.warnings, func(w Warning) bool {
		switch w.Kind {
		case WarnMissing, WarnDamaged, WarnForged, WarnMisplaced:
			return true
		}
		return false
	})
}

// chain finds out which of the authentic layers count, and in which order.
// Each layer points to the one before it, and a tidied one lists all that
// still count below it, so what was forged, swapped, reordered or taken away
// shows. References to layers that were rotated since are brought up to date.
// FORMAT.md, "Which layers count".
func chain(found []*layer) chained {
	c := chainer{waiting: slices.Clone(found)}
	// Newest first; of two with one number, the one that replaces the other.
	slices.SortStableFunc(c.waiting, func(a, b *layer) int {
		if a.id.seq != b.id.seq {
			return cmp.Compare(b.id.seq, a.id.seq)
		}
		switch {
		case a.was == b.digest:
			return -1
		case b.was == a.digest:
			return 1
		}
		return 0
	})
	for _, l := range c.waiting {
		c.see(l)
	}
	c.missing(c.want)
	for _, seq := range slices.Sorted(maps.Keys(c.below)) {
		c.missing(c.out.lister.below[c.below[seq]])
	}
	slices.Reverse(c.out.layers)
	return c.out
}

type chainer struct {
	waiting []*layer
	out     chained
	newest  *layer        // the layer accepted last
	want    layerRef      // what it points to; zero when nothing, or when below holds what is wanted
	below   map[int64]int // what it lists, by number, as far as not seen yet: where in the list
}

// see decides about the next layer, going down.
func (c *chainer) see(l *layer) {
	if c.newest != nil && c.newest.id.seq == l.id.seq && c.newest.was != "" && c.newest.was == l.digest {
		c.out.superseded = append(c.out.superseded, l)
		return
	}
	if c.out.lister != nil {
		c.seeListed(l)
		return
	}
	switch {
	case c.newest == nil:
	case c.want.seq == 0:
		c.misplaced(l, "an older layer was said to be the first")
		return
	case l.id.seq > c.want.seq:
		c.misplaced(l, "no newer layer follows it")
		return
	case l.id.seq == c.want.seq && !l.is(c.want):
		c.misplaced(l, "it is not the one that the next layer follows")
		return
	case l.id.seq < c.want.seq:
		c.missing(c.want)
	default:
		c.newest.prev = l.ref() // perhaps it was rotated since
	}
	c.accept(l)
	if l.tidied {
		c.out.lister, c.want = l, layerRef{}
		c.below = make(map[int64]int, len(l.below))
		for i, ref := range l.below {
			c.below[ref.seq] = i
		}
	} else {
		c.want = l.prev
	}
}

func (c *chainer) seeListed(l *layer) {
	at, counts := c.below[l.id.seq]
	var ref layerRef
	if counts {
		ref = c.out.lister.below[at]
	}
	listed := func(other *layer) bool { return other.is(ref) }
	switch {
	case !counts:
		c.out.superseded = append(c.out.superseded, l)
	case !l.is(ref) && slices.ContainsFunc(c.waiting, listed): // of a history that was given up
		c.out.superseded = append(c.out.superseded, l)
	case !l.is(ref):
		c.misplaced(l, "it is not the one that counts")
	default:
		delete(c.below, l.id.seq)
		c.out.lister.below[at] = l.ref() // perhaps it was rotated since
		c.accept(l)
	}
}

// is reports whether a reference means this layer, as it is or as it was
// before the stick's identity was rotated.
func (l *layer) is(ref layerRef) bool {
	return l.id.seq == ref.seq && (l.digest == ref.digest || l.was != "" && l.was == ref.digest)
}

func (c *chainer) accept(l *layer) {
	c.newest = l
	c.out.layers = append(c.out.layers, l)
}

func (c *chainer) misplaced(l *layer, why string) {
	c.out.warnings = append(c.out.warnings, Warning{
		Kind: WarnMisplaced, Name: l.id.part(0), Seq: l.id.seq, Err: fmt.Errorf("%w: %s", ErrForged, why),
	})
}

func (c *chainer) missing(ref layerRef) {
	if ref.seq == 0 {
		return
	}
	c.out.warnings = append(c.out.warnings, Warning{
		Kind: WarnMissing, Seq: ref.seq, Err: fmt.Errorf("layer %d is %w", ref.seq, ErrMissing),
	})
}
