package stick_test

import (
	"fmt"
	"maps"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// TestAttackForkedStick takes the newest layer and the tables of contents away, and has the stick written on, and tidied,
// by somebody who never saw that layer. Whoever saw it notices.
func TestAttackForkedStick(t *testing.T) {
	sc, m := newSchool(t, "Example School"), sticktest.New()
	sc.issue(t, m)
	st := sc.open(t, m)
	put(t, st, map[string]string{"a": "1"})
	put(t, st, map[string]string{"evidence": "to be made to vanish"})
	seen := st.Head()
	check(t, st.Close())
	check(t, m.Remove(layerFiles(m)[1]))
	withoutTables(m)
	for i := range 4 {
		st := sc.open(t, m)
		put(t, st, map[string]string{"b": fmt.Sprint(i)})
		if i >= 2 {
			must(st.Tidy(t.Context(), stick.TidyOptions{All: true}))(t)
		}
		check(t, st.Close())
		for _, tables := range []bool{true, false} {
			c := m.Clone()
			if !tables {
				withoutTables(c)
			}
			again := sc.openWith(t, c, stick.OpenOptions{LastSeen: seen})
			if k := kinds(again); k[stick.WarnForked] != 1 || len(k) != 1 {
				t.Errorf("after %d more changes, tables %v: %v", i+1, tables, again.Warnings())
			}
			if w := again.Recall(seen); w == nil || w.Kind != stick.WarnForked {
				t.Errorf("recalled: %v", w)
			}
			check(t, again.Close())
		}
	}
}

// TestHistoryIsKept: whatever is honestly done to a stick, every state that it ever had is found in its history, also
// with no tables of contents, and without a warning.
func TestHistoryIsKept(t *testing.T) {
	sc, m := newSchool(t, "Example School"), sticktest.New()
	sc.issue(t, m)
	var heads []stick.Head
	ctx := t.Context()
	for i := range 6 {
		st := sc.open(t, m)
		for _, do := range []func(){
			func() { put(t, st, map[string]string{"a": text(i, 3000), fmt.Sprint("only ", i): "x"}) },
			func() { put(t, st, map[string]string{"a": text(i+100, 3000)}) },
			func() { check(t, st.Rename(ctx, "a", "b")) },
			func() { check(t, st.Remove(ctx, fmt.Sprint("only ", i))) },
			func() { must(st.Tidy(ctx, stick.TidyOptions{All: i%2 == 0}))(t) },
			func() { must(st.EraseForGood(ctx, []string{"b"}, nil))(t) },
		} {
			do()
			heads = append(heads, st.Head())
		}
		if i == 3 {
			check(t, st.Rotate(ctx, stick.RotateOptions{School: sc.authority}))
			heads = append(heads, st.Head())
		}
		check(t, st.Close())
	}
	for _, tables := range []bool{true, false} {
		c := m.Clone()
		if !tables {
			withoutTables(c)
		}
		st := sc.open(t, c)
		for i, h := range heads {
			if w := st.Recall(h); w != nil {
				t.Errorf("tables %v, state %d of %d: %v", tables, i, len(heads), w)
			}
		}
		check(t, st.Close())
	}
}

// TestRotatedUnseen: a computer that missed several rotations of a stick finds what it saw in its history, and names a
// fork all the same.
func TestRotatedUnseen(t *testing.T) {
	sc, m := newSchool(t, "Example School"), sticktest.New()
	sc.issue(t, m)
	st := sc.open(t, m)
	put(t, st, map[string]string{"a": "1"})
	put(t, st, map[string]string{"b": "2"})
	seen := st.Head()
	before := m.Clone()
	for range 3 {
		check(t, st.Rotate(t.Context(), stick.RotateOptions{School: sc.authority}))
	}
	put(t, st, map[string]string{"c": "3"})
	check(t, st.Close())
	for i := range 3 {
		again := sc.openWith(t, m, stick.OpenOptions{LastSeen: seen})
		if w := again.Warnings(); len(w) != 0 {
			t.Errorf("step %d: %v", i, w)
		}
		if i == 1 { // what follows is without tables of contents
			must(again.Tidy(t.Context(), stick.TidyOptions{All: true}))(t)
		}
		check(t, again.Close())
		if i == 0 {
			withoutTables(m)
		}
	}

	st = sc.open(t, before) // the same, but the layer that was seen is taken away first
	check(t, st.Close())
	check(t, before.Remove(layerFiles(before)[1]))
	withoutTables(before)
	st = sc.open(t, before)
	put(t, st, map[string]string{"b": "another"})
	for range 3 {
		check(t, st.Rotate(t.Context(), stick.RotateOptions{School: sc.authority}))
	}
	check(t, st.Close())
	again := sc.openWith(t, before, stick.OpenOptions{LastSeen: seen})
	defer again.Close()
	if k := kinds(again); k[stick.WarnForked] != 1 || len(k) != 1 {
		t.Errorf("a fork that was rotated: %v", again.Warnings())
	}
}

// TestAttackTornInsteadOfTakenAway cuts the newest layer short instead of taking it away, so that it looks as if it had never
// been whole, and has the stick written on.
func TestAttackTornInsteadOfTakenAway(t *testing.T) {
	sc, m, backup := newSchool(t, "Example School"), sticktest.New(), sticktest.New()
	sc.issue(t, m)
	st := sc.open(t, m)
	put(t, st, map[string]string{"a": "1"})
	files := map[string]string{}
	for i := range 20 {
		files[fmt.Sprint("evidence ", i)] = text(i, 20_000)
	}
	put(t, st, files)
	seen := st.Head()
	must(st.Backup(t.Context(), backup, stick.BackupOptions{}))(t)
	check(t, st.Close())
	name := layerFiles(m)[1]
	m.WriteFile(name, m.ReadFile(name)[:300_000])
	withoutTables(m)
	for i := range 3 {
		st := sc.openWith(t, m, stick.OpenOptions{LastSeen: seen})
		want := map[stick.WarningKind]int{stick.WarnTorn: 1}
		if i > 0 { // nothing is known to be lost as long as nobody wrote on: it may be repaired from the backup
			want[stick.WarnForked] = 1
		}
		if k := kinds(st); !maps.Equal(k, want) {
			t.Errorf("after %d changes: %v", i, st.Warnings())
		}
		if r := must(st.Backup(t.Context(), backup, stick.BackupOptions{}))(t); (r.Fork != nil) != (i > 0) || i > 0 && r.Copied > 0 {
			t.Errorf("after %d changes: backed up: %+v, %+v", i, r, r.Fork)
		}
		put(t, st, map[string]string{fmt.Sprint("other ", i): "written on"})
		check(t, st.Close())
	}
}
