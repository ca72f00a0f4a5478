package screens

import (
	"fmt"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// freshName is a path in a folder with the time in its name, so that it is not there
// yet: "devices 2026-09-03 0830.csv".
func freshName(folder, name string, at time.Time, extension string) string {
	return filepath.Join(folder, fmt.Sprintf("%s %s%s", name, at.Format("2006-01-02 150405"), extension))
}

// popUpMenu shows commands at a place of the window.
func popUpMenu(s *gui.Session, commands []widgets.Command, at fyne.Position) {
	widget.ShowPopUpMenuAtPosition(widgets.Menu("", commands), s.Window.Canvas(), at)
}

// newTextChoice is a choice between texts.
func newTextChoice(w *i18n.Words, changed func(), keys ...i18n.Key) *widgets.Choice[i18n.Key] {
	var options []widgets.Option[i18n.Key]
	for _, key := range keys {
		options = append(options, widgets.Option[i18n.Key]{Name: w.T(key), Value: key})
	}
	return widgets.NewChoice(changed, options...)
}

// wordKey is one of two keys.
func wordKey(otherwise i18n.Key, is bool, then i18n.Key) i18n.Key {
	if is {
		return then
	}
	return otherwise
}
