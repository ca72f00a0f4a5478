//go:build unix

package crypt

import "golang.org/x/sys/unix"

// nameErrors are what the system says of a name that a folder does not take.
var nameErrors = []error{unix.EINVAL, unix.ENAMETOOLONG, unix.EILSEQ}
