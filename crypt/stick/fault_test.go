package stick_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync/atomic"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// operations are everything that changes an open stick.
func operations(sc *school) map[string]func(context.Context, *stick.Stick) error {
	return map[string]func(context.Context, *stick.Stick) error{
		"put": func(ctx context.Context, s *stick.Stick) error {
			_, err := s.PutItems(ctx, items(map[string]string{"a": "3", "n/new": text(1, 150_000)}), stick.PutOptions{Clash: stick.Replace})
			return err
		},
		"remove": func(ctx context.Context, s *stick.Stick) error { return s.Remove(ctx, "a", "dir") },
		"rename": func(ctx context.Context, s *stick.Stick) error { return s.Rename(ctx, "dir", "x/y") },
		"mkdir":  func(ctx context.Context, s *stick.Stick) error { return s.Mkdir(ctx, "made/here") },
		"undelete": func(ctx context.Context, s *stick.Stick) error {
			_, err := s.Undelete(ctx, []string{"gone"}, stick.PutOptions{})
			return err
		},
		"tidy": func(ctx context.Context, s *stick.Stick) error {
			_, err := s.Tidy(ctx, stick.TidyOptions{All: true})
			return err
		},
		"erase": func(ctx context.Context, s *stick.Stick) error {
			_, err := s.EraseForGood(ctx, []string{"dir/b", "gone"}, nil)
			return err
		},
		"rotate": func(ctx context.Context, s *stick.Stick) error {
			return s.Rotate(ctx, stick.RotateOptions{School: sc.authority, Code: sc.code})
		},
		"rekey": func(ctx context.Context, s *stick.Stick) error {
			return s.Rekey(ctx, stick.RekeyOptions{Holders: []string{sc.holder.Recipient()}, HolderKey: sc.sealed})
		},
		"programs": func(ctx context.Context, s *stick.Stick) error {
			return s.SetPrograms(ctx, stick.ProgramsOptions{School: sc.authority, Programs: []stick.NewProgram{windowsOne}})
		},
		"code": func(_ context.Context, s *stick.Stick) error { return s.ReplaceCode(sc.code) },
		"passphrase": func(_ context.Context, s *stick.Stick) error {
			return s.ChangePassphrase(passphrase, []byte("another long passphrase"))
		},
	}
}

// withHistory is a closed stick on which there is something to do for every operation.
func withHistory(t testing.TB, sc *school) *sticktest.Mem {
	t.Helper()
	m := sticktest.New()
	sc.issue(t, m)
	st := sc.openWith(t, m, stick.OpenOptions{PartSize: 64 << 10})
	put(t, st, map[string]string{"a": "1", "dir/b": text(2, 100_000), "dir/c": "c", "gone": "g"})
	put(t, st, map[string]string{"a": "2"})
	check(t, st.Remove(t.Context(), "gone"))
	check(t, st.Close())
	return m
}

// TestEveryOperationOfTheDriveFails has the drive fail at each of its
// operations in turn, once or from then on, during every change. The change
// fails or is done, never half of it; nothing is lost, and the stick works on.
func TestEveryOperationOfTheDriveFails(t *testing.T) {
	sc := newSchool(t, "Example School")
	base := withHistory(t, sc)
	broken := errors.New("input/output error")
	var tried atomic.Int64
	t.Cleanup(func() { t.Logf("%d faults tried", tried.Load()) })
	for name, do := range operations(sc) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := sc.open(t, base.Clone())
			before := contents(t, st)
			check(t, do(t.Context(), st))
			after := contents(t, st)
			for _, forEver := range []bool{true, false} {
				for n := 0; ; n++ {
					tried.Add(1)
					m := base.Clone()
					st := sc.openWith(t, m, stick.OpenOptions{PartSize: 64 << 10})
					m.ResetCounts()
					m.SetHook(func(i int, _ sticktest.Op) error {
						if i == n || forEver && i > n {
							return broken
						}
						return nil
					})
					err := do(t.Context(), st)
					reached := m.Total() > n
					m.SetHook(nil)
					if err != nil && !errors.Is(err, broken) {
						t.Fatalf("operation %d: %v", n, err)
					}
					afterFault(t, sc, st, m, n, err == nil, before, after)
					if !reached {
						break
					}
				}
			}
		})
	}
}

// TestCancelledAtEveryOperation cancels every change at each of the drive's
// operations: it is then done or not, and the stick works on without more ado.
func TestCancelledAtEveryOperation(t *testing.T) {
	sc := newSchool(t, "Example School")
	base := withHistory(t, sc)
	for name, do := range operations(sc) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := sc.open(t, base.Clone())
			before := contents(t, st)
			check(t, do(t.Context(), st))
			after := contents(t, st)
			for n := 0; ; n++ {
				m := base.Clone()
				st := sc.openWith(t, m, stick.OpenOptions{PartSize: 64 << 10})
				files := len(layerFiles(m))
				m.ResetCounts()
				ctx, cancel := context.WithCancel(t.Context())
				m.SetHook(func(i int, _ sticktest.Op) error {
					if i == n {
						cancel()
					}
					return nil
				})
				err := do(ctx, st)
				reached := m.Total() > n
				m.SetHook(nil)
				cancel()
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Fatalf("operation %d: %v", n, err)
				}
				if err != nil && name != "rotate" && len(layerFiles(m)) != files {
					t.Errorf("operation %d: cancelled, and left %d files of layers instead of %d", n, len(layerFiles(m)), files)
				}
				put(t, st, nil) // nothing to store: must not say ErrReopen
				afterFault(t, sc, st, m, n, err == nil, before, after)
				if !reached {
					break
				}
			}
		})
	}
}

// afterFault looks at the stick as the program still has it, writes to it, and opens it anew.
func afterFault(t *testing.T, sc *school, st *stick.Stick, m *sticktest.Mem, n int, done bool, before, after map[string]string) {
	t.Helper()
	got := contents(t, st)
	if done && !maps.Equal(got, after) || !maps.Equal(got, before) && !maps.Equal(got, after) {
		t.Fatalf("operation %d, done %v: the stick holds %v", n, done, slices.Sorted(maps.Keys(got)))
	}
	_, err := st.PutItems(t.Context(), items(map[string]string{"next": "works"}), stick.PutOptions{})
	if err != nil && !errors.Is(err, stick.ErrReopen) {
		t.Fatalf("operation %d: the next write: %v", n, err)
	}
	wrote := err == nil
	got = contents(t, st)
	check(t, st.Close())
	st, err = stick.Open(t.Context(), m, stick.WithHolderKey(sc.holder), stick.OpenOptions{Clock: clock})
	if err != nil {
		t.Fatalf("operation %d: open again: %v", n, err)
	}
	defer st.Close()
	again := contents(t, st)
	if wrote && !maps.Equal(again, got) || !wrote && !maps.Equal(again, before) && !maps.Equal(again, after) {
		t.Fatalf("operation %d: opened again it holds %v, not %v", n, slices.Sorted(maps.Keys(again)), slices.Sorted(maps.Keys(got)))
	}
	for _, w := range st.Warnings() {
		if w.Kind != stick.WarnTorn && w.Kind != stick.WarnMisplaced {
			t.Fatalf("operation %d: %v", n, w)
		}
	}
}

// TestDriveFailsWhileOpening has the drive fail at each operation of opening.
func TestDriveFailsWhileOpening(t *testing.T) {
	sc := newSchool(t, "Example School")
	base := withHistory(t, sc)
	broken := errors.New("input/output error")
	for _, cache := range []bool{true, false} {
		for n := 0; ; n++ {
			m := base.Clone()
			if !cache {
				withoutTables(m)
			}
			m.SetHook(func(i int, _ sticktest.Op) error {
				if i == n {
					return broken
				}
				return nil
			})
			st, err := stick.Open(t.Context(), m, stick.WithHolderKey(sc.holder), stick.OpenOptions{Clock: clock})
			reached := m.Total() > n
			m.SetHook(nil)
			if err == nil {
				if len(st.Warnings()) > 0 {
					t.Errorf("operation %d: %v", n, st.Warnings())
				}
				check(t, st.Close())
			} else if !errors.Is(err, broken) {
				t.Errorf("operation %d: %v", n, err)
			}
			st = sc.open(t, m)
			same(t, st, map[string]string{"a": "2", "dir/b": text(2, 100_000), "dir/c": "c"})
			check(t, st.Close())
			if !reached {
				break
			}
		}
	}
}

// TestIssueFails has the drive fail at each operation of issuing: nothing is left.
func TestIssueFails(t *testing.T) {
	sc := newSchool(t, "Example School")
	broken := errors.New("input/output error")
	for n := 0; ; n++ {
		m := sticktest.New()
		m.WriteFile("holiday.jpg", []byte("plain"))
		m.SetHook(func(i int, _ sticktest.Op) error {
			if i == n {
				return broken
			}
			return nil
		})
		_, err := stick.Issue(t.Context(), m, sc.options())
		if m.Total() <= n {
			check(t, err)
			return
		}
		if err == nil {
			continue // it did not matter
		}
		if !errors.Is(err, broken) {
			t.Fatalf("operation %d: %v", n, err)
		}
		if left := m.Files(); len(left) != 1 {
			t.Fatalf("operation %d: left behind: %v", n, left)
		}
	}
}

func TestFullDrive(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := withHistory(t, sc)
	st := sc.open(t, m)
	used := 0
	for _, name := range m.Files() {
		used += len(m.ReadFile(name))
	}
	m.SetCapacity(int64(used) + 3<<20)
	_, err := st.PutItems(t.Context(), items(map[string]string{"big": text(1, 5<<20)}), stick.PutOptions{})
	var space *stick.NoSpaceError
	if !errors.As(err, &space) || !errors.Is(err, stick.ErrFull) || space.Need < 5<<20 || space.Free != 3<<20 {
		t.Errorf("got %v", err)
	}
	put(t, st, map[string]string{"fits": text(1, 1<<20)})
	m.SetCapacity(int64(used)) // somebody else filled it
	if _, err := st.PutItems(t.Context(), items(map[string]string{"x": "x"}), stick.PutOptions{}); !errors.Is(err, stick.ErrFull) {
		t.Errorf("got %v", err)
	}
	if got := contents(t, st)["fits"]; got != text(1, 1<<20) {
		t.Error("what was stored is gone")
	}
}

// TestRoomToRemove fills a stick until nothing more can be stored, and then
// removes and tidies.
func TestRoomToRemove(t *testing.T) {
	sc, m, st := newStick(t)
	m.SetCapacity(10 << 20)
	n := 0
	for {
		name := text(n, 8) + string(rune('a'+n))
		if _, err := st.PutItems(t.Context(), items(map[string]string{name: text(n, 900_000)}), stick.PutOptions{}); err != nil {
			if !errors.Is(err, stick.ErrFull) {
				t.Fatal(err)
			}
			break
		}
		n++
	}
	all := slices.Sorted(maps.Keys(contents(t, st)))
	check(t, st.Remove(t.Context(), all[:len(all)/2]...))
	r := must(st.Tidy(t.Context(), stick.TidyOptions{}))(t)
	if r.Freed < 3<<20 {
		t.Errorf("%+v", r)
	}
	put(t, st, map[string]string{"more": text(1, 1<<20)})
	sc.reopen(t, st, m)
}

func TestReadOnlyDrive(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := withHistory(t, sc)
	m.SetReadOnly(true)
	if err := opens(t, m, stick.WithHolderKey(sc.holder)); !errors.Is(err, stick.ErrReadOnly) {
		t.Errorf("got %v", err)
	}
	st := sc.openWith(t, m, stick.OpenOptions{ReadOnly: true})
	same(t, st, map[string]string{"a": "2", "dir/b": text(2, 100_000), "dir/c": "c"})
	for name, do := range operations(sc) {
		if err := do(t.Context(), st); !errors.Is(err, stick.ErrReadOnly) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := stick.Issue(t.Context(), readOnly(), sc.options()); !errors.Is(err, stick.ErrReadOnly) {
		t.Errorf("issue: %v", err)
	}
}

func readOnly() *sticktest.Mem {
	m := sticktest.New()
	m.SetReadOnly(true)
	return m
}

func TestVanishedDrive(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := withHistory(t, sc)
	st := sc.open(t, m)
	r := must(st.OpenFile("dir/b"))(t)
	defer r.Close()
	m.SetGone(true)
	for name, do := range operations(sc) {
		if err := do(t.Context(), st); !errors.Is(err, stick.ErrGone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.ReadAt(make([]byte, 10), 0); !errors.Is(err, stick.ErrGone) {
		t.Errorf("reading: %v", err)
	}
	if _, err := st.Get(t.Context(), nil, t.TempDir(), stick.GetOptions{}); !errors.Is(err, stick.ErrGone) {
		t.Errorf("get: %v", err)
	}
	if err := opens(t, m, stick.WithHolderKey(sc.holder)); !errors.Is(err, stick.ErrGone) {
		t.Errorf("open: %v", err)
	}
	m.SetGone(false)
	put(t, st, map[string]string{"back": "again"})
	sc.reopen(t, st, m)
}

// TestSmallFilesOnly stores more than the drive allows in one file.
func TestSmallFilesOnly(t *testing.T) {
	sc, m, st := newStick(t)
	check(t, st.Close())
	m.SetMaxFile(1 << 20)
	st = sc.openWith(t, m, stick.OpenOptions{PartSize: 1 << 20})
	want := map[string]string{"big": text(1, 10<<20), "small": "s"}
	put(t, st, want)
	same(t, st, want)
	same(t, sc.reopen(t, st, m), want)
}

func TestInUse(t *testing.T) {
	sc := newSchool(t, "Example School")
	drives(t, func(t *testing.T, fsys stick.FS) {
		sc.issue(t, fsys)
		st := sc.openWith(t, fsys, stick.OpenOptions{Program: "stowage"})
		for _, o := range []stick.OpenOptions{{}, {ReadOnly: true}} {
			_, err := stick.Open(t.Context(), fsys, stick.WithHolderKey(sc.holder), o)
			var inUse *stick.InUseError
			if !errors.As(err, &inUse) || inUse.Program != "stowage" || inUse.PID == 0 || !inUse.Since.Equal(start) {
				t.Errorf("got %v", err)
			}
		}
		check(t, st.Close())
		one := sc.openWith(t, fsys, stick.OpenOptions{ReadOnly: true})
		two := sc.openWith(t, fsys, stick.OpenOptions{ReadOnly: true})
		if err := opens(t, fsys, stick.WithHolderKey(sc.holder)); !errors.Is(err, stick.ErrInUse) {
			t.Errorf("writing while others read: %v", err)
		}
		check(t, one.Close())
		check(t, two.Close())
		check(t, opens(t, fsys, stick.WithHolderKey(sc.holder)))
	})
}

func TestClosed(t *testing.T) {
	sc, _, st := newStick(t)
	check(t, st.Close())
	check(t, st.Close())
	for name, do := range operations(sc) {
		if err := do(t.Context(), st); !errors.Is(err, stick.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := st.List("."); !errors.Is(err, stick.ErrClosed) {
		t.Errorf("list: %v", err)
	}
}
