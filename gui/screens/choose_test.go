package screens

import (
	"testing"

	"stowage/gui"
	"stowage/gui/guitest"
)

// TestTheDialogsOpen shows the dialogs that tests of the screens put others in the
// place of.
func TestTheDialogsOpen(t *testing.T) {
	for name, show := range map[string]func(chooser){
		"file":   func(c chooser) { c.file("Choose a file", func(string) {}) },
		"folder": func(c chooser) { c.folder("Choose a folder", func(string) {}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := guitest.New(t, gui.Options{})
			show(dialogs{w.Session})
			w.MustSee("Choose a " + name)
		})
	}
}
