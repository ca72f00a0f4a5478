// Package choose asks the person for files and folders of the computer: with the
// system's own dialog, or with one drawn in the window where the system has none.
//
// # Promised
//
//   - Every screen asks through one [Chooser], so that a dialog is the same everywhere.
//   - Several files are chosen at once where several are wanted.
//   - No folder is read on the window's goroutine: a server that does not answer keeps
//     a dialog waiting, which can be cancelled, and never the window.
//   - Nothing is created, opened or changed by choosing it.
//
// # Not promised
//
// What was chosen may be gone, or be something else, when it is opened.
package choose

import (
	"fyne.io/fyne/v2"

	"stowage/gui/i18n"
	"stowage/gui/jobs"
)

// Chooser asks for files and folders. It belongs to the window's goroutine, on which
// chosen is called: with absolute paths, and not at all when the person cancels.
type Chooser interface {
	// Files asks for one or more files.
	Files(title string, chosen func(paths []string))
	// File asks for one file, whose name ends in one of the extensions (".csv", whatever
	// the case), if any are given.
	File(title string, chosen func(path string), extensions ...string)
	// Folder asks for one folder.
	Folder(title string, chosen func(path string))
}

// Window is the window in which is asked.
type Window struct {
	Window fyne.Window
	Words  func() *i18n.Words
	Jobs   *jobs.Runner
}

// request is what is asked for.
type request struct {
	title      string
	many       bool // one or more
	folder     bool // a folder, not files
	extensions []string
	chosen     func(paths []string)
}

// asker answers a Chooser's three questions with one function.
type asker func(request)

var _ Chooser = asker(nil)

// Files is part of Chooser.
func (ask asker) Files(title string, chosen func([]string)) {
	ask(request{title: title, many: true, chosen: chosen})
}

// File is part of Chooser.
func (ask asker) File(title string, chosen func(string), extensions ...string) {
	ask(request{title: title, extensions: extensions, chosen: first(chosen)})
}

// Folder is part of Chooser.
func (ask asker) Folder(title string, chosen func(string)) {
	ask(request{title: title, folder: true, chosen: first(chosen)})
}

func first(chosen func(string)) func([]string) {
	return func(paths []string) {
		if len(paths) > 0 {
			chosen(paths[0])
		}
	}
}

// New returns what asks with the system's dialogs, or with those of the window where
// the system has none.
func New(w Window) Chooser {
	drawn := &drawn{w: w}
	return asker(func(r request) { askSystem(w, r, drawn.ask) })
}

// Drawn returns what asks with dialogs drawn in the window.
func Drawn(w Window) Chooser {
	drawn := &drawn{w: w}
	return asker(drawn.ask)
}
