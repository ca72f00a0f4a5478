package stickpath

import (
	"testing"
)

// TestNamesThatClash puts names on a stick that look alike: those of one normal form
// are one name, and all others are different ones.
func TestNamesThatClash(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"café", "cafe\u0301", true},
		{"\u212Bngström", "\u00C5ngström", true},
		{"paypal", "p\u0430ypal", false},
		{"ﬁle", "file", false},
		{"a\u200bb", "ab", false},
	} {
		a, errA := Clean(c.a)
		b, errB := Clean(c.b)
		if errA != nil || errB != nil || (a == b) != c.same {
			t.Errorf("%q and %q are %q and %q (%v, %v)", c.a, c.b, a, b, errA, errB)
		}
	}
}
