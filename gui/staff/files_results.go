package staff

import (
	"errors"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices/school/filecrypt"
	"stowage/gui"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// results shows what became of files that were encrypted or decrypted.
type results struct {
	s      *gui.Session
	again  func()
	view   *fyne.Container
	banner *widgets.Banner
	note   *widget.Label
	rows   *fyne.Container
	folder *widgets.Button
	first  string // the first file that was made
}

// newResults returns results that are hidden; again is pressed to begin anew.
func newResults(s *gui.Session, again func()) *results {
	r := &results{s: s, again: again, banner: widgets.NewBanner(widgets.Message{}), note: widgets.Body(""), rows: widgets.Column(1)}
	r.folder = widgets.NewPrimary(s.Words.T("files.show"), widgets.IconFolder.Resource(), func() { form.ShowInFolder(s, r.first) })
	buttons := widgets.Row(2, widgets.NewButton(s.Words.T("files.again"), nil, again), widgets.Spring(), r.folder)
	r.view = container.NewBorder(widgets.Column(2, r.banner.View, r.note), buttons, nil, nil, container.NewVScroll(r.rows))
	r.view.Hide()
	return r
}

func (r *results) shown() bool { return r.view.Visible() }

func (r *results) hide() { r.view.Hide() }

// set shows outcomes; kind is "encrypt" or "decrypt", the group of the words, err
// why it ended early, and note what else is to be said when anything was made.
func (r *results) set(kind i18n.Key, all []outcome, err error, note string) {
	w := r.s.Words
	made, failed := 0, 0
	r.first = ""
	r.rows.Objects = nil
	for i, o := range all {
		if o.err != nil {
			failed++
		}
		made += len(o.made)
		if r.first == "" && len(o.made) > 0 {
			r.first = o.made[0]
		}
		if i < maxRows || o.err != nil {
			r.rows.Add(r.row(o))
		}
	}
	m := widgets.Message{Kind: widgets.Good, Happened: w.N(kind+".done", made), Files: w.T(kind + ".done.files")}
	switch {
	case err != nil:
		m = widgets.Message{Kind: widgets.Info, Happened: w.T("files.stopped"), Files: w.N("files.stopped.files", made)}
	case made == 0:
		m = widgets.Message{Kind: widgets.Bad, Happened: w.N(kind+".failed", failed), Files: w.T("files.unharmed")}
	case failed > 0:
		m = widgets.Message{Kind: widgets.Warn, Happened: w.N(kind+".partly", made, "failed", w.Number(int64(failed))), Files: w.T("files.unharmed")}
	}
	r.banner.Set(m)
	r.note.SetText(note)
	form.SetVisible(r.note, made > 0 && note != "")
	form.SetVisible(r.folder, made > 0 && r.s.Services.Opener != nil)
	r.view.Show()
	r.view.Refresh()
	if made > 0 && r.s.Services.Opener != nil {
		r.s.Window.Canvas().Focus(r.folder)
	}
}

// row is one outcome.
func (r *results) row(o outcome) fyne.CanvasObject {
	w := r.s.Words
	lines := widgets.Column(-2)
	icon := widgets.Icon("good").Colored(widgets.ColorGood)
	for _, path := range o.made {
		lines.Add(twoLines(filepath.Base(path), filepath.Dir(path)))
	}
	if o.err != nil {
		icon = widgets.Icon("bad").Colored(widgets.ColorError)
		m := r.s.Explain(fileCause(o.err))
		lines.Add(clipped(filepath.Base(o.source)))
		lines.Add(widgets.Muted(m.Happened + " " + m.Next))
	}
	if n := len(o.skipped); n > 0 {
		lines.Add(widgets.Muted(w.N("encrypt.skipped", n, "first", filepath.Base(o.skipped[0]))))
	}
	if o.renamed > 0 {
		lines.Add(widgets.Muted(w.N("decrypt.renamed", o.renamed)))
	}
	return container.NewBorder(nil, nil, container.NewVBox(container.NewPadded(widget.NewIcon(icon))), nil, lines)
}

// fileCause is what is wrong with a file whose name stands above it already.
func fileCause(err error) error {
	if e, ok := errors.AsType[*filecrypt.FileError](err); ok {
		return e.Err
	}
	return err
}
