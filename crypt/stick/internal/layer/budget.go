package layer

import "stowage/crypt/stick/internal/drive"

// A Budget is what reading one stick may make a computer spend, whoever wrote it: a holder has the key, and
// can write a layer of a hundred megabytes that unfolds to gigabytes. Everything that is kept of what a stick says is
// charged here: files in its folders, layers and what their headers list, entries, names, and the folders of the
// tree. What is only read and not kept takes time in proportion to the stick's bytes. It is counted in bytes
// of memory, generously, as the work that takes most does it (tidying has several trees at a time), so that
// none takes more than 512 MB. FORMAT.md, "Limits".
type Budget struct{ Left int64 }

// MaxSpent is all that one stick may cost.
const MaxSpent = 352 << 20

// Of that, what is put on a stick leaves so much, and what is changed otherwise so much: layers that were being
// tidied when the stick was pulled are there twice.
const (
	ReservePut    = MaxSpent * 3 / 10
	ReserveChange = MaxSpent / 8
)

// What things cost, besides their names.
const (
	CostFile   = 1 << 10 // a file in a folder of the stick's
	CostLayer  = 1 << 10
	CostRef    = 160 // a layer that another lists
	CostRecord = 80
	CostName   = 96      // a folder's path, or what a link is a further name of
	CostNode   = 4 * 40  // a file in the tree
	CostFolder = 4 * 160 // a folder in the tree
)

func NewBudget() *Budget { return &Budget{MaxSpent} }

// Charge charges so many bytes, or fails with [drive.ErrTooMuch]. Without a budget nothing is charged.
func (b *Budget) Charge(bytes int) error {
	if b == nil {
		return nil
	}
	if b.Left -= int64(bytes); b.Left < 0 {
		return drive.ErrTooMuch
	}
	return nil
}

// refund gives back what was charged for a layer that is not kept.
func (b *Budget) refund(l *Layer) { b.Left += l.Cost() }

// cost is what the header's lists cost.
func (h *Header) cost() int { return CostLayer + CostRef*(len(h.Below)+len(h.Replaced.Refs)) }

// Cost is what was charged for a layer.
func (l *Layer) Cost() int64 {
	sum := l.Header.cost() + 8*len(l.Parts) + CostRecord*l.Records.Count
	for r := range l.Records.All() {
		sum += len(r.Base)
	}
	for _, names := range [][]string{l.dirs, l.links} {
		for _, name := range names {
			sum += CostName + len(name)
		}
	}
	return int64(sum)
}

// CostOf is what a file or folder in the tree costs.
func CostOf(kind recordKind) int {
	if kind == FolderRecord {
		return CostFolder
	}
	return CostNode
}
