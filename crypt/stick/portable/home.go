package portable

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"stowage/crypt/safefile"
	"stowage/crypt/stick"
)

// prefix begins the names of the folders in the system's temporary folder.
const prefix = "stowage-started-"

// opened is the folder in a Home for decrypted files.
const opened = "opened"

// lockName is the file in a Home's folder that its program holds.
const lockName = "in-use"

// Home is the private temporary folder of a program that was started from a stick. It is safe for concurrent use.
type Home struct {
	dir    string
	fs     *stick.DirFS
	lock   io.Closer
	before map[string]*string // what the environment said, nil for nothing

	close sync.Once
	err   error
}

// places are the variables by which the systems tell programs where settings and caches are.
func places(goos, dir string) map[string]string {
	switch goos {
	case "windows":
		return map[string]string{"APPDATA": dir, "LOCALAPPDATA": dir, "USERPROFILE": dir}
	case "darwin":
		return map[string]string{"HOME": dir}
	}
	return map[string]string{"XDG_CONFIG_HOME": dir, "XDG_CACHE_HOME": dir, "XDG_DATA_HOME": dir, "XDG_STATE_HOME": dir}
}

// Open makes the folder, and removes those of programs that died, wipe having been given their [Home.Private].
// The caller closes it.
func Open(wipe func(private string)) (*Home, error) {
	removeLeftovers(os.TempDir(), wipe)
	dir := filepath.Join(os.TempDir(), prefix+rand.Text())
	err := safefile.MkdirPrivate(dir)
	if err != nil {
		return nil, fmt.Errorf("make the private folder: %w", err)
	}
	h := &Home{dir: dir}
	if h.fs, err = stick.NewDirFS(dir); err == nil {
		h.lock, err = h.fs.Lock(lockName, true)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the private folder: %w", err), h.Close())
	}
	return h, nil
}

// Settings is the folder that takes the place of the person's settings.
func (h *Home) Settings() string { return filepath.Join(h.dir, "settings") }

// Private is the folder below which files are decrypted.
func (h *Home) Private() string { return filepath.Join(h.dir, opened) }

// The variables by which a program that works in a Home is told of it, and of what the environment said before.
const (
	homeVariable   = "STOWAGE_HOME"
	beforeVariable = "STOWAGE_BEFORE_"
)

// Environment is that of a program which is to work in the folder: it, and the toolkit and the
// graphics driver in it, keep there what they would keep on the computer.
func (h *Home) Environment(goos string, now []string) []string {
	put := places(goos, h.dir)
	var all []string
	for _, line := range now {
		name, _, _ := strings.Cut(line, "=")
		if _, changes := put[strings.ToUpper(name)]; changes {
			line = beforeVariable + strings.ToUpper(line[:len(name)]) + line[len(name):]
		}
		all = append(all, line)
	}
	for name, dir := range put {
		all = append(all, name+"="+dir)
	}
	return append(all, homeVariable+"="+h.dir)
}

// Joined is the Home that this program was started to work in; false when it was not. It
// is whoever started it who closes it.
func Joined(goos string) (h *Home, ok bool) {
	dir := os.Getenv(homeVariable)
	if dir == "" {
		return nil, false
	}
	h = &Home{dir: dir, before: map[string]*string{homeVariable: nil}}
	for name := range places(goos, dir) {
		h.before[name], h.before[beforeVariable+name] = nil, nil
		if value, was := os.LookupEnv(beforeVariable + name); was {
			h.before[name] = &value
		}
	}
	return h, true
}

// Before is what the variables said that are changed in a Home, nil for those that were not
// set: for the programs that this one starts.
func (h *Home) Before() map[string]*string { return h.before }

// Close removes the folder with all that is in it. What was decrypted has been wiped by whoever decrypted it.
// Closing again does nothing.
func (h *Home) Close() error {
	h.close.Do(func() {
		if h.lock != nil {
			h.err = h.lock.Close()
		}
		if h.fs != nil {
			h.err = errors.Join(h.err, h.fs.Close())
		}
		h.err = errors.Join(h.err, removeAll(h.dir))
	})
	return h.err
}

// removeAll is os.RemoveAll, and deletes in Windows' oldest way what that could not: Go asks
// for deletion as POSIX has it, which not every driver (and no Wine 8) knows.
func removeAll(dir string) error {
	err := os.RemoveAll(dir)
	if err == nil {
		return nil
	}
	var all []string
	_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return nil // what cannot be read may still be removed
	})
	for _, path := range slices.Backward(all) { // what is in a folder before it
		_ = os.Remove(path)
	}
	if _, gone := os.Lstat(dir); errors.Is(gone, fs.ErrNotExist) {
		return nil
	}
	return err
}
