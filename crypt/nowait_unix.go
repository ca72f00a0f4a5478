//go:build unix

package crypt

import "syscall"

// noWait is the flag for opening a file that keeps opening a pipe from waiting for its other end.
const noWait = syscall.O_NONBLOCK
