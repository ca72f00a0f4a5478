//go:build unix

package longtest

import (
	"syscall"
	"time"
)

// ProcessorTime is what all cores have spent on this process so far. Unlike the clock it is the same on a busy machine.
func ProcessorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
