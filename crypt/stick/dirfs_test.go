package stick

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"stowage/crypt/stick/internal/drive"
)

func TestDriveErrors(t *testing.T) {
	meanings := map[error][]error{ErrTooLarge: drive.TooLarge, ErrInUse: drive.Locked}
	for said, is := range drive.DriveErrors { // what the system says for these is fault's own test
		meanings[is] = []error{said}
	}
	for is, all := range meanings {
		for _, said := range all {
			err := drive.Classify(&fs.PathError{Op: "write", Path: "x", Err: said})
			if !errors.Is(err, is) || !errors.Is(err, said) {
				t.Errorf("%v is told as %v", said, err)
			}
			for other := range meanings {
				if other != is && errors.Is(err, other) {
					t.Errorf("%v is also told as %v", said, other)
				}
			}
		}
	}
	if err := drive.Classify(io.EOF); err != io.EOF {
		t.Errorf("the end of a file became %v", err)
	}
	if err := drive.Classify(fs.ErrNotExist); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func newDir(t *testing.T) (*DirFS, string) {
	t.Helper()
	dir := t.TempDir()
	d, err := NewDirFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, dir
}

func TestDirFSNeverOverwrites(t *testing.T) {
	d, _ := newDir(t)
	if err := drive.WriteFile(d, "a", []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := drive.WriteFile(d, "a", []byte("second")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	if data, err := drive.ReadAll(d, "a", 10); string(data) != "first" {
		t.Errorf("it holds %q, %v", data, err)
	}
	if _, err := drive.ReadAll(d, "a", 4); !errors.Is(err, ErrTooLarge) {
		t.Errorf("reading at most 4 bytes: %v", err)
	}
	if err := d.Mkdir("a"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
}

// TestDirFSStaysInside follows links that a hostile stick may hold.
func TestDirFSStaysInside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege")
	}
	d, dir := newDir(t)
	outside := t.TempDir()
	for name, target := range map[string]string{"folder": outside, "file": filepath.Join(outside, "victim")} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Create("folder/new"); err == nil {
		t.Error("made a file outside")
	}
	if _, err := d.Create("file"); err == nil {
		t.Error("made a file through a link")
	}
	if _, err := d.Lock("file", true); err == nil {
		t.Error("locked a file outside")
	}
	if _, err := d.ReadDir("folder"); err == nil {
		t.Error("listed a folder outside")
	}
	if _, err := d.Open("../x"); err == nil {
		t.Error("opened a file outside")
	}
	if left, _ := os.ReadDir(outside); len(left) != 0 {
		t.Errorf("made outside: %v", left)
	}
}

func TestDirFSFree(t *testing.T) {
	d, _ := newDir(t)
	free, total, err := d.Free()
	if err != nil || free <= 0 || total < free {
		t.Errorf("%d of %d free, %v", free, total, err)
	}
	if err := d.SyncDir("."); err != nil {
		t.Error(err)
	}
}
