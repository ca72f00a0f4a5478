package stick_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// tablesOn are the tables of contents on a drive.
func tablesOn(m *sticktest.Mem) []string {
	return slices.DeleteFunc(m.Files(), func(name string) bool { return !strings.HasPrefix(name, "stowage/contents/") })
}

// TestSavesShareATable: small saves wait for a table of contents together, a large one does not
// wait, closing writes what is missing, and a stick that is pulled out before opens without.
func TestSavesShareATable(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	sc.issue(t, m)
	s := sc.open(t, m)
	want := map[string]string{}
	save := func(name, content string) {
		t.Helper()
		want[name] = content
		put(t, s, map[string]string{name: content})
	}
	save("before", "content")
	check(t, s.Close())
	s = sc.open(t, m)
	before := len(tablesOn(m))
	for i := range 15 {
		save(fmt.Sprint("small", i), "content")
	}
	if n := len(tablesOn(m)) - before; n != 0 {
		t.Errorf("15 small saves made %d tables", n)
	}
	pulled := m.Clone()
	save("small15", "content")
	if n := len(tablesOn(m)) - before; n != 1 {
		t.Errorf("16 small saves made %d tables", n)
	}
	save("large", strings.Repeat("x", 2<<20))
	if n := len(tablesOn(m)) - before; n != 2 {
		t.Errorf("a large one made %d tables", n-1)
	}
	save("last", "content")
	check(t, s.Close())
	if n := len(tablesOn(m)) - before; n != 3 {
		t.Errorf("closing made %d tables", n-2)
	}
	wantContents(t, sc.open(t, m), want)
	for _, name := range []string{"small15", "large", "last"} {
		delete(want, name)
	}
	wantContents(t, sc.open(t, pulled), want)
}

func wantContents(t *testing.T, s *stick.Stick, want map[string]string) {
	t.Helper()
	if got := contents(t, s); !maps.Equal(got, want) {
		t.Errorf("it holds %d of %d", len(got), len(want))
	}
}
