package choose_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"stowage/gui"
	"stowage/gui/guitest"
)

// asked is a window over a folder with two folders, a list and two pictures.
func asked(t *testing.T) (w *guitest.Window, folder string) {
	t.Helper()
	folder = t.TempDir()
	t.Setenv("HOME", folder)
	t.Setenv("USERPROFILE", folder)
	for _, name := range []string{"Year 2", "Year 10"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"list.CSV", "b.png", "a.png", ".hidden"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return guitest.New(t, gui.Options{}), folder
}

// row presses the row of a name.
func row(w *guitest.Window, name string) {
	w.Settle()
	var pressed, last fyne.Tappable
	w.Each(func(o fyne.CanvasObject) {
		if tappable, ok := o.(fyne.Tappable); ok {
			last = tappable
		}
		if text, ok := o.(*canvas.Text); ok && text.Text == name {
			pressed = last
		}
	})
	pressed.Tapped(&fyne.PointEvent{})
	w.Settle()
}

func TestSeveralFilesAreChosenAtOnce(t *testing.T) {
	w, folder := asked(t)
	var got []string
	w.Session.Choose.Files("Add files", func(paths []string) { got = paths })
	w.MustSee("Add files", "Year 2", "Year 10", "list.CSV", "a.png")
	w.MustNotSee(".hidden")
	if text := w.Text(); strings.Index(text, "Year 2") > strings.Index(text, "Year 10") {
		t.Error("folders are not sorted as people do")
	}
	row(w, "b.png")
	row(w, "list.CSV")
	row(w, "a.png")
	row(w, "list.CSV") // not this one after all
	w.Press("Choose 2 files")
	if want := []string{filepath.Join(folder, "a.png"), filepath.Join(folder, "b.png")}; !slices.Equal(got, want) {
		t.Errorf("chosen: %q, want %q", got, want)
	}
	w.MustNotSee("Add files")
}

func TestOneFileOfAKind(t *testing.T) {
	w, folder := asked(t)
	var got string
	w.Session.Choose.File("Import a list", func(path string) { got = path }, ".csv")
	w.MustNotSee("a.png")
	for typed, answer := range map[string]string{
		filepath.Join(folder, "a.png"):    "This is not the kind of file that is wanted here.",
		filepath.Join(folder, "gone.csv"): "There is nothing with this name.",
	} {
		retype(w, typed)
		w.MustSee(answer)
	}
	if got != "" {
		t.Fatalf("%q was chosen", got)
	}
	retype(w, filepath.Join(folder, "list.CSV"))
	if want := filepath.Join(folder, "list.CSV"); got != want {
		t.Errorf("chosen: %q, want %q", got, want)
	}
}

// retype types a path into the entry, which has the focus, and presses Enter.
func retype(w *guitest.Window, path string) {
	w.Key(fyne.KeyA, fyne.KeyModifierShortcutDefault)
	w.Type(path)
	w.Key(fyne.KeyReturn)
}

func TestAFolderIsChosenAndRemembered(t *testing.T) {
	w, folder := asked(t)
	var got string
	choose := func() { w.Session.Choose.Folder("Where to?", func(path string) { got = path }) }
	choose()
	w.MustNotSee("a.png")
	row(w, "Year 10")
	w.MustSee("There are no folders in here.")
	w.Press("Choose this folder")
	if want := filepath.Join(folder, "Year 10"); got != want {
		t.Errorf("chosen: %q, want %q", got, want)
	}
	choose() // it begins where the last one was, and Enter is enough to take it
	w.MustSee("There are no folders in here.")
	got = ""
	w.Key(fyne.KeyReturn)
	if want := filepath.Join(folder, "Year 10"); got != want {
		t.Errorf("chosen by Enter: %q, want %q", got, want)
	}
	choose()
	w.Press("Up")
	w.MustSee("Year 2")
	w.Press("Choose this folder")
	if got != folder {
		t.Errorf("chosen: %q, want %q", got, folder)
	}
}

func TestNothingIsChosenByCancelling(t *testing.T) {
	w, _ := asked(t)
	for _, leave := range []func(){
		func() { w.Press("Cancel") },
		func() { w.Key(fyne.KeyEscape) },
	} {
		w.Session.Choose.Files("Add files", func([]string) { t.Error("chosen") })
		w.MustSee("Add files")
		row(w, "a.png")
		leave()
		w.MustNotSee("Add files")
	}
}

func TestAFolderThatMayNotBeRead(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("whoever runs this may read every folder")
	}
	w, folder := asked(t)
	closed := filepath.Join(folder, "Year 2")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(closed, 0o700) })
	w.Session.Choose.Folder("Where to?", func(string) { t.Error("chosen") })
	row(w, "Year 2")
	w.MustSee("You do not have permission to open this folder.")
}

func TestPictures(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"Class photo with everybody in the year.jpg", "Reports.odt", "Zoo.png"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", folder)
	t.Setenv("USERPROFILE", folder)
	guitest.Pictures(t, "choose-files", gui.Options{}, func(w *guitest.Window) {
		w.Session.Choose.Files("Add files", func([]string) {})
		row(w, "Zoo.png")
	})
}
