package widgets_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/gui"
	"stowage/gui/guitest"
	"stowage/gui/widgets"
)

// icons are the names of all pictures.
func icons(t testing.TB) []widgets.Icon {
	files, err := filepath.Glob("icons/*.svg")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d pictures, %v", len(files), err)
	}
	var names []widgets.Icon
	for _, f := range files {
		names = append(names, widgets.Icon(strings.TrimSuffix(filepath.Base(f), ".svg")))
	}
	return names
}

func TestIconPictures(t *testing.T) {
	if os.Getenv(guitest.PicturesEnv) == "" {
		t.Skip("for looking at")
	}
	pictures(t, "icons", func(*gui.Session) fyne.CanvasObject {
		grid := container.NewGridWithColumns(12)
		for _, name := range icons(t) {
			small := container.NewGridWrap(fyne.NewSquareSize(20), widget.NewIcon(name.Resource()))
			large := container.NewGridWrap(fyne.NewSquareSize(40), widget.NewIcon(name.Resource()))
			text := widgets.Caption(string(name))
			text.Truncation = fyne.TextTruncateClip
			grid.Add(container.NewVBox(container.NewHBox(large, small), text))
		}
		return container.NewVScroll(grid)
	})
}

// TestIconsAreDrawnRight: Fyne's renderer of SVG draws some elliptical arcs wrongly, so
// that the pictures have curves in their place.
func TestIconsAreDrawnRight(t *testing.T) {
	path := regexp.MustCompile(`\sd="([^"]*)"`)
	for _, name := range icons(t) {
		data, err := os.ReadFile("icons/" + string(name) + ".svg")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range path.FindAllSubmatch(data, -1) {
			if bytes.ContainsAny(d[1], "aA") {
				t.Errorf("%s has an arc", name)
			}
		}
	}
}

// TestIconsExist reads the sources of gui for the names of pictures.
func TestIconsExist(t *testing.T) {
	named := regexp.MustCompile(`\bIcon\("([^"]+)"\)|\bIcon\w+\s+Icon = "([^"]+)"`)
	found := 0
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range named.FindAllSubmatch(source, -1) {
			found++
			if icon := widgets.Icon(string(m[1]) + string(m[2])); !icon.Exists() {
				t.Errorf("%s: no picture %q", path, icon)
			}
		}
		return err
	})
	if err != nil || found < 20 {
		t.Errorf("%d names of pictures were found, %v", found, err)
	}
}
