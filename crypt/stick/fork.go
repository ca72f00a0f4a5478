package stick

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
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
	if err := l.FindLayers(); err != nil {
		return nil, fmt.Errorf("compare the backup: %w", err)
	}
	newest, err := s.newestForgotten(ctx, l)
	if err != nil || newest == nil {
		return nil, err
	}
	found, err := l.ReadLayers(ctx)
	if err != nil {
		return nil, fmt.Errorf("compare the backup: %w", err)
	}
	before := slices.DeleteFunc(found, func(have *layer.Layer) bool { return have.ID.Seq >= newest.ID.Seq && have.ID != newest.ID })
	files := s.lostFiles(layer.TreeOf(layer.Follow(before).Layers))
	return &Fork{Kind: s.Recall(Head{newest.ID.Seq, newest.Digest}).Kind, Seq: newest.ID.Seq, Files: files}, nil
}

// loaderOf reads layers of the opened stick from its backup; what the stick has itself need not be read again.
func (s *Stick) loaderOf(backup FS) *layer.Loader {
	s.mu.Lock()
	defer s.mu.Unlock()
	spend := s.spend // beside what the stick itself takes
	l := layer.NewLoader(backup, s.note.ID, s.keys, &spend)
	l.Lenient = true
	for _, layer := range s.layers {
		twin := *layer
		twin.Below = slices.Clone(layer.Below) // chain brings both up to date
		l.Listed[layer.ID] = &twin
	}
	return l
}

// newestForgotten is the newest authentic layer of a backup that is not and never was in the stick's history, or nil.
func (s *Stick) newestForgotten(ctx context.Context, l *layer.Loader) (*layer.Layer, error) {
	for _, id := range slices.SortedFunc(maps.Keys(l.Files), func(a, b layer.ID) int { return strings.Compare(b.String(), a.String()) }) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		files := l.Files[id]
		sizes := files.Sizes()
		if l.Listed[id] != nil || len(sizes) != len(files.Parts) {
			continue
		}
		digest, err := layer.DigestOf(l.FS, id, sizes)
		if err != nil {
			return nil, fmt.Errorf("compare the backup: %w", err)
		}
		if digest == "" || s.Recall(Head{id.Seq, digest}) == nil {
			continue
		}
		if layer, err := l.ReadFiles(files, sizes); err == nil {
			return layer, nil
		} else if errors.Is(err, ErrGone) {
			return nil, fmt.Errorf("compare the backup: %w", err)
		}
	}
	return nil, nil
}

// lostFiles are the files of another history's tree that were stored in layers which the stick's history does not
// have, unless the stick has a file of that name, size and time.
func (s *Stick) lostFiles(of *layer.Tree) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	forgotten := map[*layer.Layer]bool{}
	var files []string
	_ = of.Root.Walk(".", func(p string, n *layer.Node) error {
		if n.Data == nil || n.IsFolder() {
			return nil
		}
		in := n.Data.Layer
		lost, known := forgotten[in]
		if !known {
			lost = s.recall(Head{in.ID.Seq, in.Digest}) != nil
			forgotten[in] = lost
		}
		have := s.tree.Find(p)
		same := have != nil && have.Data != nil && have.Data.Size == n.Data.Size && have.Data.MTime == n.Data.MTime
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
	if len(s.layers) > layer.MaxListed {
		return fmt.Errorf("settle a fork: %d layers: %w", len(s.layers), ErrTooLarge)
	}
	if err := s.checkSpace(layerOverhead + int64(len(s.layers))*100); err != nil {
		return err
	}
	s.nextSeq = max(s.nextSeq, seen+1) + settledLeap
	h := layer.Header{Tidied: true, Replaced: layer.History{From: s.nextSeq}}
	for _, l := range s.layers {
		h.Below = append(h.Below, l.Ref())
	}
	if err := s.tryPack(ctx, nil, h, crypt.NoProgress{}); err != nil {
		return fmt.Errorf("settle a fork: %w", err)
	}
	return nil
}
