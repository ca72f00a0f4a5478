package stick

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"stowage/crypt"
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
	folder, err := cleanPath(folder)
	if err != nil {
		return PutResult{}, err
	}
	items := make([]Item, 0, 1+len(found.items))
	if folder != "." {
		items = append(items, Item{Path: folder, Kind: KindFolder, ModTime: s.o.Clock()})
	}
	for _, item := range found.items {
		if folder != "." {
			item.Path = path.Join(folder, item.Path)
		}
		items = append(items, item)
	}
	result, err := s.PutItems(ctx, items, o)
	result.Skipped = append(slices.Clone(found.skipped), result.Skipped...)
	return result, err
}

// PutReader stores what r yields under the given name. Content beyond a few
// MiB is kept meanwhile in an encrypted temporary file of the computer, whose
// key is never written: a tar says how large a file is before it holds it.
func (s *Stick) PutReader(ctx context.Context, name string, r io.Reader, modTime time.Time, o PutOptions) (PutResult, error) {
	name, err := cleanName(name)
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
	p := crypt.OrNoProgress(o.Progress)
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return PutResult{}, err
	}
	plan := putPlan{stick: s, clash: o.Clash, planned: make(map[string]Kind, len(items)), pieces: make([]piece, 0, len(items))}
	s.mu.Lock()
	for i := range items {
		plan.add(&items[i])
	}
	s.mu.Unlock()
	plan.result.Skipped = onceEach(plan.result.Skipped)
	if plan.refused != nil {
		return PutResult{Skipped: plan.result.Skipped}, plan.refused
	}
	for i := range plan.pieces {
		p.Expect(plan.pieces[i].size)
	}
	return s.putPieces(ctx, plan.pieces, plan.result, p)
}

// putPieces writes pieces in as many layers as it takes. s.write is held.
func (s *Stick) putPieces(ctx context.Context, pieces []piece, result PutResult, p crypt.Progress) (PutResult, error) {
	if err := s.affords(pieces, maxSpent*3/8); err != nil {
		return result, err
	}
	packs := pack(pieces)
	pinned := map[*layer]bool{}
	for i := range pieces {
		if stored := pieces[i].from; stored != nil {
			pinned[stored.layer] = true
		}
	}
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
		result.Stored = slices.Grow(result.Stored, len(written))
		for i := range written {
			kind := KindFile
			if written[i].kind == recFolder {
				kind = KindFolder
			}
			result.Stored = append(result.Stored, Stored{written[i].source(), written[i].path, kind})
			result.Bytes += written[i].size
		}
	}
	return result, nil
}

// source is what the piece is called in results.
func (p *piece) source() string {
	if p.item != nil && p.item.Source != "" {
		return p.item.Source
	}
	return p.path
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
	stick   *Stick
	clash   Clash
	planned map[string]Kind // what this plan will have made
	pieces  []piece
	result  PutResult
	refused error
}

func (pl *putPlan) skip(item *Item, err error) {
	name := item.Source
	if name == "" {
		name = item.Path
	}
	pl.result.Skipped = append(pl.result.Skipped, Skipped{name, err})
}

// kind returns what will be at a path; ok is false for nothing.
func (pl *putPlan) kind(p string) (k Kind, ok bool) {
	if k, ok := pl.planned[p]; ok {
		return k, true
	}
	n := pl.stick.tree.find(p)
	switch {
	case n == nil:
		return 0, false
	case n.isFolder():
		return KindFolder, true
	}
	return KindFile, true
}

func (pl *putPlan) add(item *Item) {
	p, err := cleanName(item.Path)
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
	pl.make(p, item)
}

// makes reports whether an item before this one is stored under that name.
func (pl *putPlan) makes(p string) bool {
	_, ok := pl.planned[p]
	return ok
}

func (pl *putPlan) free(p string) string {
	return freeName(p, func(p string) bool { _, taken := pl.kind(p); return taken })
}

// make adds the piece for an item, and folders above it that are not there.
func (pl *putPlan) make(p string, item *Item) {
	mtime := unixTime(item.ModTime)
	for dir := range foldersAbove(p) {
		if _, ok := pl.kind(dir); !ok {
			pl.planned[dir] = KindFolder
			pl.pieces = append(pl.pieces, piece{entry: entry{kind: recFolder, path: dir, mtime: unixTime(pl.stick.o.Clock())}})
		}
	}
	pl.planned[p] = item.Kind
	r := entry{kind: recFolder, path: p, mtime: mtime}
	if item.Kind == KindFile {
		r.kind, r.size = recFile, item.Size
	}
	pl.pieces = append(pl.pieces, piece{entry: r, item: item})
}

// foldersAbove yields the folders above a path, the topmost first.
func foldersAbove(p string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i, c := range []byte(p) {
			if c == '/' && !yield(p[:i]) {
				return
			}
		}
	}
}

// unixTime is a time as records hold it.
func unixTime(t time.Time) int64 { return tarTime(t.Unix()) }

// freeName returns the first of "name (2).ext", "name (3).ext", … that is not taken.
func freeName(p string, taken func(string) bool) string {
	dir, name := path.Split(p)
	ext := path.Ext(name)
	if ext == name { // ".profile" has none
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	for n := 2; ; n++ {
		number := fmt.Sprintf(" (%d)", n)
		// A name at the limit is cut for the number to fit, at a letter.
		cut := stem
		if over := len(stem) + len(number) + len(ext) - maxElement; over > 0 && over < len(stem) {
			cut = strings.ToValidUTF8(stem[:len(stem)-over], "")
		}
		if free := dir + cut + number + ext; !taken(free) {
			return free
		}
	}
}

// Mkdir makes a folder and those above it. It is no error if it exists.
func (s *Stick) Mkdir(ctx context.Context, folder string) error {
	folder, err := cleanName(folder)
	if err != nil {
		return err
	}
	result, err := s.PutItems(ctx, []Item{{Path: folder, Kind: KindFolder, ModTime: s.o.Clock()}}, PutOptions{})
	if err == nil && len(result.Skipped) > 0 {
		err = result.Skipped[0].Err
	}
	return err
}
