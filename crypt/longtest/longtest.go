// Package longtest is where tests ask whether to take their time. Every day they try a little of what takes long; with
// STOWAGE_LONG=1 in the environment, which .ci/test -long sets, all of it. It is for tests only.
package longtest

import (
	"flag"
	"os"
	"testing"
)

// Wanted reports whether tests are to take their time.
func Wanted() bool { return os.Getenv("STOWAGE_LONG") == "1" }

// Int declares a flag for how much a test tries: little every day, and long when that is wanted. Either way the flag may say
// another number.
func Int(name string, little, long int, usage string) *int {
	if Wanted() {
		little = long
	}
	return flag.Int(name, little, usage)
}

// Bool declares a flag for what a test does only when it is to take its time.
func Bool(name, usage string) *bool { return flag.Bool(name, Wanted(), usage) }

// SkipRaced skips a test under the race detector: one that does the same on one goroutine many hundred times, or in other
// processes, where the detector takes minutes and has nothing to find.
func SkipRaced(t testing.TB) {
	t.Helper()
	if raced {
		t.Skip("nothing for the race detector")
	}
}
