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
// and are none: opening and storing take time in proportion to them.
func TestJunkFiles(t *testing.T) {
	files := 5_000
	if longtest.Wanted() {
		files = 50_000
	}
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
	if took := longtest.ProcessorTime() - before; took > time.Duration(files)*300*time.Microsecond {
		t.Errorf("%d junk files took %v of processor time", 2*files, took)
	}
	t.Log(longtest.ProcessorTime() - before)
}
