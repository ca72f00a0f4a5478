package stick

import (
	"errors"
	"fmt"
	"slices"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/sticknote"
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
		sealed = append(sealed, f.Data)
	}
	return sealed, nil
}

// Withdraw undoes [Issue] while nothing has been stored: the stick of that id is
// gone when it returns. A stick with layers is refused with [ErrAlreadyStick],
// one of another id with [ErrNotStick].
func Withdraw(fsys FS, id string) error {
	summary, err := Inspect(fsys, "")
	if err == nil && summary.Layers > 0 {
		err = fmt.Errorf("it holds data: %w", ErrAlreadyStick)
	}
	if err != nil {
		return fmt.Errorf("withdraw the stick: %w", err)
	}
	return Unmake(fsys, id)
}

// Unmake removes the stick of that id with all it holds, so that the drive can
// be issued anew. The layers go first, newest first, and the note after them:
// what an interrupted run leaves is a stick that opens, and calling it again
// finishes the work. It fails with [ErrNotStick] when another stick is there, and
// with an [InUseError].
func Unmake(fsys FS, id string) error {
	summary, err := Inspect(fsys, "")
	if err == nil && summary.Note.ID != id {
		err = fmt.Errorf("another one is there: %w", ErrNotStick)
	}
	if err == nil && summary.InUse != nil {
		err = summary.InUse
	}
	if err == nil {
		err = unmake(fsys)
	}
	if err != nil {
		return fmt.Errorf("remove the stick: %w", err)
	}
	return nil
}

// unmake removes everything that belongs to a stick.
func unmake(fsys FS) error {
	for _, dir := range []string{layout.Contents, layout.Layers} {
		if err := removeOwn(fsys, dir); err != nil {
			return err
		}
	}
	if err := unmakePrograms(fsys); err != nil {
		return err
	}
	if err := removeFound(fsys); err != nil {
		return err
	}
	for _, name := range append([]string{layout.Note, layout.NoteB, layout.Owner, layout.Reserve}, carriedNames()...) {
		if err := drive.IfThere(fsys.Remove(name)); err != nil {
			return err
		}
	}
	if err := drive.IfThere(fsys.SyncDir(layout.Base)); err != nil {
		return err
	}
	if err := drive.IfThere(removeKeyFolder(fsys)); err != nil {
		return err
	}
	if err := drive.IfThere(fsys.Remove(layout.Lock)); err != nil {
		return err
	}
	for _, dir := range []string{layout.Contents, layout.Layers, layout.Keys, layout.Programs, SettingsDir, layout.Base} {
		if err := drive.RemoveEmpty(fsys, dir); err != nil {
			return err
		}
	}
	return fsys.SyncDir(".")
}

// removeFound removes the text for a finder, unless somebody wrote another in its place.
func removeFound(fsys FS) error {
	text, err := drive.ReadAll(fsys, layout.Found, maxFound)
	if errors.Is(err, ErrTooLarge) {
		return nil
	}
	if err != nil {
		return drive.IfThere(err)
	}
	notes, err := sticknote.Read(fsys)
	if err != nil && !errors.Is(err, ErrNotStick) {
		return err
	}
	for _, f := range notes {
		if n, err := f.OpenUnverified(); err == nil && n.Found == pair.SHA256(text) {
			return drive.IfThere(fsys.Remove(layout.Found))
		}
	}
	return nil
}

// unmakePrograms removes the programs that the stick's notes list, and what belongs to them.
func unmakePrograms(fsys FS) error {
	notes, err := sticknote.Read(fsys)
	if err != nil && !errors.Is(err, ErrNotStick) {
		return err
	}
	for _, f := range notes {
		n, err := f.OpenUnverified()
		if err != nil {
			continue // torn
		}
		for _, p := range n.Programs {
			if slices.Contains(ProgramNames(), p.Name) {
				if err := drive.IfThere(fsys.Remove(p.Name)); err != nil {
					return err
				}
			}
		}
	}
	for _, dir := range []string{layout.Programs, SettingsDir} {
		if err := removeOwn(fsys, dir); err != nil {
			return err
		}
	}
	return nil
}

// removeOwn removes the stick's own files in a folder. What somebody put there stays.
func removeOwn(fsys FS, dir string) error { return drive.RemoveFiles(fsys, dir, isOwnFile) }
