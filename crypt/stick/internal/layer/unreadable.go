package layer

import (
	"cmp"
	"fmt"
	"slices"
)

// findUnreadable finds out which layers should count besides those that were found, by what the
// tables say: also the newest, to which no other points, and one that only a missing
// one points to. A table is written after its layers are safe, and removed with them; what
// it still says of layers that were replaced, the layers themselves say better.
func (l *Loader) findUnreadable(found []*Layer, c *Chain) {
	var all []*Layer
	listed := map[*Layer]*Layer{} // by what stands for it below
	there := map[ID]bool{}
	stand := func(layer *Layer) *Layer {
		twin := *layer
		twin.Below = slices.Clone(layer.Below) // chain brings both up to date
		return &twin
	}
	for _, layer := range found {
		there[layer.ID] = true
		all = append(all, stand(layer))
	}
	for id, layer := range l.Listed {
		if !there[id] && l.allowed(layer) {
			twin := stand(layer)
			listed[twin] = layer
			all = append(all, twin)
		}
	}
	if len(listed) == 0 {
		return
	}
	said := map[int64]bool{}
	for _, w := range c.Warnings {
		said[w.Seq] = said[w.Seq] || w.Kind == WarnMissing || w.Kind == WarnDamaged || w.Kind == WarnForged
	}
	for _, twin := range Follow(all).Layers {
		if layer := listed[twin]; layer != nil {
			l.Unreadable = append(l.Unreadable, layer)
			c.miss(layer, said)
		}
	}
}

// miss warns of a layer that is missing, unless that was said of its number.
func (c *Chain) miss(l *Layer, said map[int64]bool) {
	if !said[l.ID.Seq] {
		said[l.ID.Seq] = true
		c.Warnings = append(c.Warnings, Warning{
			Kind: WarnMissing, Name: l.ID.Part(0), Seq: l.ID.Seq, Err: fmt.Errorf("layer %d is %w", l.ID.Seq, ErrMissing),
		})
	}
}

func ByNumber(a, b *Layer) int { return cmp.Compare(a.ID.Seq, b.ID.Seq) }
