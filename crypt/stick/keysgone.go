package stick

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"stowage/crypt/keys"
)

// Whoever has a stick in hand can delete its key files. What is stored is not lost by that: a backup has the keys, and
// while the file under the recovery code is there, the code opens the stick.

// KeysGone reports whether the files of the stick's own identity were all deleted, so that no holder's key and no
// recovery key opens it ([ErrKeysGone]).
func KeysGone(fsys FS) bool {
	gone, err := keysGone(fsys)
	return gone && err == nil
}

func keysGone(fsys FS) (bool, error) {
	for _, class := range keys.Classes() {
		for _, name := range slotNames(stickSlot(class)) {
			if _, err := fsys.Stat(name); !errors.Is(err, fs.ErrNotExist) {
				return false, err
			}
		}
	}
	return true, nil
}

// RestoreKeys puts the key files back that are gone from a stick, from its backup or another copy of it, and returns
// their names: those of the stick's identity, and the holder's key if the holder chose its passphrase. No key is
// needed: what somebody else put into the backup opens nothing. It fails with [ErrNoBackup] when there are none
// of the note that the stick has.
func RestoreKeys(drive, from FS) ([]string, error) {
	summary, err := Inspect(drive, "")
	if err != nil {
		return nil, fmt.Errorf("put the keys back: %w", err)
	}
	lock, err := drive.Lock(lockName, true)
	if errors.Is(err, ErrLocked) {
		return nil, readOwner(drive)
	}
	if err != nil {
		return nil, fmt.Errorf("put the keys back: %w", err)
	}
	defer lock.Close()
	kept, err := keptKeys(from, summary.Note)
	if err != nil {
		return nil, fmt.Errorf("put the keys back: %w", err)
	}
	if err := drive.Mkdir(keysDir); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("put the keys back: %w", err)
	}
	back := []string{}
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if !isSlotName(name) || pairThere(drive, name) {
			continue
		}
		if mark, ok := kept[chosenName(name)]; ok { // before its key file
			err = ifThere(drive.Remove(chosenName(name)))
			if err == nil {
				err = writeFile(drive, chosenName(name), mark)
			}
		}
		if err == nil {
			err = writeWithSum(drive, name, kept[name])
		}
		if err != nil {
			return back, fmt.Errorf("put the keys back: %w", err)
		}
		back = append(back, path.Base(name))
	}
	return back, drive.SyncDir(keysDir)
}

// pairThere reports whether the key file of a name, or the other of its pair, is there.
func pairThere(drive FS, name string) bool {
	base := strings.TrimSuffix(strings.TrimSuffix(path.Base(name), "-a.age"), "-b.age")
	for _, either := range slotNames(base) {
		if _, err := drive.Stat(either); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// keptKeys are the key files of the newest state of a backup, or of another copy of the stick, that has any and a note
// of the same identity.
func keptKeys(from FS, n Note) (map[string][]byte, error) {
	states, err := listStates(from)
	if err != nil {
		return nil, err
	}
	views := []FS{from} // a copy of the stick
	for _, f := range slices.Backward(states) {
		data, err := readAll(from, f.name(), maxState)
		if err != nil {
			continue
		}
		if files, err := unpackState(data); err == nil {
			views = append(views, &backupView{from, files})
		}
	}
	for _, view := range views {
		summary, err := Inspect(view, "")
		if err != nil || summary.Note.ID != n.ID || summary.Note.Recipient != n.Recipient || KeysGone(view) {
			continue
		}
		return readState(view, mayKeep{})
	}
	return nil, ErrNoBackup
}
