//go:build unix

package crypt_test

import (
	"syscall"
	"testing"
	"time"
)

// reportCPU starts to measure the processor time of all cores, and returns what
// reports it: on a busy machine it says more than the time that has passed.
func reportCPU(b *testing.B) func() {
	begun := cpuTime()
	return func() {
		b.ReportMetric(float64(cpuTime()-begun)/float64(b.N), "cpu-ns/op")
	}
}

func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
