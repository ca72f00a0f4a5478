package stick

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"stowage/crypt"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
)

// copyLayer copies a layer whose parts are not all in the backup. The first
// part comes last, and with it the layer.
func (b *backup) copyLayer(ctx context.Context, l sourceLayer) error {
	have := b.have[l.id]
	if have != nil && !lacks(have, l) { // it is damaged there
		delete(b.record.Layers, l.id.String())
		if err := removeLayer(b.to, have); err != nil {
			return err
		}
		have = nil
	}
	for n := range slices.Backward(l.sizes) {
		if have != nil && have.Parts[n] == l.sizes[n] {
			b.p.Done(l.sizes[n]) // from a run that was interrupted
			continue
		}
		if n == 0 && len(l.sizes) > 1 { // the others first, and for certain
			if err := b.to.SyncDir(layout.Layers); err != nil {
				return fmt.Errorf("copy layer %s: %w", l.id, err)
			}
		}
		if err := b.copyPart(ctx, l, n); err != nil {
			return fmt.Errorf("copy layer %s: %w", l.id, err)
		}
	}
	if err := b.to.SyncDir(layout.Layers); err != nil {
		return fmt.Errorf("copy layer %s: %w", l.id, err)
	}
	digest, err := layer.DigestOf(b.to, l.id, l.sizes)
	if err != nil {
		return err
	}
	if digest != l.digest {
		err := removeLayer(b.to, &layer.Files{ID: l.id, Parts: partsOf(l.sizes)})
		return errors.Join(fmt.Errorf("copy layer %s: %w", l.id, ErrNotVerified), err)
	}
	b.record.Layers[l.id.String()] = digest
	b.out.Copied++
	b.out.Layers++
	b.out.Bytes += l.size()
	return nil
}

func partsOf(sizes []int64) map[int]int64 {
	parts := map[int]int64{}
	for n, size := range sizes {
		parts[n] = size
	}
	return parts
}

// removeLayer removes the files of a layer in a backup, the first part first:
// it goes at once.
func removeLayer(to FS, files *layer.Files) error {
	for n := range layer.MaxParts {
		if _, ok := files.Parts[n]; !ok {
			continue
		}
		if err := drive.IfThere(to.Remove(files.ID.Part(n))); err != nil {
			return fmt.Errorf("remove layer %s: %w", files.ID, err)
		}
	}
	return to.SyncDir(layout.Layers)
}

// copyPart copies one part, reads it back and compares, and only then gives it
// its name.
func (b *backup) copyPart(ctx context.Context, l sourceLayer, n int) error {
	name := l.id.Part(n)
	temporary := incoming(name)
	want, err := b.write(ctx, name, temporary, l.sizes[n])
	if err == nil {
		err = b.verify(ctx, temporary, l.sizes[n], want)
	}
	if err == nil {
		err = b.to.Rename(temporary, name)
	}
	if err != nil {
		_ = b.to.Remove(temporary)
	}
	return err
}

// write copies a file and returns the digest of what was read.
func (b *backup) write(ctx context.Context, from, to string, size int64) (sum []byte, err error) {
	src, err := b.from.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	if err != nil {
		return nil, err
	}
	defer src.Close()
	dst, err := b.to.Create(to)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(h, dst), crypt.Reader(ctx, io.LimitReader(src, size), b.p))
	if err == nil && n != size {
		err = fmt.Errorf("%w: it is shorter than it was", ErrDamaged)
	}
	if err == nil {
		err = dst.Sync()
	}
	if closeErr := dst.Close(); err == nil {
		err = closeErr
	}
	return h.Sum(nil), err
}

// verify reads a file back.
func (b *backup) verify(ctx context.Context, name string, size int64, want []byte) error {
	f, err := b.to.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, crypt.Reader(ctx, f, nil))
	if err == nil && (n != size || !bytes.Equal(h.Sum(nil), want)) {
		err = ErrNotVerified
	}
	return err
}

// replace writes a small file of the backup, in place of one of that name.
func (b *backup) replace(name string, data []byte) error {
	temporary := incoming(name)
	if err := drive.IfThere(b.to.Remove(temporary)); err != nil {
		return err
	}
	err := drive.WriteFile(b.to, temporary, data)
	if err == nil {
		if err = b.to.Rename(temporary, name); err != nil {
			_ = b.to.Remove(temporary)
		}
	}
	if err == nil {
		err = b.to.SyncDir(drive.Parent(name))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
