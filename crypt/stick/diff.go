package stick

// difference returns what a layer must say to turn the tree of the kept layers
// into the tree wanted: files, folders, further names, and deletions last. A
// path that would have to change from file to folder or back, which no layer
// may do, is told to conflict with the node that is in the way.
func difference(from, to *tree, conflict func(*node)) []piece {
	d := differ{from: from, to: to, conflict: conflict, paths: map[*record]string{}}
	_ = from.root.walk(".", func(p string, n *node) error {
		if n.data != nil && !n.isFolder() {
			d.paths[n.data] = p
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
	from, to                         *tree
	conflict                         func(*node)
	paths                            map[*record]string // where content is in from
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
			d.folders = append(d.folders, linkPiece(p, "", n))
		}
	case old != nil && old.data == n.data:
	case d.linkable(n.data):
		d.links = append(d.links, linkPiece(p, d.paths[n.data], n))
	default:
		r := entry{kind: recFile, path: p, size: n.data.size, mtime: n.data.mtime, since: n.data.storedAt()}
		d.files = append(d.files, piece{entry: r, from: n.data})
	}
}

// linkable reports whether content stands under a name that a link can point
// to: one that is not itself given other content.
func (d *differ) linkable(data *record) bool {
	p, ok := d.paths[data]
	if !ok {
		return false
	}
	n := d.to.find(p)
	return n == nil || n.data == data && !n.isFolder()
}

// unwanted deletes what is not in the tree wanted.
func (d *differ) unwanted(p string, n *node) {
	for _, child := range n.byName() {
		q := join(p, child.name())
		if d.to.find(q) == nil {
			d.deletions = append(d.deletions, piece{entry: entry{kind: recWhiteout, path: q}})
		} else if child.isFolder() {
			d.unwanted(q, child)
		}
	}
}
