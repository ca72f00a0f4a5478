package safefile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"stowage/crypt/safefile"
)

// TestRenames gives a name in each way that a file system may need, and never the name of a file that is there.
func TestRenames(t *testing.T) {
	for way, rename := range map[string]func(from, to string) error{
		"new": safefile.RenameNew, "link": safefile.RenameByLink, "claim": safefile.RenameByClaim,
	} {
		dir := t.TempDir()
		from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
		write(t, from, "fresh")
		if err := rename(from, to); errors.Is(err, errors.ErrUnsupported) {
			continue // by this system
		} else if err != nil || read(t, to) != "fresh" {
			t.Fatalf("%s: %v", way, err)
		}
		write(t, from, "another")
		if err := rename(from, to); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: over a file that is there: %v", way, err)
		}
		if read(t, to) != "fresh" || read(t, from) != "another" {
			t.Errorf("%s: a file was changed by a rename that was refused", way)
		}
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	write(t, name, "12345")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for way, of := range map[string]func(name string, most int64) ([]byte, error){
		"by path":   func(name string, most int64) ([]byte, error) { return safefile.Read(filepath.Join(dir, name), most) },
		"in a root": func(name string, most int64) ([]byte, error) { return safefile.ReadIn(root, name, most) },
	} {
		if got, err := of("file", 5); string(got) != "12345" || err != nil {
			t.Errorf("%s: as long as it may be: %q, %v", way, got, err)
		}
		for name, want := range map[string]error{"file": safefile.ErrTooLarge, "none": fs.ErrNotExist, ".": safefile.ErrNotRegular} {
			if _, err := of(name, 4); !errors.Is(err, want) {
				t.Errorf("%s: %s: %v, want %v", way, name, err, want)
			}
		}
	}
}

// TestWrite shows that a file appears whole, never in the place of another unless that is asked for, and that nothing
// is left of one that was given up.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	if err := safefile.Write(name, []byte("first"), false); err != nil {
		t.Fatal(err)
	}
	if err := safefile.Write(name, []byte("second"), false); !errors.Is(err, safefile.ErrExists) {
		t.Errorf("over a file: %v", err)
	}
	out, err := safefile.Create(name, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.WriteString("half"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, name); got != "first" {
		t.Errorf("while another is written: %q", got)
	}
	out.Discard()
	if err := out.Commit(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("committed after it was given up: %v", err)
	}
	if err := safefile.Write(name, []byte("third"), true); err != nil || read(t, name) != "third" {
		t.Errorf("replacing: %v", err)
	}
	if err := safefile.ReplaceSecret(name, []byte("fourth")); err != nil || read(t, name) != "fourth" {
		t.Errorf("replacing a secret: %v", err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("left behind: %v, %v", all, err)
	}
	if err := safefile.RemoveSecret(name); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a secret that was removed: %v", err)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestReplacedAndReadAtOnce has many replace one file and read it at the same moment, as the computers of two desks do: each read
// finds a whole file, and nobody fails, on Windows too, which lets nobody replace a file that is open.
func TestReplacedAndReadAtOnce(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "directory.note")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	text := func(n int) string { return strings.Repeat(string(rune('a'+n)), 10_000) }
	write(t, name, text(0))
	var all sync.WaitGroup
	for n := range 3 {
		all.Go(func() {
			for range 25 {
				if err := safefile.Write(name, []byte(text(n)), true); err != nil {
					t.Error(err)
				}
				if err := safefile.WriteIn(root, "directory.note", []byte(text(n)), true); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		all.Go(func() {
			for range 75 {
				byPath, err := safefile.Read(name, 1<<20)
				if err != nil || string(byPath) != text(int(byPath[0]-'a')) {
					t.Errorf("read %.20q…: %v", byPath, err)
				}
				in, err := safefile.ReadIn(root, "directory.note", 1<<20)
				if err != nil || string(in) != text(int(in[0]-'a')) {
					t.Errorf("read %.20q…: %v", in, err)
				}
			}
		})
	}
	all.Wait()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestForbiddenIsNotBusy: what cannot be replaced for another reason than that somebody reads it fails as it did.
func TestForbiddenIsNotBusy(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := safefile.Write(filepath.Join(dir, "folder"), nil, true); err == nil {
		t.Error("a folder was replaced")
	}
	if err := safefile.Rename(filepath.Join(dir, "none"), filepath.Join(dir, "new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
