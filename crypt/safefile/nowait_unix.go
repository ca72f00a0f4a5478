//go:build unix

package safefile

import "syscall"

// NoWait is the flag for opening a file that keeps opening a pipe from waiting for its other end.
const NoWait = syscall.O_NONBLOCK
