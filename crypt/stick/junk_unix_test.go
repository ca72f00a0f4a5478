//go:build unix

package stick_test

import (
	"fmt"
	"testing"
	"time"

	"stowage/crypt/longtest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// TestJunkFiles fills the stick's folders with files that are called as layers and tables are,
// and are none: opening and storing take time in proportion to them. It is measured against a tenth of them, since a busy
// machine and the race detector slow both.
func TestJunkFiles(t *testing.T) {
	files := 5_000
	if longtest.Wanted() {
		files = 50_000
	}
	few, many := junkTime(t, files/10), junkTime(t, files)
	t.Logf("%v of processor time with %d junk files, %v with %d", few, files/5, many, 2*files)
	if many > 30*few { // a hundred times if each were compared with each
		t.Errorf("ten times the junk took %.0f times the processor time", float64(many)/float64(few))
	}
}

// junkTime is the processor time of opening and storing among files of junk in each folder.
func junkTime(t *testing.T, files int) time.Duration {
	t.Helper()
	sc, m := newSchool(t, "Example School"), sticktest.New()
	sc.issue(t, m)
	for i := range files {
		m.WriteFile(fmt.Sprintf("stowage/layers/%08d-00000000.age", i+1), []byte("x"))
		m.WriteFile(fmt.Sprintf("stowage/contents/%08d-00000000.age", i+1), []byte("x"))
	}
	before := longtest.ProcessorTime()
	st := sc.openWith(t, m, stick.OpenOptions{})
	put(t, st, map[string]string{"a": "kept"})
	if got := contents(t, st)["a"]; got != "kept" {
		t.Errorf("read %q", got)
	}
	check(t, st.Close())
	return longtest.ProcessorTime() - before
}
