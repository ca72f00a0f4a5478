package safefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// giveName renames the file from to to, and never replaces anything, even when
// somebody creates to at the same moment.
func giveName(from, to string) error {
	err := RenameNew(from, to)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = renameByLink(from, to)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = renameByClaim(from, to)
	}
	if errors.Is(err, fs.ErrExist) {
		return ErrExists
	}
	return err
}

// renameByLink is for file systems with hard links but no such rename.
func renameByLink(from, to string) error {
	if err := os.Link(from, to); err != nil {
		return err
	}
	if err := os.Remove(from); err != nil {
		os.Remove(to)
		return err
	}
	return nil
}

// renameByClaim is for file systems with neither, such as FAT on older systems:
// it takes the name with an empty file, which it then replaces.
func renameByClaim(from, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := Rename(from, to); err != nil {
		os.Remove(to)
		return err
	}
	return nil
}

// SyncFolder makes a new name in a folder durable, where the system and the file system
// know such a thing. Windows does not.
func SyncFolder(name string) error {
	return syncOpened(name, func() (*os.File, error) { return os.Open(name) })
}

func syncOpened(name string, open func() (*os.File, error)) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := open()
	if errors.Is(err, fs.ErrPermission) {
		return nil // a folder may be written to without being readable
	} else if err != nil {
		return fmt.Errorf("sync %s: %w", name, err)
	}
	defer d.Close()
	err = d.Sync()
	for _, unknown := range []error{errors.ErrUnsupported, fs.ErrPermission, syscall.EINVAL} {
		if errors.Is(err, unknown) {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("sync %s: %w", name, err)
	}
	return nil
}
