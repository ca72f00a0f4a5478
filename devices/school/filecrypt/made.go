package filecrypt

import (
	"os"
	"path/filepath"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"stowage/crypt"
)

// Made remembers what one run has made, so that nothing of a run is written over anything
// else of it: two files of one name, from different folders, get names of their own. The zero
// value is ready to use, by one goroutine.
type Made struct {
	paths   map[string][]string // by the name that some drive may take it for
	foldsAt map[string]bool     // whether folders know no case
}

// add records a file or folder that was made.
func (m *Made) add(path string) {
	if m == nil {
		return
	}
	if m.paths == nil {
		m.paths = map[string][]string{}
	}
	key := foldedPath(path)
	m.paths[key] = append(m.paths[key], path)
}

// has reports whether a path leads to what was made, under its own name or one that the
// drive does not tell from it.
func (m *Made) has(path string) bool {
	if m == nil {
		return false
	}
	there, err := os.Lstat(path)
	if err != nil {
		return false
	}
	for _, made := range m.paths[foldedPath(path)] {
		own, err := os.Lstat(made)
		if err == nil && (os.SameFile(own, there) || filepath.Base(made) == filepath.Base(path) || m.folds(filepath.Dir(path))) {
			return true
		}
	}
	return false
}

// folds reports whether a folder's drive knows no case: the identity of a file does not tell
// on every one.
func (m *Made) folds(dir string) bool {
	folds, known := m.foldsAt[dir]
	if known {
		return folds
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return true
	}
	defer root.Close()
	if m.foldsAt == nil {
		m.foldsAt = map[string]bool{}
	}
	m.foldsAt[dir] = crypt.ProbeNames(root).Folds
	return m.foldsAt[dir]
}

// foldedPath is a path without what some drives do not tell apart in a name, and without
// links on the way to it.
func foldedPath(path string) string {
	dir, name := filepath.Split(path)
	if real, err := filepath.EvalSymlinks(filepath.Clean(dir)); err == nil {
		dir = real
	}
	if absolute, err := filepath.Abs(dir); err == nil {
		dir = absolute
	}
	return filepath.Join(dir, cases.Fold().String(norm.NFC.String(name)))
}
