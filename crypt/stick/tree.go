package stick

import (
	"errors"
	"fmt"
	"strings"

	"stowage/crypt/stick/internal/stickpath"
)

// tree is the files and folders that a sequence of layers adds up to. It is
// what extracting them in order, and removing what each whites out, would give.
type tree struct {
	root *node
	// The folder that the last record lay in, since records come in runs.
	lastDir  string
	lastNode *node
	cost     int                   // what its files and folders cost; see budget
	most     int                   // what they may; 0: as much as they do
	onLink   func(r, data *record) // told what each further name stands for; may be nil
	// Told what content a name gets and had, nil for none; and of each file that is removed; may be nil.
	onPut    func(r, old, data *record)
	onRemove func(path string, data *record)
}

// node is a file or folder in a tree.
type node struct {
	rec  *record // what put it there; nil for a folder that only lies above others
	data *record // where a file's content is; nil for a folder
	dir  *folder // nil for a file
}

// folder is what a node has more when it is a folder.
type folder struct {
	children
	name   string
	made   *layer // the layer that it began to be there with; nil for the top
	isGone bool   // it stands in the place of a child that was removed
}

func (n *node) isFolder() bool { return n.dir != nil }

func (n *node) isGone() bool { return n.dir != nil && n.dir.isGone }

// name is the last element of its path; the top is ".".
func (n *node) name() string {
	if n.dir != nil {
		return n.dir.name
	}
	return n.rec.base
}

// made is the layer that it began to be there with; nil for the top.
func (n *node) made() *layer {
	if n.dir != nil {
		return n.dir.made
	}
	return n.rec.layer
}

func newFolder(name string, rec *record, made *layer) *node {
	return &node{rec: rec, dir: &folder{name: name, made: made}}
}

// goneNode stands in the place of a child that was removed.
func goneNode(name string) *node { return &node{dir: &folder{name: name, isGone: true}} }

func newTree() *tree { return &tree{root: newFolder(".", nil, nil)} }

// treeOf replays layers, oldest first.
func treeOf(layers []*layer) *tree {
	t := newTree()
	for _, l := range layers {
		_ = t.apply(l, func(*record, error) {}) // what opening the stick counted
	}
	return t
}

// apply adds a layer: first its files, folders and links in order, then its
// whiteouts. Records that make no sense are left out and told to refused; the error is [ErrTooMuch].
func (t *tree) apply(l *layer, refused func(*record, error)) error {
	whiteouts := false
	for r := range l.records.all() {
		if r.kind == recWhiteout {
			whiteouts = true
			continue
		}
		if err := t.put(r); err != nil {
			if errors.Is(err, ErrTooMuch) {
				return err
			}
			refused(r, fmt.Errorf("%s: %w", stickpath.Short(r.path()), err))
		}
	}
	if !whiteouts {
		return nil
	}
	for r := range l.records.all() {
		if r.kind == recWhiteout {
			t.remove(r.path())
		}
	}
	return nil
}

// charge charges what is added to the tree.
func (t *tree) charge(cost int) error {
	if t.cost += cost; t.most > 0 && t.cost > t.most {
		return ErrTooMuch
	}
	return nil
}

// put sets what a record says of its path.
func (t *tree) put(r *record) error {
	data := r
	if r.kind == recLink {
		target := t.find(r.link())
		if target == nil || target.isFolder() {
			return fmt.Errorf("%w: it is a further name of %q, which is not a file here", ErrDamaged, stickpath.Short(r.link()))
		}
		data = target.data
		if t.onLink != nil {
			t.onLink(r, data)
		}
	}
	up, err := t.folder(r.folder(), r.layer)
	if err != nil {
		return err
	}
	old := up.dir.find(r.base)
	if old == nil {
		if err := t.charge(costOf(r.kind)); err != nil {
			return err
		}
	}
	switch {
	case old != nil && old.isFolder() != (r.kind == recFolder):
		return ErrKind
	case old != nil && r.kind == recFolder:
		old.rec = r
	case old != nil:
		t.told(r, old.data, data)
		old.rec, old.data = r, data
	case r.kind == recFolder:
		up.dir.add(newFolder(r.base, r, r.layer))
	default:
		t.told(r, nil, data)
		up.dir.add(&node{rec: r, data: data})
	}
	return nil
}

func (t *tree) told(r, old, data *record) {
	if t.onPut != nil {
		t.onPut(r, old, data)
	}
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
		next := n.dir.find(element)
		if next == nil {
			if err := t.charge(costFolder); err != nil {
				return nil, err
			}
			next = newFolder(element, nil, made)
			n.dir.add(next)
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
		if !n.isFolder() {
			return nil
		}
		var element string
		element, rest, more = strings.Cut(rest, "/")
		n = n.dir.find(element)
	}
	return n
}

// remove removes a path and what is below it. It is no error if there is nothing.
func (t *tree) remove(p string) {
	dir, name := stickpath.Split(p)
	if up := t.find(dir); up != nil && up.isFolder() {
		if t.onRemove != nil {
			t.removed(p, func(p string, n *node) { t.onRemove(p, n.data) })
		}
		up.dir.remove(name)
		t.lastNode = nil
	}
}

// byName returns the children of a folder sorted by name, and none for a file. The caller holds
// the lock that protects the tree against changes, and only one caller at a time may call it.
func (n *node) byName() []*node {
	if n.dir == nil {
		return nil
	}
	return n.dir.all()
}

// walk calls visit for everything below n, parents first, sorted by name. path is that of n.
func (n *node) walk(path string, visit func(path string, n *node) error) error {
	for _, child := range n.byName() {
		p := stickpath.Join(path, child.name())
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
	for _, child := range n.byName() {
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
	if made := n.made(); made != nil {
		e.ModTime, e.Stored = made.time, made.time
	}
	if n.rec != nil {
		e.ModTime, e.Stored = n.rec.modTime(), n.rec.layer.time
	}
	return e
}
