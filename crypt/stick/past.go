package stick

import (
	"cmp"
	"slices"
	"time"
)

// replay applies layers, oldest first, to an empty tree, and tells ended of content that no name is left of: the name
// that it was given last of those it lost then, and whether that was removed or given other content.
func replay(layers []*layer, ended func(data *record, path string, l *layer, removed bool)) {
	r := replayer{names: map[*record]naming{}, lost: map[*record]loss{}}
	t := newTree()
	t.onPut = func(by, old, data *record) {
		if by != data && data != nil {
			n := r.naming(data)
			r.names[data] = naming{n.count + 1, by}
		}
		if old != nil {
			r.lose(old, by.path(), false)
		}
	}
	t.onRemove = func(path string, data *record) { r.lose(data, path, true) }
	for _, l := range layers {
		_ = t.apply(l, func(*record, error) {})
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
	names map[*record]naming // of content that has other names than the one it was stored with
	lost  map[*record]loss   // what the layer has taken names from
}

// naming is how many names some content has, and what gave it the last one.
type naming struct {
	count int
	last  *record
}

// loss is a name that some content had.
type loss struct {
	path    string
	removed bool
}

func (r *replayer) naming(data *record) naming {
	if n, ok := r.names[data]; ok {
		return n
	}
	return naming{1, data}
}

func (r *replayer) lose(data *record, path string, removed bool) {
	n := r.naming(data)
	if _, more := r.lost[data]; !more || n.last.is(path) {
		r.lost[data] = loss{path, removed}
	}
	n.count--
	r.names[data] = n
}

// pastVersion is content of a file that no file of today has.
type pastVersion struct {
	ended   time.Time // when it was replaced or deleted
	deleted bool      // no name that it had is a file's today
	newer   int       // how many other past versions of the same file ended after it
}

// pastVersions finds them all.
func (s *Stick) pastVersions() map[*record]pastVersion {
	s.mu.Lock()
	layers := slices.Clone(s.layers)
	s.mu.Unlock()
	past := map[*record]pastVersion{}
	links := resolveLinks(layers)
	replay(layers, func(data *record, _ string, l *layer, _ bool) { past[data] = pastVersion{ended: l.time, deleted: true} })
	s.mu.Lock()
	defer s.mu.Unlock()
	ofFile := map[string][]*record{}
	found := func(data *record, path string) {
		v, ok := past[data]
		if n := s.tree.find(path); !ok || !v.deleted || n == nil || n.isFolder() {
			return
		}
		v.deleted = false
		past[data] = v
		ofFile[path] = append(ofFile[path], data)
	}
	for link, data := range links {
		found(data, link.path())
	}
	for data := range past {
		found(data, data.path())
	}
	for _, versions := range ofFile {
		slices.SortFunc(versions, func(a, b *record) int {
			return cmp.Or(past[b].ended.Compare(past[a].ended), cmp.Compare(b.layer.id.seq, a.layer.id.seq), cmp.Compare(b.off, a.off))
		})
		for i, data := range versions {
			v := past[data]
			v.newer = i
			past[data] = v
		}
	}
	return past
}

// keeping is the school's policy for past versions, applied to those on the stick.
type keeping struct {
	past  map[*record]pastVersion
	since time.Time // what ended earlier is old
	most  int       // so many younger ones of each file are kept
}

func (s *Stick) keeping() keeping {
	p := s.Note().Policy
	return keeping{s.pastVersions(), s.o.Clock().AddDate(0, 0, -p.KeepDays), p.KeepVersions}
}

// old reports whether a past version ended so long ago that it may be given up for room at any time.
func (k keeping) old(data *record) bool {
	v, past := k.past[data]
	return past && v.ended.Before(k.since)
}

// spareable reports whether a past version may be given up rather than refuse to store something: an old one, or one
// of a file that is there in a newer version. What was deleted lately is kept.
func (k keeping) spareable(data *record) bool {
	v, past := k.past[data]
	return past && (v.ended.Before(k.since) || !v.deleted && v.newer >= k.most)
}

// any reports whether content is a past version's.
func (k keeping) any(data *record) bool {
	_, past := k.past[data]
	return past
}
