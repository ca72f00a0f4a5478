// Package config is the settings of a computer: which school it belongs to, set once, so that nobody has
// to say it each time: the config file, config.toml, which stow and the window
// share.
//
// # Promised
//
// The file is read within bounds, and what is not in order is refused rather than
// half-believed. It changes as a whole or not at all. It holds nothing secret. Settings
// of a later version stay in it; where those decide what the others mean, that version
// says so by "version", and the file is neither used nor written.
//
// # Not promised
//
// What the file names need not be there, or be reachable.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices/school"
	"stowage/devices/school/remembered"
)

// File is the name of the config file, in the folder of the program's settings.
const File = "config.toml"

// maxFile bounds what is read as a config file.
const maxFile = 64 << 10

// ErrNoSchool: the config file does not say where the school is.
var ErrNoSchool = errors.New("the school's folder is not set")

// Config is what the config file says. At most one of School, Shared and Directory
// is usual; where there are more, they count in this order. Paths are absolute.
type Config struct {
	School    string `toml:"school,omitempty"`    // the school's own folder: only on ICT's computers
	Shared    string `toml:"shared,omitempty"`    // the folder that the computers of staff reach
	Directory string `toml:"directory,omitempty"` // a directory file, where no folder is reached
	Verifier  string `toml:"verifier,omitempty"`  // the school's verifier key, as it was first seen
	Me        string `toml:"me,omitempty"`        // the id of the holder who uses this computer
	Backup    string `toml:"backup,omitempty"`    // where ICT last backed the register up to
}

// A FileError says which config file is not in order, and why.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("config file %s: %v", e.Path, e.Err) }

// Unwrap returns what is wrong.
func (e *FileError) Unwrap() error { return e.Err }

// Dir is the folder of the program's settings of this user. It need not be there.
func Dir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the config file: %w", err)
	}
	return filepath.Join(dir, "stowage"), nil
}

// User is who sits at this computer, as the register records who did something.
func User() string {
	if u, err := user.Current(); err == nil {
		if name := cmp.Or(u.Name, u.Username); name != "" {
			return name
		}
	}
	return "ICT"
}

// Read reads the config file in dir; a missing one is an empty one. It fails with a
// [*FileError], which is keys.ErrNewer where a later version wrote what decides.
func Read(dir string) (Config, error) {
	c, _, err := open(dir)
	return c, err
}

// Unknown are the settings of the config file in dir that this version does not know. They are
// misspelt, or a later version's.
func Unknown(dir string) ([]string, error) {
	_, unknown, err := open(dir)
	return unknown, err
}

func open(dir string) (c Config, unknown []string, err error) {
	path := filepath.Join(dir, File)
	text, err := safefile.Read(path, maxFile)
	switch {
	case err == nil:
		c, unknown, err = parse(text)
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	if err != nil {
		return Config{}, nil, &FileError{path, err}
	}
	return c, unknown, nil
}

// parse reads the text of a config file.
func parse(text []byte) (c Config, unknown []string, err error) {
	all := map[string]any{}
	if err := toml.Unmarshal(crypt.Text(text), &all); err != nil {
		return Config{}, nil, err
	}
	if v, there := all["version"]; there && v != int64(1) {
		return Config{}, nil, fmt.Errorf("version %v: %w", v, keys.ErrNewer)
	}
	meta, err := toml.Decode(string(crypt.Text(text)), &c)
	if err != nil { // it is TOML, with a value of another type than this version's
		return Config{}, nil, fmt.Errorf("%w: %w", keys.ErrNewer, err)
	}
	for _, key := range meta.Undecoded() {
		if name := key[0]; name != "version" && !slices.Contains(unknown, name) {
			unknown = append(unknown, name)
		}
	}
	return c, unknown, c.check()
}

// check refuses what cannot be a setting.
func (c Config) check() error {
	for _, s := range []struct{ name, path string }{
		{"school", c.School}, {"shared", c.Shared}, {"directory", c.Directory}, {"backup", c.Backup},
	} {
		if s.path != "" && (!filepath.IsAbs(s.path) || strings.ContainsRune(s.path, 0)) {
			return fmt.Errorf("setting %s: %q is no absolute path", s.name, s.path)
		}
	}
	return nil
}

// Write replaces the config file in dir, which is made when there is none, and
// returns the file's path. Settings in it that this version does not know stay; it fails
// with keys.ErrNewer where they decide something.
func (c Config) Write(dir string) (path string, err error) {
	path = filepath.Join(dir, File)
	if err := c.write(path); err != nil {
		return "", fmt.Errorf("write the config file: %w", err)
	}
	return path, nil
}

func (c Config) write(path string) error {
	if err := c.check(); err != nil {
		return err
	}
	before, _ := safefile.Read(path, maxFile) // what cannot be read is replaced
	was, _, err := parse(before)
	if errors.Is(err, keys.ErrNewer) {
		return err
	}
	text, err := Keep(before, was, c)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return safefile.Write(path, text, true)
}

// ICT reports whether this computer has the school's own folder.
func (c Config) ICT() bool { return c.School != "" }

// Folder is the school's own folder, or else the shared one: what stow's --school
// takes. It fails with [ErrNoSchool].
func (c Config) Folder() (string, error) {
	switch {
	case c.School != "":
		return c.School, nil
	case c.Shared != "":
		return c.Shared, nil
	}
	return "", ErrNoSchool
}

// DirectoryPath is the directory file that this computer goes by. It fails with
// [ErrNoSchool].
func (c Config) DirectoryPath() (string, error) {
	if dir, err := c.Folder(); err == nil {
		return filepath.Join(dir, school.DirectoryFile), nil
	}
	if c.Directory == "" {
		return "", ErrNoSchool
	}
	return c.Directory, nil
}

// SharedFolder is the folder that the computers of staff reach. It fails with
// [ErrNoSchool] where none is known, and need not be reachable.
func (c Config) SharedFolder() (school.Shared, error) {
	dir, err := c.Folder()
	if err != nil {
		return school.Shared{}, err
	}
	return school.SharedAt(dir)
}

// Serials is where this computer remembers the newest directories, given the folder
// of the program's settings.
func Serials(dir string) remembered.Serials {
	return remembered.Serials{Dir: filepath.Join(dir, "directories")}
}

// Heads is where this computer remembers how sticks were left, given the folder of
// the program's settings.
func Heads(dir string) remembered.Heads { return remembered.Heads{Dir: filepath.Join(dir, "sticks")} }
