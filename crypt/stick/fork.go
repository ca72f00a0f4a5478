package stick

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stowage/crypt"
)

// A stick that was put back to an earlier state and then written on has another history than others remember: a fork.
// Its backup still has the one that was lost. ICT looks at that, decides, and has the stick say so.

// Fork is a history that the stick had and that is not part of the one it has now.
type Fork struct {
	Kind  WarningKind // [WarnForked], or [WarnRolledBack] when nothing was written since
	Seq   int64       // the number of its newest layer
	Files []string    // today's files of it that are not on the stick, in the order of the tree
}

// ForkIn looks in the stick's backup for the newest layer that is not and never was part of the opened stick's history,
// and for the files that are lost with it. It returns nil if there is none. Only layers that the stick's key made are believed.
func (s *Stick) ForkIn(ctx context.Context, backup FS) (*Fork, error) {
	l := s.loaderOf(backup)
	if err := l.findLayers(); err != nil {
		return nil, fmt.Errorf("compare the backup: %w", err)
	}
	newest, err := s.newestForgotten(ctx, l)
	if err != nil || newest == nil {
		return nil, err
	}
	found, err := l.readLayers(ctx)
	if err != nil {
		return nil, fmt.Errorf("compare the backup: %w", err)
	}
	before := slices.DeleteFunc(found, func(have *layer) bool { return have.id.seq >= newest.id.seq && have.id != newest.id })
	files := s.lostFiles(treeOf(chain(before).layers))
	return &Fork{Kind: s.Recall(Head{newest.id.seq, newest.digest}).Kind, Seq: newest.id.seq, Files: files}, nil
}

// loaderOf reads layers of the opened stick from its backup; what the stick has itself need not be read again.
func (s *Stick) loaderOf(backup FS) *loader {
	s.mu.Lock()
	defer s.mu.Unlock()
	spend := s.spend // beside what the stick itself takes
	l := newLoader(backup, s.note.ID, s.keys, &spend)
	l.lenient = true
	for _, layer := range s.layers {
		twin := *layer
		twin.below = slices.Clone(layer.below) // chain brings both up to date
		l.listed[layer.id] = &twin
	}
	return l
}

// newestForgotten is the newest authentic layer of a backup that is not and never was in the stick's history, or nil.
func (s *Stick) newestForgotten(ctx context.Context, l *loader) (*layer, error) {
	for _, id := range slices.SortedFunc(maps.Keys(l.files), func(a, b layerID) int { return strings.Compare(b.String(), a.String()) }) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		files := l.files[id]
		sizes := files.sizes()
		if l.listed[id] != nil || len(sizes) != len(files.parts) {
			continue
		}
		digest, err := digestOf(l.fs, id, sizes)
		if err != nil {
			return nil, fmt.Errorf("compare the backup: %w", err)
		}
		if digest == "" || s.Recall(Head{id.seq, digest}) == nil {
			continue
		}
		if layer, err := l.readFiles(files, sizes); err == nil {
			return layer, nil
		} else if errors.Is(err, ErrGone) {
			return nil, fmt.Errorf("compare the backup: %w", err)
		}
	}
	return nil, nil
}

// lostFiles are the files of another history's tree that were stored in layers which the stick's history does not
// have, unless the stick has a file of that name, size and time.
func (s *Stick) lostFiles(of *tree) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	forgotten := map[*layer]bool{}
	var files []string
	_ = of.root.walk(".", func(p string, n *node) error {
		if n.data == nil || n.isFolder() {
			return nil
		}
		in := n.data.layer
		lost, known := forgotten[in]
		if !known {
			lost = s.recall(Head{in.id.seq, in.digest}) != nil
			forgotten[in] = lost
		}
		have := s.tree.find(p)
		same := have != nil && have.data != nil && have.data.size == n.data.size && have.data.mtime == n.data.mtime
		if lost && !same {
			files = append(files, p)
		}
		return nil
	})
	return files
}

// settledLeap is by how much numbers leap when a fork is settled: nobody saw as many layers of the history that is given
// up beyond those that the school knows.
const settledLeap = 1000

// Settle makes the stick's history the only one, after somebody decided about a fork: an empty layer lists all that
// count, as after tidying, and says that nothing is known of others with lower numbers. Whoever remembers one is not warned any more. seen
// is the highest number that is known of the history given up. It fails with [ErrDamaged] on a stick that must be repaired
// first, and with [ErrTooLarge] on one that must be tidied first.
func (s *Stick) Settle(ctx context.Context, seen int64) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if err := s.whole(); err != nil {
		return fmt.Errorf("settle a fork: %w", err)
	}
	if len(s.layers) > maxListed {
		return fmt.Errorf("settle a fork: %d layers: %w", len(s.layers), ErrTooLarge)
	}
	if err := s.checkSpace(layerOverhead + int64(len(s.layers))*100); err != nil {
		return err
	}
	s.nextSeq = max(s.nextSeq, seen+1) + settledLeap
	h := layerHeader{tidied: true, replaced: history{from: s.nextSeq}}
	for _, l := range s.layers {
		h.below = append(h.below, l.ref())
	}
	if err := s.tryPack(ctx, nil, h, crypt.NoProgress{}); err != nil {
		return fmt.Errorf("settle a fork: %w", err)
	}
	return nil
}

// asOf leaves the layers that there were when the one of a number was the newest. Of two with that number it is the one to
// which newer ones do not lead.
func asOf(found []*layer, seq int64) ([]*layer, error) {
	current := map[layerID]bool{}
	for _, l := range chain(found).layers {
		current[l.id] = true
	}
	var at *layer
	for _, l := range found {
		if l.id.seq == seq && (at == nil || current[at.id] && !isBefore(found, l)) {
			at = l
		}
	}
	if at == nil {
		return nil, fmt.Errorf("layer %d: %w", seq, ErrNoState)
	}
	return slices.DeleteFunc(found, func(l *layer) bool { return l.id.seq >= seq && l != at }), nil
}

// isBefore reports whether a layer was written again when the stick was rotated.
func isBefore(found []*layer, old *layer) bool {
	return slices.ContainsFunc(found, func(l *layer) bool { return l.was == old.digest })
}
