//go:build unix

package main

import "golang.org/x/sys/unix"

// noCoreDumps keeps a crash from writing memory, and with it keys, to the disk. Where
// the system does not let it, nothing else is lost.
func noCoreDumps() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
