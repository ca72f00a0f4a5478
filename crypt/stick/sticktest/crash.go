package sticktest

import (
	"math/rand/v2"
	"path"
	"slices"
)

// sector is the unit in which a drive writes: a write may be torn between two.
const sector = 512

// Crash returns a drive as it may be found after it was pulled when the given
// operations had been asked of it. base is the drive before the first of them,
// and is not changed.
//
// What was synced is there: the content of a file since its last Sync, the
// names in a folder since its last SyncDir. Of everything else, each operation
// may have reached the drive or not, in any order, and a write may have reached
// it in part, in whole sectors, as FAT and exFAT may leave it. keep decides for
// each operation that was not synced; see [KeepAll], [KeepNone] and [KeepSome].
func Crash(base *Mem, ops []Op, keep func(Op) (Op, bool)) *Mem {
	durable := synced(ops)
	m := base.Clone()
	for i, op := range ops {
		if !durable[i] {
			kept, ok := keep(op)
			if !ok {
				continue
			}
			op = kept
		}
		// A name that was given again was free by then: the folder's entry has
		// one state or the other, never both.
		if (op.Kind == Create || op.Kind == Mkdir) && m.nodes[op.Name] != nil {
			_ = m.apply(Op{Kind: Remove, Name: op.Name})
		}
		_ = m.apply(op) // cannot be done when what it depends on is missing
	}
	return m
}

// synced says which of the operations are certain to have reached the drive.
func synced(ops []Op) []bool {
	durable := make([]bool, len(ops))
	files, folders := map[string]bool{}, map[string]bool{} // synced later on
	moved := map[string]bool{}                             // renamed later on, for certain
	for i, op := range slices.Backward(ops) {
		switch op.Kind {
		case Sync:
			files[op.Name] = true
		case SyncDir:
			folders[op.Name] = true
		case Write:
			durable[i] = files[op.Name]
		case Create, Mkdir:
			durable[i] = folders[path.Dir(op.Name)] || moved[op.Name]
			files[op.Name], moved[op.Name] = false, false // what is synced later is another file's
		case Remove:
			durable[i] = folders[path.Dir(op.Name)]
			files[op.Name] = false
		case Rename: // one of the two names has it, and the folder of the new one says which
			durable[i] = folders[path.Dir(op.To)]
			files[op.Name], moved[op.Name] = false, durable[i]
		}
	}
	return durable
}

// KeepAll keeps everything that was asked of the drive.
func KeepAll(op Op) (Op, bool) { return op, true }

// KeepNone keeps nothing that was not synced.
func KeepNone(op Op) (Op, bool) { return op, false }

// KeepSome keeps each operation by chance, and tears some writes.
func KeepSome(random *rand.Rand) func(Op) (Op, bool) {
	return func(op Op) (Op, bool) {
		switch random.IntN(3) {
		case 0:
			return op, false
		case 1:
			if op.Kind == Write && len(op.Data) > 0 {
				return torn(op, random), true
			}
		}
		return op, true
	}
}

// torn is a write of which only some sectors arrived: the first ones, all but the
// first ones with zeros in their place, or any, the others holding what was on the
// drive before.
func torn(op Op, random *rand.Rand) Op {
	cut := random.IntN(len(op.Data)+sector-1) / sector * sector
	cut = min(cut, len(op.Data))
	way := random.IntN(3)
	if way == 0 {
		op.Data = op.Data[:cut]
		return op
	}
	data := make([]byte, len(op.Data))
	if way == 1 {
		copy(data[cut:], op.Data[cut:])
	} else {
		for at := 0; at < len(data); at += sector {
			end := min(at+sector, len(data))
			if random.IntN(2) == 0 {
				copy(data[at:end], op.Data[at:])
				continue
			}
			for i := at; i < end; i++ {
				data[i] = old[i%len(old)]
			}
		}
	}
	op.Data = data
	return op
}

// old is what was on the drive before.
const old = "an old plain letter that was deleted long ago; "
