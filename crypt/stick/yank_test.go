package stick_test

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// surviving returns those of the operations that a drive keeps which loses
// everything that was not synced: writes by a later sync of the file, names
// made and removed by a later sync of their folder.
func surviving(ops []sticktest.Op) []sticktest.Op {
	var kept []sticktest.Op
	synced, dirs := map[string]bool{}, map[string]bool{}
	for _, op := range slices.Backward(ops) {
		switch op.Kind {
		case sticktest.Sync:
			synced[op.Name] = true
		case sticktest.SyncDir:
			dirs[op.Name] = true
		case sticktest.Write:
			if synced[op.Name] {
				kept = append(kept, op)
			}
		default:
			if dirs[path.Dir(op.Name)] {
				kept = append(kept, op)
			}
		}
	}
	slices.Reverse(kept)
	return kept
}

// torn cuts the last operation short if it is a write.
func torn(ops []sticktest.Op) []sticktest.Op {
	ops = slices.Clone(ops)
	if n := len(ops); n > 0 && ops[n-1].Kind == sticktest.Write {
		ops[n-1].Data = ops[n-1].Data[:len(ops[n-1].Data)/2]
	}
	return ops
}

// milestone is what a stick holds once so many operations were done.
type milestone struct {
	ops  int
	want map[string]string
}

// TestYankedAtEveryOperation pulls the drive at every operation of a stick's
// life. Whatever was reported as stored must be there, what was under way is
// there whole or not at all, and the next write works.
func TestYankedAtEveryOperation(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	m.Record()
	sc.issue(t, m)
	st := sc.openWith(t, m, stick.OpenOptions{PartSize: 100 << 10})
	ctx := t.Context()
	want := map[string]string{}
	marks := []milestone{{len(m.Recorded()), map[string]string{}}}
	reached := func() {
		t.Helper()
		same(t, st, want)
		marks = append(marks, milestone{len(m.Recorded()), contents(t, st)})
	}
	store := func(files map[string]string) {
		put(t, st, files)
		maps.Copy(want, files)
		reached()
	}
	store(map[string]string{"a": "1", "dir/b": text(1, 200_000), "dir/c": "3", "e/": ""})
	store(map[string]string{"a": "2", "f": text(2, 70_000)})
	check(t, st.Rename(ctx, "dir", "moved"))
	want["moved/b"], want["moved/c"] = want["dir/b"], want["dir/c"]
	delete(want, "dir/b")
	delete(want, "dir/c")
	reached()
	check(t, st.Remove(ctx, "f"))
	delete(want, "f")
	reached()
	must(st.Tidy(ctx, stick.TidyOptions{All: true}))(t)
	reached()
	store(map[string]string{"a": "3", "g": "secret"})
	must(st.EraseForGood(ctx, []string{"g"}, nil))(t)
	delete(want, "g")
	reached()
	next, sealed := sc.newHolder(t, "h-1", keys.Hybrid)
	check(t, st.Rekey(ctx, stick.RekeyOptions{Holders: []string{sc.holder.Recipient(), next.Recipient()}, HolderKey: sealed}))
	reached()
	check(t, st.Rotate(ctx, stick.RotateOptions{School: sc.authority, Code: sc.code}))
	reached()
	store(map[string]string{"h": "after"})
	check(t, st.ReplaceCode(nil))
	check(t, st.Close())

	ops := m.Recorded()
	t.Logf("%d operations", len(ops))
	states := 0
	for k := marks[0].ops; k <= len(ops); k++ {
		i := 0
		for i+1 < len(marks) && marks[i+1].ops <= k {
			i++
		}
		allowed := []map[string]string{marks[i].want}
		if i+1 < len(marks) {
			allowed = append(allowed, marks[i+1].want)
		}
		for name, kept := range map[string][]sticktest.Op{"all": ops[:k], "torn": torn(ops[:k]), "synced": surviving(ops[:k])} {
			states++
			if err := afterYank(t, sc, sticktest.Replay(kept), allowed); err != nil {
				t.Fatalf("after operation %d (%s %s) of %d, keeping %s: %v", k, ops[k-1].Kind, ops[k-1].Name, len(ops), name, err)
			}
		}
	}
	t.Logf("%d states", states)
}

// afterYank opens what is left, compares it, and goes on working.
func afterYank(t *testing.T, sc *school, m *sticktest.Mem, allowed []map[string]string) error {
	allowed = slices.Clone(allowed)
	for round := range 2 {
		st, err := stick.Open(t.Context(), m, stick.WithHolderKey(sc.holder), stick.OpenOptions{Clock: clock})
		if err != nil {
			return fmt.Errorf("open: %w", err)
		}
		defer st.Close()
		for _, w := range st.Warnings() {
			if w.Kind != stick.WarnTorn {
				return fmt.Errorf("warning: %v", w)
			}
		}
		got := contents(t, st)
		if !slices.ContainsFunc(allowed, func(want map[string]string) bool { return maps.Equal(got, want) }) {
			return fmt.Errorf("round %d: it holds %v", round, slices.Sorted(maps.Keys(got)))
		}
		if round == 0 {
			put(t, st, map[string]string{"next": "works"})
			if st.Rotating() {
				if err := st.Rotate(t.Context(), stick.RotateOptions{School: sc.authority}); err != nil {
					return fmt.Errorf("finish rotating: %w", err)
				}
			}
			if _, err := st.Tidy(t.Context(), stick.TidyOptions{All: true}); err != nil {
				return err
			}
			for i := range allowed {
				allowed[i] = maps.Clone(allowed[i])
				allowed[i]["next"] = "works"
			}
		}
		if err := st.Close(); err != nil {
			return err
		}
	}
	return nil
}

// TestYankedWhileChangingPassphrase opens with one of the two at every moment.
func TestYankedWhileChangingPassphrase(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	m.Record()
	sc.issue(t, m)
	st := sc.open(t, m)
	next := []byte("another long passphrase")
	begun := len(m.Recorded())
	check(t, st.ChangePassphrase(passphrase, next))
	done := len(m.Recorded())
	ops := m.Recorded()
	for k := begun; k <= done; k++ {
		for name, kept := range map[string][]sticktest.Op{"all": ops[:k], "torn": torn(ops[:k]), "synced": surviving(ops[:k])} {
			m := sticktest.Replay(kept)
			oldErr := opens(t, m.Clone(), stick.WithPassphrase(passphrase))
			newErr := opens(t, m.Clone(), stick.WithPassphrase(next))
			if oldErr != nil && newErr != nil || k == done && (newErr != nil || !errors.Is(oldErr, keys.ErrPassphrase)) {
				t.Errorf("after operation %d of %d, keeping %s: old %v, new %v", k-begun, done-begun, name, oldErr, newErr)
			}
			if newErr == nil { // the one that was used is then the only one
				check(t, opens(t, m, stick.WithPassphrase(next)))
				if err := opens(t, m, stick.WithPassphrase(passphrase)); !errors.Is(err, keys.ErrPassphrase) {
					t.Errorf("after operation %d: the old one still opens: %v", k-begun, err)
				}
			}
		}
	}
}

// TestYankedWhileIssuing issues again over whatever is left.
func TestYankedWhileIssuing(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	m.Record()
	sc.issue(t, m)
	ops := m.Recorded()
	for k := range len(ops) + 1 {
		for name, kept := range map[string][]sticktest.Op{"all": ops[:k], "torn": torn(ops[:k]), "synced": surviving(ops[:k])} {
			m := sticktest.Replay(kept)
			_, err := stick.Issue(t.Context(), m, sc.options())
			if err != nil && !errors.Is(err, stick.ErrAlreadyStick) {
				t.Fatalf("after operation %d of %d, keeping %s: %v", k, len(ops), name, err)
			}
			if err := opens(t, m, stick.WithHolderKey(sc.holder)); err != nil {
				t.Fatalf("after operation %d of %d, keeping %s: open: %v", k, len(ops), name, err)
			}
		}
	}
}
