package safefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replacedEnd is what a file is called while another takes its place; only a crash leaves one.
const replacedEnd = ".replaced"

// RemoveSecret removes a file that must not be found on the disk afterwards: it is overwritten in place, and synced,
// first. Copies that the file system or a flash drive makes of its own are out of reach.
func RemoveSecret(name string) error {
	f, info, err := openIfRegular(name, os.O_WRONLY, os.Lstat, os.OpenFile)
	if err != nil {
		return fmt.Errorf("remove a secret: %w", err)
	}
	err = overwrite(f, info.Size())
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = whileBusy(replaceWait, func() error { return os.Remove(name) }, busy)
	}
	if err == nil {
		err = SyncFolder(filepath.Dir(name))
	}
	if err != nil {
		return fmt.Errorf("remove a secret: %w", err)
	}
	return nil
}

func overwrite(f *os.File, size int64) error {
	zeros := make([]byte, 64<<10)
	for size > 0 {
		n, err := f.Write(zeros[:min(size, int64(len(zeros)))])
		if err != nil {
			return err
		}
		size -= int64(n)
	}
	return f.Sync()
}

// ReplaceSecret writes a small file in the place of another, as [Write] does, and then overwrites what was there:
// it is called NAME.replaced until it is removed, which the next call sees to after a crash. Where the file
// system has no hard links, a crash may leave the old content under that name alone.
func ReplaceSecret(name string, content []byte) error {
	out, err := Create(name, true)
	if err != nil {
		return err
	}
	defer out.Discard()
	if _, err := out.Write(content); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	old := name + replacedEnd
	if err := RemoveSecret(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if os.Link(name, old) == nil {
		err = out.Commit()
	} else if err = Rename(name, old); err == nil {
		if err = out.Commit(); err != nil {
			err = errors.Join(err, Rename(old, name))
		}
	}
	if err != nil {
		return fmt.Errorf("replace %s: %w", name, err)
	}
	return RemoveSecret(old)
}
