//go:build unix

package stick_test

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// TestJunkFiles fills the stick's folders with files that are called as layers and tables are,
// and are none: opening and storing take time in proportion to them.
func TestJunkFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 files")
	}
	sc, m := newSchool(t, "Example School"), sticktest.New()
	sc.issue(t, m)
	const files = 50_000
	for i := range files {
		m.WriteFile(fmt.Sprintf("stowage/layers/%08d-00000000.age", i+1), []byte("x"))
		m.WriteFile(fmt.Sprintf("stowage/contents/%08d-00000000.age", i+1), []byte("x"))
	}
	before := processorTime(t)
	st := sc.openWith(t, m, stick.OpenOptions{})
	put(t, st, map[string]string{"a": "kept"})
	if got := contents(t, st)["a"]; got != "kept" {
		t.Errorf("read %q", got)
	}
	check(t, st.Close())
	if took := processorTime(t) - before; took > files*300*time.Microsecond {
		t.Errorf("%d junk files took %v of processor time", 2*files, took)
	}
	t.Log(processorTime(t) - before)
}

// processorTime is what this process has used so far.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used unix.Rusage
	check(t, unix.Getrusage(unix.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
