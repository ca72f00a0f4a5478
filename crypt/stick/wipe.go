package stick

import (
	"errors"
	"io/fs"
	"path"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
)

// isKeyFile reports whether a name is that of a key file: what it opens, it still opens when it is found on the
// drive after it was removed.
func isKeyFile(name string) bool {
	return drive.Parent(name) == layout.Keys && path.Ext(name) == ".age"
}

// wipedKeys are the key files that were overwritten, but not removed any more.
func wipedKeys(fsys FS) []string {
	var wiped []string
	_ = drive.EachFile(fsys, layout.Keys, func(name string, info fs.FileInfo) {
		name = path.Join(layout.Keys, name)
		if !isKeyFile(name) || info.Size() == 0 {
			return
		}
		if data, err := drive.ReadAll(fsys, name, maxKeyFile); err == nil && data[0] == 0 {
			wiped = append(wiped, name)
		}
	})
	return wiped
}

// removeKeyFolder removes the stick's own files in the folder of the keys, overwritten where they are keys.
func removeKeyFolder(fsys FS) error {
	entries, err := fsys.ReadDir(layout.Keys)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(layout.Keys, e.Name())
		if e.IsDir() || !isOwnFile(name) {
			continue // somebody put it there
		}
		remove := fsys.Remove
		if isKeyFile(name) {
			remove = func(name string) error { return drive.RemoveWiped(fsys, name) }
		}
		if err := remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return fsys.SyncDir(layout.Keys)
}
