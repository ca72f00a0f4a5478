package register

import (
	"maps"

	"stowage/devices"
	"stowage/gui"
	"stowage/gui/widgets"
)

// pageRows is how many devices are read at a time, and keptRows how many are kept.
const (
	pageRows = 200
	keptRows = 20 * pageRows
)

// deviceRows are the rows of the register: the ids of the whole list, and the devices
// of those rows that were in view. What is not there is asked for, one page at a time.
type deviceRows struct {
	s     *gui.Session
	fetch func(ids []string)
	order []string
	at    map[string]int // the row of an id; made when it is first needed
	known map[string]devices.Device
	old   map[string]devices.Device // as they were, shown until they are read anew
	gone  map[string]bool           // what the register did not have any more
	busy  bool
}

func newDeviceRows(s *gui.Session, fetch func(ids []string)) *deviceRows {
	return &deviceRows{s: s, fetch: fetch, known: map[string]devices.Device{}, old: map[string]devices.Device{}, gone: map[string]bool{}}
}

// set shows another list, of whose devices some have been read.
func (r *deviceRows) set(order []string, read []devices.Device) {
	r.order, r.at = order, nil
	clear(r.gone)
	for _, d := range read {
		r.known[d.ID] = d
	}
}

// outdated says that any device may have changed.
func (r *deviceRows) outdated() {
	maps.Copy(r.old, r.known)
	clear(r.known)
	clear(r.gone)
	if len(r.old) > keptRows {
		clear(r.old)
	}
}

// arrived is told of devices that were asked for.
func (r *deviceRows) arrived(ids []string, found []devices.Device) {
	r.busy = false
	if len(r.known) > keptRows {
		r.old, r.known = r.known, map[string]devices.Device{}
	}
	for _, id := range ids {
		r.gone[id] = true
	}
	for _, d := range found {
		r.known[d.ID] = d
		delete(r.gone, d.ID)
	}
}

// device is what is known of a device.
func (r *deviceRows) device(id string) (devices.Device, bool) {
	d, ok := r.known[id]
	if !ok {
		d, ok = r.old[id]
	}
	return d, ok
}

// names are what devices are called, as far as is known.
func (r *deviceRows) names(ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		d, _ := r.device(id)
		names[i] = d.Name()
	}
	return names
}

// need asks for the rows around one that is not there, unless some are being read:
// then it is asked for again when these have arrived and are drawn.
func (r *deviceRows) need(row int) {
	if r.busy || r.gone[r.order[row]] {
		return
	}
	r.busy = true
	var ids []string
	for i := max(row-pageRows/4, 0); i < len(r.order) && len(ids) < pageRows; i++ {
		if _, ok := r.known[r.order[i]]; !ok {
			ids = append(ids, r.order[i])
		}
	}
	r.fetch(ids)
}

// Len is part of widgets.Rows.
func (r *deviceRows) Len() int { return len(r.order) }

// Key is part of widgets.Rows.
func (r *deviceRows) Key(row int) string { return r.order[row] }

// Find is part of widgets.Finder.
func (r *deviceRows) Find(id string) int {
	if r.at == nil {
		r.at = make(map[string]int, len(r.order))
		for row, id := range r.order {
			r.at[id] = row
		}
	}
	if row, ok := r.at[id]; ok {
		return row
	}
	return -1
}

// Cell is part of widgets.Rows.
func (r *deviceRows) Cell(row, column int) widgets.Cell {
	id := r.order[row]
	if _, ok := r.known[id]; !ok {
		r.need(row)
	}
	d, ok := r.device(id)
	if !ok {
		if column == 0 {
			return widgets.Cell{Text: "…", Color: widgets.ColorMuted}
		}
		return widgets.Cell{}
	}
	return deviceCell(r.s.Words, d, column, r.s.Now())
}

// Seek is part of widgets.Seeker. Rows that were never in view are not looked through:
// for these there is the search.
func (r *deviceRows) Seek(prefix string, from int) int {
	for i := range r.order {
		row := (from + i) % len(r.order)
		if d, ok := r.device(r.order[row]); ok && hasPrefixFold(d.Name(), prefix) {
			return row
		}
	}
	return -1
}

// versions are those of the devices that were in view, as they were shown; one that was not
// cannot have been judged by what was shown of it.
func (r *deviceRows) versions(ids []string) map[string]int64 {
	seen := make(map[string]int64, len(ids))
	for _, id := range ids {
		if d, ok := r.device(id); ok {
			seen[id] = d.Version
		}
	}
	return seen
}
