package safefile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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
