package stick

import (
	"cmp"
	"slices"
	"time"

	"stowage/crypt/stick/internal/layer"
)

// pastVersion is content of a file that no file of today has.
type pastVersion struct {
	ended   time.Time // when it was replaced or deleted
	deleted bool      // no name that it had is a file's today
	newer   int       // how many other past versions of the same file ended after it
}

// pastVersions finds them all.
func (s *Stick) pastVersions() map[*layer.Record]pastVersion {
	s.mu.Lock()
	layers := slices.Clone(s.layers)
	s.mu.Unlock()
	past := map[*layer.Record]pastVersion{}
	links := layer.ResolveLinks(layers)
	layer.Replay(layers, func(data *layer.Record, _ string, l *layer.Layer, _ bool) {
		past[data] = pastVersion{ended: l.Time, deleted: true}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	ofFile := map[string][]*layer.Record{}
	found := func(data *layer.Record, path string) {
		v, ok := past[data]
		if n := s.tree.Find(path); !ok || !v.deleted || n == nil || n.IsFolder() {
			return
		}
		v.deleted = false
		past[data] = v
		ofFile[path] = append(ofFile[path], data)
	}
	for link, data := range links {
		found(data, link.Path())
	}
	for data := range past {
		found(data, data.Path())
	}
	for _, versions := range ofFile {
		slices.SortFunc(versions, func(a, b *layer.Record) int {
			return cmp.Or(past[b].ended.Compare(past[a].ended), cmp.Compare(b.Layer.ID.Seq, a.Layer.ID.Seq), cmp.Compare(b.Off, a.Off))
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
	past  map[*layer.Record]pastVersion
	since time.Time // what ended earlier is old
	most  int       // so many younger ones of each file are kept
}

func (s *Stick) keeping() keeping {
	p := s.Note().Policy
	return keeping{s.pastVersions(), s.o.Clock().AddDate(0, 0, -p.KeepDays), p.KeepVersions}
}

// old reports whether a past version ended so long ago that it may be given up for room at any time.
func (k keeping) old(data *layer.Record) bool {
	v, past := k.past[data]
	return past && v.ended.Before(k.since)
}

// spareable reports whether a past version may be given up rather than refuse to store something: an old one, or one
// of a file that is there in a newer version. What was deleted lately is kept.
func (k keeping) spareable(data *layer.Record) bool {
	v, past := k.past[data]
	return past && (v.ended.Before(k.since) || !v.deleted && v.newer >= k.most)
}

// any reports whether content is a past version's.
func (k keeping) any(data *layer.Record) bool {
	_, past := k.past[data]
	return past
}
