package stick

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"stowage/crypt/stick/internal/layer"
)

// foldLayers: this many tiny layers and fewer are not worth folding.
const foldLayers = 32

// planFolding plans to put tiny layers together although nobody asked for it: whatever could be brought back still
// can, under its names and in its order. It is nil when too few can be. s.write is held.
func (s *Stick) planFolding(ctx context.Context) (*rewrite, error) {
	f := folding{stick: s, needless: map[*layer.Record]bool{}, stays: map[*layer.Layer]bool{}}
	if f.tiny() <= s.o.FoldLayers {
		return nil, nil
	}
	if err := f.findNeedless(ctx); err != nil {
		return nil, err
	}
	free, _, err := s.fs.Free()
	if err != nil {
		return nil, fmt.Errorf("ask for free space: %w", err)
	}
	for {
		chosen := f.choose(min(packSize, free) - 2*layerOverhead)
		if len(chosen) <= s.o.FoldLayers {
			return nil, nil
		}
		rw, blamed := s.planKeeping(chosen, func(data *layer.Record) bool { return !f.needless[data] }, func(*layer.Layer) bool { return false })
		if rw != nil || len(blamed) == 0 {
			return rw, nil
		}
		maps.Copy(f.stays, blamed)
	}
}

// folding chooses layers to put together.
type folding struct {
	stick    *Stick
	needless map[*layer.Record]bool // content that today's file of the name holds as well
	stays    map[*layer.Layer]bool  // tiny layers that must stay as they are
}

// mayFold reports whether a layer is one to put together with others.
func (f *folding) mayFold(l *layer.Layer) bool { return l.Size() < tinyLayer && !f.stays[l] }

func (f *folding) tiny() int {
	n := 0
	for _, l := range f.stick.layers {
		if f.mayFold(l) {
			n++
		}
	}
	return n
}

// findNeedless finds what is not worth keeping: a client that stores a file empty, then with its content, then with
// its time, as Windows does, makes three layers of it.
func (f *folding) findNeedless(ctx context.Context) error {
	s := f.stick
	past := s.pastVersions()
	for _, l := range s.layers {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !f.mayFold(l) {
			continue
		}
		for r := range l.Records.All() {
			if _, ended := past[r]; !ended {
				continue
			}
			n := s.tree.Find(r.Path())
			f.needless[r] = n != nil && n.Data != nil && (r.Size == 0 || s.sameContent(r, n.Data))
		}
	}
	return nil
}

// choose chooses layers whose content has so much room together. What they hold comes after all that stays, and so
// nothing that stays may have given a name of theirs other content later than they did.
func (f *folding) choose(room int64) map[*layer.Layer]bool {
	names := map[string]bool{} // of tiny layers; true once a layer that stays has written it
	for _, l := range f.stick.layers {
		if f.mayFold(l) {
			for r := range f.carried(l) {
				names[r.Path()] = false
			}
		}
	}
	chosen := map[*layer.Layer]bool{}
	for _, l := range slices.Backward(f.stick.layers) {
		fits := f.mayFold(l)
		var size int64
		for r := range f.carried(l) {
			fits = fits && !names[r.Path()]
			size += r.TarSize()
		}
		if fits && size <= room {
			chosen[l] = true
			room -= size
			continue
		}
		for r := range f.carried(l) {
			if _, theirs := names[r.Path()]; theirs {
				names[r.Path()] = true
			}
		}
	}
	return chosen
}

// carried yields the files and further names of a layer that are to be kept.
func (f *folding) carried(l *layer.Layer) iter.Seq[*layer.Record] {
	return func(yield func(*layer.Record) bool) {
		for r := range l.Records.All() {
			if r.Kind != layer.FileRecord && r.Kind != layer.LinkRecord || f.needless[r] {
				continue
			}
			if !yield(r) {
				return
			}
		}
	}
}

// sameContent compares what two small files hold.
func (s *Stick) sameContent(a, b *layer.Record) bool {
	if a.Size != b.Size || a.Size > tinyLayer {
		return false
	}
	var content [2][]byte
	for i, r := range []*layer.Record{a, b} {
		reader, err := s.openRecord(r)
		if err != nil {
			return false
		}
		content[i], err = io.ReadAll(reader)
		_ = reader.Close()
		if err != nil {
			return false
		}
	}
	return bytes.Equal(content[0], content[1])
}
