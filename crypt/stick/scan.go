package stick

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"stowage/crypt"
	"stowage/crypt/runnable"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/program"
	"stowage/crypt/stick/internal/sticknote"
	"stowage/crypt/stick/internal/stickpath"
)

// Found is one file on a drive as it lies there for everyone to see.
type Found struct {
	Path    string    // on the drive, slashes
	Size    int64     // bytes
	ModTime time.Time // as the drive has it
	Trash   bool      // in the folder where a system keeps what was deleted
}

// ScanResult says what on a drive is encrypted and what is not.
type ScanResult struct {
	Plain     []Found   // not encrypted, as far as can be told; what a finder could read
	Encrypted []Found   // age files outside the stick's own folder
	Folders   []Found   // folders outside the stick's own, parents first
	Skipped   []Skipped // links, devices, and what could not be read
	Stick     bool      // the drive is an encrypted stick as well
}

// PlainBytes is the size of all plain files together.
func (r ScanResult) PlainBytes() int64 {
	var sum int64
	for _, f := range r.Plain {
		sum += f.Size
	}
	return sum
}

// Scan reports what on a drive is not encrypted. It reads the beginning of
// every file to recognise age files by their headers; anything else counts as plain, whatever
// another program may have done to it. What the stick needs to be found and
// opened (its own files, "IF FOUND.txt" and the programs) is left out, as is what Windows
// keeps in "System Volume Information". Progress counts the bytes of files
// seen; p may be nil.
func Scan(ctx context.Context, fsys FS, p crypt.Progress) (ScanResult, error) {
	s := &scanner{ctx: ctx, fs: fsys, p: crypt.OrNoProgress(p)}
	notes, err := sticknote.Read(fsys)
	s.stick = !errors.Is(err, ErrNotStick)
	for _, f := range notes {
		if n, err := f.OpenUnverified(); err == nil {
			s.programs = append(s.programs, n.Programs...)
		}
	}
	err = s.folder(".", 0, false)
	if err != nil {
		return ScanResult{}, fmt.Errorf("scan: %w", err)
	}
	return s.out, nil
}

type scanner struct {
	ctx context.Context
	fs  FS
	p   crypt.Progress
	out ScanResult

	stick    bool      // the drive has the note of one, so that files can be its own
	programs []Program // those that the note names
}

// folder scans one folder. Only the drive going away ends a scan.
func (s *scanner) folder(dir string, depth int, trash bool) error {
	if err := context.Cause(s.ctx); err != nil {
		return err
	}
	if depth > stickpath.MaxDepth {
		s.skip(dir, fmt.Errorf("%w: nested more than %d deep", ErrName, stickpath.MaxDepth))
		return nil
	}
	entries, err := s.fs.ReadDir(dir)
	if err != nil {
		if dir == "." || errors.Is(err, ErrGone) {
			return err
		}
		s.skip(dir, err)
		return nil
	}
	for _, e := range entries {
		if err := s.entry(stickpath.Join(dir, e.Name()), e, depth, trash); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) entry(name string, e fs.DirEntry, depth int, trash bool) error {
	switch {
	case name == layout.Base && e.IsDir():
		s.out.Stick = true
	case s.stick && !e.IsDir() && s.ours(name):
		return nil
	case e.IsDir() && depth == 0 && strings.EqualFold(name, "System Volume Information"):
		return nil
	case e.IsDir():
		trash = trash || depth == 0 && isTrash(name)
		if !trash && !stickpath.Below(name, layout.Base) {
			s.out.Folders = append(s.out.Folders, folderFound(name, e))
		}
	case !e.Type().IsRegular():
		s.skip(name, ErrSpecial)
		return nil
	default:
		return s.file(name, e, trash)
	}
	return s.folder(name, depth+1, trash)
}

// ours reports whether a file belongs to the stick itself: what is called as a program does when
// the note names it, or a system would run it. Anything else that somebody put into the stick's folder is scanned like the rest.
func (s *scanner) ours(name string) bool {
	if !program.IsName(name) || slices.ContainsFunc(s.programs, func(p Program) bool { return p.Name == name }) {
		return isOwnFile(name)
	}
	head, err := s.head(name, runnable.HeadSize)
	return err != nil || runnable.ByContent(head) != runnable.Nothing
}

// folderFound is a folder of the drive, without a time when it tells none.
func folderFound(name string, e fs.DirEntry) Found {
	found := Found{Path: name}
	if info, err := e.Info(); err == nil {
		found.ModTime = info.ModTime()
	}
	return found
}

// isOwnFile reports whether a file has a name that the format uses.
func isOwnFile(name string) bool {
	dir, base := path.Split(name)
	switch dir {
	case "":
		return base == layout.Found || program.IsName(base)
	case layout.Base + "/":
		return base == "lock" || base == "in-use.txt" || strings.HasSuffix(base, ".note") || slices.Contains(carriedNames(), name)
	case layout.Keys + "/":
		return isSlotName(strings.TrimSuffix(strings.TrimSuffix(name, pair.SumEnd), chosenEnd))
	case layout.Layers + "/", layout.Contents + "/":
		_, _, ok := layer.ParseName(base)
		return ok
	case layout.Programs + "/":
		return program.IsName(base)
	case SettingsDir + "/":
		return strings.HasSuffix(base, ".toml")
	}
	return false
}

// isTrash reports whether a folder at the top of the drive is where a system
// keeps deleted files.
func isTrash(name string) bool {
	name = strings.ToLower(name)
	return name == "$recycle.bin" || name == "recycler" || name == ".trashes" || strings.HasPrefix(name, ".trash-")
}

func (s *scanner) file(name string, e fs.DirEntry, trash bool) error {
	info, err := e.Info()
	if err != nil {
		s.skip(name, err)
		return nil
	}
	found := Found{name, info.Size(), info.ModTime(), trash}
	s.p.Expect(found.Size)
	sealed, err := s.sealed(name, found.Size)
	s.p.Done(found.Size)
	switch {
	case errors.Is(err, ErrGone):
		return err
	case err != nil:
		s.skip(name, err)
	case sealed:
		s.out.Encrypted = append(s.out.Encrypted, found)
	default:
		s.out.Plain = append(s.out.Plain, found)
	}
	return nil
}

// head reads the beginning of a file.
func (s *scanner) head(name string, size int) ([]byte, error) {
	f, err := s.fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	start := make([]byte, size)
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return start[:n], nil
}

// sealed reports whether a file is an age file, as far as its header tells.
func (s *scanner) sealed(name string, size int64) (bool, error) {
	start, err := s.head(name, 128)
	if err != nil || !crypt.BeginsAsAge(start) {
		return false, err
	}
	f, err := s.fs.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	_, err = crypt.Inspect(f, size)
	if err = layer.AsDamaged(err); errors.Is(err, ErrDamaged) {
		return false, nil // whatever follows that line, it is in plain
	}
	return err == nil, err
}

func (s *scanner) skip(name string, err error) {
	s.out.Skipped = append(s.out.Skipped, Skipped{name, err})
}
