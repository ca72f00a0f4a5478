package stick

import (
	"errors"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/sticknote"
)

// A sector of the drive that cannot be read any more is damage of the file that lies on
// it alone: where there is another that serves as well, that is used, a check names the
// one that is bad, and repairing writes it anew or removes it.

// badSidecars returns the names of the files beside the layers that are there and that the
// drive cannot read.
func badSidecars(fsys FS) ([]string, error) {
	names := append([]string{layout.Note, layout.NoteB, layout.Found}, carriedNames()...)
	for _, base := range slotBases() {
		for _, name := range slotPair(base).Names {
			names = append(names, name, pair.SumName(name))
		}
	}
	var bad []string
	for _, name := range names {
		_, err := drive.ReadAll(fsys, name, maxDirectory)
		switch {
		case errors.Is(err, ErrGone):
			return nil, err
		case drive.IsBadSector(err):
			bad = append(bad, name)
		}
	}
	return bad, nil
}

// removeBadNote removes a note that cannot be read, if the other one is whole. It reports
// whether it is gone.
func (s *Stick) removeBadNote(name string) (bool, error) {
	notes, err := sticknote.Read(s.fs)
	if err != nil {
		return false, err
	}
	for _, f := range notes {
		if n, err := f.Open(s.unlocked.verifier); err == nil && f.Name != name && n.Recipient == s.note.Recipient {
			return true, sticknote.Pair().Remove(s.fs, name)
		}
	}
	return false, nil
}
