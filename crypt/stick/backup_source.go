package stick

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
)

// sourceLayer is a layer on the stick.
type sourceLayer struct {
	id     layer.ID
	sizes  []int64
	digest string
}

// lacks reports whether only parts of the layer are in the backup: copying it
// was interrupted.
func lacks(f *layer.Files, l sourceLayer) bool {
	for n, size := range f.Parts {
		if n >= len(l.sizes) || l.sizes[n] != size {
			return false // it is another one
		}
	}
	return len(f.Parts) < len(l.sizes)
}

func (l *sourceLayer) size() int64 {
	var sum int64
	for _, n := range l.sizes {
		sum += n
	}
	return sum
}

// readSource reads what anyone can see of the stick. Nobody may be writing on it:
// what is seen while the lock is held is complete, or torn for good.
func (b *backup) readSource() error {
	summary, err := Inspect(b.from, b.o.Verifier)
	if err != nil {
		return err
	}
	if !summary.Verified {
		return fmt.Errorf("%w: nobody to say whose it is", ErrNotStick)
	}
	lock, err := b.from.Lock(layout.Lock, false)
	switch {
	case errors.Is(err, ErrInUse):
		return readOwner(b.from)
	case errors.Is(err, fs.ErrNotExist):
		lock = io.NopCloser(nil)
	case err != nil:
		return err
	}
	defer lock.Close()
	b.note = summary.Note
	if err = b.readStickState(); err != nil {
		return err
	}
	return b.listSource()
}

// readStickState takes the stick's notes and keys.
func (b *backup) readStickState() error {
	files, err := readState(b.from, b.may)
	if err == nil {
		b.state, err = packState(files)
	}
	return err
}

// listSource lists the layers of a stick that is not open. What certainly never
// was whole is left out.
func (b *backup) listSource() error {
	l := layer.NewLoader(b.from, "", nil, layer.NewBudget())
	if err := l.FindLayers(); err != nil {
		return err
	}
	if len(l.Files) > maxBackupLayers {
		return fmt.Errorf("%d layers: %w", len(l.Files), ErrTooLarge)
	}
	for _, files := range l.Files {
		found := sourceLayer{id: files.ID, sizes: files.Sizes()}
		size := found.size()
		if len(found.sizes) != len(files.Parts) || len(found.sizes) > layer.MaxParts || layer.PaddedSize(size)-size >= 2*layer.TarBlock {
			continue
		}
		src := layer.NewPartReader(b.from, found.id, found.sizes)
		var err error
		found.digest, _, err = layer.Digest(src, src.Size())
		_ = src.Close()
		if errors.Is(err, ErrDamaged) {
			continue
		}
		if err != nil {
			return err
		}
		b.layers = append(b.layers, found)
	}
	slices.SortFunc(b.layers, func(x, y sourceLayer) int { return strings.Compare(x.id.String(), y.id.String()) })
	return nil
}

// readOpened takes the layers that count on an opened stick.
func (b *backup) readOpened(s *Stick) error {
	s.write.Lock() // no change may be under way
	defer s.write.Unlock()
	s.mu.Lock()
	closed := s.closed
	b.note, b.opened = s.note, s
	for _, l := range s.layers {
		b.layers = append(b.layers, sourceLayer{l.ID, l.Parts, l.Digest})
	}
	s.mu.Unlock()
	if closed {
		return ErrClosed
	}
	var err error
	b.may.opened = s
	if b.may.chosen, err = s.chosenKey(); err != nil {
		return err
	}
	return b.readStickState()
}

// compare finds out which layers are not in the backup.
func (b *backup) compare(ctx context.Context) (missing []sourceLayer, err error) {
	var newest int64
	for _, l := range b.layers {
		newest = max(newest, l.id.Seq)
		have := b.have[l.id]
		if have == nil || lacks(have, l) {
			missing = append(missing, l)
			continue
		}
		digest, known := b.record.Layers[l.id.String()]
		if sizes := have.Sizes(); !slices.Equal(sizes, l.sizes) {
			digest = ""
		} else if !known {
			if digest, err = layer.DigestOf(b.to, l.id, sizes); err != nil {
				return nil, err
			}
		}
		switch {
		case digest == l.digest:
			b.out.Layers++
			b.record.Layers[l.id.String()] = digest
		case b.opened != nil: // the stick's is authentic
			missing = append(missing, l)
		default:
			b.out.Differing = append(b.out.Differing, l.id.Part(0))
		}
	}
	if b.opened != nil {
		b.out.Fork, err = b.opened.ForkIn(ctx, b.to)
		b.out.Older = b.out.Fork != nil
		return missing, err
	}
	for id := range b.have {
		b.out.Older = b.out.Older || id.Seq > newest
	}
	b.out.Unclear, err = b.clashes(missing)
	return missing, err
}

// clashes reports whether a layer of the stick has the number of another one in the backup, though the stick's identity,
// with which all are written again, is the one of the newest state there.
func (b *backup) clashes(missing []sourceLayer) (bool, error) {
	states, err := listStates(b.to)
	if err != nil || len(states) == 0 || states[len(states)-1].generation != b.note.Generation {
		return false, err
	}
	taken := map[int64]bool{}
	for id := range b.have {
		taken[id.Seq] = true
	}
	return slices.ContainsFunc(missing, func(l sourceLayer) bool { return b.have[l.id] == nil && taken[l.id.Seq] }), nil
}
