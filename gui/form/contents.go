package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"stowage/devices/school/backup"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// mostListed is how many names of files are drawn: a list of everything would take the
// window seconds, and nobody reads it.
const mostListed = 200

// ListedFiles shows what was on a device: how much, from where and when that is known,
// and the names.
func ListedFiles(w *i18n.Words, l backup.Listing) fyne.CanvasObject {
	rows := widgets.Column(-1)
	for _, f := range l.Files[:min(len(l.Files), mostListed)] {
		rows.Add(widgets.Body(f.Path + "  (" + w.Size(f.Size) + ")"))
	}
	if more := len(l.Files) - min(len(l.Files), mostListed) + l.More; more > 0 {
		rows.Add(widgets.Muted(w.N("contents.more", more)))
	}
	scroll := container.NewVScroll(rows)
	scroll.SetMinSize(fyne.NewSize(0, min(rows.MinSize().Height, 9*theme.TextSize())))
	return widgets.Column(1, widgets.Body(w.N("contents.files", len(l.Files)+l.More, "size", w.Size(l.Bytes()))), widgets.Muted(knownFrom(w, l)), scroll)
}

// knownFrom says from where and when it is known what was on a device.
func knownFrom(w *i18n.Words, l backup.Listing) string {
	switch {
	case l.From == backup.FromCheckIn:
		return w.T("contents.from.checkin", "when", w.DateTime(l.At))
	case l.At.IsZero():
		return w.T("contents.from.unfinished")
	}
	return w.T("contents.from.backup", "when", w.DateTime(l.At))
}
