package screens

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/gui"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/widgets"
)

// openRig is newRig with the stick open.
func openRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, true, someFiles)
	r.unlock(temporary)
	r.browser()
	return r
}

// pick selects a row of the browser.
func (r *rig) pick(p string) {
	r.t.Helper()
	if !r.browser().table.table.Select(p) {
		r.t.Fatalf("%s is not in the table", p)
	}
	r.Settle()
}

// shown are the names in the table, in their order.
func (r *rig) shown() string {
	names := []string{}
	for _, e := range r.browser().table.rows {
		names = append(names, path.Base(e.Path))
	}
	return strings.Join(names, " ")
}

func TestFoldersAndTheWayBack(t *testing.T) {
	r := openRig(t)
	r.pick("2026")
	r.Key(fyne.KeyReturn)
	r.MustSee("report.odt", "autumn", "All files")
	r.pick("2026/autumn")
	r.Key(fyne.KeyReturn)
	r.MustSee("plan.txt")
	r.Press("2026")
	r.MustSee("report.odt")
	r.Key(fyne.KeyBackspace)
	if got := r.shown(); got != "2026 photo.heic Register.txt" {
		t.Errorf("shown: %s", got)
	}
}

func TestSorting(t *testing.T) {
	r := openRig(t)
	dir := t.TempDir()
	for name, size := range map[string]int{"b10.bin": 10, "b9.bin": 900, "a.bin": 50} {
		screenstest.Check(t, os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o644))
		r.Drop(fyne.NewPos(500, 400), filepath.Join(dir, name))
	}
	table := r.browser().table
	for _, c := range []struct {
		column int
		down   bool
		want   string
	}{
		{columnName, false, "2026 a.bin b9.bin b10.bin photo.heic Register.txt"},
		{columnName, true, "2026 Register.txt photo.heic b10.bin b9.bin a.bin"},
		{columnSize, false, "2026 photo.heic Register.txt b10.bin a.bin b9.bin"},
	} {
		table.table.SetSort(c.column, c.down)
		table.sort()
		if got := r.shown(); got != c.want {
			t.Errorf("by column %d, down %v: %s", c.column, c.down, got)
		}
	}
}

func TestSearchFindsOnTheWholeStick(t *testing.T) {
	r := openRig(t)
	r.Key(fyne.KeyF, widgets.Ctrl)
	r.Type("plan")
	r.Advance(time.Second)
	r.MustSee("1 result for", "plan.txt", "2026/autumn")
	r.MustNotSee("Register.txt")
	r.Type("etary")
	r.Advance(time.Second)
	r.MustSee("No results for “planetary”")
	r.Key(fyne.KeyEscape)
	r.MustSee("Register.txt")
}

func TestDeleteAndUndo(t *testing.T) {
	r := openRig(t)
	r.pick("2026")
	r.Key(fyne.KeyDelete)
	if r.has("2026") {
		t.Fatal("it is still there")
	}
	r.MustSee("1 item deleted.")
	r.Key(fyne.KeyZ, widgets.Ctrl)
	if !r.has("2026/autumn/plan.txt") || r.content("2026/report.odt") != "first words" {
		t.Error("it did not come back")
	}
	r.MustSee("Undone.")
}

func TestRenameAndUndo(t *testing.T) {
	r := openRig(t)
	r.pick("Register.txt")
	r.Key(fyne.KeyF2)
	r.Type("photo") // the extension is not selected, so it stays
	if got := r.Session.Window.Canvas().Focused().(*widgets.Entry).Text; got != "photo.txt" {
		t.Errorf("typing makes the name %q", got)
	}
	r.Key(fyne.KeyA, widgets.Ctrl)
	r.Type("photo.heic")
	r.Press("Rename")
	r.MustSee("This name is already taken.")
	r.Key(fyne.KeyEscape)
	r.Key(fyne.KeyF2)
	r.Type("Class list")
	r.Press("Rename")
	if !r.has("Class list.txt") || r.has("Register.txt") {
		t.Errorf("not renamed: %s", r.Text())
	}
	r.Press("Undo")
	if r.has("Class list.txt") || !r.has("Register.txt") {
		t.Error("not undone")
	}
}

// TestBackGoesUpFirst goes out of two folders, and then out of the stick.
func TestBackGoesUpFirst(t *testing.T) {
	r := openRig(t)
	for _, folder := range []string{"2026", "2026/autumn"} {
		r.pick(folder)
		r.Key(fyne.KeyReturn)
	}
	r.MustSee("plan.txt")
	r.Key(fyne.KeyLeft, fyne.KeyModifierAlt)
	r.MustSee("report.odt", "autumn")
	r.Key(fyne.KeyLeft, fyne.KeyModifierAlt)
	r.MustSee("Register.txt")
	if r.Session.Current() != gui.Screen(r.browser()) {
		t.Fatal("the stick was left")
	}
	r.Key(fyne.KeyLeft, fyne.KeyModifierAlt)
	r.MustNotSee("Register.txt")
}

// TestRightButton shows the few things that one does with a file.
func TestRightButton(t *testing.T) {
	r := openRig(t)
	var names []string
	for _, c := range r.browser().context() {
		names = append(names, c.Name)
	}
	if len(names) != 8 || len(r.browser().Commands()) < 16 {
		t.Errorf("%q", names)
	}
	r.Row("Register.txt").Secondary()
	r.MustSee(names...)
	r.MustNotSee("Deleted files…")
}

func TestNewFolder(t *testing.T) {
	r := openRig(t)
	r.Press("New folder")
	r.Press("Create folder")
	r.MustSee("Type a name.")
	r.Type("a/b")
	r.Press("Create folder")
	r.MustSee("A stick cannot hold this name.")
	r.Key(fyne.KeyEscape)
	r.Press("New folder")
	r.Type("Trips")
	r.Press("Create folder")
	if !r.has("Trips") {
		t.Error("it was not made")
	}
	r.pick("Trips")
	r.Key(fyne.KeyReturn)
	r.MustSee("This folder is empty.")
}

func TestCutAndPaste(t *testing.T) {
	r := openRig(t)
	r.pick("Register.txt")
	r.Key(fyne.KeyX, widgets.Ctrl)
	r.pick("2026")
	r.Key(fyne.KeyReturn)
	r.Key(fyne.KeyV, widgets.Ctrl)
	if !r.has("2026/Register.txt") || r.has("Register.txt") {
		t.Errorf("not moved: %s", r.Text())
	}
}

func TestMoveToAFolder(t *testing.T) {
	r := openRig(t)
	r.pick("photo.heic")
	r.Menu("Move to…")
	r.Press("2026")
	r.Press("autumn")
	r.Press("Move here")
	if !r.has("2026/autumn/photo.heic") {
		t.Errorf("not moved: %s", r.Text())
	}
}

func TestMovingOntoATakenName(t *testing.T) {
	r := openRig(t)
	r.Drop(fyne.NewPos(500, 400), r.file("report.odt", "another"))
	r.pick("report.odt")
	r.Key(fyne.KeyX, widgets.Ctrl)
	r.pick("2026")
	r.Key(fyne.KeyReturn)
	r.Key(fyne.KeyV, widgets.Ctrl)
	r.MustSee("The name is already taken")
	r.Press("Keep both")
	if r.content("2026/report (2).odt") != "another" || r.content("2026/report.odt") != "first words" {
		t.Error("not both are there")
	}
}

func TestPreviousVersions(t *testing.T) {
	r := openRig(t)
	r.Drop(fyne.NewPos(500, 400), r.file("Register.txt", "second"))
	r.Press("Replace")
	r.pick("Register.txt")
	r.Menu("Previous versions")
	r.MustSee("Versions of Register.txt", "the current version", "1\u00a0September 2026")
	v := r.Session.Current().(*versionList)
	v.table.Select("1")
	r.choose.Path = t.TempDir()
	r.Press("Save a copy…")
	if data, err := os.ReadFile(filepath.Join(r.choose.Path, "Register.txt")); err != nil || string(data) != "Amy\nBen\n" {
		t.Errorf("the copy holds %q, %v", data, err)
	}
	r.Press("View")
	r.Session.Back()
	r.Press("Restore this version")
	r.MustSee("1 file restored.")
	if got := r.content("Register.txt"); got != "Amy\nBen\n" {
		t.Errorf("it holds %q", got)
	}
}

func TestDeletedFilesComeBack(t *testing.T) {
	r := openRig(t)
	r.Menu("Deleted files…")
	r.MustSee("Nothing was deleted.")
	r.Session.Back()
	r.pick("2026")
	r.Press("Delete")
	r.Menu("Deleted files…")
	r.MustSee("report.odt", "plan.txt")
	r.Press("Restore")
	if !r.has("2026/autumn/plan.txt") {
		t.Error("the first did not come back")
	}
}

func TestTextIsShownWithoutBeingWritten(t *testing.T) {
	r := openRig(t)
	r.pick("Register.txt")
	r.Key(fyne.KeyReturn)
	v, ok := r.Session.Current().(*viewer)
	if !ok {
		t.Fatal("not viewed")
	}
	got, err := v.open()
	screenstest.Check(t, err)
	if got.Size() != 8 {
		t.Errorf("%d bytes", got.Size())
	}
	screenstest.Check(t, got.Close())
	if len(r.opener.paths) > 0 || r.opened().files != nil {
		t.Error("it was decrypted to this computer")
	}
	if entries, _ := os.ReadDir(r.Session.Services.Private); len(entries) > 0 {
		t.Errorf("on this computer: %v", entries)
	}
}

func TestWhatCannotBeShownIsSaidSo(t *testing.T) {
	r := openRig(t)
	r.pick("photo.heic")
	r.Menu("View")
	r.MustNotSee("cannot be shown") // it is a text by its content
	r.Session.Back()
	r.Drop(fyne.NewPos(500, 400), r.file("data.bin", "\x00\x01\x02"))
	r.pick("data.bin")
	r.Menu("View")
	r.MustSee("This kind of file cannot be shown inside this window.", "Open it in its own program")
}

func TestPicturesAreShown(t *testing.T) {
	r := openRig(t)
	var b bytes.Buffer
	screenstest.Check(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 4000, 20))))
	r.Drop(fyne.NewPos(500, 400), r.file("wide.png", b.String()))
	r.pick("wide.png")
	r.Key(fyne.KeyReturn)
	if _, ok := r.Session.Current().(*viewer); !ok {
		t.Fatal("not viewed")
	}
	r.MustNotSee("cannot be shown")
	reader, err := r.opened().stick.OpenFile("wide.png")
	screenstest.Check(t, err)
	defer reader.Close()
	got, err := readToSee(t.Context(), reader, discard{})
	if screenstest.Check(t, err); got.picture.Bounds().Dx() != widest {
		t.Errorf("it is held as %v", got.picture.Bounds())
	}
}

type discard struct{}

func (discard) Expect(int64) {}
func (discard) Done(int64)   {}

// small is a drive with hardly any space.
