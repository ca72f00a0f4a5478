package stick

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tree is the files and folders that a sequence of layers adds up to. It is
// what extracting them in order, and removing what each whites out, would give.
type tree struct {
	root *node
	// The folder that the last record lay in, since records come in runs.
	lastDir  string
	lastNode *node
	onLink   func(r, data *record) // told what each further name stands for; may be nil
}

// node is a file or folder in a tree.
type node struct {
	name     string
	rec      *record          // what put it there; nil for a folder that only lies above others
	made     *layer           // the layer that it began to be there with; nil for the top
	data     *record          // where a file's content is; nil for a folder
	children map[string]*node // nil for a file
	list     []*node          // the children, as long as it has as many
	unsorted bool             // list is not sorted by name
}

func newTree() *tree { return &tree{root: newFolder(".", nil, nil)} }

// treeOf replays layers, oldest first.
func treeOf(layers []*layer) *tree {
	t := newTree()
	for _, l := range layers {
		t.apply(l, func(*record, error) {})
	}
	return t
}

func newFolder(name string, rec *record, made *layer) *node {
	return &node{name: name, rec: rec, made: made, children: map[string]*node{}}
}

func (n *node) isFolder() bool { return n.children != nil }

// apply adds a layer: first its files, folders and links in order, then its
// whiteouts. Records that make no sense are left out and told to refused.
func (t *tree) apply(l *layer, refused func(*record, error)) {
	whiteouts := false
	for i := range l.records {
		r := &l.records[i]
		if r.kind == recWhiteout {
			whiteouts = true
			continue
		}
		if err := t.put(r); err != nil {
			refused(r, fmt.Errorf("%s: %w", short(r.path), err))
		}
	}
	if !whiteouts {
		return
	}
	for i := range l.records {
		if l.records[i].kind == recWhiteout {
			t.remove(l.records[i].path)
		}
	}
}

// put sets what a record says of its path.
func (t *tree) put(r *record) error {
	data := r
	if r.kind == recLink {
		target := t.find(r.link)
		if target == nil || target.isFolder() {
			return fmt.Errorf("%w: it is a further name of %q, which is not a file here", ErrDamaged, short(r.link))
		}
		data = target.data
		if t.onLink != nil {
			t.onLink(r, data)
		}
	}
	dir, name := splitPath(r.path)
	up, err := t.folder(dir, r.layer)
	if err != nil {
		return err
	}
	old := up.children[name]
	switch {
	case old != nil && old.isFolder() != (r.kind == recFolder):
		return ErrKind
	case old != nil && r.kind == recFolder:
		old.rec = r
	case old != nil:
		old.rec, old.data, old.made = r, data, r.layer
	case r.kind == recFolder:
		up.add(newFolder(name, r, r.layer))
	default:
		up.add(&node{name: name, rec: r, data: data, made: r.layer})
	}
	return nil
}

// add adds a child that is not there.
func (n *node) add(child *node) {
	if last := len(n.list) - 1; last >= 0 && n.list[last].name > child.name {
		n.unsorted = true
	}
	n.list = append(n.list, child)
	n.children[child.name] = child
}

// splitPath splits a path into its folder, which may be ".", and its name.
func splitPath(p string) (dir, name string) {
	i := strings.LastIndexByte(p, '/')
	if i < 0 {
		return ".", p
	}
	return p[:i], p[i+1:]
}

// folder returns the folder of that path, which a layer makes as needed.
func (t *tree) folder(dir string, made *layer) (*node, error) {
	if dir == "." {
		return t.root, nil
	}
	if t.lastNode != nil && t.lastDir == dir {
		return t.lastNode, nil
	}
	n := t.root
	for rest, more := dir, true; more; {
		var element string
		element, rest, more = strings.Cut(rest, "/")
		next := n.children[element]
		if next == nil {
			next = newFolder(element, nil, made)
			n.add(next)
		}
		if !next.isFolder() {
			return nil, ErrKind
		}
		n = next
	}
	t.lastDir, t.lastNode = dir, n
	return n, nil
}

// find returns what is at a path, or nil.
func (t *tree) find(p string) *node {
	n := t.root
	if p == "." {
		return n
	}
	for rest, more := p, true; more && n != nil; {
		var element string
		element, rest, more = strings.Cut(rest, "/")
		n = n.children[element] // a nil map for a file
	}
	return n
}

// remove removes a path and what is below it. It is no error if there is nothing.
func (t *tree) remove(p string) {
	dir, name := splitPath(p)
	up := t.find(dir)
	if up == nil || up.children[name] == nil {
		return
	}
	delete(up.children, name)
	up.list = nil
	t.lastNode = nil
}

// byName returns the children of a folder sorted by name. The caller holds the
// lock that protects the tree against changes, and only one caller at a time
// may call it.
func (n *node) byName() []*node {
	if len(n.list) != len(n.children) {
		n.list = slices.AppendSeq(make([]*node, 0, len(n.children)), maps.Values(n.children))
		n.unsorted = true
	}
	if n.unsorted {
		slices.SortFunc(n.list, func(a, b *node) int { return strings.Compare(a.name, b.name) })
		n.unsorted = false
	}
	return n.list
}

// path returns the path of a node in the folder given.
func (n *node) path(folder string) string {
	if n.rec != nil {
		return n.rec.path // the same, and need not be put together
	}
	return join(folder, n.name)
}

// walk calls visit for everything below n, parents first, sorted by name. path is that of n.
func (n *node) walk(path string, visit func(path string, n *node) error) error {
	for _, child := range n.byName() {
		p := child.path(path)
		if err := visit(p, child); err != nil {
			return err
		}
		if err := child.walk(p, visit); err != nil {
			return err
		}
	}
	return nil
}

// each visits all below a node, without their paths, which takes longer than all else.
func (n *node) each(visit func(n *node)) {
	for _, child := range n.children {
		visit(child)
		child.each(visit)
	}
}

// entry describes a node.
func (n *node) entry(path string) Entry {
	e := Entry{Path: path, Kind: KindFolder}
	if !n.isFolder() {
		e.Kind, e.Size, e.ModTime, e.Stored = KindFile, n.data.size, n.data.modTime(), n.data.layer.time
		e.Tidied, e.Version = n.data.layer.tidied, n.data.storedAt()
		return e
	}
	if n.made != nil {
		e.ModTime, e.Stored = n.made.time, n.made.time
	}
	if n.rec != nil {
		e.ModTime, e.Stored = n.rec.modTime(), n.rec.layer.time
	}
	return e
}
