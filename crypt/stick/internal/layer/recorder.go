package layer

import (
	"strings"

	"stowage/crypt/stick/internal/stickpath"
)

// Recorder turns what layers say into records, charges them, and keeps their names compactly: the
// path of each folder once in a layer, and all names one after the other in few pieces of memory.
type Recorder struct {
	budget *Budget
	Layer  *Layer            // whose records it makes
	dirs   map[string]uint32 // its dirs by path, when there are several
	last   uint32            // the one that was needed last, since records come in runs
	names  strings.Builder
}

// namePiece is how large the pieces of memory get that names are kept in.
const namePiece = 64 << 10

func NewRecorder(spend *Budget) *Recorder { return &Recorder{budget: spend} }

// Begin begins a layer, whose header is known.
func (k *Recorder) Begin(l *Layer) error {
	k.Layer, k.dirs, k.last = l, nil, 0
	return k.budget.Charge(l.Header.cost())
}

// Add adds the record of an entry to the layer.
func (k *Recorder) Add(e *Entry) (*Record, error) {
	l := k.Layer
	dir, base := stickpath.Split(e.Path)
	cost, known := CostRecord+len(base), len(l.dirs)
	r := Record{Layer: l, Kind: e.Kind, since: e.Since, dir: k.dir(dir), Base: k.copyName(base), Size: e.Size, MTime: e.MTime, Off: e.off}
	if len(l.dirs) > known {
		cost += CostName + len(dir)
	}
	if e.Kind == LinkRecord {
		r.Off = int64(len(l.links))
		l.links = append(l.links, k.copyName(e.Link))
		cost += CostName + len(e.Link)
	}
	return l.Records.add(r), k.budget.Charge(cost)
}

// done ends a layer.
func (k *Recorder) done() { k.Layer, k.dirs = nil, nil }

// dir is the number of a folder in the layer.
func (k *Recorder) dir(path string) uint32 {
	l := k.Layer
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
		path = k.copyName(path)
		l.dirs = append(l.dirs, path)
		if k.dirs != nil {
			k.dirs[path] = n
		}
	}
	k.last = n
	return n
}

// copyName returns a copy of a name that lies beside those kept before.
func (k *Recorder) copyName(name string) string {
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
