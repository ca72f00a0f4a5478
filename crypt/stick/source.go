package stick

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"stowage/crypt/safefile"

	"golang.org/x/text/unicode/norm"
)

// Sources are files and folders of the computer, found to be put on a stick.
// Nothing of them is open.
type Sources struct {
	items   []Item // with paths below the folder that they will go to
	skipped []Skipped
}

// FindSources lists what paths of the computer stand for: files, and folders
// with all they hold. What cannot be read, or is neither, [Stick.PutFound]
// reports as skipped. The error is the context's.
func FindSources(ctx context.Context, paths []string) (Sources, error) {
	var found Sources
	for _, p := range paths {
		items, problems, err := walkSource(ctx, p)
		if err != nil {
			return Sources{}, err
		}
		found.items = append(found.items, items...)
		found.skipped = append(found.skipped, problems...)
	}
	return found, nil
}

// walkSource lists what one path of the computer stands for: a file, or a folder
// with all it holds. What is not a file or folder, or cannot be read, is among
// the problems. The error is the context's.
func walkSource(ctx context.Context, source string) (items []Item, problems []Skipped, err error) {
	top, err := filepath.Abs(source)
	if err != nil {
		return nil, []Skipped{{source, err}}, nil
	}
	name := filepath.Base(top)
	if name == string(filepath.Separator) || strings.HasSuffix(name, ":") {
		name = "." // a whole drive: its contents go straight into the folder
	}
	err = filepath.WalkDir(top, func(p string, d fs.DirEntry, walkErr error) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if walkErr != nil {
			problems = append(problems, Skipped{p, walkErr})
			return nil
		}
		rel, err := filepath.Rel(top, p)
		if err != nil {
			return err
		}
		item, err := sourceItem(p, d)
		if err != nil {
			problems = append(problems, Skipped{p, err})
			return nil
		}
		item.Path = filepath.ToSlash(filepath.Join(name, rel))
		item.Path = norm.NFC.String(item.Path)
		if item.Path != "." {
			items = append(items, item)
		}
		return nil
	})
	return items, problems, err
}

// sourceItem describes one file or folder of the computer.
func sourceItem(p string, d fs.DirEntry) (Item, error) {
	if !d.IsDir() && !d.Type().IsRegular() {
		return Item{}, ErrSpecial
	}
	info, err := d.Info()
	if err != nil {
		return Item{}, err
	}
	item := Item{Source: p, Kind: KindFolder, ModTime: info.ModTime()}
	if !d.IsDir() {
		item.Kind, item.Size = KindFile, info.Size()
		item.Open = func() (ItemReader, error) { return openSource(p, info) }
	}
	return item, nil
}

// sourceFile is a file of the computer being read.
type sourceFile struct {
	*os.File
	planned fs.FileInfo
}

// openSource opens the file that was planned to be read; a link or another
// file that took its place is [ErrChanged].
func openSource(p string, planned fs.FileInfo) (ItemReader, error) {
	f, err := os.OpenFile(p, os.O_RDONLY|safefile.NoWait, 0)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: %w", ErrChanged, err)
		}
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !os.SameFile(info, planned) {
		err = sameStill(p, info, planned)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &sourceFile{f, planned}, nil
}

// sameStill decides for a file whose identity is not the one its folder gave, as on
// shares and file systems whose folders do not know the identities of files. It
// is taken when it is no link and looks as it did.
func sameStill(p string, opened, planned fs.FileInfo) error {
	named, err := os.Lstat(p)
	if err != nil {
		return err
	}
	if !named.Mode().IsRegular() || !os.SameFile(named, opened) ||
		opened.Size() != planned.Size() || !opened.ModTime().Equal(planned.ModTime()) {
		return ErrChanged
	}
	return nil
}

// Unchanged implements [ItemReader].
func (f *sourceFile) Unchanged() error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != f.planned.Size() || !info.ModTime().Equal(f.planned.ModTime()) {
		return ErrChanged
	}
	return nil
}
