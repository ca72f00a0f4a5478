package layer

// Replay applies layers, oldest first, to an empty tree, and calls ended for content that no name is left of: the name
// that it was given last of those it lost then, and whether that was removed or given other content.
func Replay(layers []*Layer, ended func(data *Record, path string, l *Layer, removed bool)) {
	r := replayer{names: map[*Record]naming{}, lost: map[*Record]loss{}}
	t := NewTree()
	t.onPut = func(by, old, data *Record) {
		if by != data && data != nil {
			n := r.naming(data)
			r.names[data] = naming{n.count + 1, by}
		}
		if old != nil {
			r.lose(old, by.Path(), false)
		}
	}
	t.onRemove = func(path string, data *Record) { r.lose(data, path, true) }
	for _, l := range layers {
		_ = t.Apply(l, func(*Record, error) {})
		for data, lost := range r.lost {
			if n := r.naming(data); n.count == 0 {
				ended(data, lost.path, l, lost.removed)
				delete(r.names, data)
			}
		}
		clear(r.lost)
	}
}

// replayer counts the names of content.
type replayer struct {
	names map[*Record]naming // of content that has other names than the one it was stored with
	lost  map[*Record]loss   // what the layer has taken names from
}

// naming is how many names some content has, and what gave it the last one.
type naming struct {
	count int
	last  *Record
}

// loss is a name that some content had.
type loss struct {
	path    string
	removed bool
}

func (r *replayer) naming(data *Record) naming {
	if n, ok := r.names[data]; ok {
		return n
	}
	return naming{1, data}
}

func (r *replayer) lose(data *Record, path string, removed bool) {
	n := r.naming(data)
	if _, more := r.lost[data]; !more || n.last.Is(path) {
		r.lost[data] = loss{path, removed}
	}
	n.count--
	r.names[data] = n
}
