package safefile

import "syscall"

// What Windows says of a file that another program has open and does not share.
var (
	// ErrInUse is ERROR_SHARING_VIOLATION.
	ErrInUse error = syscall.Errno(32)
	// ErrPartInUse is ERROR_LOCK_VIOLATION: some of its bytes are locked.
	ErrPartInUse error = syscall.Errno(33)
)
