package stick_test

import (
	"fmt"
	"testing"
	"time"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// TestClockJumps stores with a clock that jumps back and forward by years, within
// a session and between sessions: what was stored last is what counts, all
// versions are kept in the order in which they were stored, and nothing is wrong
// with the stick.
func TestClockJumps(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	sc.issue(t, m)
	now := start
	o := stick.OpenOptions{Clock: func() time.Time { return now }}
	years := []int{0, 30, -40, 5, -1, 1000}
	var want []string
	for i, jump := range years {
		st := sc.openWith(t, m, o)
		for _, within := range []int{0, -20} {
			now = start.AddDate(jump+within, 0, 0)
			content := fmt.Sprintf("session %d, %d years", i, jump+within)
			put(t, st, map[string]string{"diary.txt": content})
			want = append([]string{content}, want...)
			same(t, st, map[string]string{"diary.txt": content})
		}
		st = sc.reopen(t, st, m) // without any warning
		if result := must(st.Check(t.Context(), nil))(t); !result.Healthy() {
			t.Fatalf("session %d: %v", i, result.Problems)
		}
		same(t, st, map[string]string{"diary.txt": want[0]})
		check(t, st.Close())
	}
	st := sc.open(t, withoutTables(m))
	versions := must(st.Versions("diary.txt"))(t)
	if len(versions) != len(want) {
		t.Fatalf("%d versions, want %d", len(versions), len(want))
	}
	must(st.Tidy(t.Context(), stick.TidyOptions{All: true}))(t)
	same(t, sc.reopen(t, st, m), map[string]string{"diary.txt": want[0]})
}
