package stick

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"time"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/stickpath"
)

// Put stores files and folders of the computer in a folder of the stick, which
// is made if missing. Links and devices are reported and skipped, and so is a
// file that changes while it is read. Free space is checked before anything is
// written. The error is [ErrExists] (with nothing stored), a [NoSpaceError], the
// context's or one of the drive; what was stored until then stays stored.
func (s *Stick) Put(ctx context.Context, folder string, sources []string, o PutOptions) (PutResult, error) {
	found, err := FindSources(ctx, sources)
	if err != nil {
		return PutResult{}, err
	}
	return s.PutFound(ctx, folder, found, o)
}

// PutFound is [Stick.Put] for what was found before, for instance while the
// stick was being opened.
func (s *Stick) PutFound(ctx context.Context, folder string, found Sources, o PutOptions) (PutResult, error) {
	folder, err := stickpath.Clean(folder)
	if err != nil {
		return PutResult{}, err
	}
	result, err := s.putAll(ctx, &foundItems{Sources: found, folder: folder, now: s.o.Clock()}, o)
	result.Skipped = append(slices.Clone(found.skipped), result.Skipped...)
	return result, err
}

// PutReader stores what r yields under the given name. Content beyond a few
// MiB is kept meanwhile in an encrypted temporary file of the computer, whose
// key is never written: a tar says how large a file is before it holds it.
func (s *Stick) PutReader(ctx context.Context, name string, r io.Reader, modTime time.Time, o PutOptions) (PutResult, error) {
	name, err := stickpath.CleanName(name)
	if err != nil {
		return PutResult{}, err
	}
	content, err := Spool(ctx, r)
	if err != nil {
		return PutResult{}, fmt.Errorf("%s: %w", name, err)
	}
	defer content.Close()
	return s.PutItems(ctx, []Item{content.Item(name, modTime)}, o)
}

// PutItems stores the items given; folders above them are made as needed. The
// error is as for [Stick.Put].
func (s *Stick) PutItems(ctx context.Context, items []Item, o PutOptions) (PutResult, error) {
	return s.putAll(ctx, itemSlice(items), o)
}

func (s *Stick) putAll(ctx context.Context, items itemList, o PutOptions) (PutResult, error) {
	p := crypt.OrNoProgress(o.Progress)
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return PutResult{}, err
	}
	plan := newPutPlan(s, o.Clash, items)
	s.mu.Lock()
	for i := range items.len() {
		plan.add(i)
	}
	s.mu.Unlock()
	plan.result.Skipped = onceEach(plan.result.Skipped)
	if plan.refused != nil {
		return PutResult{Skipped: plan.result.Skipped}, plan.refused
	}
	for i := range plan.pieces {
		p.Expect(plan.pieces[i].Size)
	}
	return s.putPlanned(ctx, plan, o.Stored, p)
}

// putPlanned writes what is planned, in as many layers as it takes. s.write is held.
func (s *Stick) putPlanned(ctx context.Context, plan *putPlan, stored func(Stored), p crypt.Progress) (PutResult, error) {
	pieces, result := plan.pieces, plan.result
	plan.keep.Layer.Records = layer.Records{} // large, and of no further use but for the pieces not yet written
	*plan = putPlan{}
	if err := s.affords(pieces, layer.ReservePut); err != nil {
		return result, err
	}
	packs := pack(pieces)
	pinned := map[*layer.Layer]bool{}
	for i := range pieces {
		if stored := pieces[i].from; stored != nil {
			pinned[stored.Layer] = true
		}
	}
	pieces = nil
	if err := s.makeRoom(ctx, packedSize(packs), pinned, p); err != nil {
		return result, err
	}
	defer s.keepReserve()
	for i, pieces := range packs {
		if err := ctx.Err(); err != nil {
			return result, err
		}
		written, err := s.writePack(ctx, pieces, p, func(bad piece, err error) {
			result.Skipped = append(result.Skipped, Skipped{bad.source(), err})
		})
		if err != nil {
			return result, fmt.Errorf("store: %w", s.missing(err, packedSize(packs[i:])+s.spare()))
		}
		packs[i] = nil
		for i := range written {
			result.Bytes += written[i].Size
			if stored != nil {
				stored(written[i].stored())
			} else {
				result.Stored = append(result.Stored, written[i].stored())
			}
		}
	}
	return result, nil
}

// source is what the piece is called in results.
func (p *piece) source() string { return cmp.Or(p.item().Source, p.Path()) }

// stored says that the piece is safe on the stick.
func (p *piece) stored() Stored {
	if p.Kind == layer.FolderRecord {
		return Stored{p.source(), p.Path(), KindFolder}
	}
	return Stored{p.source(), p.Path(), KindFile}
}

// writable says whether the stick can be changed now. s.write is held.
func (s *Stick) writable() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return ErrClosed
	case s.o.ReadOnly:
		return ErrReadOnly
	case s.uncertain:
		return ErrReopen
	}
	return nil
}

// putPlan decides what becomes of each item. s.write and s.mu are held.
type putPlan struct {
	plan
	stick   *Stick
	clash   Clash
	items   itemList
	planned *layer.Tree // what this plan will have made, and the folders above it
	pieces  []piece
	result  PutResult
	refused error
}

func newPutPlan(s *Stick, clash Clash, items itemList) *putPlan {
	return &putPlan{plan: newPlan(), stick: s, clash: clash, items: items, planned: layer.NewTree(), pieces: make([]piece, 0, items.len())}
}

func (pl *putPlan) skip(item Item, err error) {
	pl.result.Skipped = append(pl.result.Skipped, Skipped{cmp.Or(item.Source, item.Path), err})
}

// kind returns what will be at a path; ok is false for nothing.
func (pl *putPlan) kind(p string) (k Kind, ok bool) {
	n := pl.planned.Find(p)
	if n == nil {
		n = pl.stick.tree.Find(p)
	}
	switch {
	case n == nil:
		return 0, false
	case n.IsFolder():
		return KindFolder, true
	}
	return KindFile, true
}

func (pl *putPlan) add(index int) {
	item := pl.items.at(index)
	p, err := stickpath.CleanName(item.Path)
	if err != nil {
		pl.skip(item, err)
		return
	}
	// The folders above that are not there yet, the topmost last.
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		kind, ok := pl.kind(dir)
		if ok && kind == KindFile {
			pl.skip(item, fmt.Errorf("%s: %w", dir, ErrKind))
			return
		}
		if ok {
			break
		}
	}
	kind, taken := pl.kind(p)
	switch {
	case taken && kind != item.Kind:
		pl.skip(item, fmt.Errorf("%s: %w", p, ErrKind))
		return
	case taken && kind == KindFolder:
		return
	case taken && pl.clash == Replace && pl.makes(p):
		p = pl.free(p) // nothing of one run replaces anything else of it
	case taken && pl.clash == Refuse:
		pl.skip(item, ErrExists)
		if pl.refused == nil {
			pl.refused = fmt.Errorf("%s: %w", p, ErrExists)
		}
		return
	case taken && pl.clash == Skip:
		pl.skip(item, ErrExists)
		return
	case taken && pl.clash == KeepBoth:
		p = pl.free(p)
	}
	pl.make(p, index, item)
}

// makes reports whether an item before this one is stored under that name.
func (pl *putPlan) makes(p string) bool {
	n := pl.planned.Find(p)
	return n != nil && n.Rec != nil
}

func (pl *putPlan) free(p string) string {
	return stickpath.Free(p, func(p string) bool { _, taken := pl.kind(p); return taken })
}

// make adds the piece for an item, and folders above it that are not there.
func (pl *putPlan) make(p string, index int, item Item) {
	for dir := range stickpath.Above(p) {
		if _, ok := pl.kind(dir); !ok {
			pl.take(pl.piece(layer.Entry{Kind: layer.FolderRecord, Path: dir, MTime: unixTime(pl.stick.o.Clock())}))
		}
	}
	e := layer.Entry{Kind: layer.FolderRecord, Path: p, MTime: unixTime(item.ModTime)}
	if item.Kind == KindFile {
		e.Kind, e.Size = layer.FileRecord, item.Size
	}
	made := pl.piece(e)
	made.items, made.index = pl.items, index
	pl.take(made)
}

func (pl *putPlan) take(p piece) {
	_ = pl.planned.Put(p.Record) // whose place is free
	pl.pieces = append(pl.pieces, p)
}

// unixTime is a time as records hold it.
func unixTime(t time.Time) int64 { return layer.TarTime(t.Unix()) }

// Mkdir makes a folder and those above it. It is no error if it exists.
func (s *Stick) Mkdir(ctx context.Context, folder string) error {
	folder, err := stickpath.CleanName(folder)
	if err != nil {
		return err
	}
	result, err := s.PutItems(ctx, []Item{{Path: folder, Kind: KindFolder, ModTime: s.o.Clock()}}, PutOptions{})
	if err == nil && len(result.Skipped) > 0 {
		err = result.Skipped[0].Err
	}
	return err
}
