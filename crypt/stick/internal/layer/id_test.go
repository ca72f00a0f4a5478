package layer

import (
	"path"
	"testing"
)

// FuzzLayerName takes the names of files in the folders of a stick apart: one that is taken is the
// name that is made of it again, and nothing else is.
func FuzzLayerName(f *testing.F) {
	for _, name := range []string{"00000001-0123abcd.age", "00000001-0123abcd.age.001", "999999999999999-ffffffff.age.999", "../00000001-0123abcd.age", "", "1-0.age"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		id, part, ok := ParseName(name)
		if ok && (path.Base(id.Part(part)) != name || id.Seq < 1 || part < 0 || part >= MaxParts) {
			t.Errorf("%q is part %d of %s", name, part, id)
		}
	})
}
