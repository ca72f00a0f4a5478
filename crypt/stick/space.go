package stick

import (
	"fmt"

	"stowage/crypt/stick/internal/layer"
)

// recount counts anew what the stick costs, after layers were replaced. s.write is held.
func (s *Stick) recount() {
	left := int64(layer.MaxSpent - s.tree.Cost - layer.CostFile*len(s.tables))
	for _, l := range s.layers {
		left -= l.Cost() + int64(layer.CostFile*len(l.Parts))
	}
	s.spend.Left = left
}

// affords fails with [ErrTooLarge] when the pieces would make the stick cost so much that less than a reserve was
// left: whoever opens it has to be able to, also when tidying it was interrupted, which leaves layers twice.
// s.write is held.
func (s *Stick) affords(pieces []piece, reserve int) error {
	cost, last := 0, ""
	for i := range pieces {
		p := &pieces[i]
		dir := p.Folder()
		cost += layer.CostRecord + layer.CostOf(p.Kind) + len(p.Base)
		if dir != last {
			cost += layer.CostName + len(dir)
			last = dir
		}
		if p.Kind == layer.LinkRecord {
			cost += layer.CostName + len(p.Link())
		}
	}
	if s.spend.Left-int64(cost) < int64(reserve) {
		return fmt.Errorf("%w: %d more files and folders", ErrTooLarge, len(pieces))
	}
	return nil
}
