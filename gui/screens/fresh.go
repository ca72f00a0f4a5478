package screens

import (
	"fmt"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/gui"
	"stowage/gui/parts"
	"stowage/gui/words"
)

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
