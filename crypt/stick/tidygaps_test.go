package stick_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"stowage/crypt/stick"
)

// TestTidyingWaitsForRepair has an older layer with damage inside and its end whole, whose table is gone. All that is known
// to count can be read; but nobody knows what else was where the damage is, so it is not tidied away.
func TestTidyingWaitsForRepair(t *testing.T) {
	d, want := twentyFiles(t)
	s := d.open(t)
	newer := map[string]string{}
	for i := range 20 {
		if name := fmt.Sprintf("file %02d", i); i >= 4 && i <= 11 { // all that lies around the damage is replaced
			newer[name] = "a newer version of " + name
		}
	}
	put(t, s, newer)
	maps.Copy(want, newer)
	check(t, s.Close())
	withoutTables(d.Mem)
	layer := d.names(t, "stowage/layers")[1]
	content := []byte(d.read(t, layer))
	clear(content[200_000:265_536])
	d.WriteFile(layer, content)
	s = d.open(t)
	for _, o := range []stick.TidyOptions{{All: true}, {}} {
		if _, err := s.Tidy(t.Context(), o); !errors.Is(err, stick.ErrDamaged) {
			t.Errorf("%+v: tidied what must be repaired first: %v", o, err)
		}
	}
	if !slices.Contains(d.names(t, "stowage/layers"), layer) {
		t.Error("the layer is gone, with what could be saved of it")
	}
	must(s.Repair(t.Context(), stick.RepairOptions{}))(t)
	readable := must(readableOn(s))(t)
	for name, content := range want {
		if readable[name] != content && readable["rescued from 2/"+name] != content { // what lies behind a gap takes no place
			t.Errorf("%s cannot be read after repair", name)
		}
	}
	check(t, s.Close())
}
