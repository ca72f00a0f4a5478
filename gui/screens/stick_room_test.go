package screens

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/gui/staff"
)

// smallFS is a folder that has so much room as a small drive.
type smallFS struct {
	*stick.DirFS
	dir  string
	size int64
}

func (s *smallFS) Free() (free, total int64, err error) {
	free = s.size
	err = filepath.WalkDir(s.dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			free -= info.Size()
		}
		return err
	})
	return max(0, free), s.size, err
}

// TestOldVersionsMakeRoom stores a file of 3 MB again and again on a drive of 12 MB, and tidies.
func TestOldVersionsMakeRoom(t *testing.T) {
	r := newRig(t, true, someFiles)
	r.k.openFS = func(path string) (staff.DriveFS, error) {
		d, err := stick.NewDirFS(path)
		return &smallFS{d, path, 12e6}, err
	}
	r.unlock(temporary)
	r.browser()
	for i := range 4 {
		r.Drop(fyne.NewPos(500, 400), r.file("film.mov", strings.Repeat(string(rune('a'+i)), 3e6)))
		if i > 0 {
			r.Press("Replace")
		}
	}
	r.MustSee("To make room, 1 old version of a file was given up, the oldest first.", "1 file is safe on the stick.")
	if got := r.content("film.mov"); got != strings.Repeat("d", 3e6) {
		t.Errorf("it holds %.10q", got)
	}
	r.pick("film.mov")
	r.Key(fyne.KeyDelete)
	r.Drop(fyne.NewPos(500, 400), r.file("lecture.mp4", strings.Repeat("x", 7e6)))
	r.MustSee("This needs", "Nothing was stored.", "Tidy up the stick: that would free about 9", "kept for now")
	r.Press("Close")
	r.command("Tidy up…")
	r.Press("Tidy up")
	r.MustSee("Tidied up: 9")
	r.command("Tidy up…")
	r.Press("Tidy up")
	r.MustSee("There was nothing to tidy up.", "no old versions or deleted files that take up room", "what else is on the drive", "of 12")
}

// TestOldVersionsMakeRoomOnTheDrive has a program save a file of 3 MB to the drive again and again.
func TestOldVersionsMakeRoomOnTheDrive(t *testing.T) {
	r, c := newRig(t, true, someFiles), &fakeClient{t: t}
	r.k.mount = c.mount
	r.k.openFS = func(path string) (staff.DriveFS, error) {
		d, err := stick.NewDirFS(path)
		return &smallFS{d, path, 12e6}, err
	}
	r.unlock(temporary)
	r.Menu("Open as a drive")
	for i := range 5 {
		if status, said := c.ask("PUT", "film.mov", strings.Repeat(string(rune('a'+i)), 3e6)); status >= 300 {
			t.Fatalf("save %d: %d, %s", i+1, status, said)
		}
	}
	r.Drain()
	r.Advance(driveRest)
	r.MustSee("Every program can open this stick as a drive now", "To make room, 2 old versions of files were given up, the oldest first.")
}
