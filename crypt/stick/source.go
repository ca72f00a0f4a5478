package stick

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"stowage/crypt/safefile"

	"golang.org/x/text/unicode/norm"
)

// Sources are files and folders of the computer, found to be put on a stick.
// Nothing of them is open. There may be a million, and little is kept of each.
type Sources struct {
	found   []source
	dirs    []sourceDir
	skipped []Skipped
}

// sourceDir is a folder that sources lie in: on the computer, and where it will be below the
// folder that they will go to.
type sourceDir struct{ local, path string }

// source is a file or folder as it was found.
type source struct {
	name string
	stamp
	dir      uint32 // in Sources.dirs
	isFolder bool
}

// stamp identifies a file, and shows whether it has changed.
type stamp struct {
	id      fileID
	size    int64
	seconds int64 // when it was last modified, and so many
	nanos   int32
}

func stampOf(info fs.FileInfo) stamp {
	t := info.ModTime()
	return stamp{fileIDOf(info), info.Size(), t.Unix(), int32(t.Nanosecond())}
}

func (l *stamp) modTime() time.Time { return time.Unix(l.seconds, int64(l.nanos)) }

// same reports whether a file has the size and time that it had.
func (l *stamp) same(info fs.FileInfo) bool {
	return info.Size() == l.size && info.ModTime().Equal(l.modTime())
}

// FindSources lists what paths of the computer stand for: files, and folders
// with all they hold. What cannot be read, or is neither, [Stick.PutFound]
// reports as skipped. The error is the context's.
func FindSources(ctx context.Context, paths []string) (Sources, error) {
	var found Sources
	for _, p := range paths {
		if err := found.walk(ctx, p); err != nil {
			return Sources{}, err
		}
	}
	return found, nil
}

// walk adds what one path of the computer stands for: a file, or a folder
// with all it holds. What is not a file or folder, or cannot be read, is
// skipped. The error is the context's.
func (s *Sources) walk(ctx context.Context, from string) error {
	top, err := filepath.Abs(from)
	if err != nil {
		s.skip(from, err)
		return nil
	}
	name := filepath.Base(top)
	if name == string(filepath.Separator) || strings.HasSuffix(name, ":") {
		name = "." // a whole drive: its contents go straight into the folder
	}
	dirs := map[string]uint32{} // in s.dirs, by their paths on the computer
	return filepath.WalkDir(top, func(p string, d fs.DirEntry, walkErr error) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if walkErr != nil {
			s.skip(p, walkErr)
			return nil
		}
		rel, err := filepath.Rel(top, p)
		if err != nil {
			return err
		}
		to := norm.NFC.String(filepath.ToSlash(filepath.Join(name, rel)))
		if to == "." {
			return nil
		}
		local := filepath.Dir(p)
		dir, ok := dirs[local]
		if !ok {
			dir = uint32(len(s.dirs))
			dirs[local] = dir
			s.dirs = append(s.dirs, sourceDir{local, path.Dir(to)})
		}
		s.add(p, dir, d)
		return nil
	})
}

func (s *Sources) skip(p string, err error) { s.skipped = append(s.skipped, Skipped{p, err}) }

// add adds one file or folder of the computer.
func (s *Sources) add(p string, dir uint32, d fs.DirEntry) {
	if !d.IsDir() && !d.Type().IsRegular() {
		s.skip(p, ErrSpecial)
		return
	}
	info, err := d.Info()
	if err != nil {
		s.skip(p, err)
		return
	}
	s.found = append(s.found, source{d.Name(), stampOf(info), dir, d.IsDir()})
}

// foundItems are sources as they go into a folder of the stick, which is one of them unless it is the top.
type foundItems struct {
	Sources
	folder string
	now    time.Time
}

func (f *foundItems) len() int {
	if f.folder == "." {
		return len(f.found)
	}
	return 1 + len(f.found)
}

func (f *foundItems) at(i int) Item {
	if f.folder != "." {
		if i == 0 {
			return Item{Path: f.folder, Kind: KindFolder, ModTime: f.now}
		}
		i--
	}
	s := &f.found[i]
	dir := f.dirs[s.dir]
	local := filepath.Join(dir.local, s.name)
	item := Item{
		Path: path.Join(f.folder, dir.path, norm.NFC.String(s.name)), Source: local,
		Kind: KindFolder, ModTime: s.modTime(),
	}
	if !s.isFolder {
		item.Kind, item.Size = KindFile, s.size
		item.Open = func() (ItemReader, error) { return openSource(local, s.stamp) }
	}
	return item
}

// sourceFile is a file of the computer being read.
type sourceFile struct {
	*os.File
	planned stamp
}

// openSource opens the file that was planned to be read; a link or another
// file that took its place is [ErrChanged].
func openSource(p string, planned stamp) (ItemReader, error) {
	f, err := os.OpenFile(p, os.O_RDONLY|safefile.NoWait, 0)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: %w", ErrChanged, err)
		}
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !planned.id.is(info) {
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
// is taken when it is no link and has size and time as before.
func sameStill(p string, opened fs.FileInfo, planned stamp) error {
	named, err := os.Lstat(p)
	if err != nil {
		return err
	}
	if !named.Mode().IsRegular() || !os.SameFile(named, opened) ||
		!planned.same(opened) {
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
	if !f.planned.same(info) {
		return ErrChanged
	}
	return nil
}
