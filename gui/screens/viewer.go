package screens

import (
	"context"
	"errors"
	"image"
	"path"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/viewer/office"
	"stowage/gui/widgets"
)

// viewer shows a picture, a text or the text of a document inside the window. Nothing of it is
// written anywhere: it is read from the stick into memory, and no more of it than can be shown.
type viewer struct {
	s       *gui.Session
	b       *browser
	entry   stick.Entry
	title   string
	open    func() (*stick.Reader, error)
	current bool // it is the file of today, which can be opened to be changed

	page  *fyne.Container
	busy  *widgets.Busy
	job   *jobs.Job
	paper *widgets.Paper
	pages pages
}

// seen is what can be shown of a file.
type seen struct {
	picture  image.Image
	text     string
	document *office.Document
	part     bool // more of the text is not shown
}

// errNotViewable: the window cannot show this kind of file.
var errNotViewable = errors.New("no picture and no text")

// errTooLargeToView: the file is too large to be shown inside the window.
var errTooLargeToView = errors.New("too large to be shown")

// viewSelected shows the selected file.
func (b *browser) viewSelected() {
	if e, ok := b.selectedFile(); ok {
		b.view(e)
	}
}

func (b *browser) view(e stick.Entry) {
	v := newViewer(b, e, path.Base(e.Path), func() (*stick.Reader, error) { return b.o.stick.OpenFile(e.Path) })
	v.current = true
	b.s.Push(v)
}

func newViewer(b *browser, e stick.Entry, title string, open func() (*stick.Reader, error)) *viewer {
	return &viewer{s: b.s, b: b, entry: e, title: title, open: open}
}

// viewable reports whether a file is of a kind that the window shows, by its name.
func viewable(e stick.Entry) bool {
	switch strings.ToLower(path.Ext(e.Path)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff",
		".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".odt", ".ods",
		".txt", ".md", ".csv", ".tsv", ".log", ".json", ".xml", ".ini", ".yaml", ".yml", ".toml", ".srt", ".vtt":
		return true
	}
	return false
}

// of is part of ofStick.
func (v *viewer) of() *stickSession { return v.b.o }

// Title is part of gui.Screen.
func (v *viewer) Title() string { return shortName(v.title) }

// Content is part of gui.Screen.
func (v *viewer) Content() fyne.CanvasObject {
	v.page = container.NewStack()
	v.paper = widgets.NewPaper()
	v.paper.Turn = v.turn
	v.busy = widgets.NewBusy(v.s.Words, v.page)
	v.job = jobs.Run(v.s.Jobs, v.s.Words.T("viewer.reading"), func(ctx context.Context, p jobs.Progress) (seen, error) {
		r, err := v.open()
		if err != nil {
			return seen{}, err
		}
		defer r.Close()
		return readToSee(ctx, r, p)
	}, v.show)
	v.busy.Follow(v.job)
	return v.busy.View
}

// Closed is part of gui.Closer.
func (v *viewer) Closed() {
	v.job.Cancel()
	v.page.Objects, v.pages = nil, pages{} // lets go of what is shown
	v.paper.ShowNothing()
}

// Focus is part of gui.Focuser.
func (v *viewer) Focus() fyne.Focusable { return v.paper }

// Actions is part of gui.Actor.
func (v *viewer) Actions() []fyne.CanvasObject {
	if !v.current {
		return nil
	}
	open := widgets.NewButton(v.s.Words.T("browser.openin"), widgets.Icon("edit").Resource(), v.edit)
	return []fyne.CanvasObject{open}
}

// edit opens the file in its program.
func (v *viewer) edit() {
	v.s.Back()
	v.b.openIn(v.entry)
}

// show shows what was read, or says why it cannot be shown.
func (v *viewer) show(got seen, err error) {
	w := v.s.Words
	switch {
	case errors.Is(err, context.Canceled):
		if v.s.Current() == gui.Screen(v) {
			v.s.Back()
		}
	case errors.Is(err, errNotViewable), errors.Is(err, errTooLargeToView), errors.Is(err, office.ErrLocked), errors.Is(err, office.ErrDamaged):
		m := widgets.Message{Happened: w.T("viewer.cannot"), Files: w.T("viewer.cannot.files"), Next: w.T("viewer.cannot.next")}
		switch {
		case errors.Is(err, errTooLargeToView):
			m.Happened = w.T("viewer.large")
		case errors.Is(err, office.ErrLocked):
			m.Happened = w.T("viewer.locked")
		case errors.Is(err, office.ErrDamaged):
			m.Happened = w.T("viewer.damaged")
		}
		if v.current {
			m.Do = widgets.Command{Name: w.T("browser.openin"), Run: v.edit}
		}
		v.page.Objects = []fyne.CanvasObject{widgets.Narrow(2, widgets.NewBanner(m).View)}
	case errors.Is(err, stick.ErrGone):
		v.b.o.pulled()
	case err != nil:
		v.page.Objects = []fyne.CanvasObject{widgets.Narrow(2, widgets.NewBanner(v.s.Explain(err)).View)}
	default:
		v.pages = pagesOf(w, got)
		v.layOut()
	}
	v.page.Refresh()
}
