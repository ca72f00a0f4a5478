package stick

import (
	"context"
	"fmt"
	"io"
	"slices"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
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
func (r *repairer) findCopies(found CheckResult) ([]*layer.Layer, error) {
	s := r.stick
	s.write.Lock()
	defer s.write.Unlock()
	spend := s.spend // beside what the stick itself takes
	l := layer.NewLoader(r.o.Backup, s.note.ID, s.keys, &spend)
	l.Lenient = true
	if err := l.FindLayers(); err != nil {
		return nil, fmt.Errorf("the backup: %w", err)
	}
	broken := map[int64]bool{}
	for _, p := range found.Problems {
		if p.Kind != WarnEntry { // a further name of a file in a layer that is missing
			broken[p.Seq] = true
		}
	}
	var copies []*layer.Layer
	for id, files := range l.Files {
		if !broken[id.Seq] {
			continue
		}
		copied, err := l.ReadFiles(files, files.Sizes())
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
func (r *repairer) isAnother(l *layer.Layer) bool {
	return slices.ContainsFunc(r.stick.layers, func(have *layer.Layer) bool { return have.ID == l.ID && have.Digest != l.Digest })
}

// storeReadable stores today's files of the layers that are to be replaced once
// more, as far as they can be read.
func (r *repairer) storeReadable(copies []*layer.Layer) error {
	s := r.stick
	_, views, err := s.snapshot()
	if err != nil {
		return err
	}
	isCopied := func(l *layer.Layer) bool {
		return slices.ContainsFunc(copies, func(c *layer.Layer) bool { return c.ID == l.ID })
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
func (r *repairer) copyLayer(l *layer.Layer) error {
	s := r.stick
	if err := s.checkSpace(l.Size()); err != nil {
		return err
	}
	s.readers.CloseIdle(l.ID)
	if err := s.removeLayerFiles(l.ID); err != nil {
		return err
	}
	src := layer.NewPartReader(r.o.Backup, l.ID, l.Parts)
	defer src.Close()
	dst := &layer.PartWriter{FS: s.fs, ID: l.ID, PartSize: l.Parts[0]}
	_, err := io.Copy(dst, crypt.Reader(r.ctx, io.NewSectionReader(src, 0, src.Size()), nil))
	if err == nil {
		err = dst.Finish()
	}
	if err == nil {
		err = s.fs.SyncDir(layout.Layers)
	}
	if err != nil {
		dst.Remove()
		return err
	}
	r.out.Restored = append(r.out.Restored, l.ID.Part(0))
	return nil
}
