package stick

import (
	"context"
	"fmt"
	"io"
	"slices"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layout"
)

// restore copies the layers that are not as they should be from the backup,
// and reads the stick anew.
//
// For a moment neither the damaged layer nor its copy is on the stick. What can
// still be read of the damaged one is therefore stored again first: were the
// stick pulled then, and the backup not at hand afterwards, it would be lost.
func (r *repairer) restore(found CheckResult) error {
	copies, err := r.findCopies(found)
	if err != nil || len(copies) == 0 {
		return err
	}
	if err := r.storeReadable(copies); err != nil {
		return err
	}
	s := r.stick
	s.write.Lock()
	defer s.write.Unlock()
	for _, l := range copies {
		if err := r.copyLayer(l); err != nil {
			return err
		}
	}
	slices.Sort(r.out.Restored)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load(r.ctx)
}

// findCopies returns the layers of the backup that are to take the place of
// damaged or missing ones. Every byte of them is authentic.
func (r *repairer) findCopies(found CheckResult) ([]*layer, error) {
	s := r.stick
	s.write.Lock()
	defer s.write.Unlock()
	spend := s.spend // beside what the stick itself takes
	l := newLoader(r.o.Backup, s.note.ID, s.keys, &spend)
	l.lenient = true
	if err := l.findLayers(); err != nil {
		return nil, fmt.Errorf("the backup: %w", err)
	}
	broken := map[int64]bool{}
	for _, p := range found.Problems {
		if p.Kind != WarnEntry { // a further name of a file in a layer that is missing
			broken[p.Seq] = true
		}
	}
	var copies []*layer
	for id, files := range l.files {
		if !broken[id.seq] {
			continue
		}
		copied, err := l.readFiles(files, files.sizes())
		if err != nil || r.isAnother(copied) {
			continue // no better than what the stick has
		}
		if err := (&Stick{fs: r.o.Backup}).readWhole(r.ctx, copied, crypt.NoProgress{}); err == nil {
			copies = append(copies, copied)
		} else if r.ctx.Err() != nil {
			return nil, context.Cause(r.ctx)
		}
	}
	return copies, nil
}

// isAnother reports whether the stick's layer of the same name is a different
// one, to which its neighbours point.
func (r *repairer) isAnother(l *layer) bool {
	return slices.ContainsFunc(r.stick.layers, func(have *layer) bool { return have.id == l.id && have.digest != l.digest })
}

// storeReadable stores today's files of the layers that are to be replaced once
// more, as far as they can be read.
func (r *repairer) storeReadable(copies []*layer) error {
	s := r.stick
	_, views, err := s.snapshot()
	if err != nil {
		return err
	}
	isCopied := func(l *layer) bool {
		return slices.ContainsFunc(copies, func(c *layer) bool { return c.id == l.id })
	}
	var items []Item
	for record, paths := range s.filesIn(views, isCopied) {
		for _, path := range paths {
			item, ok, err := s.rescue(r.ctx, path, record)
			if err != nil {
				return err
			}
			if ok {
				items = append(items, item)
			}
		}
	}
	if len(items) == 0 {
		return nil
	}
	result, err := s.PutItems(r.ctx, items, PutOptions{Clash: Replace})
	for _, stored := range result.Stored {
		r.out.Saved = append(r.out.Saved, stored.Path)
	}
	return err
}

// copyLayer puts a layer of the backup in the place of what the stick has
// under its name.
func (r *repairer) copyLayer(l *layer) error {
	s := r.stick
	if err := s.checkSpace(l.size()); err != nil {
		return err
	}
	s.readers.rest(l.id)
	if err := s.removeLayerFiles(l.id); err != nil {
		return err
	}
	src := newPartReader(r.o.Backup, l.id, l.parts)
	defer src.Close()
	dst := &partWriter{fs: s.fs, id: l.id, partSize: l.parts[0]}
	_, err := io.Copy(dst, crypt.Reader(r.ctx, io.NewSectionReader(src, 0, src.size()), nil))
	if err == nil {
		err = dst.finishPart()
	}
	if err == nil {
		err = s.fs.SyncDir(layout.Layers)
	}
	if err != nil {
		dst.remove()
		return err
	}
	r.out.Restored = append(r.out.Restored, l.id.part(0))
	return nil
}
