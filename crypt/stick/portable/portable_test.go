package portable_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/stick/portable"
)

func write(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStickOf(t *testing.T) {
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	program := write(t, filepath.Join(top, "Stowage.exe"))
	inside := write(t, filepath.Join(top, "folder", "Stowage.exe"))
	if found, ok := portable.StickOf(program); ok {
		t.Errorf("a folder without a stick is taken for one: %s", found)
	}
	for _, note := range []string{"stick.note", "stick-b.note"} { // the second while it is replaced
		path := write(t, filepath.Join(top, "stowage", note))
		if found, ok := portable.StickOf(program); !ok || found != top {
			t.Errorf("%s: found %q, %v", note, found, ok)
		}
		if found, ok := portable.StickOf(inside); ok {
			t.Errorf("%s: a program in a folder of the stick found %q", note, found)
		}
		if runtime.GOOS != "windows" {
			link := filepath.Join(t.TempDir(), "link")
			if err := os.Symlink(program, link); err != nil {
				t.Fatal(err)
			}
			if found, ok := portable.StickOf(link); !ok || found != top {
				t.Errorf("%s: by a link: found %q, %v", note, found, ok)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := portable.Stick(); ok {
		t.Error("a test was started from a stick")
	}
}

// temporary gives the test a temporary folder of its own.
func temporary(t *testing.T) string {
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, dir)
	}
	return dir
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// folderOf is the folder of a Home, by what it keeps there.
func folderOf(h *portable.Home) string { return filepath.Dir(h.Settings()) }

func TestHomeLeavesNothing(t *testing.T) {
	temp := temporary(t)
	t.Setenv("XDG_CACHE_HOME", "/before")
	home, err := portable.Open(func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(folderOf(home))
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info.Mode(), err)
	}
	for _, line := range home.Environment("linux", []string{"XDG_CACHE_HOME=/before", "PATH=/bin"}) {
		name, value, _ := strings.Cut(line, "=")
		t.Setenv(name, value)
	}
	joined, ok := portable.Joined("linux")
	if !ok || folderOf(joined) != folderOf(home) || os.Getenv("XDG_CACHE_HOME") != folderOf(home) || os.Getenv("PATH") != "/bin" {
		t.Errorf("the environment: %q, joined %v", os.Getenv("XDG_CACHE_HOME"), ok)
	}
	before := joined.Before()
	if was := before["XDG_CACHE_HOME"]; was == nil || *was != "/before" {
		t.Errorf("before: %v", before)
	}
	if was, known := before["XDG_CONFIG_HOME"]; !known || was != nil {
		t.Errorf("what was not set before: %v, %v", was, known)
	}
	write(t, filepath.Join(folderOf(home), "fyne", "settings.json"))
	for range 2 {
		if err := home.Close(); err != nil {
			t.Error(err)
		}
	}
	if left := names(t, temp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestLeftoversOfACrash are removed at the next start, wiped first; what runs stays, and what is another's.
func TestLeftoversOfACrash(t *testing.T) {
	temp := temporary(t)
	crashed := filepath.Join(temp, "stowage-started-1")
	write(t, filepath.Join(crashed, "in-use"))
	write(t, filepath.Join(crashed, "opened", "A", "1", "secret.txt"))
	write(t, filepath.Join(temp, "other", "file"))
	making := filepath.Join(temp, "stowage-started-2") // no lock yet
	if err := os.Mkdir(making, 0o700); err != nil {
		t.Fatal(err)
	}
	shared := filepath.Join(temp, "stowage-started-3") // others can write there
	write(t, filepath.Join(shared, "in-use"))
	if err := os.Chmod(shared, 0o777); err != nil {
		t.Fatal(err)
	}
	running, err := portable.Open(func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(crashed, "in-use")) // the first Open removed it: it crashes anew
	var wiped []string
	home, err := portable.Open(func(private string) { wiped = append(wiped, private) })
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Base(folderOf(home)), filepath.Base(folderOf(running)), "other", filepath.Base(making)}
	if runtime.GOOS != "windows" {
		want = append(want, filepath.Base(shared))
	}
	slices.Sort(want)
	if got := names(t, temp); !slices.Equal(got, want) {
		t.Errorf("there are %v, want %v", got, want)
	}
	if !slices.Contains(wiped, filepath.Join(crashed, "opened")) {
		t.Errorf("wiped %v", wiped)
	}
	for _, h := range []*portable.Home{running, home} {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
}
