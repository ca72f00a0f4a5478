package portable

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

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
	dir, err := os.MkdirTemp("", prefix)
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

// Dir is the folder.
func (h *Home) Dir() string { return h.dir }

// Settings is the folder that takes the place of the person's settings.
func (h *Home) Settings() string { return filepath.Join(h.dir, "settings") }

// Private is the folder below which files are decrypted.
func (h *Home) Private() string { return filepath.Join(h.dir, opened) }

// Direct changes the environment of this process, so that libraries keep in the folder what they
// would keep on the computer. It is to be called once, before they look.
func (h *Home) Direct(goos string) error {
	h.before = map[string]*string{}
	for name, dir := range places(goos, h.dir) {
		h.before[name] = nil
		if value, ok := os.LookupEnv(name); ok {
			h.before[name] = &value
		}
		if err := os.Setenv(name, dir); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	return nil
}

// Before is what the variables said that Direct has changed, nil for those that were not set.
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
		h.err = errors.Join(h.err, os.RemoveAll(h.dir))
	})
	return h.err
}
