package layer

import "errors"

// What is wrong with a layer, or with what is asked of several.
var (
	// ErrFormat: the stick was written in a format that this program is too old for.
	ErrFormat = errors.New("the stick needs a newer version of the program")
	// ErrForged: a layer was not written by anyone who can open the stick, or
	// belongs elsewhere.
	ErrForged = errors.New("not written for this place by a key of the stick")
	// ErrDamaged: a layer or file on the stick cannot be read as it was written.
	ErrDamaged = errors.New("damaged")
	// ErrMissing: a layer that must be there is not.
	ErrMissing = errors.New("missing")
	// ErrNoState: the stick, or its backup, is to be opened as it was at a layer that is not there.
	ErrNoState = errors.New("nothing is kept of that state")
	// ErrKind: a folder stands where a file is wanted, or the other way round.
	ErrKind = errors.New("a folder cannot take the place of a file, nor a file that of a folder")
	// ErrClosed: the stick was closed.
	ErrClosed = errors.New("the stick is closed")
)
