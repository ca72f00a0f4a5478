package stick

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/stickpath"
)

// Version is one stored version of a file.
type Version struct {
	Entry             // Path is the name it had when it was stored
	Deleted time.Time // when its name was removed, zero if it is there or was replaced
	Current bool      // the path asked for shows it now
	data    *layer.Record
}

// Versions returns the stored versions of a file, newest first: of the name, and of the
// document back through renames, since many programs save by renaming a new file over the
// old one. The path need not exist now; without any version it is [ErrNotFound].
func (s *Stick) Versions(p string) ([]Version, error) {
	p, err := stickpath.CleanName(p)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	t := tracer{stick: s, path: p, names: []string{p}, deleted: map[string]time.Time{}, written: map[string]bool{}}
	if n := s.tree.Find(p); n != nil {
		t.now = n.Data
	}
	for _, l := range slices.Backward(s.layers) {
		t.trace(l)
	}
	if len(t.found) == 0 {
		return nil, fmt.Errorf("%s: %w", p, ErrNotFound)
	}
	return t.found, nil
}

// tracer follows a file back through the layers, from the newest.
type tracer struct {
	stick   *Stick
	path    string        // that was asked for
	now     *layer.Record // what it shows
	names   []string      // that the file had, the path among them
	deleted map[string]time.Time
	written map[string]bool // names that a newer layer wrote
	found   []Version
}

// trace takes in what a layer says of the file's names: first what it removes, which takes effect last, and then the
// others from the last to the first.
func (t *tracer) trace(l *layer.Layer) {
	t.removals(l)
	for r := range l.Records.Backward() {
		if r.Kind != layer.FileRecord && r.Kind != layer.LinkRecord {
			continue
		}
		if r.Kind == layer.LinkRecord && slices.Contains(t.names, r.Link()) && t.isAnother(r.Link(), r.Path()) {
			t.forget(r.Link()) // what it was called before is that one's past
			continue
		}
		at := slices.IndexFunc(t.names, r.Is)
		if at < 0 {
			continue
		}
		name := t.names[at]
		t.written[name] = true
		if r.Kind == layer.FileRecord {
			t.found = append(t.found, newVersion(r, r == t.now, t.deleted[name]))
		} else {
			t.deleted[r.Link()] = t.deleted[name]
			if !slices.Contains(t.names, r.Link()) {
				t.names = append(t.names, r.Link())
			}
		}
		delete(t.deleted, name)
	}
}

// removals takes in what of the file's names a layer removes.
func (t *tracer) removals(l *layer.Layer) {
	for _, name := range slices.Clone(t.names) {
		gone, became := l.Removes(name)
		switch {
		case !gone:
		case became == "", !t.isAnother(name, became) && !t.written[name]:
			t.deleted[name] = l.Time
		case t.isAnother(name, became):
			t.forget(name)
		}
	}
}

// forget ends the search for what a name held.
func (t *tracer) forget(name string) {
	t.names = slices.DeleteFunc(t.names, func(n string) bool { return n == name })
}

// isAnother says whether what left a name, and became what is at another, is another
// document: a program may use one name for all that it is about to rename.
func (t *tracer) isAnother(name, became string) bool {
	return name != t.path && !slices.Contains(t.names, became) && t.stick.tree.Find(became) != nil
}

// newVersion describes the file that a record holds.
func newVersion(r *layer.Record, current bool, deleted time.Time) Version {
	e := Entry{Path: r.Path(), Kind: KindFile, Size: r.Size, ModTime: r.ModTime(), Stored: r.Layer.Time, Tidied: r.Layer.Tidied}
	return Version{e, deleted, current, r}
}

// OpenVersion opens a version for reading. The caller closes it.
func (s *Stick) OpenVersion(v Version) (*Reader, error) {
	if v.data == nil {
		return nil, fmt.Errorf("%s: %w", v.Path, ErrNotFound)
	}
	return s.openRecord(v.data)
}

// Deleted returns the newest version of every file below a folder that was
// removed and is not there now, sorted by path. Files that were renamed are
// not among them: they are still there.
func (s *Stick) Deleted(folder string) ([]Version, error) {
	folder, err := stickpath.Clean(folder)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	return s.deleted(folder), nil
}

// deleted replays all layers and keeps what their whiteouts remove the last name of. s.mu is held.
func (s *Stick) deleted(folder string) []Version {
	gone := map[string]Version{}
	layer.Replay(s.layers, func(data *layer.Record, p string, l *layer.Layer, removed bool) {
		if removed && stickpath.Below(p, folder) {
			gone[p] = newVersion(data, false, l.Time)
		}
	})
	var list []Version
	for p, v := range gone {
		if s.tree.Find(p) == nil {
			v.Path = p
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b Version) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// Undelete brings back deleted files, and of folders all files that were
// removed from them. Their data is stored again: a tar cannot link to what was
// removed. A path without anything deleted is [ErrNotFound]; of several, it is skipped.
func (s *Stick) Undelete(ctx context.Context, paths []string, o PutOptions) (PutResult, error) {
	var skipped []Skipped
	result, err := s.storeAgain(ctx, o, func() ([]Item, []*layer.Record, error) {
		var items []Item
		var data []*layer.Record
		for _, p := range paths {
			versions, err := s.deletedAt(p)
			switch {
			case err != nil && len(paths) == 1:
				return nil, nil, err
			case err != nil:
				skipped = append(skipped, Skipped{p, err})
				continue
			}
			for _, v := range versions {
				items, data = append(items, v.item(v.Path)), append(data, v.data)
			}
		}
		return items, data, nil
	})
	result.Skipped = append(skipped, result.Skipped...)
	return result, err
}

// deletedAt are the deleted files that a path stands for, at least one. s.mu is held.
func (s *Stick) deletedAt(p string) ([]Version, error) {
	p, err := stickpath.CleanName(p)
	if err != nil {
		return nil, err
	}
	versions := s.deleted(p)
	if len(versions) == 0 {
		return nil, fmt.Errorf("%s: %w", p, ErrNotFound)
	}
	return versions, nil
}

// Restore stores a version again under a path. With [Replace] what is there
// now becomes a previous version.
func (s *Stick) Restore(ctx context.Context, v Version, p string, o PutOptions) (PutResult, error) {
	if v.data == nil {
		return PutResult{}, fmt.Errorf("%s: %w", v.Path, ErrNotFound)
	}
	return s.storeAgain(ctx, o, func() ([]Item, []*layer.Record, error) {
		return []Item{v.item(p)}, []*layer.Record{v.data}, nil
	})
}

func (v Version) item(p string) Item {
	return Item{Path: p, Kind: KindFile, Size: v.Size, ModTime: v.ModTime}
}

// storeAgain stores content that is on the stick already; plan is called with s.mu held.
func (s *Stick) storeAgain(ctx context.Context, o PutOptions, plan func() ([]Item, []*layer.Record, error)) (PutResult, error) {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return PutResult{}, err
	}
	s.mu.Lock()
	items, data, err := plan()
	pl := newPutPlan(s, o.Clash, itemSlice(items))
	for i := range items {
		pl.add(i)
	}
	s.mu.Unlock()
	if err == nil {
		err = pl.refused
	}
	if err != nil {
		return PutResult{Skipped: pl.result.Skipped}, err
	}
	p := crypt.OrNoProgress(o.Progress)
	for i := range pl.pieces {
		piece := &pl.pieces[i]
		if piece.items != nil {
			piece.from = data[piece.index]
		}
		p.Expect(piece.Size)
	}
	return s.putPlanned(ctx, pl, o.Stored, p)
}
