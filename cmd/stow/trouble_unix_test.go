//go:build unix

package main

import "syscall"

// systemSays is what the system says of a drive in trouble.
var systemSays = map[string]error{
	"full": syscall.ENOSPC, "read-only": syscall.EROFS, "removed": syscall.ENODEV, "failing": syscall.EIO,
}
