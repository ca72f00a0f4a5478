package editing

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stowage/crypt/safefile"
	"stowage/crypt/stick"
)

// WipeLeftovers removes the private folders below base that a program left behind
// when it died, and returns how many. Folders of programs that still run stay. It
// is called when the program starts. A base that does not exist is no error.
func WipeLeftovers(base string) (wiped int, err error) {
	entries, err := os.ReadDir(base)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for files left decrypted: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		dir := filepath.Join(base, e.Name())
		free, lockErr := unlocked(dir)
		if lockErr == nil && free {
			lockErr = wipeFolder(dir)
			wiped++
		}
		err = errors.Join(err, lockErr)
	}
	return wiped, err
}

// unlocked reports whether no running program has the folder.
func unlocked(dir string) (bool, error) {
	fsys, err := stick.NewDirFS(dir)
	if err != nil {
		return false, err
	}
	defer fsys.Close()
	if _, err := fsys.Stat(lockName); errors.Is(err, fs.ErrNotExist) {
		info, err := fsys.Stat(".")
		if err != nil || time.Since(info.ModTime()).Abs() < time.Minute {
			return false, err // it is just being made
		}
	}
	lock, err := fsys.Lock(lockName, true)
	if errors.Is(err, stick.ErrInUse) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, lock.Close()
}

// wipeFolder overwrites every file below dir, and removes it. It goes on after an
// error, to leave as little as possible.
func wipeFolder(dir string) error {
	return errors.Join(overwriteAll(dir), os.RemoveAll(dir))
}

// overwriteAll overwrites every file below dir, and nothing outside it, whatever links there are.
func overwriteAll(dir string) (failed error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() // Windows removes no folder that is open
	err = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			failed = errors.Join(failed, err)
			return nil
		}
		if d.Type().IsRegular() {
			failed = errors.Join(failed, overwrite(root, filepath.FromSlash(p)))
		}
		return nil
	})
	return errors.Join(failed, err)
}

// overwrite writes zeros over a file and has them reach the drive.
func overwrite(root *os.Root, p string) error {
	if err := root.Chmod(p, 0o600); err != nil {
		return err
	}
	f, info, err := safefile.OpenIn(root, p, os.O_WRONLY)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, zeros{}, info.Size())
	return errors.Join(err, f.Sync(), f.Close())
}

// zeros reads as zeros without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// lockedBeside reports whether an office program has put its mark of an open file
// beside it.
func lockedBeside(local string) bool {
	dir, name := filepath.Split(local)
	marks := []string{".~lock." + name + "#", "~$" + name, "." + name + ".swp"}
	if len(name) > 2 {
		marks = append(marks, "~$"+name[2:])
	}
	for _, mark := range marks {
		if strings.ContainsRune(mark, filepath.Separator) {
			continue
		}
		if _, err := os.Lstat(dir + mark); err == nil {
			return true
		}
	}
	return false
}
