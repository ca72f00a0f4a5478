//go:build unix

package fault_test

import (
	"syscall"

	"stowage/crypt/fault"
)

// systemErrors by what they mean.
var systemErrors = map[error][]syscall.Errno{
	fault.ErrFull:     {syscall.ENOSPC, syscall.EDQUOT},
	fault.ErrReadOnly: {syscall.EROFS},
	fault.ErrGone:     {syscall.ENODEV, syscall.ENXIO, syscall.ESTALE, syscall.ENOTCONN, syscall.EHOSTDOWN, syscall.ETIMEDOUT},
	fault.ErrFailing:  {syscall.EIO},
}
