package staff

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"stowage/crypt/safefile"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// lostDone is the page that says what became of a report, and what happens now.
type lostDone struct {
	l      *lost
	view   *fyne.Container
	banner *widgets.Banner
	save   *widgets.Button
	show   *widgets.Button
	sealed sealedReport
}

func newLostDone(l *lost) *lostDone {
	w := l.s.Words
	d := &lostDone{l: l, banner: widgets.NewBanner(widgets.Message{})}
	d.save = widgets.NewPrimary(w.T("lost.save"), widgets.Icon("save").Resource(), d.saveAs)
	d.show = widgets.NewButton(w.T("files.show"), widgets.IconFolder.Resource(), func() { form.ShowInFolder(l.s, d.sealed.file) })
	steps := widgets.Column(1, widgets.Heading(w.T("lost.then")))
	for _, key := range lostSteps {
		steps.Add(widgets.Body("•  " + w.T(key)))
	}
	d.view = widgets.Column(3, d.banner.View, widgets.Row(2, d.save, d.show), widgets.Card(steps))
	return d
}

// lostSteps say what happens after a report.
var lostSteps = [...]i18n.Key{"lost.then.ring", "lost.then.ict", "lost.then.found", "lost.then.stolen"}

// set says what became of a report.
func (d *lostDone) set(r sealedReport) {
	w := d.l.s.Words
	d.sealed = r
	if r.file != "" {
		d.save.Hide()
		d.show.Hide()
		d.banner.Set(widgets.Message{Kind: widgets.Good, Happened: w.T("lost.sent"), Next: w.T("lost.ring")})
		return
	}
	d.save.Show()
	d.show.Hide()
	d.banner.Set(widgets.Message{Kind: widgets.Warn, Happened: w.T("lost.unreached"), Files: w.T("lost.unreached.files"), Next: w.T("lost.ring")})
}

// saveAs writes the report to a folder that the person chooses.
func (d *lostDone) saveAs() {
	w := d.l.s.Words
	d.l.s.Choose.Folder(w.T("lost.save.where"), func(folder string) {
		path := filepath.Join(folder, d.sealed.name)
		if err := safefile.Write(path, d.sealed.content, false); err != nil {
			d.l.s.Fail(err)
			return
		}
		d.sealed.file = path
		d.save.Hide()
		d.show.Show()
		d.banner.Set(widgets.Message{Kind: widgets.Good, Happened: w.T("lost.saved", "name", d.sealed.name), Files: w.T("lost.saved.files"), Next: w.T("lost.saved.next")})
	})
}

// savedPlain says that the report is text now, which everybody can read.
func (d *lostDone) savedPlain(name, path string) {
	w := d.l.s.Words
	d.sealed = sealedReport{name: name, file: path}
	d.save.Hide()
	d.show.Show()
	d.banner.Set(widgets.Message{Kind: widgets.Warn, Happened: w.T("lost.saved", "name", name), Files: w.T("lost.plain.files"), Next: w.T("lost.plain.after")})
}
