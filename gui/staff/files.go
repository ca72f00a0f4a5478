package staff

import (
	"context"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices/school/filecrypt"
	"stowage/gui"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// fileList shows the files and folders that are to be encrypted or decrypted.
type fileList struct {
	s      *gui.Session
	remove func(path string)
	view   fyne.CanvasObject
	rows   *fyne.Container
	total  *widget.RichText
	shown  []string
}

func newFileList(s *gui.Session, remove func(path string)) *fileList {
	l := &fileList{s: s, remove: remove, rows: widgets.Column(1), total: widgets.Caption("")}
	l.view = container.NewBorder(nil, l.total, nil, nil, container.NewVScroll(l.rows))
	return l
}

// maxRows is how many files are listed by name; of the others only the number is told.
const maxRows = 200

// set shows other paths.
func (l *fileList) set(paths []string) {
	if len(paths) == len(l.shown) { // paths are only ever added or removed
		return
	}
	l.shown = append([]string(nil), paths...)
	w := l.s.Words
	l.rows.Objects = nil
	for _, path := range paths[:min(len(paths), maxRows)] {
		l.rows.Add(l.row(path))
	}
	if more := len(paths) - maxRows; more > 0 {
		l.rows.Add(widgets.Muted(w.N("files.more", more)))
	}
	l.rows.Refresh()
	l.measure(paths)
}

// measure finds out how large everything is, which may take a while for folders.
func (l *fileList) measure(paths []string) {
	w := l.s.Words
	widgets.SetText(l.total, "")
	if len(paths) == 0 {
		return
	}
	type measured struct {
		bytes int64
		files int
	}
	jobs.Run(l.s.Jobs, w.T("files.measuring"), func(ctx context.Context, _ jobs.Progress) (measured, error) {
		bytes, files := filecrypt.SizeOf(ctx, paths...)
		return measured{bytes, files}, ctx.Err()
	}, func(m measured, err error) {
		if err == nil && len(l.shown) == len(paths) {
			widgets.SetText(l.total, w.N("files.total", m.files, "size", w.Size(m.bytes)))
		}
	})
}

func (l *fileList) row(path string) fyne.CanvasObject {
	icon := widgets.IconFile
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		icon = widgets.IconFolder
	}
	var button fyne.CanvasObject
	if l.remove != nil {
		button = widgets.NewQuiet(l.s.Words.T("files.remove"), widgets.IconClose.Resource(), func() { l.remove(path) })
	}
	return container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon(icon.Resource())), button, twoLines(filepath.Base(path), filepath.Dir(path)))
}

// clipped is text on one line, cut where its space ends.
func clipped(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// twoLines is a name with something of second rank below it, each cut where its space
// ends.
func twoLines(name, hint string) *fyne.Container {
	caption := widgets.Caption(hint)
	caption.Truncation = fyne.TextTruncateEllipsis
	return widgets.Column(-2, clipped(name), caption)
}

// destination is where made files go: beside the originals or into a folder.
type destination struct {
	s      *gui.Session
	folder string // "" is beside the originals

	view  *fyne.Container
	group *widget.RadioGroup
	path  *widget.RichText
}

func newDestination(s *gui.Session) *destination {
	w := s.Words
	d := &destination{s: s, path: widgets.Caption("")}
	d.path.Truncation = fyne.TextTruncateEllipsis
	beside, other := w.T("files.beside"), w.T("files.folder")
	d.group = widget.NewRadioGroup([]string{beside, other}, nil)
	d.group.Required = true
	d.group.SetSelected(beside)
	d.group.OnChanged = func(chosen string) {
		if chosen == beside {
			d.set("")
			return
		}
		if d.folder == "" {
			d.ask()
		}
	}
	d.view = widgets.Column(0, widgets.FieldLabel(w.T("files.where")), d.group, d.path)
	d.path.Hide()
	return d
}

// ask lets the person choose a folder; until one is chosen, files go beside.
func (d *destination) ask() {
	d.group.SetSelected(d.s.Words.T("files.beside"))
	d.s.Choose.Folder(d.s.Words.T("files.folder.choose"), func(folder string) {
		d.set(folder)
		d.group.SetSelected(d.s.Words.T("files.folder"))
	})
}

func (d *destination) set(folder string) {
	d.folder = folder
	widgets.SetText(d.path, folder)
	form.SetVisible(d.path, folder != "")
	d.view.Refresh()
}

func (d *destination) clear() {
	d.set("")
	d.group.SetSelected(d.s.Words.T("files.beside"))
}

// askTaken asks what to do about files that are there already. Nothing happens when
// the person cancels.
func askTaken(s *gui.Session, taken []string, then func(filecrypt.Conflict)) {
	if len(taken) == 0 {
		then(filecrypt.ConflictKeepBoth) // two of one name, or one that appeared just now
		return
	}
	w := s.Words
	var names []string
	for _, path := range taken[:min(len(taken), askedNames)] {
		names = append(names, filepath.Base(path))
	}
	if more := len(taken) - askedNames; more > 0 {
		names = append(names, w.N("files.others", more))
	}
	s.Ask(widgets.Question{
		Title: w.N("files.taken", len(taken)), Text: w.T("files.taken.text", "names", w.List(names)),
		Yes:   w.T("files.keep"),
		Third: widgets.Command{Name: w.T("files.replace"), Run: func() { then(filecrypt.ConflictReplace) }},
	}, func(yes bool) {
		if yes {
			then(filecrypt.ConflictKeepBoth)
		}
	})
}

// headed puts something of any height above the rest of a page, also text that knows
// its height only once it knows its width.
type headed struct{}

func (headed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := objects[1].MinSize()
	if head := objects[0]; head.Visible() {
		least := head.MinSize()
		size = fyne.NewSize(max(size.Width, least.Width), size.Height+least.Height+widgets.Gap()/2)
	}
	return size
}

func (headed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head, rest := objects[0], objects[1]
	top := float32(0)
	if head.Visible() {
		head.Resize(fyne.NewSize(size.Width, head.MinSize().Height))
		head.Resize(fyne.NewSize(size.Width, head.MinSize().Height))
		head.Move(fyne.Position{})
		top = head.MinSize().Height + widgets.Gap()/2
	}
	rest.Move(fyne.NewPos(0, top))
	rest.Resize(fyne.NewSize(size.Width, size.Height-top))
}
