package portable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"stowage/crypt/stick"
)

// removeLeftovers removes what programs that died have left in the system's temporary
// folder. What cannot be removed now is removed the next time.
func removeLeftovers(temporary string, wipe func(private string)) {
	left, err := filepath.Glob(filepath.Join(temporary, prefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range left {
		if info, err := os.Lstat(dir); err != nil || !info.IsDir() || !ours(info) || !abandoned(dir) {
			continue
		}
		wipe(filepath.Join(dir, opened))
		_ = removeAll(dir)
	}
}

// abandoned reports whether no running program has the folder.
func abandoned(dir string) bool {
	fsys, err := stick.NewDirFS(dir)
	if err != nil {
		return false
	}
	defer fsys.Close()
	if _, err := fsys.Stat(lockName); errors.Is(err, fs.ErrNotExist) {
		info, err := fsys.Stat(".")
		if err != nil || time.Since(info.ModTime()).Abs() < time.Minute {
			return false // it is just being made
		}
	}
	lock, err := fsys.Lock(lockName, true)
	if err != nil {
		return false
	}
	return lock.Close() == nil
}
