package stick_test

import (
	"testing"

	"stowage/crypt/stick"
)

// Two files whose names differ only in how an accent is written are one name on a stick.
// With everything to be replaced, neither replaces the other, nor a third that is there.
func TestTwinsOfOneRunAreBothStored(t *testing.T) {
	_, _, st := newStick(t)
	other := tree(t, map[string]string{"in/caf\u00e9.txt": "old", "in/caf\u00e9 (2).txt": "a third"})
	must(st.Put(t.Context(), ".", []string{other + "/in"}, stick.PutOptions{}))(t)
	dir := tree(t, map[string]string{"in/caf\u00e9.txt": "composed", "in/cafe\u0301.txt": "decomposed"})
	r := must(st.Put(t.Context(), ".", []string{dir + "/in"}, stick.PutOptions{Clash: stick.Replace}))(t)
	if len(r.Stored) != 2 || len(r.Skipped) > 0 {
		t.Errorf("stored %v, skipped %v", r.Stored, r.Skipped)
	}
	same(t, st, map[string]string{
		"in/caf\u00e9.txt": "decomposed", "in/caf\u00e9 (3).txt": "composed", "in/caf\u00e9 (2).txt": "a third",
	})
}
