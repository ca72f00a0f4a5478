//go:build unix

package crypt

import (
	"errors"
	"syscall"
)

// isInvalid reports whether a file system has no such operation for folders.
func isInvalid(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOSYS)
}
