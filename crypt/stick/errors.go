package stick

import (
	"errors"
	"fmt"
	"time"

	"stowage/crypt/stick/internal/aside"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/program"
	"stowage/crypt/stick/internal/sticknote"
	"stowage/crypt/stick/internal/stickpath"
)

// The errors that callers decide on. They are wrapped with what failed and to
// what; use errors.Is. Those of the unlocked key ([keys.ErrPassphrase],
// [keys.ErrOtherSchool], …) come from package keys.
var (
	// ErrInTheWay: something of somebody's has a name that the stick needs, and cannot be
	// moved out of its way.
	ErrInTheWay = aside.ErrInTheWay
	// ErrNotVerified: what was read back from the stick is not what lies on the
	// drive, so the original was not removed.
	ErrNotVerified = aside.ErrNotVerified
	// ErrProgram: a program is not the one that the school signed for.
	ErrProgram = program.ErrProgram
	// ErrNotStick: the drive holds no stick.
	ErrNotStick = sticknote.ErrNotStick
	// ErrAlreadyStick: the drive holds a stick, or what is left of one.
	ErrAlreadyStick = errors.New("the drive is an encrypted stick already")
	// ErrNoKey: the stick carries no key of the kind that was to be unlocked.
	ErrNoKey = errors.New("the stick carries no such key")
	// ErrKeysGone: the files of the stick's own identity were all deleted, so that no key opens it until
	// [RestoreKeys] puts them back.
	ErrKeysGone = errors.New("the stick's own keys are gone")
	// ErrSwapped: a key file is not the one that the school's note vouches for.
	ErrSwapped = errors.New("the stick's key is not the one the school signed for")

	// ErrNoCode: the stick carries no recovery code, such as after it was used. It is an [ErrNoKey] as well.
	ErrNoCode = errors.New("the stick carries no recovery code")
	// ErrFull: the drive has no room; see also [NoSpaceError].
	ErrFull = drive.ErrFull
	// ErrReadOnly: the drive, or this opening of the stick, cannot be written to.
	ErrReadOnly = drive.ErrReadOnly
	// ErrGone: the drive is no longer there.
	ErrGone = drive.ErrGone
	// ErrFailing: the drive could not read or write what it should; some systems say
	// so as well when it was pulled out.
	ErrFailing = drive.ErrFailing
	// ErrTooLarge: something exceeds what a stick can hold or a reader accepts.
	ErrTooLarge = drive.ErrTooLarge
	// ErrTooMuch: a stick holds so much that to open it would take more memory than any honest one does.
	ErrTooMuch = drive.ErrTooMuch
	// ErrInUse: somebody else holds a lock; Open turns it into [InUseError].
	ErrInUse = drive.ErrInUse
	// ErrSpecial: neither a file nor a folder, such as a link or a device.
	ErrSpecial = drive.ErrSpecial

	// ErrFormat: the stick was written in a format that this program is too old for.
	ErrFormat = layer.ErrFormat
	// ErrForged: a layer was not written by anyone who can open the stick, or
	// belongs elsewhere.
	ErrForged = layer.ErrForged
	// ErrDamaged: a layer or file on the stick cannot be read as it was written.
	ErrDamaged = layer.ErrDamaged
	// ErrMissing: a layer that must be there is not.
	ErrMissing = layer.ErrMissing
	// ErrNoState: the stick, or its backup, is to be opened as it was at a layer that is not there.
	ErrNoState = layer.ErrNoState
	// ErrKind: a folder stands where a file is wanted, or the other way round.
	ErrKind = layer.ErrKind
	// ErrClosed: the stick was closed.
	ErrClosed = layer.ErrClosed

	// ErrReopen: after an error of the drive it is not certain what is on it;
	// nothing can be changed until the stick is closed and opened again.
	ErrReopen = errors.New("the stick must be closed and opened again")

	// ErrNotFound: no such file or folder on the stick.
	ErrNotFound = errors.New("no such file or folder on the stick")
	// ErrExists: the name is taken, and replacing it was not asked for.
	ErrExists = errors.New("the name exists already")
	// ErrName: a name that a stick does not hold; see [CheckPath].
	ErrName = stickpath.ErrName
	// ErrChanged: a file changed while it was being read.
	ErrChanged = errors.New("changed while it was being read")
)

// InUseError says that another program has the stick open.
type InUseError struct {
	Program string    // its name, empty when unknown
	PID     int       // its process, 0 when unknown
	Since   time.Time // when it opened the stick, zero when unknown
}

func (e *InUseError) Error() string {
	if e.PID == 0 {
		return "the stick is open in another program"
	}
	return fmt.Sprintf("the stick is open in %s (process %d)", e.Program, e.PID)
}

// Is makes an InUseError an [ErrInUse].
func (e *InUseError) Is(target error) bool { return target == ErrInUse }

// DestinationError says that the folder of the computer that files are being written to
// takes no more: it vanished, or its drive is full, read-only, failing or gone. It is
// none of [ErrFull] and the like, which are about the stick.
type DestinationError struct {
	Path string // the folder
	Need int64  // bytes still to be written
	Free int64  // bytes free there; -1 when that is not known
	Err  error  // what the system says; see package fault
}

func (e *DestinationError) Error() string { return "write to " + e.Path + ": " + e.Err.Error() }

// Unwrap returns the error behind it.
func (e *DestinationError) Unwrap() error { return e.Err }
