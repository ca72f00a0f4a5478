package stick

import (
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/stickpath"
)

// difference returns what a layer must say to turn the tree of the kept layers
// into the tree wanted: files, folders, further names, and deletions last. A
// path that would have to change from file to folder or back, which no layer
// may do, is passed to conflict, as the node that is in the way.
func difference(from, to *layer.Tree, conflict func(*layer.Node)) []piece {
	d := differ{plan: newPlan(), from: from, to: to, conflict: conflict, moved: map[*layer.Record]string{}}
	_ = from.Root.Walk(".", func(p string, n *layer.Node) error {
		if n.Data != nil && n.Data != n.Rec {
			d.moved[n.Data] = p
		}
		return nil
	})
	_ = to.Root.Walk(".", func(p string, n *layer.Node) error {
		d.wanted(p, n)
		return nil
	})
	d.unwanted(".", from.Root)
	return append(append(append(d.files, d.folders...), d.links...), d.deletions...)
}

type differ struct {
	plan                             plan
	from, to                         *layer.Tree
	conflict                         func(*layer.Node)
	moved                            map[*layer.Record]string // a further name of content in from
	files, folders, links, deletions []piece
}

// wanted adds what it takes for a path of the tree wanted.
func (d *differ) wanted(p string, n *layer.Node) {
	old := d.from.Find(p)
	if old != nil && old.IsFolder() != n.IsFolder() {
		d.conflict(old)
		return
	}
	switch {
	case n.IsFolder():
		if old == nil || n.Rec != nil && old.Rec != n.Rec {
			d.folders = append(d.folders, d.plan.link(p, "", n))
		}
	case old != nil && old.Data == n.Data:
	default:
		if name, ok := d.linkable(n.Data); ok {
			d.links = append(d.links, d.plan.link(p, name, n))
			return
		}
		again := piece{Record: n.Data}
		if !n.Data.Is(p) {
			again = d.plan.piece(layer.Entry{Kind: layer.FileRecord, Path: p, Size: n.Data.Size, MTime: n.Data.MTime, Since: n.Data.StoredAt()})
		}
		again.from = n.Data
		d.files = append(d.files, again)
	}
}

// linkable returns a name under which content stands that a link can point to: one that
// is not itself given other content.
func (d *differ) linkable(data *layer.Record) (name string, ok bool) {
	for _, name := range []string{data.Path(), d.moved[data]} {
		if name == "" {
			continue
		}
		there, then := d.from.Find(name), d.to.Find(name)
		if there != nil && there.Data == data && (then == nil || then.Data == data) {
			return name, true
		}
	}
	return "", false
}

// unwanted deletes what is not in the tree wanted.
func (d *differ) unwanted(p string, n *layer.Node) {
	for _, child := range n.ByName() {
		q := stickpath.Join(p, child.Name())
		if d.to.Find(q) == nil {
			d.deletions = append(d.deletions, d.plan.deletion(q))
		} else if child.IsFolder() {
			d.unwanted(q, child)
		}
	}
}
