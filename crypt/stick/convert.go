package stick

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"golang.org/x/text/unicode/norm"

	"stowage/crypt"
	"stowage/crypt/stick/internal/aside"
	"stowage/crypt/stick/internal/stickpath"
)

// ConvertOptions are the options of [Stick.Convert]. The zero value is usable.
type ConvertOptions struct {
	// Progress counts each plain byte twice: when it is stored and when it has
	// been read back. It may be nil.
	Progress crypt.Progress
	// BatchSize is how many plain bytes are stored before they are verified and
	// their originals removed; 0 chooses, by the space that is free.
	BatchSize int64
}

// ConvertResult says what became of the plain files that lay on a drive. It is
// right even when Convert returned an error.
type ConvertResult struct {
	Stored  []Stored  // now on the stick, verified, their originals removed
	Bytes   int64     // plain bytes of these
	Left    []Skipped // still lying there in plain, with the reason
	Already []Found   // age files, left where they are
	Trash   []Found   // deleted files that a system still keeps, left where they are
}

// maxBatch is how many plain bytes are stored before their originals go.
const maxBatch = 256 << 20

// Convert takes the plain files that lie on the stick's drive into the stick,
// under the same names. Batch by batch, they are stored, read back and compared
// byte for byte, and only then are the originals removed, so that a drive that
// is more than half full can be converted too. It can be interrupted at any
// point and called again: a file that is on the stick already with the same
// content is only removed.
//
// Removing a file from flash memory leaves traces that no program can reach.
// What lies in a system's trash is reported and left to the person who put it
// there.
func (s *Stick) Convert(ctx context.Context, o ConvertOptions) (ConvertResult, error) {
	c := &converter{stick: s, ctx: ctx, o: o, p: crypt.OrNoProgress(o.Progress)}
	err := c.run()
	if err != nil {
		err = fmt.Errorf("convert: %w", err)
	}
	return c.out, err
}

type converter struct {
	stick *Stick
	ctx   context.Context
	o     ConvertOptions
	p     crypt.Progress
	out   ConvertResult
}

func (c *converter) run() error {
	if c.stick.ReadOnly() {
		return ErrReadOnly
	}
	found, err := Scan(c.ctx, c.stick.fs, nil)
	if err != nil {
		return err
	}
	c.out.Already = found.Encrypted
	for _, s := range found.Skipped {
		c.leave(s.Path, s.Err)
	}
	var files []Found
	for _, f := range found.Plain {
		if f.Trash {
			c.out.Trash = append(c.out.Trash, f)
			continue
		}
		c.p.Expect(2 * f.Size)
		files = append(files, f)
	}
	if err := c.keepFolders(found.Folders); err != nil {
		return err
	}
	for len(files) > 0 {
		batch, rest, err := c.batch(files)
		if err != nil {
			return err
		}
		if err := c.take(batch); err != nil {
			return err
		}
		files = rest
	}
	return c.removeFolders(found.Folders)
}

func (c *converter) leave(name string, err error) {
	c.out.Left = append(c.out.Left, Skipped{name, err})
}

// keepFolders makes the folders on the stick, with their dates, so that empty ones are kept.
func (c *converter) keepFolders(folders []Found) error {
	var items []Item
	for _, dir := range folders {
		if clean, err := stickpath.CleanName(dir.Path); err == nil {
			items = append(items, Item{Path: clean, Source: dir.Path, Kind: KindFolder, ModTime: dir.ModTime})
		}
	}
	if len(items) == 0 {
		return nil
	}
	_, err := c.stick.PutItems(c.ctx, items, PutOptions{Clash: Skip})
	return err
}

// batch splits off as many files as may be stored before originals are removed.
func (c *converter) batch(files []Found) (batch, rest []Found, err error) {
	limit := c.o.BatchSize
	if limit <= 0 {
		free, _, err := c.stick.fs.Free()
		if err != nil {
			return nil, nil, err
		}
		limit = min(maxBatch, free/2)
	}
	n, sum := 0, int64(0)
	for n < len(files) && (n == 0 || sum+files[n].Size <= limit) {
		sum += files[n].Size
		n++
	}
	return files[:n], files[n:], nil
}

// take stores, verifies and removes one batch.
func (c *converter) take(batch []Found) error {
	originals := map[string]Found{}
	var items []Item
	for _, f := range batch {
		if err := context.Cause(c.ctx); err != nil {
			return err
		}
		name, err := stickpath.CleanName(f.Path)
		if err != nil {
			c.leave(f.Path, err)
			c.p.Done(2 * f.Size)
			continue
		}
		same, err := c.same(name, f)
		if errors.Is(err, ErrGone) || c.ctx.Err() != nil {
			return err
		}
		if same {
			c.p.Done(2 * f.Size)
			c.remove(Stored{f.Path, name, KindFile}, f)
			continue
		}
		originals[f.Path] = f
		items = append(items, c.item(name, f))
	}
	if len(items) == 0 {
		return nil
	}
	result, err := c.stick.PutItems(c.ctx, items, PutOptions{Clash: KeepBoth, Progress: doneOnly{c.p}})
	for _, s := range result.Skipped {
		c.leave(s.Path, s.Err)
	}
	for _, stored := range result.Stored {
		f, ok := originals[stored.Source]
		if !ok {
			continue
		}
		if verifyErr := c.verify(stored, f); verifyErr != nil && err == nil {
			err = verifyErr
		}
	}
	return err
}

// doneOnly passes on what was done; what to expect has been said before.
type doneOnly struct{ crypt.Progress }

func (doneOnly) Expect(int64) {}

// verify reads a stored file back, and removes its original if they are equal.
// Only what makes going on senseless is an error.
func (c *converter) verify(stored Stored, f Found) error {
	same, err := c.same(stored.Path, f)
	c.p.Done(f.Size)
	switch {
	case errors.Is(err, ErrGone):
		return err
	case c.ctx.Err() != nil:
		return context.Cause(c.ctx)
	case err != nil:
		c.leave(f.Path, err)
	case !same:
		c.leave(f.Path, ErrNotVerified)
	default:
		c.remove(stored, f)
	}
	return nil
}

// same reports whether the stick holds exactly the original under a name.
func (c *converter) same(name string, f Found) (bool, error) {
	entry, err := c.stick.Stat(name)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil || entry.IsFolder() || entry.Size != f.Size {
		return false, err
	}
	stored, err := c.stick.OpenFile(name)
	if err != nil {
		return false, err
	}
	defer stored.Close()
	original, err := c.stick.fs.Open(f.Path)
	if err != nil {
		return false, err
	}
	defer original.Close()
	return aside.Equal(crypt.Reader(c.ctx, stored, nil), original)
}

// remove removes an original that is safe on the stick.
func (c *converter) remove(stored Stored, f Found) {
	if err := c.stick.fs.Remove(f.Path); err != nil {
		c.leave(f.Path, err)
		return
	}
	c.out.Stored = append(c.out.Stored, stored)
	c.out.Bytes += f.Size
}

// removeFolders removes the folders that are empty now, deepest first.
func (c *converter) removeFolders(folders []Found) error {
	for _, dir := range slices.Backward(folders) {
		entries, err := c.stick.fs.ReadDir(dir.Path)
		if errors.Is(err, ErrGone) {
			return err
		}
		if _, statErr := c.stick.Stat(norm.NFC.String(dir.Path)); err == nil && statErr == nil && len(entries) == 0 {
			_ = c.stick.fs.Remove(dir.Path) // an empty folder harms nobody
		}
	}
	return c.stick.fs.SyncDir(".")
}

// item is a plain file of the drive as something to be stored.
func (c *converter) item(name string, f Found) Item {
	return Item{
		Path: name, Source: f.Path, Kind: KindFile, Size: f.Size, ModTime: f.ModTime,
		Open: func() (ItemReader, error) {
			file, err := c.stick.fs.Open(f.Path)
			if err != nil {
				return nil, err
			}
			return &driveItem{file, f}, nil
		},
	}
}

// driveItem reads a plain file of the drive.
type driveItem struct {
	File
	found Found
}

// Unchanged implements [ItemReader].
func (d *driveItem) Unchanged() error {
	info, err := d.Stat()
	if err != nil {
		return err
	}
	if info.Size() != d.found.Size || !info.ModTime().Equal(d.found.ModTime) || info.Mode()&fs.ModeType != 0 {
		return fmt.Errorf("%s: %w", stickpath.Short(d.found.Path), ErrChanged)
	}
	return nil
}
