package stick_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// program is a program to be put on a stick.
func program(name, version, content string) stick.NewProgram {
	sum := sha256.Sum256([]byte(content))
	return stick.NewProgram{
		Program: stick.Program{Name: name, Version: version, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])},
		Open:    func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
	}
}

var (
	windowsOne = program(stick.WindowsProgram, "v1.0.0", text(21, 5000))
	windowsTwo = program(stick.WindowsProgram, "v1.1.0", text(22, 6000))
	linuxOne   = program(stick.LinuxProgram, "v1.0.0", text(23, 4000))
)

// carrying is a stick with these programs.
func carrying(t testing.TB, sc *school, list ...stick.NewProgram) *sticktest.Mem {
	t.Helper()
	m := sticktest.New()
	o := sc.options()
	o.Programs = list
	must(stick.Issue(t.Context(), m, o))(t)
	return m
}

// states says how each program of a stick is, by the note that the school signed.
func states(ctx context.Context, sc *school, fsys stick.FS) (map[string]stick.ProgramState, error) {
	summary, err := stick.Inspect(fsys, sc.authority.Verifier())
	if err != nil {
		return nil, err
	}
	found, err := stick.CheckPrograms(ctx, fsys, summary.Note, nil)
	all := map[string]stick.ProgramState{}
	for _, f := range found {
		all[f.Name] = f.State
	}
	return all, err
}

func wantStates(t testing.TB, sc *school, fsys stick.FS, want map[string]stick.ProgramState) {
	t.Helper()
	got := must(states(t.Context(), sc, fsys))(t)
	if len(got) != len(want) {
		t.Errorf("programs %v, want %v", got, want)
	}
	for name, state := range want {
		if got[name] != state {
			t.Errorf("%s is %q, want %q", name, got[name], state)
		}
	}
}

func TestIssueWithPrograms(t *testing.T) {
	sc := newSchool(t, "Example School")
	drives(t, func(t *testing.T, fsys stick.FS) {
		o := sc.options()
		o.Programs = []stick.NewProgram{windowsOne, linuxOne}
		note := must(stick.Issue(t.Context(), fsys, o))(t)
		if len(note.Programs) != 2 || note.Programs[0] != windowsOne.Program {
			t.Errorf("the note says %v", note.Programs)
		}
		wantStates(t, sc, fsys, map[string]stick.ProgramState{stick.WindowsProgram: stick.ProgramGood, stick.LinuxProgram: stick.ProgramGood})
		scan := must(stick.Scan(t.Context(), fsys, nil))(t)
		if len(scan.Plain) > 0 {
			t.Errorf("not encrypted: %v", scan.Plain)
		}
		st := sc.open(t, fsys)
		result := must(st.Convert(t.Context(), stick.ConvertOptions{}))(t)
		if len(result.Stored) > 0 {
			t.Errorf("converting took in %v", result.Stored)
		}
		check(t, st.Close())
		check(t, stick.Unmake(fsys, note.ID))
		if left := must(fsys.ReadDir("."))(t); len(left) > 0 {
			t.Errorf("giving the stick up left %v", left)
		}
	})
}

// TestProgramsAreChecked has somebody change what a stick carries.
func TestProgramsAreChecked(t *testing.T) {
	sc := newSchool(t, "Example School")
	good := map[string]stick.ProgramState{stick.WindowsProgram: stick.ProgramGood, stick.LinuxProgram: stick.ProgramGood}
	for name, c := range map[string]struct {
		do   func(m *sticktest.Mem)
		want map[string]stick.ProgramState
	}{
		"nothing": {func(*sticktest.Mem) {}, nil},
		"one byte": {func(m *sticktest.Mem) {
			evil := m.ReadFile(stick.WindowsProgram)
			evil[1000] ^= 1
			m.WriteFile(stick.WindowsProgram, evil)
		}, map[string]stick.ProgramState{stick.WindowsProgram: stick.ProgramChanged}},
		"longer": {func(m *sticktest.Mem) {
			m.WriteFile(stick.WindowsProgram, append(m.ReadFile(stick.WindowsProgram), 0))
		}, map[string]stick.ProgramState{stick.WindowsProgram: stick.ProgramChanged}},
		"another": {func(m *sticktest.Mem) { m.WriteFile(stick.LinuxProgram, []byte("#!/bin/sh\n")) }, map[string]stick.ProgramState{stick.LinuxProgram: stick.ProgramChanged}},
		"removed": {func(m *sticktest.Mem) { _ = m.Remove(stick.LinuxProgram) }, map[string]stick.ProgramState{stick.LinuxProgram: stick.ProgramMissing}},
		"a folder": {func(m *sticktest.Mem) {
			_ = m.Remove(stick.LinuxProgram)
			_ = m.Mkdir(stick.LinuxProgram)
		}, map[string]stick.ProgramState{stick.LinuxProgram: stick.ProgramChanged}},
		"one more":    {func(m *sticktest.Mem) { m.WriteFile("stow.exe", []byte("MZ")) }, map[string]stick.ProgramState{"stow.exe": stick.ProgramUnknown}},
		"in capitals": {func(m *sticktest.Mem) { m.WriteFile("STOWAGE.EXE", []byte("MZ")) }, map[string]stick.ProgramState{"STOWAGE.EXE": stick.ProgramUnknown}},
	} {
		t.Run(name, func(t *testing.T) {
			m := carrying(t, sc, windowsOne, linuxOne)
			c.do(m)
			want := map[string]stick.ProgramState{}
			for name, state := range good {
				want[name] = state
			}
			for name, state := range c.want {
				want[name] = state
			}
			wantStates(t, sc, m, want)
		})
	}
}

// TestProgramsOfAStickWithNone: a program that nobody at school put there is named.
func TestProgramsOfAStickWithNone(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := carrying(t, sc)
	wantStates(t, sc, m, map[string]stick.ProgramState{})
	m.WriteFile(stick.WindowsProgram, []byte("MZ"))
	wantStates(t, sc, m, map[string]stick.ProgramState{stick.WindowsProgram: stick.ProgramUnknown})
}

func TestSetPrograms(t *testing.T) {
	sc := newSchool(t, "Example School")
	drives(t, func(t *testing.T, fsys stick.FS) {
		sc.issue(t, fsys)
		st := sc.open(t, fsys)
		set := func(list ...stick.NewProgram) {
			t.Helper()
			check(t, st.SetPrograms(t.Context(), stick.ProgramsOptions{School: sc.authority, Programs: list}))
		}
		put(t, st, map[string]string{"a": "1"})
		set(windowsOne)
		wantStates(t, sc, fsys, map[string]stick.ProgramState{stick.WindowsProgram: stick.ProgramGood})
		set(windowsTwo, linuxOne)
		wantStates(t, sc, fsys, map[string]stick.ProgramState{stick.WindowsProgram: stick.ProgramGood, stick.LinuxProgram: stick.ProgramGood})
		if was := st.Note().Programs[0].Was; was != windowsOne.SHA256 {
			t.Errorf("the note does not know the program before: %q", was)
		}
		generation := st.Note().Generation
		set(windowsTwo, linuxOne) // nothing to do
		if st.Note().Generation != generation {
			t.Error("the note was signed again for nothing")
		}
		set(linuxOne)
		wantStates(t, sc, fsys, map[string]stick.ProgramState{stick.LinuxProgram: stick.ProgramGood})
		set()
		wantStates(t, sc, fsys, map[string]stick.ProgramState{})
		if _, err := fsys.Stat("stowage/programs"); err == nil {
			t.Error("the folder for writing programs was left")
		}
		same(t, sc.reopen(t, st, fsys), map[string]string{"a": "1"})
	})
}

// TestOlderProgram: the program from before counts as the school's, and no other does.
func TestOlderProgram(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := carrying(t, sc, windowsOne)
	old := m.ReadFile(stick.WindowsProgram)
	st := sc.open(t, m)
	check(t, st.SetPrograms(t.Context(), stick.ProgramsOptions{School: sc.authority, Programs: []stick.NewProgram{windowsTwo}}))
	m.WriteFile(stick.WindowsProgram, old)
	wantStates(t, sc, m, map[string]stick.ProgramState{stick.WindowsProgram: stick.ProgramOlder})
	check(t, st.SetPrograms(t.Context(), stick.ProgramsOptions{School: sc.authority, Programs: []stick.NewProgram{windowsTwo}}))
	wantStates(t, sc, m, map[string]stick.ProgramState{stick.WindowsProgram: stick.ProgramGood})
}

// TestProgramsStay through everything that signs the note anew or leaves it.
func TestProgramsStay(t *testing.T) {
	sc := newSchool(t, "Example School")
	for name, do := range operations(sc) {
		if name == "programs" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			m := withHistory(t, sc)
			st := sc.open(t, m)
			check(t, st.SetPrograms(t.Context(), stick.ProgramsOptions{School: sc.authority, Programs: []stick.NewProgram{windowsOne}}))
			check(t, do(t.Context(), st))
			check(t, st.Close())
			wantStates(t, sc, m, map[string]stick.ProgramState{stick.WindowsProgram: stick.ProgramGood})
		})
	}
}

func TestProgramsThatAreRefused(t *testing.T) {
	sc := newSchool(t, "Example School")
	other := newSchool(t, "Other School")
	wrongContent, wrongName, noVersion, twice := windowsOne, windowsOne, windowsOne, windowsOne
	wrongContent.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text(9, 5000))), nil }
	wrongName.Name = "../Stowage.exe"
	noVersion.Version = "1\n2"
	for name, list := range map[string][]stick.NewProgram{
		"content": {wrongContent}, "name": {wrongName}, "version": {noVersion}, "twice": {windowsOne, twice},
	} {
		t.Run(name, func(t *testing.T) {
			m := sticktest.New()
			o := sc.options()
			o.Programs = list
			if _, err := stick.Issue(t.Context(), m, o); !errors.Is(err, stick.ErrProgram) {
				t.Errorf("issue: %v", err)
			}
			if left := m.Files(); len(left) > 0 {
				t.Errorf("issuing left %v", left)
			}
			m = carrying(t, sc, linuxOne)
			check(t, sc.open(t, m).Close()) // whose passphrase it is, is marked at the first opening
			before := m.Files()
			st := sc.open(t, m)
			if err := st.SetPrograms(t.Context(), stick.ProgramsOptions{School: sc.authority, Programs: list}); !errors.Is(err, stick.ErrProgram) {
				t.Errorf("set: %v", err)
			}
			check(t, st.Close())
			if after := m.Files(); !slices.Equal(withoutCache(before), withoutCache(after)) {
				t.Errorf("setting left %v, not %v", after, before)
			}
			wantStates(t, sc, m, map[string]stick.ProgramState{stick.LinuxProgram: stick.ProgramGood})
		})
	}
	m := carrying(t, sc, linuxOne)
	st := sc.open(t, m)
	if err := st.SetPrograms(t.Context(), stick.ProgramsOptions{School: other.authority}); !errors.Is(err, keys.ErrOtherSchool) {
		t.Errorf("another school: %v", err)
	}
	used := 0
	for _, name := range m.Files() {
		used += len(m.ReadFile(name))
	}
	m.SetCapacity(int64(used) + 8000)
	var space *stick.NoSpaceError
	if err := st.SetPrograms(t.Context(), stick.ProgramsOptions{School: sc.authority, Programs: []stick.NewProgram{windowsTwo, linuxOne}}); !errors.As(err, &space) {
		t.Errorf("no room: %v", err)
	}
	full := sticktest.New()
	full.SetCapacity(4000)
	o := sc.options()
	o.Programs = []stick.NewProgram{windowsOne}
	if _, err := stick.Issue(t.Context(), full, o); !errors.As(err, &space) || len(full.Files()) > 0 {
		t.Errorf("no room to issue: %v, left %v", err, full.Files())
	}
}

func withoutCache(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return strings.HasPrefix(name, "stowage/contents/") || name == "stowage/lock" })
}

// TestIssueWithProgramsFailsOrIsCancelled at each operation of the drive: nothing is left.
func TestIssueWithProgramsFailsOrIsCancelled(t *testing.T) {
	sc := newSchool(t, "Example School")
	broken := errors.New("input/output error")
	for _, cancelled := range []bool{false, true} {
		for n := 0; ; n++ {
			m := sticktest.New()
			m.WriteFile("holiday.jpg", []byte("plain"))
			ctx, cancel := context.WithCancel(t.Context())
			m.SetHook(func(i int, _ sticktest.Op) error {
				if i == n && cancelled {
					cancel()
				} else if i == n {
					return broken
				}
				return nil
			})
			o := sc.options()
			o.Programs = []stick.NewProgram{windowsOne, linuxOne}
			_, err := stick.Issue(ctx, m, o)
			cancel()
			if m.Total() <= n {
				check(t, err)
				break
			}
			if err == nil {
				continue // it did not matter, or came too late
			}
			if !errors.Is(err, broken) && !errors.Is(err, context.Canceled) {
				t.Fatalf("operation %d: %v", n, err)
			}
			if left := m.Files(); len(left) != 1 {
				t.Fatalf("operation %d: left behind: %v", n, left)
			}
		}
	}
}

// TestPulledWhileAProgramIsReplaced pulls the stick after every operation of the drive. At
// each there is a whole program of the school's on it, the old or the new; one that
// is torn is never taken for whole; and the next opening for writing puts all right.
func TestPulledWhileAProgramIsReplaced(t *testing.T) {
	sc := newSchool(t, "Example School")
	base := carrying(t, sc, windowsOne)
	drive := base.Clone()
	drive.Record()
	st := sc.open(t, drive)
	check(t, st.SetPrograms(t.Context(), stick.ProgramsOptions{School: sc.authority, Programs: []stick.NewProgram{windowsTwo}}))
	done := len(drive.Recorded())
	check(t, st.Close())
	ops := drive.Recorded()
	tried := crashCount(t, "programs replaced at check-in")
	random := crashRandom()
	for n := 0; n <= len(ops); n++ {
		for i, keep := range ways(random, *crashes) {
			*tried++
			found := sticktest.Crash(base, ops[:n], keep)
			if err := programPulled(t.Context(), sc, found, n >= done); err != nil {
				t.Fatalf("pulled after operation %d of %d, way %d: %v", n, len(ops), i, err)
			}
		}
	}
}

func programPulled(ctx context.Context, sc *school, found *sticktest.Mem, done bool) error {
	one, two := text(21, 5000), text(22, 6000)
	at := string(found.ReadFile(stick.WindowsProgram))
	ready := string(found.ReadFile("stowage/programs/" + stick.WindowsProgram))
	if at != one && at != two && ready != two {
		return errors.New("no whole program is left")
	}
	all, err := states(ctx, sc, found)
	if err != nil {
		return err
	}
	state := all[stick.WindowsProgram]
	whole := at == one || at == two
	if (state == stick.ProgramGood || state == stick.ProgramOlder) != whole {
		return errors.New("a program is told as " + string(state))
	}
	s, err := stick.Open(ctx, found, stick.WithHolderKey(sc.holder), stick.OpenOptions{Clock: clock})
	if err != nil {
		return err
	}
	defer s.Close()
	if all, err = states(ctx, sc, found); err != nil || all[stick.WindowsProgram] != stick.ProgramGood {
		return errors.Join(err, errors.New("opened again, the program is "+string(all[stick.WindowsProgram])))
	}
	if done && s.Note().Programs[0].Version != "v1.1.0" {
		return errors.New("reported as done, and the note is the old one")
	}
	if slices.ContainsFunc(found.Files(), func(name string) bool { return strings.HasPrefix(name, "stowage/programs/") }) {
		return errors.New("something is left beside the program")
	}
	return nil
}

// newerSchool signs notes as a newer version of the program might write them.
type newerSchool struct {
	*keys.Authority
	add func(map[string]any)
}

func (n newerSchool) Sign(text string) ([]byte, error) {
	intro, body, _ := strings.Cut(text, "\n")
	var all map[string]any
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		return nil, err
	}
	n.add(all)
	next, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	return n.Authority.Sign(intro + "\n" + string(next) + "\n")
}

// TestNoteKeepsWhatItDoesNotKnow: a note that is signed again by an older version of the program
// says what it said before.
func TestNoteKeepsWhatItDoesNotKnow(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	o := sc.options()
	o.School = newerSchool{sc.authority, func(all map[string]any) {
		all["colour"] = "blue"
		all["policy"].(map[string]any)["curfew"] = map[string]any{"from": "22:00"}
		all["programs"] = []any{map[string]any{"name": "stowage-plan9"}}
	}}
	must(stick.Issue(t.Context(), m, o))(t)
	st := sc.open(t, m)
	check(t, st.Rotate(t.Context(), stick.RotateOptions{School: sc.authority}))
	check(t, st.SetPrograms(t.Context(), stick.ProgramsOptions{School: sc.authority, Programs: []stick.NewProgram{windowsOne}}))
	check(t, st.Close())
	var signed []byte
	for _, name := range []string{"stowage/stick.note", "stowage/stick-b.note"} {
		signed = append(signed, m.ReadFile(name)...)
	}
	for _, want := range []string{`"colour": "blue"`, `"from": "22:00"`, `"generation": 3`, `"Stowage.exe"`, `"stowage-plan9"`} {
		if !bytes.Contains(signed, []byte(want)) {
			t.Errorf("the note lost %s:\n%s", want, signed)
		}
	}
	sc.open(t, m)
}

// TestNoteOfLaterVersion: a word that decides something is a later version's, and so is a value of another type. What a
// list says beside what is known is not lost either: such a note is read, and not signed anew.
func TestNoteOfLaterVersion(t *testing.T) {
	sc := newSchool(t, "Example School")
	for name, add := range map[string]func(map[string]any){
		"class":  func(all map[string]any) { all["class"] = "triple" },
		"policy": func(all map[string]any) { all["policy"].(map[string]any)["class"] = "triple" },
		"type":   func(all map[string]any) { all["generation"] = "1.2" },
	} {
		t.Run(name, func(t *testing.T) {
			m := sticktest.New()
			o := sc.options()
			o.School = newerSchool{sc.authority, add}
			must(stick.Issue(t.Context(), m, o))(t)
			for what, err := range map[string]error{
				"with its key":       opens(t, m, stick.WithHolderKey(sc.holder)),
				"without the school": opens(t, m, stick.WithPassphrase(passphrase)),
			} {
				if !errors.Is(err, stick.ErrFormat) || errors.Is(err, stick.ErrNotStick) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if _, err := stick.Issue(t.Context(), m, sc.options()); !errors.Is(err, stick.ErrAlreadyStick) {
				t.Errorf("issued over it: %v", err)
			}
		})
	}
	m := sticktest.New()
	o := sc.options()
	o.School = newerSchool{sc.authority, func(all map[string]any) {
		all["programs"] = []any{map[string]any{"name": "stowage-plan9", "signer": "X"}}
	}}
	must(stick.Issue(t.Context(), m, o))(t)
	st := sc.open(t, m)
	if err := st.Rotate(t.Context(), stick.RotateOptions{School: sc.authority}); !errors.Is(err, stick.ErrFormat) {
		t.Errorf("rotated: %v", err)
	}
	check(t, st.Close())
	check(t, sc.open(t, m).Close())
}

// TestNotesThatListNonsense are refused although the school signed them.
func TestNotesThatListNonsense(t *testing.T) {
	sc := newSchool(t, "Example School")
	for name, entry := range map[string]map[string]any{
		"digest":  {"name": "Stowage.exe", "version": "v1", "size": 5, "sha256": "abc"},
		"size":    {"name": "Stowage.exe", "version": "v1", "size": 1 << 40, "sha256": windowsOne.SHA256},
		"version": {"name": "Stowage.exe", "version": "", "size": 5, "sha256": windowsOne.SHA256},
	} {
		t.Run(name, func(t *testing.T) {
			m := sticktest.New()
			o := sc.options()
			o.School = newerSchool{sc.authority, func(all map[string]any) { all["programs"] = []any{entry} }}
			must(stick.Issue(t.Context(), m, o))(t)
			if _, err := stick.Inspect(m, sc.authority.Verifier()); !errors.Is(err, stick.ErrProgram) {
				t.Errorf("got %v", err)
			}
		})
	}
}
