package stick

import "stowage/crypt/stick/internal/stickpath"

// difference returns what a layer must say to turn the tree of the kept layers
// into the tree wanted: files, folders, further names, and deletions last. A
// path that would have to change from file to folder or back, which no layer
// may do, is told to conflict with the node that is in the way.
func difference(from, to *tree, conflict func(*node)) []piece {
	d := differ{plan: newPlan(), from: from, to: to, conflict: conflict, moved: map[*record]string{}}
	_ = from.root.walk(".", func(p string, n *node) error {
		if n.data != nil && n.data != n.rec {
			d.moved[n.data] = p
		}
		return nil
	})
	_ = to.root.walk(".", func(p string, n *node) error {
		d.wanted(p, n)
		return nil
	})
	d.unwanted(".", from.root)
	return append(append(append(d.files, d.folders...), d.links...), d.deletions...)
}

type differ struct {
	plan                             plan
	from, to                         *tree
	conflict                         func(*node)
	moved                            map[*record]string // a further name of content in from
	files, folders, links, deletions []piece
}

// wanted adds what it takes for a path of the tree wanted.
func (d *differ) wanted(p string, n *node) {
	old := d.from.find(p)
	if old != nil && old.isFolder() != n.isFolder() {
		d.conflict(old)
		return
	}
	switch {
	case n.isFolder():
		if old == nil || n.rec != nil && old.rec != n.rec {
			d.folders = append(d.folders, d.plan.link(p, "", n))
		}
	case old != nil && old.data == n.data:
	default:
		if name, ok := d.linkable(n.data); ok {
			d.links = append(d.links, d.plan.link(p, name, n))
			return
		}
		again := piece{record: n.data}
		if !n.data.is(p) {
			again = d.plan.piece(entry{kind: recFile, path: p, size: n.data.size, mtime: n.data.mtime, since: n.data.storedAt()})
		}
		again.from = n.data
		d.files = append(d.files, again)
	}
}

// linkable returns a name under which content stands that a link can point to: one that
// is not itself given other content.
func (d *differ) linkable(data *record) (name string, ok bool) {
	for _, name := range []string{data.path(), d.moved[data]} {
		if name == "" {
			continue
		}
		there, then := d.from.find(name), d.to.find(name)
		if there != nil && there.data == data && (then == nil || then.data == data) {
			return name, true
		}
	}
	return "", false
}

// unwanted deletes what is not in the tree wanted.
func (d *differ) unwanted(p string, n *node) {
	for _, child := range n.byName() {
		q := stickpath.Join(p, child.name())
		if d.to.find(q) == nil {
			d.deletions = append(d.deletions, d.plan.deletion(q))
		} else if child.isFolder() {
			d.unwanted(q, child)
		}
	}
}
