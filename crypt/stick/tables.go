package stick

import (
	"slices"

	"stowage/crypt/stick/internal/layer"
)

// Tables of contents are a cache. They are not synced, and one that is torn,
// forged or out of date is ignored, removed, and made again from the layers.

// maxTableEntries is from how many entries on a table is not merged with others.
const maxTableEntries = 2 << 20

// Merging keeps the tables few, so that opening stays fast.
const (
	tablesWhileOpen = 64 // merge when there are more, while the stick is in use
	tablesAtClose   = 8  // and when it is closed
)

// A save is mostly waiting for the stick, and a table for each would be a third of that. So
// small layers wait for one together; a stick that is pulled out before is opened from them.
const (
	maxUntabled     = 16
	maxUntabledSize = 1 << 20 // bytes that opening would read of them
)

// tableSoon has a layer just stored be in a table before long. s.write is held.
func (s *Stick) tableSoon(l *layer.Layer) {
	s.untabled = append(s.untabled, l)
	var size int64
	for _, l := range s.untabled {
		size += l.Size()
	}
	if len(s.untabled) == maxUntabled || size > maxUntabledSize {
		s.tableNow()
	}
}

// tableNow writes the table of the layers that wait for one. s.write is held.
func (s *Stick) tableNow() {
	waiting := only(s.untabled, s.countingLayers())
	s.untabled = nil
	waiting = slices.DeleteFunc(waiting, func(l *layer.Layer) bool { return l.Key != s.keys[0] })
	if len(waiting) > 0 {
		s.addTable(waiting...)
	}
}

// addTable writes the table of layers just stored. It being only a cache, no
// error matters. s.write is held.
func (s *Stick) addTable(layers ...*layer.Layer) {
	if len(s.untabled) > 0 {
		s.tableNow() // tables are in the order of their layers
	}
	t, err := layer.WriteTable(s.fs, layers, s.note.ID)
	if err != nil {
		return
	}
	s.tables = append(s.tables, t)
	if len(s.tables) > tablesWhileOpen {
		s.mergeTables(1)
	}
}

// mergeTables merges the newest tables into one when there are more than most,
// taking in older ones as long as they are not much larger than what is merged
// so far: a table is so rewritten only when about as much has come after it,
// which keeps the cost of a save the same on a full stick. s.write is held.
func (s *Stick) mergeTables(most int) {
	if len(s.tables) <= most {
		return
	}
	counts := s.countingLayers()
	from := len(s.tables)
	var size int64
	var layers []*layer.Layer
	entries := 0
	for from > 0 {
		t := s.tables[from-1]
		kept := only(t.Layers, counts)
		for _, l := range kept {
			entries += l.Records.Count
		}
		if len(s.tables)-from >= 2 && t.Size > 2*size || t.Layers[0].Key != s.keys[0] || entries > maxTableEntries {
			break
		}
		from--
		size += t.Size
		layers = append(kept, layers...)
	}
	old := s.tables[from:]
	if len(old) < 2 {
		return
	}
	var merged []*layer.Table
	if len(layers) > 0 {
		t, err := layer.WriteTable(s.fs, layers, s.note.ID)
		if err != nil {
			return
		}
		merged = []*layer.Table{t}
	}
	for _, t := range old {
		_ = s.fs.Remove(t.ID.ContentsName())
	}
	s.tables = append(s.tables[:from:from], merged...)
}

// countingLayers is the set of the layers that count, or should: what a table says of
// those that cannot be read is all that is known of them.
func (s *Stick) countingLayers() map[*layer.Layer]bool {
	counts := make(map[*layer.Layer]bool, len(s.layers))
	for _, l := range slices.Concat(s.layers, s.unreadable) {
		counts[l] = true
	}
	return counts
}

func only(layers []*layer.Layer, counts map[*layer.Layer]bool) []*layer.Layer {
	var kept []*layer.Layer
	for _, l := range layers {
		if counts[l] {
			kept = append(kept, l)
		}
	}
	return kept
}

// pruneTables writes tables again, or removes them, that name layers which no
// longer count, so that no erased name stays in one. s.write is held.
func (s *Stick) pruneTables() {
	counts := s.countingLayers()
	old := s.tables
	s.tables = nil
	for _, t := range old {
		kept := only(t.Layers, counts)
		if len(kept) == len(t.Layers) {
			s.tables = append(s.tables, t)
			continue
		}
		if len(kept) > 0 {
			if fresh, err := layer.WriteTable(s.fs, kept, s.note.ID); err == nil {
				s.tables = append(s.tables, fresh)
			}
		}
		_ = s.fs.Remove(t.ID.ContentsName())
	}
}
