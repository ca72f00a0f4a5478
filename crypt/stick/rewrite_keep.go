package stick

import "stowage/crypt/stick/internal/layer"

// planKeeping is [Stick.planRewrite], keeping what keep says of the content of the old layers: its files and further
// names go into the new layer in the order in which they were stored, and what has no such name today is removed in
// it. more is called with a layer that must be taken in, and may refuse. There is no plan when that cannot be done: a name
// was a folder's meanwhile, or today's content that lies in other layers would have to be written again; then the old layers
// that are to blame are returned, as far as that is known.
func (s *Stick) planKeeping(old map[*layer.Layer]bool, keep func(*layer.Record) bool, more func(*layer.Layer) bool) (rw *rewrite, blamed map[*layer.Layer]bool) {
	k := pastKeeper{
		stick: s, old: old, keep: keep, more: more, wanted: layer.TreeOf(s.layers), names: layer.ResolveLinks(s.layers), blamed: map[*layer.Layer]bool{},
	}
	for {
		before := len(old)
		rw := k.plan()
		if rw != nil || k.refused || len(k.blamed) > 0 || len(old) == before {
			return rw, k.blamed
		}
	}
}

// pastKeeper plans to rewrite layers and to keep some of their past.
type pastKeeper struct {
	stick   *Stick
	old     map[*layer.Layer]bool
	keep    func(*layer.Record) bool
	more    func(*layer.Layer) bool
	wanted  *layer.Tree
	names   map[*layer.Record]*layer.Record // the content of further names
	blamed  map[*layer.Layer]bool
	refused bool // a layer that must be taken in must not be
}

// takeIn adds a layer to the old ones.
func (k *pastKeeper) takeIn(l *layer.Layer) {
	switch {
	case k.old[l]:
	case k.more(l):
		k.old[l] = true
	default:
		k.refused = true
	}
}

// stand applies a layer that stays. What in it does not mean what it means with all layers there needs an old one.
func (k *pastKeeper) stand(to *layer.Tree, l *layer.Layer) {
	broken := func(r *layer.Record) {
		if k.takeIn(l); k.refused && k.names[r] != nil && k.old[k.names[r].Layer] {
			k.blamed[k.names[r].Layer] = true
		}
	}
	to.OnLink = func(r, data *layer.Record) {
		if k.names[r] != data {
			broken(r)
		}
	}
	_ = to.Apply(l, func(r *layer.Record, _ error) {
		if r.Kind != layer.LinkRecord || k.names[r] != nil {
			broken(r)
		}
	})
	to.OnLink = nil
}

// plan plans for the old layers as they are. It is nil when others must be taken in, or when it cannot be done.
func (k *pastKeeper) plan() *rewrite {
	rw := &rewrite{stick: k.stick, old: k.old}
	from := layer.NewTree()
	for _, l := range k.stick.layers {
		if !k.old[l] {
			rw.kept = append(rw.kept, l)
			k.stand(from, l)
		}
	}
	if k.refused || len(rw.kept) > layer.MaxListed || len(rw.kept)+len(k.old) != len(k.stick.layers) {
		return nil
	}
	past := k.past(from)
	pieces := difference(from, k.wanted, func(n *layer.Node) {
		for l := range layersOf(n) {
			if k.old[l] {
				k.blamed[l] = true
			}
			k.takeIn(l)
		}
	})
	if k.refused || len(k.blamed) > 0 || len(rw.kept)+len(k.old) != len(k.stick.layers) {
		return nil
	}
	if len(past) == 0 {
		rw.pack(pieces)
		return rw
	}
	var size int64
	pieces = append(past, pieces...)
	for i := range pieces {
		size += pieces[i].TarSize()
		if content := pieces[i].from; content != nil && !k.old[content.Layer] || size > packSize {
			return nil // it would be more than these layers
		}
	}
	rw.packs = [][]piece{pieces}
	return rw
}

// past adds to a tree what is kept of the past of the old layers, and returns the pieces that do so.
func (k *pastKeeper) past(to *layer.Tree) []piece {
	var pieces []piece
	for _, l := range k.stick.layers {
		if !k.old[l] {
			continue
		}
		for r := range l.Records.All() {
			data := r
			if r.Kind == layer.LinkRecord {
				data = k.names[r]
			}
			if r.Kind != layer.FileRecord && r.Kind != layer.LinkRecord || data == nil || !k.keep(data) {
				continue
			}
			if r.Kind == layer.LinkRecord {
				if target := to.Find(r.Link()); target == nil || target.Data != data {
					k.blameUnless(k.today(r.Path()) == data, l) // today's names are added as they are needed
					continue
				}
			}
			if to.Put(r) != nil {
				k.blamed[l] = true
				continue
			}
			p := piece{Record: r}
			if r.Kind == layer.FileRecord {
				p.from = r
			}
			pieces = append(pieces, p)
		}
	}
	return pieces
}

func (k *pastKeeper) blameUnless(fine bool, l *layer.Layer) {
	if !fine {
		k.blamed[l] = true
	}
}

// today is what a path holds today, nil for no file.
func (k *pastKeeper) today(path string) *layer.Record {
	if n := k.wanted.Find(path); n != nil {
		return n.Data
	}
	return nil
}

// layersOf are the layers that made a node and what is below it.
func layersOf(n *layer.Node) map[*layer.Layer]bool {
	layers := map[*layer.Layer]bool{}
	takeIn(layers, n)
	delete(layers, nil)
	return layers
}
