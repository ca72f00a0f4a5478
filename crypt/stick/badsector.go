package stick

import "errors"

// A sector of the drive that cannot be read any more is damage of the file that lies on
// it alone: where there is another that serves as well, that is used, a check names the
// one that is bad, and repairing writes it anew or removes it.

// isBadSector reports whether an error is of that kind; a drive that is gone is another.
func isBadSector(err error) bool {
	return errors.Is(err, ErrFailing) && !errors.Is(err, ErrGone)
}

// badBeside returns the names of the files beside the layers that are there and that the
// drive cannot read.
func badBeside(fsys FS) ([]string, error) {
	names := append([]string{noteName, noteOtherName, foundName}, carriedNames()...)
	for _, base := range slotBases() {
		for _, name := range slotNames(base) {
			names = append(names, name, sumName(name))
		}
	}
	var bad []string
	for _, name := range names {
		_, err := readAll(fsys, name, maxDirectory)
		switch {
		case errors.Is(err, ErrGone):
			return nil, err
		case isBadSector(err):
			bad = append(bad, name)
		}
	}
	return bad, nil
}

// removeBadNote removes a note that cannot be read, if the other one is whole. It reports
// whether it is gone.
func (s *Stick) removeBadNote(name string) (bool, error) {
	notes, err := readNotes(s.fs)
	if err != nil {
		return false, err
	}
	for _, f := range notes {
		if n, err := f.open(s.unlocked.verifier); err == nil && f.name != name && n.Recipient == s.note.Recipient {
			return true, (&slotChange{fs: s.fs}).remove(name)
		}
	}
	return false, nil
}
