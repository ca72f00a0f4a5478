package stick

import (
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
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/stickpath"
)

// ErrInTheWay: something of somebody's has a name that the stick needs, and cannot be
// moved out of its way.
var ErrInTheWay = errors.New("something else has this name")

// setAside makes room for a file of the stick's own. A file that is there is removed when
// it begins content, as what an interrupted run left does. Any other is somebody's: it is
// copied beside, under a free name that is returned, read back, and only then removed.
func setAside(ctx context.Context, fsys FS, name string, content io.Reader) (kept string, err error) {
	there, err := namedAs(fsys, name)
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
		if kept, err = copyAside(ctx, fsys, actual); err != nil {
			return "", fmt.Errorf("keep %s: %w", stickpath.Short(actual), err)
		}
	}
	return kept, fsys.Remove(actual)
}

// namedAs is the entry that a drive takes for a name, nil when there is none: many drives
// know no case.
func namedAs(fsys FS, name string) (fs.DirEntry, error) {
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
func begins(ctx context.Context, fsys FS, name string, content io.Reader) (bool, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	return equal(crypt.Reader(ctx, f, nil), io.LimitReader(content, info.Size()))
}

// copyAside copies a file to a free name beside it, and reads the copy back.
func copyAside(ctx context.Context, fsys FS, name string) (to string, err error) {
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
	if err = sameFiles(ctx, fsys, name, to); err != nil {
		return "", err
	}
	return to, nil
}

// sameFiles fails with [ErrNotVerified] unless two files have the same content.
func sameFiles(ctx context.Context, fsys FS, a, b string) error {
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
	same, err := equal(crypt.Reader(ctx, x, nil), crypt.Reader(ctx, y, nil))
	if err == nil && !same {
		err = ErrNotVerified
	}
	return err
}

// checkFolderFree fails with [ErrInTheWay] when the stick's own folder cannot be made: a
// file or a folder is there whose name the drive takes for the same. An empty folder of
// exactly that name, or what is left of an interrupted run, is no hindrance.
func checkFolderFree(fsys FS) error {
	there, err := namedAs(fsys, layout.Base)
	if err != nil || there == nil || there.IsDir() && there.Name() == layout.Base {
		return err
	}
	return fmt.Errorf("%s: %w", stickpath.Short(there.Name()), ErrInTheWay)
}

// keepForeign copies what somebody put where the stick's keys and notes go beside it, so that it is there when
// what an interrupted run left is removed. It returns the names of the copies.
func keepForeign(ctx context.Context, fsys FS) (kept []string, err error) {
	names := append([]string{layout.Note, layout.NoteB, layout.Reserve}, carriedNames()...)
	err = drive.EachFile(fsys, layout.Keys, func(name string, _ fs.FileInfo) {
		if name = path.Join(layout.Keys, name); isOwnFile(name) {
			names = append(names, name)
		}
	})
	if err = drive.IfThere(err); err != nil {
		return nil, err
	}
	for _, name := range names {
		written, err := writtenByUs(fsys, name)
		if err == nil && !written {
			var to string
			if to, err = copyAside(ctx, fsys, name); err == nil {
				kept = append(kept, to)
			}
		}
		if err = drive.IfThere(err); err != nil {
			return kept, fmt.Errorf("keep %s: %w", stickpath.Short(name), err)
		}
	}
	return kept, nil
}

// writtenByUs reports whether a file begins as the program begins one of that name: whole, torn, or written over.
func writtenByUs(fsys FS, name string) (bool, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	if head = head[:n]; n == 0 || head[0] == 0 {
		return true, nil
	}
	switch path.Ext(name) {
	case ".note":
		if name == layout.Reserve {
			return startAlike(string(head), reserveIntro), nil
		}
		return startAlike(string(head), noteIntro), nil
	case ".age":
		return startAlike(string(head), ageIntro), nil
	case chosenEnd:
		return startAlike(string(head), chosenTop), nil
	}
	return strings.Trim(string(head), "0123456789abcdef") == "", nil // a sum
}

// ageIntro is how every age file begins that the program writes.
const ageIntro = "age-encryption.org/v1\n"

// startAlike reports whether two texts agree as far as the shorter one goes.
func startAlike(a, b string) bool {
	n := min(len(a), len(b))
	return a[:n] == b[:n]
}
