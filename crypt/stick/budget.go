package stick

import "fmt"

// A budget is what reading one stick may make a computer spend, whoever wrote it: a holder has the key, and
// can write a layer of a hundred megabytes that unfolds to gigabytes. Everything that is kept of what a stick says is
// charged here: files in its folders, layers and what their headers list, entries, names, and the folders of the
// tree. What is only read and not kept takes time in proportion to the stick's bytes. It is counted in bytes
// of memory, generously, as the work that takes most does it (tidying has several trees at a time), so that
// none takes more than 512 MB. FORMAT.md, "Limits".
type budget struct{ left int64 }

// maxSpent is all that one stick may cost.
const maxSpent = 352 << 20

// Of that, what is put on a stick leaves so much, and what is changed otherwise so much: layers that were being
// tidied when the stick was pulled are there twice.
const (
	reservePut    = maxSpent * 3 / 10
	reserveChange = maxSpent / 8
)

// What things cost, besides their names.
const (
	costFile   = 1 << 10 // a file in a folder of the stick's
	costLayer  = 1 << 10
	costRef    = 160 // a layer that another lists
	costRecord = 80
	costName   = 96      // a folder's path, or what a link is a further name of
	costNode   = 4 * 40  // a file in the tree
	costFolder = 4 * 160 // a folder in the tree
)

func newBudget() *budget { return &budget{maxSpent} }

// spend charges so many bytes, or fails with [ErrTooMuch]. Without a budget nothing is charged.
func (b *budget) spend(bytes int) error {
	if b == nil {
		return nil
	}
	if b.left -= int64(bytes); b.left < 0 {
		return ErrTooMuch
	}
	return nil
}

// refund gives back what was charged for a layer that is not kept.
func (b *budget) refund(l *layer) { b.left += l.cost() }

// cost is what the header's lists cost.
func (h *layerHeader) cost() int { return costLayer + costRef*(len(h.below)+len(h.replaced.refs)) }

// cost is what was charged for a layer.
func (l *layer) cost() int64 {
	sum := l.layerHeader.cost() + 8*len(l.parts) + costRecord*l.records.count
	for r := range l.records.all() {
		sum += len(r.base)
	}
	for _, names := range [][]string{l.dirs, l.links} {
		for _, name := range names {
			sum += costName + len(name)
		}
	}
	return int64(sum)
}

// costOf is what a file or folder in the tree costs.
func costOf(kind recordKind) int {
	if kind == recFolder {
		return costFolder
	}
	return costNode
}

// recount counts anew what the stick costs, after layers were replaced. s.write is held.
func (s *Stick) recount() {
	left := int64(maxSpent - s.tree.cost - costFile*len(s.tables))
	for _, l := range s.layers {
		left -= l.cost() + int64(costFile*len(l.parts))
	}
	s.spend.left = left
}

// affords fails with [ErrTooLarge] when the pieces would make the stick cost so much that less than a reserve was
// left: whoever opens it has to be able to, also when tidying it was interrupted, which leaves layers twice.
// s.write is held.
func (s *Stick) affords(pieces []piece, reserve int) error {
	cost, last := 0, ""
	for i := range pieces {
		p := &pieces[i]
		dir := p.folder()
		cost += costRecord + costOf(p.kind) + len(p.base)
		if dir != last {
			cost += costName + len(dir)
			last = dir
		}
		if p.kind == recLink {
			cost += costName + len(p.link())
		}
	}
	if s.spend.left-int64(cost) < int64(reserve) {
		return fmt.Errorf("%w: %d more files and folders", ErrTooLarge, len(pieces))
	}
	return nil
}
