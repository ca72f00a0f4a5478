package stick_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// TestTidyTakesInWhatIsInTheWay tidies layers between which a name went from
// file to folder, which no layer may do.
func TestTidyTakesInWhatIsInTheWay(t *testing.T) {
	sc, m, st := newStick(t)
	ctx := t.Context()
	put(t, st, map[string]string{"x": "a file", "large": text(1, 3<<20)}) // not worth tidying
	check(t, st.Remove(ctx, "x"))
	want := map[string]string{"large": text(1, 3<<20), "x/y": "below a folder"}
	put(t, st, map[string]string{"x/y": "below a folder"})
	for i := range 10 {
		name := fmt.Sprint("tiny ", i)
		put(t, st, map[string]string{name: "t"})
		want[name] = "t"
	}
	r := must(st.Tidy(ctx, stick.TidyOptions{}))(t)
	if r.Removed != 13 || r.Written != 1 {
		t.Errorf("%+v", r)
	}
	same(t, st, want)
	same(t, sc.reopen(t, withoutTablesOf(t, st, m), m), want)
}

// withoutTablesOf closes a stick, removes its tables, and returns it.
func withoutTablesOf(t testing.TB, st *stick.Stick, m *sticktest.Mem) *stick.Stick {
	t.Helper()
	check(t, st.Close())
	withoutTables(m)
	return st
}

// TestTidyLinks tidies the layer that a kept layer's links point into.
func TestTidyLinks(t *testing.T) {
	sc, m, st := newStick(t)
	ctx := t.Context()
	put(t, st, map[string]string{"a": "linked", "dead": text(1, 2<<20)})
	check(t, st.Remove(ctx, "dead"))
	check(t, st.Rename(ctx, "a", "b"))
	put(t, st, map[string]string{"large": text(2, 3<<20)})
	must(st.Tidy(ctx, stick.TidyOptions{}))(t)
	want := map[string]string{"b": "linked", "large": text(2, 3<<20)}
	same(t, sc.reopen(t, withoutTablesOf(t, st, m), m), want)
}

// TestTidyTakesBackWhatItWrote has tidying write two layers, and the drive fail
// at the second.
func TestTidyTakesBackWhatItWrote(t *testing.T) {
	sc, m, st := newStick(t)
	ctx := t.Context()
	big := strings.Repeat("0123456789abcdef", 32<<16) // 32 MiB: a layer of its own
	put(t, st, map[string]string{"secret name": big, "kept": "k"})
	check(t, st.Rename(ctx, "secret name", "big"))
	want := map[string]string{"big": big, "kept": "k"}
	before := layerFiles(m)
	broken := errors.New("input/output error")
	made := 0
	m.SetHook(func(_ int, op sticktest.Op) error {
		if op.Kind == sticktest.Create && strings.HasPrefix(op.Name, "stowage/layers/") {
			if made++; made == 2 {
				return broken
			}
		}
		return nil
	})
	if _, err := st.EraseForGood(ctx, []string{"secret name"}, nil); !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	m.SetHook(nil)
	if left := layerFiles(m); fmt.Sprint(left) != fmt.Sprint(before) {
		t.Errorf("left %v, before %v", left, before)
	}
	same(t, st, want)
	st = sc.reopen(t, st, m)
	must(st.EraseForGood(ctx, []string{"secret name"}, nil))(t)
	same(t, sc.reopen(t, st, m), want)
}
