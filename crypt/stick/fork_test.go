package stick_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// forked is a stick whose backup has a layer that was then taken away, with the tables, before somebody who never saw it
// wrote on.
type forked struct {
	*school
	stick, backup *sticktest.Mem
	seen          stick.Head // of the history that was lost
}

func newForked(t *testing.T, writeOn ...func(*stick.Stick)) *forked {
	f := &forked{school: newSchool(t, "Example School"), stick: sticktest.New(), backup: sticktest.New()}
	f.issue(t, f.stick)
	st := f.open(t, f.stick)
	put(t, st, map[string]string{"kept": "1", "changed": "first"})
	check(t, st.Close())
	f.backUp(t)
	before := f.stick.Clone()
	st = f.open(t, f.stick)
	put(t, st, map[string]string{"evidence": "to be made to vanish", "folder/more": "too", "changed": "second time"})
	f.seen = st.Head()
	check(t, st.Close())
	f.backUp(t)
	f.stick = before
	withoutTables(f.stick)
	for _, do := range writeOn {
		st := f.open(t, f.stick)
		do(st)
		check(t, st.Close())
	}
	return f
}

// backUp backs the opened stick up.
func (f *forked) backUp(t *testing.T) stick.BackupResult {
	t.Helper()
	st := f.open(t, f.stick)
	defer st.Close()
	return must(st.Backup(t.Context(), f.backup, stick.BackupOptions{}))(t)
}

func writeOn(name string) func(*stick.Stick) {
	return func(st *stick.Stick) {
		_, err := st.PutItems(context.Background(), items(map[string]string{name: "written on"}), stick.PutOptions{Clash: stick.Replace})
		if err != nil {
			panic(err)
		}
	}
}

func tidyAll(st *stick.Stick) {
	if _, err := st.Tidy(context.Background(), stick.TidyOptions{All: true}); err != nil {
		panic(err)
	}
}

var lostFiles = []string{"changed", "evidence", "folder/more"}

// TestAttackForkedStickAgainstItsBackup: a backup alone, without a register or a computer that saw the stick, shows that
// it was put back and written on, keeps what was lost, and says which files that is.
func TestAttackForkedStickAgainstItsBackup(t *testing.T) {
	for name, c := range map[string]struct {
		on   []func(*stick.Stick)
		kind stick.WarningKind
	}{
		"put back":               {nil, stick.WarnRolledBack},
		"written on":             {[]func(*stick.Stick){writeOn("b")}, stick.WarnForked},
		"written on much":        {[]func(*stick.Stick){writeOn("b"), writeOn("c"), writeOn("d")}, stick.WarnForked},
		"written on and tidied":  {[]func(*stick.Stick){writeOn("b"), writeOn("b"), tidyAll, writeOn("d")}, stick.WarnForked},
		"the same name put back": {[]func(*stick.Stick){writeOn("evidence")}, stick.WarnForked},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForked(t, c.on...)
			for range 2 { // it stays so
				r := f.backUp(t)
				if r.Fork == nil || r.Fork.Kind != c.kind || r.Fork.Seq != f.seen.Seq || !r.Older || r.Copied+r.Removed > 0 || !slices.Equal(r.Fork.Files, lostFiles) {
					t.Fatalf("backed up: %+v, %+v", r, r.Fork)
				}
			}
			want := map[string]string{"kept": "1", "changed": "second time", "evidence": "to be made to vanish", "folder/more": "too"}
			openBackup(t, f.school, f.backup, want)
		})
	}
}

// TestAttackForkedStickUnopened: without a key a number that another layer of the backup has is enough to copy nothing.
func TestAttackForkedStickUnopened(t *testing.T) {
	f := newForked(t, writeOn("b"), writeOn("c"))
	for range 2 {
		if r := backUp(t, f.school, f.stick, f.backup); !r.Unclear || r.Copied > 0 {
			t.Errorf("a forked stick: %+v", r)
		}
	}
	// A rotated stick, whose layers have the numbers of those before, is none.
	f = newForked(t)
	st := f.open(t, f.stick)
	check(t, st.Rotate(t.Context(), stick.RotateOptions{School: f.authority}))
	check(t, st.Close())
	if r := backUp(t, f.school, f.stick, f.backup); r.Unclear || r.Copied == 0 {
		t.Errorf("a rotated stick: %+v", r)
	}
}

// TestForkInAsItWas opens a backup that has both histories, as those of programs before this one and of unopened sticks
// may, as it was before the fork.
func TestForkInAsItWas(t *testing.T) {
	f := newForked(t, writeOn("b"), writeOn("c"))
	for _, name := range layerFiles(f.stick) {
		if data := f.stick.ReadFile(name); !slices.Contains(layerFiles(f.backup), name) {
			f.backup.WriteFile(name, data)
		}
	}
	st := f.open(t, f.stick)
	fork := must(st.ForkIn(t.Context(), f.backup))(t)
	if fork == nil || fork.Kind != stick.WarnForked || fork.Seq != f.seen.Seq || !slices.Equal(fork.Files, lostFiles) {
		t.Fatalf("%+v", fork)
	}
	with := stick.WithRecovery(f.authority.Identities(), f.authority.Verifier())
	before := must(stick.OpenBackup(t.Context(), f.backup, with, stick.OpenOptions{Clock: clock, At: fork.Seq}))(t)
	defer before.Close()
	same(t, before, map[string]string{"kept": "1", "changed": "second time", "evidence": "to be made to vanish", "folder/": "", "folder/more": "too"})
	if before.Head() != f.seen || len(before.Warnings()) > 0 {
		t.Errorf("as it was: %v, %v; want %v", before.Head(), before.Warnings(), f.seen)
	}
	if _, err := stick.OpenBackup(t.Context(), f.backup, with, stick.OpenOptions{At: 99}); !errors.Is(err, stick.ErrNoState) {
		t.Errorf("a layer that never was: %v", err)
	}
}

// TestAttackJunkInABackup: what somebody else writes into the backup's folder, sealed for the stick or not, makes an honest
// stick no forked one.
func TestAttackJunkInABackup(t *testing.T) {
	sc, m, backup := newSchool(t, "Example School"), sticktest.New(), sticktest.New()
	sc.issue(t, m)
	st := sc.open(t, m)
	put(t, st, map[string]string{"a": "1"})
	must(st.Backup(t.Context(), backup, stick.BackupOptions{}))(t)
	backup.WriteFile("stowage/layers/00000099-0badcafe.age", []byte("junk"))
	backup.WriteFile("stowage/layers/00000098-0badcafe.age", m.ReadFile(layerFiles(m)[0]))
	backup.WriteFile("stowage/layers/00000097-0badcafe.age", strangeLayer(t, sc))
	put(t, st, map[string]string{"b": "2"})
	if r := must(st.Backup(t.Context(), backup, stick.BackupOptions{}))(t); r.Fork != nil || r.Older || r.Copied != 1 {
		t.Errorf("with junk: %+v, %+v", r, r.Fork)
	}
}

// strangeLayer is a layer of another stick.
func strangeLayer(t *testing.T, sc *school) []byte {
	other := sticktest.New()
	sc.issue(t, other)
	put(t, sc.open(t, other), map[string]string{"x": "of another stick"})
	return other.ReadFile(layerFiles(other)[0])
}

// TestSettledFork: once somebody decided about a fork nobody is warned of it any more, neither at once nor after tidying and
// rotating; the backup goes on, and gives up what was lost only after its usual time.
func TestSettledFork(t *testing.T) {
	f := newForked(t, writeOn("b"), writeOn("c"))
	unseen := stick.Head{Seq: f.seen.Seq + 40, Digest: f.seen.Digest} // what only a computer at home saw
	day := start
	o := stick.OpenOptions{Clock: func() time.Time { return day }}
	st := f.openWith(t, f.stick, o)
	check(t, st.Settle(t.Context(), f.seen.Seq))
	files := map[string]string{"kept": "1", "changed": "first", "b": "written on", "c": "written on"}
	put(t, st, map[string]string{"kept": "1"})
	check(t, st.Close())
	for i, change := range []func(*stick.Stick){
		func(*stick.Stick) { withoutTables(f.stick) },
		tidyAll,
		func(st *stick.Stick) { check(t, st.Rotate(t.Context(), stick.RotateOptions{School: f.authority})) },
		func(*stick.Stick) { withoutTables(f.stick) },
		func(st *stick.Stick) { check(t, st.Settle(t.Context(), 0)) },
		func(*stick.Stick) {},
	} {
		for _, seen := range []stick.Head{f.seen, unseen} {
			o.LastSeen = seen
			st := f.openWith(t, f.stick, o)
			if w := st.Warnings(); len(w) > 0 {
				t.Errorf("step %d: %v", i, w)
			}
			same(t, st, files)
			check(t, st.Close())
		}
		st := f.openWith(t, f.stick, o)
		if r := must(st.Backup(t.Context(), f.backup, stick.BackupOptions{}))(t); r.Fork != nil || r.Older {
			t.Errorf("step %d: backed up: %+v, %+v", i, r, r.Fork)
		}
		openBackup(t, f.school, f.backup, files)
		if i == 0 {
			with := stick.WithRecovery(f.authority.Identities(), f.authority.Verifier())
			lost := must(stick.OpenBackup(t.Context(), f.backup, with, stick.OpenOptions{At: f.seen.Seq}))(t)
			if got := must(filesOn(lost))(t); got["evidence"] != "to be made to vanish" {
				t.Errorf("what was lost, after settling: %q", got)
			}
			check(t, lost.Close())
		}
		change(st)
		check(t, st.Close())
	}
	day = day.Add(31 * 24 * time.Hour)
	st = f.openWith(t, f.stick, o)
	if r := must(st.Backup(t.Context(), f.backup, stick.BackupOptions{}))(t); r.Removed == 0 || len(layerFiles(f.backup)) != len(layerFiles(f.stick)) {
		t.Errorf("a month later the backup still has everything: %+v", r)
	}
	openBackup(t, f.school, f.backup, files)

	// It was put back to before it was settled: that is noticed.
	again := newForked(t, writeOn("b"))
	before := again.stick.Clone()
	st = again.open(t, again.stick)
	check(t, st.Settle(t.Context(), again.seen.Seq))
	head := st.Head()
	check(t, st.Close())
	st = again.openWith(t, before, stick.OpenOptions{LastSeen: head})
	if k := kinds(st); k[stick.WarnRolledBack] != 1 {
		t.Errorf("put back to before it was settled: %v", st.Warnings())
	}
}

// TestSettleIsRefused where it would lose something.
func TestSettleIsRefused(t *testing.T) {
	f := newForked(t, writeOn("b"))
	m := f.stick.Clone()
	st := f.openWith(t, m, stick.OpenOptions{ReadOnly: true})
	if err := st.Settle(t.Context(), 9); !errors.Is(err, stick.ErrReadOnly) {
		t.Errorf("a stick that only reads: %v", err)
	}
	check(t, st.Close())
	data := f.stick.ReadFile(layerFiles(f.stick)[0])
	f.stick.WriteFile(layerFiles(f.stick)[0], data[:len(data)-1])
	st = f.open(t, f.stick)
	if err := st.Settle(t.Context(), 9); !errors.Is(err, stick.ErrDamaged) {
		t.Errorf("a damaged stick: %v", err)
	}
}
