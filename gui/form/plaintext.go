package form

import (
	"os"
	"path/filepath"
	"slices"

	"stowage/gui"
	"stowage/gui/widgets"
)

// onStick reports whether a folder lies on an encrypted stick, outside what is
// encrypted: what is written there can be read by whoever finds the stick.
func onStick(folder string) bool {
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		folder = real
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return false
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "stowage", "stick.note")); err == nil {
			return true
		}
		up := filepath.Dir(folder)
		if up == folder {
			return false
		}
		folder = up
	}
}

// AskPlain calls then when files may be written to the folders as they are. Before they
// would lie on a stick where anybody can read them, it asks.
func AskPlain(s *gui.Session, folders []string, then func()) {
	if !slices.ContainsFunc(folders, onStick) {
		then()
		return
	}
	w := s.Words
	s.Ask(widgets.Question{
		Title: w.T("plain.title"), Text: w.T("plain.text"), Yes: w.T("plain.yes"), No: w.T("plain.no"), Danger: true,
	}, func(yes bool) {
		if yes {
			then()
		}
	})
}
