package stick

import (
	"errors"
	"io/fs"
	"path"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/sticknote"
)

// Summary is what can be known of a stick without a key.
type Summary struct {
	Note     Note
	Verified bool     // the note's signature was checked
	Keys     []string // names of the key files
	Holder   bool     // a holder's key is carried on the stick
	Code     bool     // a recovery code opens the stick
	Layers   int      // files of data
	Bytes    int64    // their size
	InUse    *InUseError
}

// Inspect says what can be known of a stick without a key. With the school's
// note verifier key the note is checked and errors are those of
// [keys.OpenNote]; without one (""), the note says what it says. It changes
// nothing. A drive without a stick is [ErrNotStick].
func Inspect(fsys FS, verifier string) (*Summary, error) {
	notes, err := sticknote.Read(fsys)
	if err != nil {
		return nil, err
	}
	s := &Summary{Verified: verifier != ""}
	for _, f := range notes {
		var n *Note
		var noteErr error
		if verifier == "" {
			n, noteErr = f.OpenUnverified()
		} else {
			n, noteErr = f.Open(verifier)
		}
		if noteErr != nil {
			err = noteErr
		} else if n.Generation > s.Note.Generation {
			s.Note = *n
		}
	}
	if s.Note.Generation == 0 {
		return nil, err
	}
	if err := s.count(fsys); err != nil {
		return nil, err
	}
	return s, s.inUse(fsys)
}

func (s *Summary) count(fsys FS) error {
	err := drive.EachFile(fsys, layout.Keys, func(name string, _ fs.FileInfo) {
		if end := path.Ext(name); end != pair.SumEnd && end != chosenEnd {
			s.Keys = append(s.Keys, name)
		}
	})
	if err != nil {
		return err
	}
	for _, name := range s.Keys {
		holders, codes := slotPair(holderSlot).Names, slotPair(codeSlot).Names
		full := path.Join(layout.Keys, name)
		s.Holder = s.Holder || full == holders[0] || full == holders[1]
		s.Code = s.Code || full == codes[0] || full == codes[1]
	}
	return drive.EachFile(fsys, layout.Layers, func(name string, info fs.FileInfo) {
		if _, part, ok := layer.ParseName(name); ok {
			s.Bytes += info.Size()
			if part == 0 {
				s.Layers++
			}
		}
	})
}

// inUse asks for the lock for a moment.
func (s *Summary) inUse(fsys FS) error {
	lock, err := fsys.Lock(layout.Lock, false)
	switch {
	case err == nil:
		return lock.Close()
	case errors.Is(err, ErrInUse):
		s.InUse = readOwner(fsys)
	case errors.Is(err, ErrGone):
		return err
	}
	return nil
}
