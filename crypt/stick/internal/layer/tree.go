package layer

import (
	"errors"
	"fmt"
	"strings"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/stickpath"
)

// Tree is the files and folders that a sequence of layers adds up to. It is
// what extracting them in order, and removing what each whites out, would give.
type Tree struct {
	Root *Node
	// The folder that the last record lay in, since records come in runs.
	lastDir  string
	lastNode *Node
	Cost     int                   // what its files and folders cost; see budget
	Most     int                   // what they may; 0: as much as they do
	OnLink   func(r, data *Record) // called with what each further name stands for; may be nil
	// Called with the content that a name gets and had, nil for none, and for each file that is removed; may be nil.
	onPut    func(r, old, data *Record)
	onRemove func(path string, data *Record)
}

// Node is a file or folder in a tree.
type Node struct {
	Rec  *Record // what put it there; nil for a folder that only lies above others
	Data *Record // where a file's content is; nil for a folder
	dir  *folder // nil for a file
}

// folder is what a node has more when it is a folder.
type folder struct {
	children
	name   string
	made   *Layer // the layer that it began to be there with; nil for the top
	isGone bool   // it stands in the place of a child that was removed
}

func (n *Node) IsFolder() bool { return n.dir != nil }

func (n *Node) isGone() bool { return n.dir != nil && n.dir.isGone }

// Name is the last element of its path; the top is ".".
func (n *Node) Name() string {
	if n.dir != nil {
		return n.dir.name
	}
	return n.Rec.Base
}

// Made is the layer that it began to be there with; nil for the top.
func (n *Node) Made() *Layer {
	if n.dir != nil {
		return n.dir.made
	}
	return n.Rec.Layer
}

func newFolder(name string, rec *Record, made *Layer) *Node {
	return &Node{Rec: rec, dir: &folder{name: name, made: made}}
}

// goneNode stands in the place of a child that was removed.
func goneNode(name string) *Node { return &Node{dir: &folder{name: name, isGone: true}} }

func NewTree() *Tree { return &Tree{Root: newFolder(".", nil, nil)} }

// TreeOf replays layers, oldest first.
func TreeOf(layers []*Layer) *Tree {
	t := NewTree()
	for _, l := range layers {
		_ = t.Apply(l, func(*Record, error) {}) // what opening the stick counted
	}
	return t
}

// Apply adds a layer: first its files, folders and links in order, then its
// whiteouts. Records that make no sense are left out and passed to refused; the error is [drive.ErrTooMuch].
func (t *Tree) Apply(l *Layer, refused func(*Record, error)) error {
	whiteouts := false
	for r := range l.Records.All() {
		if r.Kind == WhiteoutRecord {
			whiteouts = true
			continue
		}
		if err := t.Put(r); err != nil {
			if errors.Is(err, drive.ErrTooMuch) {
				return err
			}
			refused(r, fmt.Errorf("%s: %w", stickpath.Short(r.Path()), err))
		}
	}
	if !whiteouts {
		return nil
	}
	for r := range l.Records.All() {
		if r.Kind == WhiteoutRecord {
			t.Remove(r.Path())
		}
	}
	return nil
}

// charge charges what is added to the tree.
func (t *Tree) charge(cost int) error {
	if t.Cost += cost; t.Most > 0 && t.Cost > t.Most {
		return drive.ErrTooMuch
	}
	return nil
}

// Put sets what a record says of its path.
func (t *Tree) Put(r *Record) error {
	data := r
	if r.Kind == LinkRecord {
		target := t.Find(r.Link())
		if target == nil || target.IsFolder() {
			return fmt.Errorf("%w: it is a further name of %q, which is not a file here", ErrDamaged, stickpath.Short(r.Link()))
		}
		data = target.Data
		if t.OnLink != nil {
			t.OnLink(r, data)
		}
	}
	up, err := t.folder(r.Folder(), r.Layer)
	if err != nil {
		return err
	}
	old := up.dir.find(r.Base)
	if old == nil {
		if err := t.charge(CostOf(r.Kind)); err != nil {
			return err
		}
	}
	switch {
	case old != nil && old.IsFolder() != (r.Kind == FolderRecord):
		return ErrKind
	case old != nil && r.Kind == FolderRecord:
		old.Rec = r
	case old != nil:
		t.tell(r, old.Data, data)
		old.Rec, old.Data = r, data
	case r.Kind == FolderRecord:
		up.dir.add(newFolder(r.Base, r, r.Layer))
	default:
		t.tell(r, nil, data)
		up.dir.add(&Node{Rec: r, Data: data})
	}
	return nil
}

func (t *Tree) tell(r, old, data *Record) {
	if t.onPut != nil {
		t.onPut(r, old, data)
	}
}

// folder returns the folder of that path, which a layer makes as needed.
func (t *Tree) folder(dir string, made *Layer) (*Node, error) {
	if dir == "." {
		return t.Root, nil
	}
	if t.lastNode != nil && t.lastDir == dir {
		return t.lastNode, nil
	}
	n := t.Root
	for rest, more := dir, true; more; {
		var element string
		element, rest, more = strings.Cut(rest, "/")
		next := n.dir.find(element)
		if next == nil {
			if err := t.charge(CostFolder); err != nil {
				return nil, err
			}
			next = newFolder(element, nil, made)
			n.dir.add(next)
		}
		if !next.IsFolder() {
			return nil, ErrKind
		}
		n = next
	}
	t.lastDir, t.lastNode = dir, n
	return n, nil
}

// Find returns what is at a path, or nil.
func (t *Tree) Find(p string) *Node {
	n := t.Root
	if p == "." {
		return n
	}
	for rest, more := p, true; more && n != nil; {
		if !n.IsFolder() {
			return nil
		}
		var element string
		element, rest, more = strings.Cut(rest, "/")
		n = n.dir.find(element)
	}
	return n
}

// Remove removes a path and what is below it. It is no error if there is nothing.
func (t *Tree) Remove(p string) {
	dir, name := stickpath.Split(p)
	if up := t.Find(dir); up != nil && up.IsFolder() {
		if t.onRemove != nil {
			t.removed(p, func(p string, n *Node) { t.onRemove(p, n.Data) })
		}
		up.dir.remove(name)
		t.lastNode = nil
	}
}

// ByName returns the children of a folder sorted by name, and none for a file. The caller holds
// the lock that protects the tree against changes, and only one caller at a time may call it.
func (n *Node) ByName() []*Node {
	if n.dir == nil {
		return nil
	}
	return n.dir.all()
}

// Walk calls visit for everything below n, parents first, sorted by name. path is that of n.
func (n *Node) Walk(path string, visit func(path string, n *Node) error) error {
	for _, child := range n.ByName() {
		p := stickpath.Join(path, child.Name())
		if err := visit(p, child); err != nil {
			return err
		}
		if err := child.Walk(p, visit); err != nil {
			return err
		}
	}
	return nil
}

// Each visits all below a node, without their paths, which takes longer than all else.
func (n *Node) Each(visit func(n *Node)) {
	for _, child := range n.ByName() {
		visit(child)
		child.Each(visit)
	}
}

// removed calls visit for every file that removing a path would remove.
func (t *Tree) removed(p string, visit func(p string, n *Node)) {
	n := t.Find(p)
	if n == nil {
		return
	}
	if !n.IsFolder() {
		visit(p, n)
		return
	}
	_ = n.Walk(p, func(p string, n *Node) error {
		if !n.IsFolder() {
			visit(p, n)
		}
		return nil
	})
}

// ResolveLinks returns, for every further name in some layers, the content it stands for.
func ResolveLinks(layers []*Layer) map[*Record]*Record {
	names := map[*Record]*Record{}
	t := NewTree()
	for _, l := range layers {
		t.OnLink = func(r, data *Record) { names[r] = data }
		_ = t.Apply(l, func(*Record, error) {})
	}
	return names
}

// ApplyResolved is apply, calling broken when a record of the layer does not
// mean what it means with all layers there.
func (t *Tree) ApplyResolved(l *Layer, names map[*Record]*Record, broken func()) {
	t.OnLink = func(r, data *Record) {
		if names[r] != data {
			broken()
		}
	}
	_ = t.Apply(l, func(r *Record, _ error) {
		if r.Kind != LinkRecord || names[r] != nil {
			broken()
		}
	})
}
