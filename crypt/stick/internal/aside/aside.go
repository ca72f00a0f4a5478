// Package aside makes room for a file of the stick's own where something of
// somebody's has its name. What is theirs is copied under a free name beside it,
// read back and compared, and only then removed: nothing of theirs is ever lost.
package aside

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"

	"stowage/crypt"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/stickpath"
)

// ErrInTheWay: something of somebody's has a name that the stick needs, and cannot be
// moved out of its way.
var ErrInTheWay = errors.New("something else has this name")

// Set makes room for a file of the stick's own. A file that is there is removed when
// it begins content, as what an interrupted run left does. Any other is somebody's: it is
// copied beside, under a free name that is returned, read back, and only then removed.
func Set(ctx context.Context, fsys drive.FS, name string, content io.Reader) (kept string, err error) {
	there, err := NamedAs(fsys, name)
	if err != nil || there == nil {
		return "", err
	}
	actual := path.Join(drive.Parent(name), there.Name())
	if !there.Type().IsRegular() {
		return "", fmt.Errorf("%s: %w", stickpath.Short(actual), ErrInTheWay)
	}
	ours, err := begins(ctx, fsys, actual, content)
	if err != nil {
		return "", err
	}
	if !ours {
		if kept, err = Copy(ctx, fsys, actual); err != nil {
			return "", fmt.Errorf("keep %s: %w", stickpath.Short(actual), err)
		}
	}
	return kept, fsys.Remove(actual)
}

// NamedAs is the entry that a drive takes for a name, nil when there is none: many drives
// know no case.
func NamedAs(fsys drive.FS, name string) (fs.DirEntry, error) {
	if _, err := fsys.Stat(name); err != nil {
		return nil, drive.IfThere(err)
	}
	entries, err := fsys.ReadDir(drive.Parent(name))
	if err != nil {
		return nil, err
	}
	var alike fs.DirEntry
	for _, e := range entries {
		switch base := path.Base(name); {
		case e.Name() == base:
			return e, nil
		case strings.EqualFold(norm.NFC.String(e.Name()), base):
			alike = e
		}
	}
	if alike == nil {
		return nil, fmt.Errorf("%s: %w", stickpath.Short(name), ErrInTheWay)
	}
	return alike, nil
}

// begins reports whether a file is the beginning of some content, or all of it.
func begins(ctx context.Context, fsys drive.FS, name string, content io.Reader) (bool, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	return Equal(crypt.Reader(ctx, f, nil), io.LimitReader(content, info.Size()))
}

// Copy copies a file to a free name beside it, and reads the copy back.
func Copy(ctx context.Context, fsys drive.FS, name string) (to string, err error) {
	from, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer from.Close()
	to = stickpath.Free(name, func(free string) bool {
		_, err := fsys.Stat(free)
		return !errors.Is(err, fs.ErrNotExist)
	})
	copied, err := fsys.Create(to)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = fsys.Remove(to)
		}
	}()
	_, err = io.Copy(struct{ io.Writer }{copied}, crypt.Reader(ctx, from, nil))
	if err == nil {
		err = copied.Sync()
	}
	if err = errors.Join(err, copied.Close()); err != nil {
		return "", err
	}
	if err = fsys.SyncDir(drive.Parent(to)); err != nil {
		return "", err
	}
	if err = Same(ctx, fsys, name, to); err != nil {
		return "", err
	}
	return to, nil
}

// Same fails with [ErrNotVerified] unless two files have the same content.
func Same(ctx context.Context, fsys drive.FS, a, b string) error {
	x, err := fsys.Open(a)
	if err != nil {
		return err
	}
	defer x.Close()
	y, err := fsys.Open(b)
	if err != nil {
		return err
	}
	defer y.Close()
	same, err := Equal(crypt.Reader(ctx, x, nil), crypt.Reader(ctx, y, nil))
	if err == nil && !same {
		err = ErrNotVerified
	}
	return err
}

// ErrNotVerified: what was read back from the stick is not what lies on the
// drive, so the original was not removed.
var ErrNotVerified = errors.New("read back different from the original")

// Equal compares two readers to their ends.
func Equal(a, b io.Reader) (bool, error) {
	const size = 256 << 10
	bufA, bufB := make([]byte, size), make([]byte, size)
	for {
		n, errA := io.ReadFull(a, bufA)
		m, errB := io.ReadFull(b, bufB)
		for _, err := range []error{errA, errB} {
			if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return false, err
			}
		}
		if !bytes.Equal(bufA[:n], bufB[:m]) {
			return false, nil
		}
		if errA != nil || errB != nil {
			return (errA != nil) == (errB != nil), nil
		}
	}
}
