package drive

import (
	"errors"
	"fmt"
)

// What a drive says.
var (
	// ErrFull: the drive has no room; see also [NoSpaceError].
	ErrFull = errors.New("the drive is full")
	// ErrReadOnly: the drive, or this opening of the stick, cannot be written to.
	ErrReadOnly = errors.New("the stick is read-only")
	// ErrGone: the drive is no longer there.
	ErrGone = errors.New("the drive is no longer there")
	// ErrFailing: the drive could not read or write what it should; some systems say
	// so as well when it was pulled out.
	ErrFailing = errors.New("the drive made an error")
	// ErrTooLarge: something exceeds what a stick can hold or a reader accepts.
	ErrTooLarge = errors.New("too large")
	// ErrTooMuch: a stick holds so much that to open it would take more memory than any honest one does.
	ErrTooMuch = errors.New("the stick holds more than an honest program writes")
	// ErrInUse: somebody else holds a lock.
	ErrInUse = errors.New("locked by another program")
	// ErrSpecial: neither a file nor a folder, such as a link or a device.
	ErrSpecial = errors.New("neither a file nor a folder")
)

// NoSpaceError says that something does not fit. It is found before anything is
// written, and again when a drive filled up meanwhile since others write on it too.
type NoSpaceError struct {
	Need int64 // bytes that are to be written, padding included
	Free int64 // bytes free on the drive
	// Kept is how much tidying would free, about: past versions and deleted files that are not given up unasked.
	Kept int64
}

func (e *NoSpaceError) Error() string {
	return fmt.Sprintf("the drive has %d bytes free and %d are needed", e.Free, e.Need)
}

// Is makes a NoSpaceError an [ErrFull].
func (e *NoSpaceError) Is(target error) bool { return target == ErrFull }
