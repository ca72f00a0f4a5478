package stick

import (
	"errors"
	"fmt"
	"io/fs"
)

// HolderKeys returns the protected key files of the holder that the stick
// carries, as they are: none, one, or two when replacing it was interrupted.
func HolderKeys(fsys FS) ([][]byte, error) {
	files, err := readSlots(fsys, holderSlot)
	if err != nil {
		return nil, err
	}
	var sealed [][]byte
	for _, f := range files {
		sealed = append(sealed, f.data)
	}
	return sealed, nil
}

// Withdraw undoes [Issue] while nothing has been stored: the stick of that id is
// gone when it returns, its note first. A stick with layers is refused with
// [ErrAlreadyStick], one of another id with [ErrNotStick].
func Withdraw(fsys FS, id string) error {
	summary, err := Inspect(fsys, "")
	switch {
	case err != nil:
		return fmt.Errorf("withdraw the stick: %w", err)
	case summary.Note.ID != id:
		return fmt.Errorf("withdraw the stick: another one is there: %w", ErrNotStick)
	case summary.Layers > 0:
		return fmt.Errorf("withdraw the stick: it holds data: %w", ErrAlreadyStick)
	case summary.InUse != nil:
		return fmt.Errorf("withdraw the stick: %w", summary.InUse)
	}
	for _, name := range []string{noteName, noteOtherName} {
		if err := withdrawn(fsys.Remove(name)); err != nil {
			return err
		}
	}
	if err := withdrawn(fsys.SyncDir(baseDir)); err != nil {
		return err
	}
	if err := removeKeys(fsys); err != nil {
		return withdrawn(err)
	}
	for _, name := range []string{foundName, lockName, ownerName, contentsDir, layersDir, keysDir, baseDir} {
		if err := withdrawn(fsys.Remove(name)); err != nil {
			return err
		}
	}
	return nil
}

// withdrawn lets what is gone already pass.
func withdrawn(err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("withdraw the stick: %w", err)
}
