package screens

import (
	"context"
	"errors"
	"image"
	"path"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// viewer shows a picture or a text inside the window. Nothing of it is written anywhere:
// it is read from the stick into memory, and no more of it than can be shown.
type viewer struct {
	s       *gui.Session
	b       *browser
	entry   stick.Entry
	title   string
	open    func() (*stick.Reader, error)
	current bool // it is the file of today, which can be opened to be changed

	page *fyne.Container
	busy *widgets.Busy
	job  *jobs.Job
}

// seen is what can be shown of a file.
type seen struct {
	picture image.Image
	text    string
	part    bool // more of the text is not shown
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
	v.page.Objects = nil // lets go of the picture
}

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

// Commands is part of gui.Commander.
func (v *viewer) Commands() []widgets.Command {
	return []widgets.Command{{Name: v.s.Words.T("browser.openin"), Key: fyne.KeyE, Modifier: widgets.Ctrl, Run: v.edit, Disabled: func() bool { return !v.current }}}
}

// show shows what was read, or says why it cannot be shown.
func (v *viewer) show(got seen, err error) {
	w := v.s.Words
	switch {
	case errors.Is(err, context.Canceled):
		if v.s.Current() == gui.Screen(v) {
			v.s.Back()
		}
	case errors.Is(err, errNotViewable), errors.Is(err, errTooLargeToView):
		m := widgets.Message{Happened: w.T("viewer.cannot"), Files: w.T("viewer.cannot.files"), Next: w.T("viewer.cannot.next")}
		if errors.Is(err, errTooLargeToView) {
			m.Happened = w.T("viewer.large")
		}
		if v.current {
			m.Do = widgets.Command{Name: w.T("browser.openin"), Run: v.edit}
		}
		v.page.Objects = []fyne.CanvasObject{widgets.Narrow(2, widgets.NewBanner(m).View)}
	case errors.Is(err, stick.ErrGone):
		v.b.o.pulled()
	case err != nil:
		v.page.Objects = []fyne.CanvasObject{widgets.Narrow(2, widgets.NewBanner(v.s.Explain(err)).View)}
	case got.picture != nil:
		picture := canvas.NewImageFromImage(got.picture)
		picture.FillMode = canvas.ImageFillContain
		v.page.Objects = []fyne.CanvasObject{picture}
	default:
		v.showText(got)
	}
	v.page.Refresh()
}

func (v *viewer) showText(got seen) {
	grid := widget.NewTextGridFromString(got.text)
	grid.Scroll = container.ScrollBoth
	var note fyne.CanvasObject
	if got.part {
		note = widgets.Muted(v.s.Words.T("viewer.part", "size", v.s.Words.Size(mostText)))
	}
	if got.text == "" {
		note = widgets.Muted(v.s.Words.T("viewer.empty"))
	}
	v.page.Objects = []fyne.CanvasObject{widgets.Card(container.NewBorder(note, nil, nil, nil, grid))}
}
