package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"stowage/crypt/runnable"
)

// How a file that is being made is opened: by nobody else before, and by its owner only.
const (
	outputFlags = os.O_CREATE | os.O_EXCL | os.O_RDWR
	outputMode  = 0o600
)

// byPath is the outputPlace of Create.
type byPath struct{}

func (byPath) create(name string) (*os.File, error) {
	return os.OpenFile(name, outputFlags, outputMode)
}

func (byPath) exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

func (byPath) setTime(name string, modified time.Time) error {
	return os.Chtimes(name, time.Time{}, modified)
}

func (byPath) rename(from, to string) error   { return Rename(from, to) }
func (byPath) giveName(from, to string) error { return giveName(from, to) }
func (byPath) remove(name string) error       { return os.Remove(name) }
func (byPath) syncFolder(name string) error   { return SyncFolder(name) }

func (byPath) mark(name string, mark runnable.Marker) {
	folder, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return
	}
	defer folder.Close()
	mark(folder, filepath.Base(name))
}

// inRoot is the outputPlace of CreateIn.
type inRoot struct{ root *os.Root }

func (p inRoot) create(name string) (*os.File, error) {
	return p.root.OpenFile(name, outputFlags, outputMode)
}

func (p inRoot) exists(name string) bool {
	_, err := p.root.Lstat(name)
	return err == nil
}

func (p inRoot) setTime(name string, modified time.Time) error {
	return p.root.Chtimes(name, time.Time{}, modified)
}

func (p inRoot) rename(from, to string) error { return RenameIn(p.root, from, to) }
func (p inRoot) remove(name string) error     { return p.root.Remove(name) }

// giveName gives a name by a hard link, which fails when the name is taken. Where there
// are none it takes the name with an empty file, which it then replaces.
func (p inRoot) giveName(from, to string) error {
	err := p.root.Link(from, to)
	if err == nil {
		return p.root.Remove(from)
	}
	if !errors.Is(err, fs.ErrExist) {
		var claim *os.File
		if claim, err = p.create(to); err == nil {
			err = claim.Close()
		}
		if err == nil {
			if err = p.rename(from, to); err != nil {
				_ = p.root.Remove(to)
			}
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return ErrExists
	}
	return err
}

func (p inRoot) mark(name string, mark runnable.Marker) { mark(p.root, name) }

func (p inRoot) syncFolder(name string) error {
	return syncOpened(name, func() (*os.File, error) { return p.root.Open(name) })
}
