package stick

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"

	"stowage/crypt"
)

// Remove removes files and folders with all they hold. They stay among the
// deleted ones until tidied. It removes all of them or, with an error, none.
func (s *Stick) Remove(ctx context.Context, paths ...string) error {
	return s.change(ctx, func() ([]piece, error) {
		gone := map[string]bool{}
		for _, p := range paths {
			p, err := s.existing(p)
			if err != nil {
				return nil, err
			}
			gone[p] = true
		}
		var pieces []piece
		for _, p := range slices.Sorted(maps.Keys(gone)) {
			if !anyAbove(p, gone) { // else it goes with that folder
				pieces = append(pieces, piece{record: record{kind: recWhiteout, path: p}})
			}
		}
		return pieces, nil
	})
}

// anyAbove reports whether a folder above the path is in the set.
func anyAbove(p string, set map[string]bool) bool {
	for dir := range foldersAbove(p) {
		if set[dir] {
			return true
		}
	}
	return false
}

// existing returns the clean form of a path that is there and not the top. s.mu is held.
func (s *Stick) existing(p string) (string, error) {
	p, err := cleanName(p)
	if err == nil && s.tree.find(p) == nil {
		err = fmt.Errorf("%s: %w", p, ErrNotFound)
	}
	return p, err
}

// Rename gives a file or folder another path, making the folders above it. It
// fails with [ErrExists] when that is taken.
func (s *Stick) Rename(ctx context.Context, from, to string) error {
	return s.change(ctx, func() ([]piece, error) {
		return s.renamePieces(map[string]string{from: to}, false)
	})
}

// RenameOver is [Stick.Rename], but a file takes the place of one that has the path, which
// becomes a previous version of it: at no moment is there none.
func (s *Stick) RenameOver(ctx context.Context, from, to string) error {
	return s.change(ctx, func() ([]piece, error) {
		return s.renamePieces(map[string]string{from: to}, true)
	})
}

// Move moves files and folders into a folder. It fails, and moves nothing, when a name is taken there.
func (s *Stick) Move(ctx context.Context, paths []string, folder string) error {
	return s.change(ctx, func() ([]piece, error) {
		folder, err := cleanPath(folder)
		if err != nil {
			return nil, err
		}
		moves := map[string]string{}
		for _, p := range paths {
			p, err := cleanName(p)
			if err != nil {
				return nil, err
			}
			moves[p] = join(folder, path.Base(p))
		}
		return s.renamePieces(moves, false)
	})
}

// renamePieces returns what gives each path its new one: a further name for
// every file, and the deletion of the old ones. With over, files may take the place of
// files. s.mu is held.
func (s *Stick) renamePieces(moves map[string]string, over bool) ([]piece, error) {
	var pieces, deletions []piece
	made := map[string]bool{}
	for _, from := range slices.Sorted(maps.Keys(moves)) {
		to, err := cleanName(moves[from])
		if err != nil {
			return nil, err
		}
		if from, err = s.existing(from); err != nil {
			return nil, err
		}
		if from == to {
			continue
		}
		if below(to, from) {
			return nil, fmt.Errorf("%s: %w: it would lie in itself", from, ErrKind)
		}
		there := s.tree.find(to)
		replaces := over && there != nil && !there.isFolder() && !s.tree.find(from).isFolder()
		if there != nil && !replaces || made[to] {
			return nil, fmt.Errorf("%s: %w", to, ErrExists)
		}
		folders, err := s.newFolders(to, made)
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, folders...)
		made[to] = true
		n := s.tree.find(from)
		pieces = append(pieces, linkPiece(to, from, n))
		_ = n.walk(from, func(p string, n *node) error {
			pieces = append(pieces, linkPiece(to+p[len(from):], p, n))
			return nil
		})
		deletions = append(deletions, piece{record: record{kind: recWhiteout, path: from}})
	}
	for i := range pieces {
		if err := CheckPath(pieces[i].path); err != nil {
			return nil, err
		}
	}
	return append(pieces, deletions...), nil
}

// newFolders returns the folders above a path that are not there. s.mu is held.
func (s *Stick) newFolders(p string, made map[string]bool) ([]piece, error) {
	var pieces []piece
	for dir := range foldersAbove(p) {
		n := s.tree.find(dir)
		if n != nil && !n.isFolder() {
			return nil, fmt.Errorf("%s: %w", dir, ErrKind)
		}
		if n == nil && !made[dir] {
			made[dir] = true
			pieces = append(pieces, piece{record: record{kind: recFolder, path: dir, mtime: unixTime(s.o.Clock())}})
		}
	}
	return pieces, nil
}

// linkPiece gives a file a further name, or makes the folder anew.
func linkPiece(to, from string, n *node) piece {
	if !n.isFolder() {
		return piece{record: record{kind: recLink, path: to, link: from, mtime: n.data.mtime}}
	}
	return piece{record: record{kind: recFolder, path: to, mtime: unixTime(n.entry(to).ModTime)}}
}

// change writes one layer with the pieces that plan returns; plan is called with s.mu held.
func (s *Stick) change(ctx context.Context, plan func() ([]piece, error)) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	s.mu.Lock()
	pieces, err := plan()
	s.mu.Unlock()
	if err != nil || len(pieces) == 0 {
		return err
	}
	if len(pieces) > maxEntries {
		return fmt.Errorf("%w: %d names at once", ErrTooLarge, len(pieces))
	}
	need := packedSize([][]piece{pieces})
	if err := s.checkSpace(need); err != nil {
		return err
	}
	return s.missing(s.tryPack(ctx, pieces, layerHeader{}, crypt.NoProgress{}), need)
}
