package screens

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"stowage/crypt"
	"stowage/gui/parts"
	"stowage/gui/words"
)

// lostDone is the page that says what became of a report, and what happens now.
type lostDone struct {
	l      *lost
	view   *fyne.Container
	banner *parts.Banner
	save   *parts.Button
	show   *parts.Button
	sealed sealedReport
}

func newLostDone(l *lost) *lostDone {
	w := l.s.Words
	d := &lostDone{l: l, banner: parts.NewBanner(parts.Message{})}
	d.save = parts.NewPrimary(w.T("lost.save"), parts.Icon("save").Resource(), d.saveAs)
	d.show = parts.NewButton(w.T("files.show"), parts.IconFolder.Resource(), func() { showInFolder(l.s, d.sealed.file) })
	steps := parts.Column(1, parts.Heading(w.T("lost.then")))
	for _, key := range lostSteps {
		steps.Add(parts.Body("•  " + w.T(key)))
	}
	d.view = parts.Column(3, d.banner.View, parts.Row(2, d.save, d.show), parts.Card(steps))
	return d
}

// lostSteps say what happens after a report.
var lostSteps = [...]words.Key{"lost.then.ring", "lost.then.ict", "lost.then.found", "lost.then.stolen"}

// set says what became of a report.
func (d *lostDone) set(r sealedReport) {
	w := d.l.s.Words
	d.sealed = r
	if r.file != "" {
		d.save.Hide()
		d.show.Hide()
		d.banner.Set(parts.Message{Kind: parts.Good, Happened: w.T("lost.sent"), Next: w.T("lost.ring")})
		return
	}
	d.save.Show()
	d.show.Hide()
	d.banner.Set(parts.Message{Kind: parts.Warn, Happened: w.T("lost.unreached"), Files: w.T("lost.unreached.files"), Next: w.T("lost.ring")})
}

// saveAs writes the report to a folder that the person chooses.
func (d *lostDone) saveAs() {
	w := d.l.s.Words
	d.l.s.Choose.Folder(w.T("lost.save.where"), func(folder string) {
		path := filepath.Join(folder, d.sealed.name)
		if err := crypt.WriteFile(path, d.sealed.content, false); err != nil {
			d.l.s.Fail(err)
			return
		}
		d.sealed.file = path
		d.save.Hide()
		d.show.Show()
		d.banner.Set(parts.Message{Kind: parts.Good, Happened: w.T("lost.saved", "name", d.sealed.name), Files: w.T("lost.saved.files"), Next: w.T("lost.saved.next")})
	})
}
