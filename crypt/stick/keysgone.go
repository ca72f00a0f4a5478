package stick

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
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
		for _, name := range slotPair(stickSlot(class)).Names {
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
func RestoreKeys(fsys, from FS) ([]string, error) {
	summary, err := Inspect(fsys, "")
	if err != nil {
		return nil, fmt.Errorf("put the keys back: %w", err)
	}
	lock, err := fsys.Lock(layout.Lock, true)
	if errors.Is(err, ErrInUse) {
		return nil, readOwner(fsys)
	}
	if err != nil {
		return nil, fmt.Errorf("put the keys back: %w", err)
	}
	defer lock.Close()
	kept, err := keptKeys(from, summary.Note)
	if err != nil {
		return nil, fmt.Errorf("put the keys back: %w", err)
	}
	if err := fsys.Mkdir(layout.Keys); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("put the keys back: %w", err)
	}
	back := []string{}
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if !isSlotName(name) || pairOf(name).There(fsys) {
			continue
		}
		if mark, ok := kept[chosenName(name)]; ok { // before its key file
			err = drive.IfThere(fsys.Remove(chosenName(name)))
			if err == nil {
				err = drive.WriteFile(fsys, chosenName(name), mark)
			}
		}
		if err == nil {
			err = pairOf(name).Write(fsys, name, kept[name])
		}
		if err != nil {
			return back, fmt.Errorf("put the keys back: %w", err)
		}
		back = append(back, path.Base(name))
	}
	return back, fsys.SyncDir(layout.Keys)
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
		data, err := drive.ReadAll(from, f.name(), maxState)
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
