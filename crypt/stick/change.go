package stick

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/stickpath"
)

// Remove removes files and folders with all they hold. They stay among the
// deleted ones until tidied. Of several, those that are not there are left out, which is a
// [PartlyError]; with any other error none is removed.
func (s *Stick) Remove(ctx context.Context, paths ...string) error {
	return s.RemoveUnless(ctx, nil, paths...)
}

// RemoveUnless is [Stick.Remove], but what keep reports true for stays, and so do the folders that
// it is in; nil keeps nothing. keep must not use the stick.
func (s *Stick) RemoveUnless(ctx context.Context, keep func(Entry) bool, paths ...string) error {
	var skipped []Skipped
	err := s.change(ctx, true, func(pl plan) ([]piece, error) {
		gone := map[string]bool{}
		for _, p := range paths {
			clean, err := s.existing(p)
			if err != nil {
				skipped = append(skipped, Skipped{p, err})
				continue
			}
			for _, p := range s.removable(clean, keep) {
				gone[p] = true
			}
		}
		var pieces []piece
		for _, p := range slices.Sorted(maps.Keys(gone)) {
			if !stickpath.AnyAbove(p, gone) { // else it goes with that folder
				pieces = append(pieces, pl.deletion(p))
			}
		}
		return pieces, nil
	})
	return cmp.Or(err, partly(len(paths), skipped))
}

// removable returns the paths to remove for a path to be gone but for what keep keeps: the path
// itself if that is nothing, and else the files below it that are not kept. s.mu is held.
func (s *Stick) removable(p string, keep func(Entry) bool) []string {
	if keep == nil {
		return []string{p}
	}
	n := s.tree.Find(p)
	var files []string
	kept := false
	visit := func(p string, n *layer.Node) error {
		if keep(entryOf(n, p)) {
			kept = true
		} else if !n.IsFolder() {
			files = append(files, p)
		}
		return nil
	}
	_ = visit(p, n)
	_ = n.Walk(p, visit)
	if kept {
		return files
	}
	return []string{p}
}

// existing returns the clean form of a path that is there and not the top. s.mu is held.
func (s *Stick) existing(p string) (string, error) {
	p, err := stickpath.CleanName(p)
	if err == nil && s.tree.Find(p) == nil {
		err = fmt.Errorf("%s: %w", p, ErrNotFound)
	}
	return p, err
}

// Rename gives a file or folder another path, making the folders above it. It
// fails with [ErrExists] when that is taken.
func (s *Stick) Rename(ctx context.Context, from, to string) error {
	return s.rename(ctx, []move{{from, to}}, false)
}

// RenameOver is [Stick.Rename], but a file takes the place of one that has the path, which
// becomes a previous version of it: at no moment is there none.
func (s *Stick) RenameOver(ctx context.Context, from, to string) error {
	return s.rename(ctx, []move{{from, to}}, true)
}

// Move moves files and folders into a folder. Of several, those that are not there, or whose
// name is taken there, stay where they are, which is a [PartlyError]; with any other error all do.
func (s *Stick) Move(ctx context.Context, paths []string, folder string) error {
	moves := make([]move, len(paths))
	for i, p := range paths {
		moves[i] = move{p, path.Join(folder, path.Base(strings.TrimRight(p, "/")))}
	}
	return s.rename(ctx, moves, false)
}

// move is a path and the one that it is to have.
type move struct{ from, to string }

// rename makes several moves, of which those that cannot be made are left out. With over,
// files may take the place of files.
func (s *Stick) rename(ctx context.Context, moves []move, over bool) error {
	var skipped []Skipped
	err := s.change(ctx, false, func(pl plan) ([]piece, error) {
		var pieces, deletions []piece
		made := map[string]bool{}
		seen := map[string]bool{}
		for _, m := range moves {
			if seen[m.from] {
				continue
			}
			seen[m.from] = true
			added, deletion, err := s.renamePieces(pl, m, over, made)
			if err != nil {
				skipped = append(skipped, Skipped{m.from, err})
				continue
			}
			pieces, deletions = append(pieces, added...), append(deletions, deletion...)
		}
		return append(pieces, deletions...), nil
	})
	return cmp.Or(err, partly(len(moves), skipped))
}

// renamePieces returns what makes a move: a further name for every file, and the deletion of
// the old ones. made are the names that moves before it make. s.mu is held.
func (s *Stick) renamePieces(pl plan, m move, over bool, made map[string]bool) (pieces, deletions []piece, err error) {
	to, err := stickpath.CleanName(m.to)
	if err != nil {
		return nil, nil, err
	}
	from, err := s.existing(m.from)
	if err != nil || from == to {
		return nil, nil, err
	}
	if stickpath.Below(to, from) {
		return nil, nil, fmt.Errorf("%s: %w: it would lie in itself", from, ErrKind)
	}
	n, there := s.tree.Find(from), s.tree.Find(to)
	replaces := over && there != nil && !there.IsFolder() && !n.IsFolder()
	if there != nil && !replaces || made[to] {
		return nil, nil, fmt.Errorf("%s: %w", to, ErrExists)
	}
	links := []piece{pl.link(to, from, n)}
	_ = n.Walk(from, func(p string, n *layer.Node) error {
		links = append(links, pl.link(to+p[len(from):], p, n))
		return nil
	})
	for i := range links {
		if err := CheckPath(links[i].Path()); err != nil {
			return nil, nil, err
		}
	}
	if pieces, err = s.newFolders(pl, to, made); err != nil {
		return nil, nil, err
	}
	made[to] = true
	return append(pieces, links...), []piece{pl.deletion(from)}, nil
}

// newFolders returns the folders above a path that are not there. s.mu is held.
func (s *Stick) newFolders(pl plan, p string, made map[string]bool) ([]piece, error) {
	var pieces []piece
	for dir := range stickpath.Above(p) {
		n := s.tree.Find(dir)
		if n != nil && !n.IsFolder() {
			return nil, fmt.Errorf("%s: %w", dir, ErrKind)
		}
		if n == nil && !made[dir] {
			made[dir] = true
			pieces = append(pieces, pl.piece(layer.Entry{Kind: layer.FolderRecord, Path: dir, MTime: unixTime(s.o.Clock())}))
		}
	}
	return pieces, nil
}

// link gives a file a further name, or makes the folder anew.
func (p plan) link(to, from string, n *layer.Node) piece {
	if !n.IsFolder() {
		return p.piece(layer.Entry{Kind: layer.LinkRecord, Path: to, Link: from, MTime: n.Data.MTime})
	}
	return p.piece(layer.Entry{Kind: layer.FolderRecord, Path: to, MTime: unixTime(entryOf(n, to).ModTime)})
}

// change writes one layer with the pieces that make returns; make is called with s.mu held. One that removes may use
// the room that is kept for it; for others past versions are given up.
func (s *Stick) change(ctx context.Context, removes bool, make func(plan) ([]piece, error)) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	s.mu.Lock()
	pieces, err := make(newPlan())
	s.mu.Unlock()
	if err != nil || len(pieces) == 0 {
		return err
	}
	if err := s.affords(pieces, layer.ReserveChange); err != nil {
		return err
	}
	need := packedSize([][]piece{pieces})
	defer s.keepReserve()
	if removes {
		s.useReserve(need)
	}
	if err := s.checkSpace(need); err != nil {
		if removes || !errors.Is(err, ErrFull) {
			return err
		}
		if err := s.makeRoom(ctx, need, nil, crypt.NoProgress{}); err != nil {
			return err
		}
	}
	return s.missing(s.tryPack(ctx, pieces, layer.Header{}, crypt.NoProgress{}), need)
}
