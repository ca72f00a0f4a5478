package fault_test

import (
	"syscall"

	"stowage/crypt/fault"
)

// systemErrors by what they mean, in the numbers that Windows documents.
var systemErrors = map[error][]syscall.Errno{
	fault.ErrFull:     {112, 39, 1295},
	fault.ErrReadOnly: {19},
	fault.ErrGone:     {21, 55, 433, 1167, 1617, 1112, 34, 1006, 53, 67, 64, 59, 121},
	fault.ErrFailing:  {23, 1117, 27, 25, 29, 30, 31, 1127, 1392, 1393},
}
