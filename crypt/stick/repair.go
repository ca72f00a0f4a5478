package stick

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
)

// RepairOptions are the options of [Stick.Repair]. The zero value is usable.
type RepairOptions struct {
	// Backup holds copies of the stick's layers under the names they have on the
	// stick; nil when there is none. It is only read.
	Backup FS
	// Progress counts the encrypted bytes read; it may be nil.
	Progress crypt.Progress
	// Discard gives up what cannot be saved: damaged layers are removed though they hold data, or may, that could not
	// be stored again, and missing ones are forgotten.
	Discard bool
}

// RepairResult says what a repair did.
type RepairResult struct {
	Restored []string // layers brought back whole from the backup, by their first file's name
	Saved    []string // today's files that were stored again, since their layer is damaged
	Lost     []string // today's files that cannot be read any more
	Removed  []string // layers that are of no use to anybody, removed
	Kept     []string // layers that stay because they hold data, or may, that could not be stored again
	Left     []string // files beside the layers that are not as they were written, and stay so
}

// Repair makes a damaged stick whole again as far as it can. Layers that are
// damaged or missing are taken from the backup, if one is given. Of what is
// still damaged, every file that can be read to its end is stored again; the
// others are lost, and older versions of them are among the deleted files. Then
// the damaged layers of which everything was stored again, and those that no key of this stick
// made, are removed; with o.Discard, all that are damaged or out of place. Of the keys and texts beside them, what is known is written again; the
// recovery code's copy is not, and is replaced with the code. On a healthy stick it does nothing.
func (s *Stick) Repair(ctx context.Context, o RepairOptions) (RepairResult, error) {
	r := &repairer{stick: s, ctx: ctx, o: o, p: crypt.OrNoProgress(o.Progress), saved: map[*layer.Record]bool{}}
	err := r.run()
	if err != nil {
		err = fmt.Errorf("repair: %w", err)
	}
	slices.Sort(r.out.Saved)
	slices.Sort(r.out.Lost)
	return r.out, err
}

type repairer struct {
	stick *Stick
	ctx   context.Context
	o     RepairOptions
	p     crypt.Progress
	out   RepairResult
	saved map[*layer.Record]bool // what was stored again
}

func (r *repairer) run() error {
	found, err := r.check()
	if err != nil || found.Healthy() {
		return err
	}
	if r.out.Left, err = r.repairSidecars(found); err != nil {
		return err
	}
	if found = found.inLayers(); found.Healthy() {
		return nil
	}
	if r.o.Backup != nil {
		if err := r.restore(found); err != nil {
			return err
		}
		if found, err = r.check(); err != nil {
			return err
		}
		if found = found.inLayers(); found.Healthy() {
			return nil
		}
	}
	if err := r.salvage(found); err != nil {
		return err
	}
	if r.o.Discard || r.settled(found) {
		return r.leaveOut(found)
	}
	return r.removeForged(found)
}

// settled reports whether the damaged layers hold nothing that was not stored again, and lists them if they do.
// Where that is not known, it is not so.
func (r *repairer) settled(found CheckResult) bool {
	s := r.stick
	s.write.Lock()
	defer s.write.Unlock()
	left := func(l *layer.Layer) bool {
		return l.Records.Contains(func(rec *layer.Record) bool { return rec.Kind == layer.FileRecord && !r.saved[rec] })
	}
	damaged := map[string]bool{}
	for _, p := range found.Problems {
		damaged[p.Name] = true
		if p.Kind == WarnMissing || p.Kind == WarnMisplaced && !s.isCopy(p.Name) {
			r.out.Kept = append(r.out.Kept, cmp.Or(p.Name, fmt.Sprintf("layer %d", p.Seq)))
		}
	}
	for _, l := range slices.Concat(s.layers, s.unreadable) {
		if damaged[l.ID.Part(0)] && (l.Gaps || left(l)) {
			r.out.Kept = append(r.out.Kept, l.ID.Part(0))
		}
	}
	for _, u := range s.partial {
		if !u.Listed && (!u.All || left(u.Layer)) {
			r.out.Kept = append(r.out.Kept, u.ID.Part(0))
		}
	}
	slices.Sort(r.out.Kept)
	r.out.Kept = slices.Compact(r.out.Kept)
	slices.Sort(r.out.Lost)
	return len(r.out.Kept) == 0
}

// isCopy reports whether a file of a layer is a copy of a layer that counts.
func (s *Stick) isCopy(name string) bool {
	id, _, _ := layer.ParseName(path.Base(name))
	info, err := s.fs.Stat(name)
	if err != nil {
		return false
	}
	digest, err := layer.DigestOf(s.fs, id, []int64{info.Size()})
	return err == nil && slices.ContainsFunc(s.layers, func(l *layer.Layer) bool { return l.Digest == digest })
}

// removeForged removes what no key of this stick made.
func (r *repairer) removeForged(found CheckResult) error {
	s := r.stick
	s.write.Lock()
	defer s.write.Unlock()
	for _, p := range found.Problems {
		id, _, ok := layer.ParseName(path.Base(p.Name))
		counts := slices.ContainsFunc(slices.Concat(s.layers, s.unreadable), func(l *layer.Layer) bool { return l.ID == id })
		if !ok || p.Kind != WarnForged || counts {
			continue
		}
		if err := s.removeLayerFiles(id); err != nil {
			return err
		}
		r.out.Removed = append(r.out.Removed, p.Name)
		s.mu.Lock()
		s.warnings = slices.DeleteFunc(s.warnings, func(w Warning) bool { return w.Kind == WarnForged && w.Name == p.Name })
		s.mu.Unlock()
	}
	return s.fs.SyncDir(layout.Layers)
}

// inLayers leaves out what is wrong beside the layers.
func (r CheckResult) inLayers() CheckResult {
	r.Problems = slices.DeleteFunc(slices.Clone(r.Problems), func(p Problem) bool { return p.Kind == WarnAltered })
	return r
}

func (r *repairer) check() (CheckResult, error) {
	if r.stick.ReadOnly() {
		return CheckResult{}, ErrReadOnly
	}
	return r.stick.Check(r.ctx, r.p)
}

// salvage stores the files of damaged layers again that can still be read.
func (r *repairer) salvage(found CheckResult) error {
	s := r.stick
	s.mu.Lock()
	views := s.views()
	s.mu.Unlock()
	var items []Item
	from := map[string]*layer.Record{} // by the paths of items
	seen := map[string]bool{}
	for _, p := range found.Problems {
		for _, name := range p.Files {
			if seen[name] {
				continue
			}
			seen[name] = true
			item, record, lost, err := r.rescue(name, views, found)
			if err != nil {
				return err
			}
			if record != nil {
				items, from[name] = append(items, item), record
			}
			if lost {
				r.out.Lost = append(r.out.Lost, name)
			}
		}
	}
	if len(items) == 0 {
		return nil
	}
	result, err := s.PutItems(r.ctx, items, PutOptions{Clash: Replace})
	for _, stored := range result.Stored {
		r.out.Saved = append(r.out.Saved, stored.Path)
		r.saved[from[stored.Path]] = true
	}
	for _, skipped := range result.Skipped {
		r.out.Lost = append(r.out.Lost, skipped.Path)
	}
	return err
}

// rescue is the newest content of a file that can be read to its end, and the record of it in a damaged layer; nil where
// there is none. What lies in a layer that may never have been whole, such as one of a repair that was cut short, does not
// hide what was there before. lost reports that there was a newer one, or none is left.
func (r *repairer) rescue(name string, views []*layer.Tree, found CheckResult) (item Item, rescued *layer.Record, lost bool, err error) {
	var newest *layer.Record
	for _, view := range views {
		n := view.Find(name)
		if n == nil || n.Data == nil || n.Data == newest {
			continue
		}
		if newest == nil {
			newest = n.Data
		}
		lost = n.Data.Size != newest.Size || n.Data.MTime != newest.MTime
		if !found.names(n.Data.Layer) && !slices.Contains(r.stick.walked(), n.Data.Layer) {
			return Item{}, nil, lost, nil // it is there, in a layer that is well
		}
		item, ok, err := r.stick.rescue(r.ctx, name, n.Data)
		if err != nil || ok {
			return item, n.Data, lost, err
		}
	}
	return Item{}, nil, true, nil
}

// names reports whether something is wrong with a layer.
func (r CheckResult) names(l *layer.Layer) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Name == l.ID.Part(0) || p.Kind == WarnMissing && p.Seq == l.ID.Seq })
}

// leaveOut writes a layer that no longer counts on the damaged ones, with
// what can be read of them, and removes them.
func (r *repairer) leaveOut(found CheckResult) error {
	s := r.stick
	s.write.Lock()
	defer s.write.Unlock()
	broken := map[string]bool{}
	for _, p := range found.Problems {
		broken[p.Name] = true
	}
	old := map[*layer.Layer]bool{}
	for _, l := range s.layers {
		if broken[l.ID.Part(0)] {
			old[l] = true
		}
	}
	for path := range s.unreadableFiles() { // what could be read of them is in newer layers now
		r.out.Lost = append(r.out.Lost, path)
	}
	slices.Sort(r.out.Lost)
	r.out.Lost = slices.Compact(r.out.Lost)
	// Of what only its remains tell, nobody knows whether it was to be there.
	wanted := layer.TreeOf(s.certain())
	for _, name := range r.out.Lost {
		if n := wanted.Find(name); n != nil && n.Data != nil && (old[n.Data.Layer] || slices.Contains(s.unreadable, n.Data.Layer)) {
			wanted.Remove(name)
		}
	}
	for l := range old {
		r.out.Removed = append(r.out.Removed, l.ID.Part(0))
	}
	if _, err := s.planRewrite(old, wanted).run(r.ctx, r.p); err != nil {
		return err
	}
	return r.removeStrangers(found)
}

// removeStrangers removes the files of layers that do not count, and forgets
// the warnings that are now settled.
func (r *repairer) removeStrangers(found CheckResult) error {
	s := r.stick
	counts := map[layer.ID]bool{}
	for _, l := range s.layers {
		counts[l.ID] = true
	}
	for _, p := range found.Problems {
		id, _, ok := layer.ParseName(path.Base(p.Name))
		if !ok || counts[id] || p.Kind == WarnEntry || p.Kind == WarnForeign || p.Kind == WarnRolledBack || p.Kind == WarnForked {
			continue
		}
		if err := s.removeLayerFiles(id); err != nil {
			return err
		}
		if !slices.Contains(r.out.Removed, p.Name) {
			r.out.Removed = append(r.out.Removed, p.Name)
		}
	}
	slices.Sort(r.out.Removed)
	s.mu.Lock()
	s.unreadable, s.partial = nil, nil
	s.warnings = slices.DeleteFunc(s.warnings, func(w Warning) bool {
		return w.Kind != WarnForeign && w.Kind != WarnRolledBack && w.Kind != WarnForked
	})
	s.mu.Unlock()
	s.pruneTables()
	return s.fs.SyncDir(layout.Layers)
}

// removeLayerFiles removes every part of a layer that is on the drive, the last
// one first.
func (s *Stick) removeLayerFiles(id layer.ID) error {
	entries, err := s.fs.ReadDir(layout.Layers)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(entries) {
		if have, _, ok := layer.ParseName(e.Name()); ok && have == id {
			if err := s.fs.Remove(path.Join(layout.Layers, e.Name())); err != nil {
				return fmt.Errorf("remove layer %s: %w", id, err)
			}
		}
	}
	return nil
}
