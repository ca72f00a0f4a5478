package guitest

import (
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/theme"

	"stowage/crypt/longtest"
	"stowage/gui"
)

// PicturesEnv names the environment variable with the folder into which Pictures
// writes PNG files. Without it, pictures are drawn and checked, and not kept.
const PicturesEnv = "STOWAGE_PICTURES"

// MenuHeight is what the desktop driver takes from the window for the menus.
func MenuHeight(s *gui.Session) float32 {
	text := fyne.MeasureText("Ag", theme.TextSize(), fyne.TextStyle{})
	return text.Height + 2*theme.InnerPadding()
}

// looks are the looks in which every screen is drawn: those that make it larger every day, the others in the long form of the
// tests and when pictures are kept.
var looks = []struct {
	name string
	look gui.Look
	long bool
}{
	{"light", gui.Look{Mode: gui.Light, Text: 100}, true},
	{"dark", gui.Look{Mode: gui.Dark, Text: 100}, true},
	{"contrast", gui.Look{Mode: gui.HighContrast, Text: 100}, true},
	{"large", gui.Look{Mode: gui.Light, Text: 150}, false},
	{"welsh", gui.Look{Mode: gui.Light, Text: 100, Language: "cy"}, false},
}

// Pictures draws a screen as a whole window of 1024x700 with large text and in Welsh, and
// in the long form of the tests in light, dark and high contrast as well, but not with
// -short; arrange brings each new window to the
// screen. It fails when the screen does not fit, when a text is missing, or when
// nothing is drawn. With STOWAGE_PICTURES set to a folder it keeps the pictures
// there as NAME-LOOK.png.
func Pictures(t *testing.T, name string, o gui.Options, arrange func(*Window)) {
	t.Helper()
	for _, l := range looks {
		t.Run(l.name, func(t *testing.T) {
			if testing.Short() || l.long && !longtest.Wanted() && os.Getenv(PicturesEnv) == "" {
				t.Skip("takes long")
			}
			o := o
			o.Services.Config = t.TempDir()
			if err := l.look.Keep(o.Services.Config); err != nil {
				t.Fatal(err)
			}
			w := New(t, o)
			arrange(w)
			w.CheckFits()
			keep(t, name+"-"+l.name, w.Picture())
		})
	}
}

// CheckFits fails the test when the window would have to be larger than 1024x700, or
// shows a text that is missing.
func (w *Window) CheckFits() {
	w.t.Helper()
	w.Settle()
	least := w.Session.Window.Content().MinSize()
	if least.Width > gui.Width || least.Height > gui.Height-MenuHeight(w.Session) {
		w.t.Errorf("needs %.0fx%.0f beside the menus, which is more than %dx%d leaves", least.Width, least.Height, gui.Width, gui.Height)
	}
	for _, o := range w.Session.Window.Canvas().Overlays().List() {
		if size := o.MinSize(); size.Width > gui.Width || size.Height > gui.Height-MenuHeight(w.Session) {
			w.t.Errorf("a dialog needs %.0fx%.0f, which is too large", size.Width, size.Height)
		}
	}
	if text := w.Text(); strings.Contains(text, "⟦") {
		w.t.Errorf("a text is missing:\n%s", text)
	}
}

// Picture draws the window with its menus, 1024x700.
func (w *Window) Picture() image.Image {
	w.Settle()
	w.resize()
	picture := image.NewNRGBA(image.Rect(0, 0, gui.Width, gui.Height))
	menus := drawMenus(w.Session)
	draw.Draw(picture, menus.Bounds(), menus, image.Point{}, draw.Src)
	content := w.Session.Window.Canvas().Capture()
	at := image.Rect(0, menus.Bounds().Dy(), gui.Width, gui.Height)
	draw.Draw(picture, at, content, image.Point{}, draw.Src)
	return picture
}

// drawMenus draws the menus' names, as the desktop driver does.
func drawMenus(s *gui.Session) image.Image {
	names := container.NewHBox()
	for _, menu := range s.Window.MainMenu().Items {
		text := canvas.NewText(menu.Label, theme.Color(theme.ColorNameForeground))
		names.Add(container.NewPadded(container.NewPadded(text)))
	}
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(container.NewStack(canvas.NewRectangle(theme.Color(theme.ColorNameBackground)), names))
	c.Resize(fyne.NewSize(gui.Width, MenuHeight(s)))
	return c.Capture()
}

// keep writes a picture, when pictures are to be kept.
func keep(t *testing.T, name string, picture image.Image) {
	t.Helper()
	folder := os.Getenv(PicturesEnv)
	if folder == "" {
		return
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(folder, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	err = png.Encode(f, picture)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		t.Fatal(fmt.Errorf("keep picture %s: %w", name, err))
	}
}
