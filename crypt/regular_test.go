//go:build unix

package crypt_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"stowage/crypt"
	"stowage/crypt/safefile"
)

// TestOnlyFilesAreOpened puts what is no file where one is to be read: none of it is waited for.
func TestOnlyFilesAreOpened(t *testing.T) {
	id := x25519(t)
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.age")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	link := filepath.Join(dir, "link.age")
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, link, dir, os.DevNull} {
		if _, _, err := safefile.Open(name); !errors.Is(err, safefile.ErrNotRegular) {
			t.Errorf("%s: %v", name, err)
		}
		if err := crypt.DecryptFile(t.Context(), name, filepath.Join(dir, "out"), crypt.FileOptions{}, id); !errors.Is(err, safefile.ErrNotRegular) {
			t.Errorf("decrypt %s: %v", name, err)
		}
		if err := crypt.DecryptFolder(t.Context(), name, filepath.Join(dir, "out"), crypt.FileOptions{}, id); !errors.Is(err, safefile.ErrNotRegular) {
			t.Errorf("unpack %s: %v", name, err)
		}
	}
	if _, _, err := safefile.Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
	onlyThese(t, dir, "pipe.age", "link.age")
}

// TestOutputInStaysInside exchanges a folder on the way for a link, before a file is
// begun and before it gets its name.
func TestOutputInStaysInside(t *testing.T) {
	for _, replace := range []bool{false, true} {
		dir, outside := t.TempDir(), t.TempDir()
		swap := func() {
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, "sub")), os.Symlink(outside, filepath.Join(dir, "sub"))); err != nil {
				t.Fatal(err)
			}
		}
		tree(t, dir, map[string]string{"sub/old": "x"})
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		write := func(name string) error {
			out, err := safefile.CreateIn(root, name, replace)
			if err != nil {
				return err
			}
			defer out.Discard()
			_, err = out.Write([]byte("new"))
			return errors.Join(err, out.Commit())
		}
		if err := write(filepath.Join("sub", "a")); err != nil {
			t.Fatal(err)
		}
		if err := write(filepath.Join("sub", "old")); (err == nil) != replace || !replace && !errors.Is(err, safefile.ErrExists) {
			t.Errorf("an existing file, replace %v: %v", replace, err)
		}
		if got := readTree(t, dir); len(got) != 2 || got["sub/a"] != "new" || (got["sub/old"] == "new") != replace {
			t.Errorf("replace %v: %q", replace, got)
		}
		out, err := safefile.CreateIn(root, filepath.Join("sub", "late"), replace)
		if err != nil {
			t.Fatal(err)
		}
		swap()
		if err := out.Commit(); err == nil {
			t.Error("the swap went unnoticed")
		}
		if err := write(filepath.Join("sub", "b")); err == nil {
			t.Error("a link was followed")
		}
		if left, err := os.ReadDir(outside); err != nil || len(left) != 0 {
			t.Errorf("outside are now %v, %v", left, err)
		}
	}
}

// TestOnlyFilesBelowAreOpened is TestOnlyFilesAreOpened for names below a folder.
func TestOnlyFilesBelowAreOpened(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	tree(t, outside, map[string]string{"secret": "x"})
	tree(t, dir, map[string]string{"sub/file": "x"})
	if err := errors.Join(
		syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600),
		os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "out")),
		os.Symlink("pipe", filepath.Join(dir, "link")),
	); err != nil {
		t.Skip(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"pipe", "link", "sub"} {
		for _, flag := range []int{os.O_RDONLY, os.O_RDWR | os.O_CREATE} {
			if _, _, err := safefile.OpenIn(root, name, flag); !errors.Is(err, safefile.ErrNotRegular) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, _, err := safefile.OpenIn(root, "out", os.O_RDONLY); err == nil {
		t.Error("a link led outside")
	}
	if _, _, err := safefile.OpenIn(root, "none", os.O_RDONLY); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
	for name, flag := range map[string]int{"sub/file": os.O_RDONLY, "new": os.O_RDWR | os.O_CREATE} {
		f, info, err := safefile.OpenIn(root, filepath.FromSlash(name), flag)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !info.Mode().IsRegular() {
			t.Errorf("%s is %v", name, info.Mode())
		}
		f.Close()
	}
}
