package devices

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sort"

	"golang.org/x/mod/sumdb/tlog"
)

// Restored is what the register has on record when a backup took the place of another
// register: how the history that was replaced is known again, so that a checkpoint of it
// that comes back is no riddle.
type Restored struct {
	Backup string `json:"backup,omitempty"` // the name of its file
	Digest string `json:"digest,omitempty"` // SHA-256 of that file, in hex
	// Unread: the register that was replaced was not there, or not whole, so that
	// nothing is known of it but checkpoints.
	Unread bool `json:"unread,omitempty"`
	// Replaced are the histories that are not on record any more: that of the register
	// which was replaced, and then those that it had replaced itself.
	Replaced []Branch `json:"replaced,omitempty"`
	// Checkpoints are those of such histories that were known, the smallest first, of the
	// many at least the newest [maxNamed].
	Checkpoints []Tree `json:"checkpoints,omitempty"`
	// Note is whatever the caller signed about all this; opaque here.
	Note []byte `json:"note,omitempty"`
}

// A Branch is a history that parted from the register's own.
type Branch struct {
	Tree         // all of it
	Common int64 `json:"common"` // events that are in both
	// Leaves are the hashes of the others, in order; none if there were more than
	// [maxLeaves], and then only the whole history is known again.
	Leaves []byte `json:"leaves,omitempty"`
}

// What the body of one event has room for.
const (
	maxLeaves   = 1000 // of all branches of an event together
	maxBranches = 20
	maxNamed    = 50
)

// A Restore is an event of kind [RegisterRestored].
type Restore struct {
	Event    Event    `json:"event"`
	Restored Restored `json:"restored"`
}

// Sum is the SHA-256 of everything but the note.
func (x Restored) Sum() ([sha256.Size]byte, error) {
	x.Note = nil
	text, err := canonicalBody(x)
	return sha256.Sum256(text), err
}

// RecordRestored records that the register was restored from a backup. Sign makes the
// note about the log of the backup and the sum of what is recorded.
func (r *Register) RecordRestored(ctx context.Context, actor string, x Restored, sign func(backup Tree, sum [sha256.Size]byte) ([]byte, error)) (Event, error) {
	x.Checkpoints = x.Checkpoints[max(0, len(x.Checkpoints)-maxNamed):]
	var cleaned error
	if x.Backup, cleaned = cleanLine("backup", x.Backup); cleaned != nil {
		x.Backup = "" // its digest says which it was
	}
	var e Event
	err := r.change(ctx, actor, func(c *change) error {
		tree, err := treeOf(ctx, c)
		if err != nil {
			return err
		}
		sum, err := x.Sum()
		if err != nil {
			return err
		}
		if x.Note, err = sign(tree, sum); err != nil {
			return err
		}
		err = c.record(ctx, Event{Kind: RegisterRestored}, x)
		e = c.recorded
		return err
	})
	if err != nil {
		return Event{}, fmt.Errorf("record restoring: %w", err)
	}
	return e, nil
}

// Restores returns every restoring on record, the oldest first. Whether the school
// signed what one says is for the caller to check.
func (r *Register) Restores(ctx context.Context) ([]Restore, error) {
	var all []Restore
	q := EventQuery{Kinds: []EventKind{RegisterRestored}, Oldest: true, Limit: MaxPage}
	for {
		page, err := r.Events(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			x := Restore{Event: e}
			if err := e.unpack(&x.Restored); err != nil {
				return nil, err
			}
			all = append(all, x)
			q.After = e.Number
		}
		if len(page) < q.Limit {
			return all, nil
		}
	}
}

// ReplacedBy computes what of the register's history is not in another's: the branches of
// [Restored], and the checkpoints in those of its own restores that trusted is true
// for. Nothing is computed for a register that [Register.VerifyLog] refuses.
func (r *Register) ReplacedBy(ctx context.Context, other *Register, trusted func(Restore) bool) (Restored, error) {
	tree, err := r.VerifyLog(ctx, nil, nil)
	if err != nil {
		return Restored{}, err
	}
	common, err := r.common(ctx, other, tree.Size)
	if err != nil {
		return Restored{}, err
	}
	own := Branch{Tree: tree, Common: common}
	if own.Leaves, err = r.leaves(ctx, common, tree.Size); err != nil {
		return Restored{}, err
	}
	x := Restored{Replaced: []Branch{own}}
	restores, err := r.Restores(ctx)
	if err != nil {
		return Restored{}, err
	}
	for _, before := range slices.Backward(restores) {
		if before.Event.Number <= common || !trusted(before) { // the other has it as well
			continue
		}
		x.Checkpoints = append(x.Checkpoints, before.Restored.Checkpoints...)
		for _, b := range before.Restored.Replaced {
			if b, err = r.rebased(ctx, b, common); err != nil {
				return Restored{}, err
			}
			x.Replaced = append(x.Replaced, b)
		}
	}
	x.fit()
	return x, nil
}

// fit leaves out what an event has no room for.
func (x *Restored) fit() {
	x.Replaced = x.Replaced[:min(len(x.Replaced), maxBranches)]
	room := maxLeaves * tlog.HashSize
	for i := range x.Replaced {
		if len(x.Replaced[i].Leaves) > room {
			x.Replaced[i].Leaves = nil
		}
		room -= len(x.Replaced[i].Leaves)
	}
}

// rebased is a branch of the register as one of another that shares common events with it.
func (r *Register) rebased(ctx context.Context, b Branch, common int64) (Branch, error) {
	if b.Common <= common || len(b.Leaves) == 0 {
		b.Common = min(b.Common, common)
		return b, nil
	}
	before, err := r.leaves(ctx, common, b.Common)
	if err != nil || before == nil {
		b.Leaves = nil
	} else {
		b.Leaves = append(before, b.Leaves...)
	}
	b.Common = common
	return b, err
}

// common is how many events two registers share, at most size.
func (r *Register) common(ctx context.Context, other *Register, size int64) (int64, error) {
	theirs, err := other.Tree(ctx)
	if err != nil {
		return 0, err
	}
	n := sort.Search(int(min(size, theirs.Size)), func(n int) bool {
		a, errA := r.TreeAt(ctx, int64(n)+1)
		b, errB := other.TreeAt(ctx, int64(n)+1)
		if err == nil && (errA != nil || errB != nil) {
			err = fmt.Errorf("compare event %d: %w", n+1, ErrCorrupt)
		}
		return a != b
	})
	return int64(n), err
}

// leaves returns the hashes of the events after a number, up to last; nil if there are
// more than maxLeaves.
func (r *Register) leaves(ctx context.Context, after, last int64) ([]byte, error) {
	if last-after > maxLeaves {
		return nil, nil
	}
	return view(ctx, r, "log", func(reader Reader) ([]byte, error) {
		var all []byte
		for number := after + 1; number <= last; number++ {
			hashes, err := reader.LogHashes(ctx, number)
			if err != nil {
				return nil, err
			}
			if len(hashes) != LogSize(number) {
				return nil, fmt.Errorf("event %d: %w: %d bytes of hashes", number, ErrCorrupt, len(hashes))
			}
			all = append(all, hashes[:tlog.HashSize]...)
		}
		return all, nil
	})
}

// Explains reports whether a tree is of a history that a restore on record replaced.
func (r *Register) Explains(ctx context.Context, x Restore, tree Tree) (bool, error) {
	if slices.Contains(x.Restored.Checkpoints, tree) {
		return true, nil
	}
	for _, b := range x.Restored.Replaced {
		if b.Tree == tree {
			return true, nil
		}
		leaves := (tree.Size - b.Common) * tlog.HashSize
		if b.Common < 0 || b.Common >= x.Event.Number || leaves <= 0 || leaves > int64(len(b.Leaves)) {
			continue
		}
		then, err := r.treeWith(ctx, b.Common, b.Leaves[:leaves])
		if err != nil || then == tree {
			return err == nil, err
		}
	}
	return false, nil
}

// treeWith is the log as it was after size events, with other leaves after them.
func (r *Register) treeWith(ctx context.Context, size int64, leaves []byte) (Tree, error) {
	return view(ctx, r, "log", func(reader Reader) (Tree, error) {
		f, err := LoadFrontier(size, func(number int64) ([]byte, error) { return reader.LogHashes(ctx, number) })
		if err != nil {
			return Tree{}, err
		}
		for leaf := range slices.Chunk(leaves, tlog.HashSize) {
			f.addLeaf(nil, tlog.Hash(leaf))
		}
		return f.Tree(), nil
	})
}
