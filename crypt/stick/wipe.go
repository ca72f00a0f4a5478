package stick

import (
	"errors"
	"io/fs"
	"path"
)

// isKeyFile reports whether a name is that of a key file: what it opens, it still opens when it is found on the
// drive after it was removed.
func isKeyFile(name string) bool { return parent(name) == keysDir && path.Ext(name) == ".age" }

// removeWiped removes a file whose content must not be found on the drive afterwards: it is overwritten in place,
// and synced, first. A bad sector does not keep it from being removed. Flash may keep a copy that no program reaches.
func removeWiped(fsys FS, name string) error {
	info, err := fsys.Stat(name)
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() && info.Size() > 0 { // others were planted, and hold nothing of ours
		err := fsys.Overwrite(name, make([]byte, min(info.Size(), maxState)))
		if err != nil && !isBadSector(err) && !errors.Is(err, ErrSpecial) {
			return err
		}
	}
	return fsys.Remove(name)
}

// wipedKeys are the key files that were overwritten, but not removed any more.
func wipedKeys(fsys FS) []string {
	var wiped []string
	_ = eachFile(fsys, keysDir, func(name string, info fs.FileInfo) {
		name = path.Join(keysDir, name)
		if !isKeyFile(name) || info.Size() == 0 {
			return
		}
		if data, err := readAll(fsys, name, maxKeyFile); err == nil && data[0] == 0 {
			wiped = append(wiped, name)
		}
	})
	return wiped
}

// removeKeyFolder removes the stick's own files in the folder of the keys, overwritten where they are keys.
func removeKeyFolder(fsys FS) error {
	entries, err := fsys.ReadDir(keysDir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(keysDir, e.Name())
		if e.IsDir() || !isOwnFile(name) {
			continue // somebody put it there
		}
		remove := fsys.Remove
		if isKeyFile(name) {
			remove = func(name string) error { return removeWiped(fsys, name) }
		}
		if err := remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return fsys.SyncDir(keysDir)
}
