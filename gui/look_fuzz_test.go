package gui_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"stowage/gui"
)

// FuzzLook reads anything as the settings of the window, as they lie on a stick for everybody to
// change: what comes of it is a look that there is.
func FuzzLook(f *testing.F) {
	f.Add([]byte("mode = \"dark\"\ntext = 125\nlanguage = \"cy\"\n"))
	f.Add([]byte("mode = [[1, 2], {a = 1}]"))
	f.Add([]byte("text = 99999999999999999999"))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "window.toml"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		look := gui.ReadLook(dir)
		if !slices.Contains(gui.Modes(), look.Mode) || !slices.Contains(gui.TextSizes(), look.Text) || look.Language == "" {
			t.Errorf("%+v", look)
		}
		if err := look.Keep(dir); err != nil {
			t.Fatal(err)
		}
		if again := gui.ReadLook(dir); again != look {
			t.Errorf("%+v became %+v", look, again)
		}
	})
}
