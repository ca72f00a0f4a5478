package stick_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"stowage/crypt"
	"stowage/crypt/stick"
)

func TestGetReplacesOnlyWhenAsked(t *testing.T) {
	_, _, st := newStick(t)
	put(t, st, map[string]string{"a": "new", "d/b": "new", "file": "f", "folder/x": "x"})
	dest := tree(t, map[string]string{"a": "old", "d/b": "old", "file/": "", "folder": "a file"})
	r := must(st.Get(t.Context(), nil, dest, stick.GetOptions{}))(t)
	wantTree(t, readTree(t, dest), map[string]string{"a": "old", "d/": "", "d/b": "old", "file/": "", "folder": "a file"})
	if len(r.Skipped) != 5 {
		t.Errorf("skipped %v", r.Skipped)
	}
	for _, s := range r.Skipped {
		want := stick.ErrExists
		if s.Path == "file" || strings.HasPrefix(s.Path, "folder") {
			want = stick.ErrKind
		}
		if !errors.Is(s.Err, want) {
			t.Errorf("%v, want %v", s, want)
		}
	}
	must(st.Get(t.Context(), nil, dest, stick.GetOptions{Replace: true}))(t)
	wantTree(t, readTree(t, dest), map[string]string{"a": "new", "d/": "", "d/b": "new", "file/": "", "folder": "a file"})
}

func TestGetSome(t *testing.T) {
	_, _, st := newStick(t)
	put(t, st, map[string]string{"a/b/c": "1", "a/d": "2", "x": "3", "y/x": "4"})
	dest := t.TempDir()
	must(st.Get(t.Context(), []string{"a/b", "x", "y/x"}, dest, stick.GetOptions{}))(t)
	wantTree(t, readTree(t, dest), map[string]string{"b/": "", "b/c": "1", "x": "3", "x (2)": "4"})
	if _, err := st.Get(t.Context(), []string{"nope"}, dest, stick.GetOptions{}); !errors.Is(err, stick.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := st.Get(t.Context(), nil, filepath.Join(dest, "nowhere"), stick.GetOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// TestGetStaysInside has links in the destination that lead out of it.
func TestGetStaysInside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege")
	}
	_, _, st := newStick(t)
	put(t, st, map[string]string{"out/evil": "x", "link": "y"})
	outside, dest := t.TempDir(), t.TempDir()
	check(t, os.Symlink(outside, filepath.Join(dest, "out")))
	check(t, os.WriteFile(filepath.Join(outside, "victim"), []byte("safe"), 0o600))
	check(t, os.Symlink(filepath.Join(outside, "victim"), filepath.Join(dest, "link")))
	for _, replace := range []bool{false, true} {
		must(st.Get(t.Context(), nil, dest, stick.GetOptions{Replace: replace}))(t)
		wantTree(t, readTree(t, outside), map[string]string{"victim": "safe"})
	}
}

func TestWindowsNamesOnTheWayOut(t *testing.T) {
	_, _, st := newStick(t)
	put(t, st, map[string]string{
		"CON": "1", "aux.txt": "2", "what?.txt": "3", "trailing.": "4", "a:b/c|d": "5",
		"Report.txt": "6", "report.txt": "7", "REPORT.TXT": "8", "fine.txt": "9", "back\\slash": "10", "lpt¹.x": "11",
	})
	dest := t.TempDir()
	r := must(st.Get(t.Context(), nil, dest, stick.GetOptions{Names: stick.NamesWindows}))(t)
	if len(r.Skipped) > 0 {
		t.Errorf("skipped %v", r.Skipped)
	}
	wantTree(t, readTree(t, dest), map[string]string{
		"CON_": "1", "aux_.txt": "2", "what_.txt": "3", "trailing_": "4", "a_b/": "", "a_b/c_d": "5",
		"REPORT.TXT": "8", "Report (2).txt": "6", "report (3).txt": "7", "fine.txt": "9", "back_slash": "10", "lpt¹_.x": "11",
	})
	renamed := 0
	for _, f := range r.Fetched {
		if f.Path != f.Dest {
			renamed++
		}
	}
	if renamed != 10 { // all but REPORT.TXT and fine.txt, and the folder
		t.Errorf("%d said to be renamed", renamed)
	}
}

func TestGetCancelled(t *testing.T) {
	_, _, st := newStick(t)
	put(t, st, map[string]string{"a": text(1, 1<<20), "b": text(2, 1<<20)})
	dest := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := st.Get(ctx, nil, dest, stick.GetOptions{Progress: cancelAfter{cancel}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if got := readTree(t, dest); len(got) != len(r.Fetched) || len(got) > 1 {
		t.Errorf("left %d files, reported %v", len(got), r.Fetched)
	}
}

// cancelAfter cancels once any work was done.
type cancelAfter struct{ cancel func() }

func (cancelAfter) Expect(int64) {}

func (c cancelAfter) Done(int64) { c.cancel() }

func FuzzWindowsName(f *testing.F) {
	for _, s := range []string{"a", "con", "COM1.txt", "a.", "..", " ", "x\x00y", "<>:\"/\\|?*", "lpt\u00b9", strings.Repeat("é", 300), "\xff", "con .txt", "NUL.tar.gz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if stick.CheckPath(name) != nil || strings.Contains(name, "/") {
			return
		}
		got := crypt.WindowsName(name)
		if got == "" || strings.ContainsAny(got, "<>:\"/\\|?*\x00") || strings.HasSuffix(got, ".") || strings.HasSuffix(got, " ") {
			t.Errorf("%q became %q", name, got)
		}
		if len(utf16.Encode([]rune(got))) > 255 {
			t.Errorf("%q became too long", name)
		}
		if again := crypt.WindowsName(got); again != got {
			t.Errorf("%q became %q, and that %q", name, got, again)
		}
	})
}

// TestAttackUnmarkedFromStick: programs come off a stick, into folders and over others.
func TestAttackUnmarkedFromStick(t *testing.T) {
	_, _, st := newStick(t)
	put(t, st, map[string]string{"setup.exe": "MZ 1", "tools/deep/run.exe": "MZ 2", "tools/photo.jpg": "MZ 3"})
	dest := tree(t, map[string]string{"setup.exe": "old"})
	var contents []string
	mark := func(in *os.Root, name string) {
		contents = append(contents, string(must(in.ReadFile(name))(t)))
		if ext := filepath.Ext(name); ext == ".exe" || ext == ".jpg" {
			t.Errorf("%s has its name before its mark", name)
		}
	}
	must(st.Get(t.Context(), nil, dest, stick.GetOptions{Replace: true, Mark: mark}))(t)
	slices.Sort(contents)
	if want := []string{"MZ 1", "MZ 2", "MZ 3"}; !slices.Equal(contents, want) {
		t.Errorf("marked were %q, want %q", contents, want)
	}
	for _, name := range []string{"setup.exe", "tools/deep/run.exe"} {
		if info := must(os.Stat(filepath.Join(dest, name)))(t); runtime.GOOS != "windows" && info.Mode()&0o111 != 0 {
			t.Errorf("%s may be run: %v", name, info.Mode())
		}
	}
}
