//go:build unix && !linux

package nodump

import "golang.org/x/sys/unix"

// Set forbids core dumps of this process and of those it starts from now on. Where
// the system does not let it, nothing else is lost.
func Set() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
