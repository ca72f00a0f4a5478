package screens

import (
	"fmt"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"stowage/gui"
	"stowage/gui/parts"
	"stowage/gui/words"
)

// pickFile has a file chosen whose name ends in one of the extensions, or any without.
func pickFile(s *gui.Session, picked func(path string), extensions ...string) {
	d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err != nil {
			s.Fail(err)
			return
		}
		if f == nil {
			return
		}
		path := f.URI().Path()
		f.Close()
		picked(path)
	}, s.Window)
	if len(extensions) > 0 {
		d.SetFilter(storage.NewExtensionFileFilter(extensions))
	}
	showPicker(s, d)
}

// pickFolder has a folder chosen.
func pickFolder(s *gui.Session, picked func(path string)) {
	showPicker(s, dialog.NewFolderOpen(func(f fyne.ListableURI, err error) {
		if err != nil {
			s.Fail(err)
			return
		}
		if f != nil {
			picked(f.Path())
		}
	}, s.Window))
}

func showPicker(s *gui.Session, d *dialog.FileDialog) {
	d.Resize(fyne.NewSize(gui.Width*0.85, gui.Height*0.8))
	d.Show()
}

// freshName is a path in a folder with the time in its name, so that it is not there
// yet: "devices 2026-09-03 0830.csv".
func freshName(folder, name string, at time.Time, extension string) string {
	return filepath.Join(folder, fmt.Sprintf("%s %s%s", name, at.Format("2006-01-02 150405"), extension))
}

// popUpMenu shows commands at a place of the window.
func popUpMenu(s *gui.Session, commands []parts.Command, at fyne.Position) {
	widget.ShowPopUpMenuAtPosition(parts.Menu("", commands), s.Window.Canvas(), at)
}

// wordKey is one of two keys.
func wordKey(otherwise words.Key, is bool, then words.Key) words.Key {
	if is {
		return then
	}
	return otherwise
}
