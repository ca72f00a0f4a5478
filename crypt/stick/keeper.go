package stick

import (
	"strings"

	"stowage/crypt/stick/internal/stickpath"
)

// keeper turns what layers say into records, charges them, and keeps their names compactly: the
// path of each folder once in a layer, and all names one after the other in few pieces of memory.
type keeper struct {
	spend *budget
	layer *layer            // whose records it makes
	dirs  map[string]uint32 // its dirs by path, when there are several
	last  uint32            // the one that was needed last, since records come in runs
	names strings.Builder
}

// namePiece is how large the pieces of memory get that names are kept in.
const namePiece = 64 << 10

func newKeeper(spend *budget) *keeper { return &keeper{spend: spend} }

// begin begins a layer, whose header is known.
func (k *keeper) begin(l *layer) error {
	k.layer, k.dirs, k.last = l, nil, 0
	return k.spend.spend(l.layerHeader.cost())
}

// add adds the record of an entry to the layer.
func (k *keeper) add(e *entry) (*record, error) {
	l := k.layer
	dir, base := stickpath.Split(e.path)
	cost, known := costRecord+len(base), len(l.dirs)
	r := record{layer: l, kind: e.kind, since: e.since, dir: k.dir(dir), base: k.keep(base), size: e.size, mtime: e.mtime, off: e.off}
	if len(l.dirs) > known {
		cost += costName + len(dir)
	}
	if e.kind == recLink {
		r.off = int64(len(l.links))
		l.links = append(l.links, k.keep(e.link))
		cost += costName + len(e.link)
	}
	return l.records.add(r), k.spend.spend(cost)
}

// done ends a layer.
func (k *keeper) done() { k.layer, k.dirs = nil, nil }

// dir is the number of a folder in the layer.
func (k *keeper) dir(path string) uint32 {
	l := k.layer
	if len(l.dirs) > 0 && l.dirs[k.last] == path {
		return k.last
	}
	if k.dirs == nil && len(l.dirs) > 0 {
		k.dirs = map[string]uint32{}
		for i, d := range l.dirs {
			k.dirs[d] = uint32(i)
		}
	}
	n, ok := k.dirs[path]
	if !ok {
		n = uint32(len(l.dirs))
		path = k.keep(path)
		l.dirs = append(l.dirs, path)
		if k.dirs != nil {
			k.dirs[path] = n
		}
	}
	k.last = n
	return n
}

// keep returns a copy of a name that lies beside those kept before.
func (k *keeper) keep(name string) string {
	if name == "." {
		return "."
	}
	if k.names.Cap()-k.names.Len() < len(name) { // a full piece stays as long as a name in it is needed
		size := min(max(256, 2*k.names.Cap()), namePiece)
		k.names = strings.Builder{}
		k.names.Grow(max(size, len(name)))
	}
	at := k.names.Len()
	k.names.WriteString(name)
	return k.names.String()[at:]
}
