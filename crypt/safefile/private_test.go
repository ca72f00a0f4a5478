package safefile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"stowage/crypt/safefile"
)

func TestMkdirPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "private")
	if err := safefile.MkdirPrivate(dir); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o600); err != nil {
		t.Error(err)
	}
	if err := safefile.MkdirPrivate(dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made a second time: %v", err)
	}
	if err := safefile.MkdirPrivate(filepath.Join(dir, "no", "such")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("below a folder that is not there: %v", err)
	}
}
