package screens

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"stowage/crypt/smalldrive"
	"stowage/crypt/stick"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/staff"
)

func TestDroppedFilesAreStored(t *testing.T) {
	r := openRig(t)
	r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all"), filepath.Dir(r.file("photos/one.txt", "1")))
	r.MustSee("2 files are safe on the stick.", "letter.txt", "photos")
	if got := r.content("photos/one.txt"); got != "1" {
		t.Errorf("the stick has %q", got)
	}
}

func TestAddWithADialog(t *testing.T) {
	r := openRig(t)
	r.choose.Path = r.file("letter.txt", "Dear all")
	r.Press("Add files…")
	r.MustSee("1 file is safe on the stick.")
	r.choose.Path = filepath.Dir(r.file("photos/one.txt", "1"))
	r.Menu("Add folder…")
	r.MustSee("photos")
}

func TestClashesAreAskedAboutOnce(t *testing.T) {
	for answer, want := range map[string]struct{ register, second string }{
		"Replace":   {"new", ""},
		"Keep both": {"Amy\nBen\n", "new"},
		"Skip":      {"Amy\nBen\n", ""},
	} {
		t.Run(answer, func(t *testing.T) {
			r := openRig(t)
			r.Drop(fyne.NewPos(500, 400), r.file("Register.txt", "new"), r.file("photo.heic", "new"), r.file("fresh.txt", "fresh"))
			r.MustSee("2 of the names are already taken", "Register.txt and photo.heic")
			if r.has("fresh.txt") {
				t.Error("something was stored before the answer")
			}
			r.Press(answer)
			if got := r.content("Register.txt"); got != want.register {
				t.Errorf("Register.txt holds %q", got)
			}
			if want.second != "" && r.content("Register (2).txt") != want.second {
				t.Error("the second is not there")
			}
			if r.content("fresh.txt") != "fresh" {
				t.Error("the new one was not stored")
			}
		})
	}
}

func TestCancelledClashStoresNothing(t *testing.T) {
	r := openRig(t)
	r.Drop(fyne.NewPos(500, 400), r.file("Register.txt", "new"), r.file("fresh.txt", "fresh"))
	r.Press("Cancel")
	if r.has("fresh.txt") || r.content("Register.txt") != "Amy\nBen\n" {
		t.Error("something was stored")
	}
}

// TestNothingStoredIsNotCalledDone drops what is gone by the time that it is read.
func TestNothingStoredIsNotCalledDone(t *testing.T) {
	r := openRig(t)
	gone := filepath.Join(t.TempDir(), "gone.txt")
	r.Drop(fyne.NewPos(500, 400), gone)
	r.MustSee("Nothing was stored", "1 item was skipped", "gone.txt – there is no file or folder of that name")
	r.MustNotSee("safe on the stick")
}

func TestLinksAreLeftOutAndNamed(t *testing.T) {
	r := openRig(t)
	dir := t.TempDir()
	screenstest.Check(t, os.WriteFile(filepath.Join(dir, "real.txt"), []byte("x"), 0o644))
	if err := os.Symlink("real.txt", filepath.Join(dir, "link.txt")); err != nil {
		t.Skip("no links here")
	}
	r.Drop(fyne.NewPos(500, 400), dir)
	r.MustSee("1 item was skipped", "link.txt – a link or a device", "1 file is safe")
}

func TestSaveACopyNeverReplacesUnasked(t *testing.T) {
	r := openRig(t)
	to := t.TempDir()
	r.choose.Path = to
	r.pick("2026")
	r.Press("Save a copy…")
	r.MustSee("2 files copied.")
	if data, err := os.ReadFile(filepath.Join(to, "2026", "autumn", "plan.txt")); err != nil || string(data) != "Monday" {
		t.Errorf("%q, %v", data, err)
	}
	screenstest.Check(t, os.WriteFile(filepath.Join(to, "2026", "report.odt"), []byte("mine"), 0o644))
	r.Press("Save a copy…")
	r.MustSee("2 files are already in that folder")
	if data, _ := os.ReadFile(filepath.Join(to, "2026", "report.odt")); string(data) != "mine" {
		t.Fatal("a file was replaced unasked")
	}
	r.Press("Replace")
	if data, _ := os.ReadFile(filepath.Join(to, "2026", "report.odt")); string(data) != "first words" {
		t.Errorf("it was not replaced: %q", data)
	}
}

func TestAFullStickSaysSo(t *testing.T) {
	r := newRig(t, true, someFiles)
	r.k.openFS = func(path string) (staff.DriveFS, error) {
		d, err := stick.NewDirFS(path)
		return &small{d}, err
	}
	r.unlock(temporary)
	r.Drop(fyne.NewPos(500, 400), r.file("large.bin", strings.Repeat("x", 200_000)))
	r.MustSee("This needs", "and the drive has 50 kB free", "Nothing was stored.")
	r.Press("Close")
	if r.has("large.bin") {
		t.Error("it is there")
	}
	r.MustSee("Nearly full")
}

type small struct{ *stick.DirFS }

func (s *small) Free() (free, total int64, err error) { return 50_000, 64_000_000, nil }

// TestSaveACopyOntoADriveThatKnowsNoCase fetches names that a memory stick cannot tell apart,
// or does not take, onto a real one: all are there, and what has another name is told.
func TestSaveACopyOntoADriveThatKnowsNoCase(t *testing.T) {
	to := smalldrive.Exfat(t)
	r := newRig(t, true, map[string]string{"Plan.txt": "one", "plan.txt": "two", "what?.txt": "three", "fine.txt": "four"})
	r.unlock(temporary)
	r.choose.Path = to
	r.browser().table.SelectAll()
	r.Settle()
	r.Press("Save a copy…")
	r.MustSee("4 files copied.", "2 items have other names there", "plan.txt is called plan (2).txt there", "what?.txt is called what_.txt there")
	r.Press("Close")
	for range 2 {
		for name, want := range map[string]string{"Plan.txt": "one", "plan (2).txt": "two", "what_.txt": "three", "fine.txt": "four"} {
			if got, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(got) != want {
				t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
			}
		}
		r.Press("Save a copy…") // over what is there
		r.MustSee("4 files are already in that folder")
		r.Press("Replace")
		r.MustSee("2 items have other names there")
		r.Press("Close")
	}
}

// TestSaveACopyOntoAFullDrive names the files that are complete there.
func TestSaveACopyOntoAFullDrive(t *testing.T) {
	to := smalldrive.New(t, 256<<10)
	r := newRig(t, true, map[string]string{"a.txt": "small", "c.txt": "after"})
	r.unlock(temporary)
	r.Drop(fyne.NewPos(500, 400), r.file("b.bin", strings.Repeat("x", 1<<20)))
	r.choose.Path = to
	r.browser().table.SelectAll()
	r.Settle()
	r.Press("Save a copy…")
	r.MustSee("and the destination drive has", "2 files are complete there, and named below.")
	if !r.Sees("a.txt\nc.txt") && !r.Sees("c.txt\na.txt") {
		t.Errorf("they are not named: %s", r.Text())
	}
	for name, want := range map[string]string{"a.txt": "small", "c.txt": "after"} {
		if got, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q (%v)", name, got, err)
		}
	}
	if left, err := os.ReadDir(to); err != nil || len(left) != 2 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestSaveAVersionOntoADriveOfShortNames saves a version under a name that the drive holds.
func TestSaveAVersionOntoADriveOfShortNames(t *testing.T) {
	to := smalldrive.ShortNames(t)
	long := strings.Repeat("ysgol ", 33) + ".txt"
	r := newRig(t, true, map[string]string{long: "first"})
	r.unlock(temporary)
	r.choose.Path = to
	r.pick(long)
	r.command("Previous versions")
	r.Press("Save a copy…")
	left, err := os.ReadDir(to)
	if err != nil || len(left) != 1 {
		t.Fatalf("%v, %v: %s", left, err, r.Text())
	}
	r.MustSee(left[0].Name())
	if got, err := os.ReadFile(filepath.Join(to, left[0].Name())); err != nil || string(got) != "first" {
		t.Errorf("%q, %v", got, err)
	}
}
