package screens

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"stowage/gui"
)

// chooser asks the person for files and folders of the computer. Tests answer
// themselves. Nothing is called when the person cancels.
type chooser interface {
	file(title string, chosen func(path string))
	folder(title string, chosen func(path string))
}

// dialogs is the chooser with Fyne's dialogs.
type dialogs struct{ s *gui.Session }

func (d dialogs) file(title string, chosen func(path string)) {
	open := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil {
			d.s.Fail(err)
			return
		}
		if r != nil {
			path := filepath.FromSlash(r.URI().Path())
			_ = r.Close() // only its name was wanted
			chosen(path)
		}
	}, d.s.Window)
	d.show(open, title)
}

func (d dialogs) folder(title string, chosen func(path string)) {
	open := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		if err != nil {
			d.s.Fail(err)
			return
		}
		if u != nil {
			chosen(filepath.FromSlash(u.Path()))
		}
	}, d.s.Window)
	d.show(open, title)
}

// show gives a dialog most of the window.
func (d dialogs) show(open *dialog.FileDialog, title string) {
	open.SetTitleText(title)
	open.Show()
	open.Resize(d.s.Window.Canvas().Size().Subtract(fyne.NewSize(80, 80))) // before Show it would panic
}
