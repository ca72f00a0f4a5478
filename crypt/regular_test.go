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
		if _, _, err := crypt.OpenRegular(name); !errors.Is(err, crypt.ErrNotRegular) {
			t.Errorf("%s: %v", name, err)
		}
		if err := crypt.DecryptFile(t.Context(), name, filepath.Join(dir, "out"), crypt.FileOptions{}, id); !errors.Is(err, crypt.ErrNotRegular) {
			t.Errorf("decrypt %s: %v", name, err)
		}
		if err := crypt.DecryptFolder(t.Context(), name, filepath.Join(dir, "out"), crypt.FileOptions{}, id); !errors.Is(err, crypt.ErrNotRegular) {
			t.Errorf("unpack %s: %v", name, err)
		}
	}
	if _, _, err := crypt.OpenRegular(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
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
			out, err := crypt.CreateOutputIn(root, name, replace)
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
		if err := write(filepath.Join("sub", "old")); (err == nil) != replace || !replace && !errors.Is(err, crypt.ErrExists) {
			t.Errorf("an existing file, replace %v: %v", replace, err)
		}
		if got := readTree(t, dir); len(got) != 2 || got["sub/a"] != "new" || (got["sub/old"] == "new") != replace {
			t.Errorf("replace %v: %q", replace, got)
		}
		out, err := crypt.CreateOutputIn(root, filepath.Join("sub", "late"), replace)
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
