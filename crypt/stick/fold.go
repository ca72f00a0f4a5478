package stick

import (
	"bytes"
	"context"
	"io"
)

// foldLayers: this many tiny layers and fewer are not worth folding.
const foldLayers = 32

// worthFolding chooses tiny layers that can be put together although nobody asked for
// it: nothing that could be brought back is lost with them. s.write is held.
func (s *Stick) worthFolding(ctx context.Context) (map[*layer]bool, error) {
	space := s.layerSpace()
	var tiny, chosen []*layer
	for _, l := range s.layers {
		if use := space[l]; l.size() < tinyLayer && !use.deletes && !use.moved {
			tiny = append(tiny, l)
		}
	}
	if len(tiny) <= foldLayers {
		return nil, nil
	}
	for _, l := range tiny {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if space[l].dead == 0 || s.nothingLost(l) {
			chosen = append(chosen, l)
		}
	}
	if len(chosen) <= foldLayers {
		return nil, nil
	}
	return s.fitting(chosen, space)
}

// nothingLost reports whether all that a layer holds is today's, or what today's file of
// the name holds as well: a client that stores a file empty, then with its content, then
// with its time, as Windows does, makes three layers of it. s.write is held.
func (s *Stick) nothingLost(l *layer) bool {
	for i := range l.records {
		r := &l.records[i]
		n := s.tree.find(r.path())
		switch {
		case n != nil && n.rec == r:
		case n == nil || n.data == nil || r.kind != recFile:
			return false
		case r.size > 0 && !s.sameContent(r, n.data):
			return false
		}
	}
	return true
}

// sameContent compares what two small files hold.
func (s *Stick) sameContent(a, b *record) bool {
	if a.size != b.size || a.size > tinyLayer {
		return false
	}
	var content [2][]byte
	for i, r := range []*record{a, b} {
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
