package safefile

import (
	"errors"
	"syscall"
)

// What Windows says of a file that another program has open and does not share.
var (
	// ErrInUse is ERROR_SHARING_VIOLATION.
	ErrInUse error = syscall.Errno(32)
	// ErrPartInUse is ERROR_LOCK_VIOLATION: some of its bytes are locked.
	ErrPartInUse error = syscall.Errno(33)
)

// busy reports whether an operation failed since another program has the file open.
func busy(err error) bool { return errors.Is(err, ErrInUse) }

// denied reports whether Windows denied access, which it does to what others hold and to what is forbidden.
func denied(err error) bool { return errors.Is(err, syscall.ERROR_ACCESS_DENIED) }
