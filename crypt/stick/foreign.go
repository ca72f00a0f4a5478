package stick

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"stowage/crypt/stick/internal/aside"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/sticknote"
	"stowage/crypt/stick/internal/stickpath"
)

// checkFolderFree fails with [ErrInTheWay] when the stick's own folder cannot be made: a
// file or a folder is there whose name the drive takes for the same. An empty folder of
// exactly that name, or what is left of an interrupted run, is no hindrance.
func checkFolderFree(fsys FS) error {
	there, err := aside.NamedAs(fsys, layout.Base)
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
			if to, err = aside.Copy(ctx, fsys, name); err == nil {
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
		return startAlike(string(head), sticknote.Intro), nil
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
