package stick

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"

	"stowage/crypt/stick/internal/drive"
)

// mayKeep says which of a holder's key files a backup may have: those whose passphrase the holder has chosen. What
// opened with a temporary one opens with nothing once that has happened.
type mayKeep struct {
	// chosen is the one on the stick, known by its authentic mark: then it alone. Otherwise each that
	// the mark beside it fits.
	chosen *ChosenKey
	// opened is the stick if it is open, which knows whether a mark is authentic; without it anybody can have made one.
	opened *Stick
}

// strip removes the holder's key files from a state that may not be there.
func (may mayKeep) strip(files map[string][]byte) {
	for _, name := range slotPair(holderSlot).Names {
		sealed, ok := files[name]
		var mark chosenMark
		if ok {
			mark, ok = parseMark(files[chosenName(name)], sealed)
		}
		if ok && may.opened != nil {
			ok = may.chosen != nil || may.opened.recipientOf(mark) != ""
		}
		if ok && may.chosen != nil {
			ok = bytes.Equal(sealed, may.chosen.Sealed)
		}
		if !ok {
			delete(files, name)
			delete(files, chosenName(name))
		}
	}
}

// purgeStates takes out of the states what a backup may not have. They are overwritten in place, so that it cannot be
// found on the drive, and padded, which a tar may be. By then there is a newer state without it.
func (b *backup) purgeStates(states []stateFile) error {
	for _, f := range states {
		err := b.purgeState(f.name())
		if errors.Is(err, fs.ErrPermission) {
			continue // it is another's, whose computer will do it
		}
		if drive.IfThere(err) != nil {
			return fmt.Errorf("take an old key out of the backup: %w", err)
		}
	}
	return nil
}

func (b *backup) purgeState(name string) error {
	data, err := drive.ReadAll(b.to, name, maxState)
	if errors.Is(err, ErrTooLarge) {
		return nil // nobody believes it
	}
	if err != nil {
		return err
	}
	files, err := unpackState(data)
	if err != nil { // torn, perhaps by an interrupted purge, and of no use
		return drive.RemoveWiped(b.to, name)
	}
	kept := maps.Clone(files)
	b.may.strip(kept)
	if len(kept) == len(files) {
		return nil
	}
	stripped, err := packState(kept)
	if err != nil {
		return err
	}
	return b.to.Overwrite(name, append(stripped, make([]byte, max(0, len(data)-len(stripped)))...))
}
