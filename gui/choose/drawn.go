package choose

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// drawn asks with dialogs drawn in the window. It begins where the person last chose.
type drawn struct {
	w    Window
	last string // a folder
}

// dialog is one question on the screen.
type dialog struct {
	*drawn
	request
	words *i18n.Words

	shown   listing
	ticked  map[string]bool // paths, of the folder that is shown
	reading *jobs.Job       // nil unless a folder is being read

	path   *widgets.Entry
	field  *widgets.Field
	list   *list
	note   *widget.RichText // what the list does not show
	places *fyne.Container
	choose *widgets.Button
	popup  *widgets.Dialog
}

func (c *drawn) ask(r request) {
	d := &dialog{drawn: c, request: r, words: c.w.Words(), ticked: map[string]bool{}}
	d.path = widgets.NewEntry("", d.enter)
	d.path.Label = d.words.T("chooser.path")
	d.field = widgets.NewField(d.path.Label, d.path, "")
	d.list = newList(func() int { return len(d.shown.items) }, d.fill, d.press)
	d.note = widgets.Muted("")
	d.places = widgets.Column(0)
	d.choose = widgets.NewPrimary("", nil, d.done)
	d.popup = widgets.ShowDialog(c.w.Window.Canvas(), r.title, d.layout(), d.close)
	d.mark()
	d.offerPlaces()
	d.open(c.last)
	c.w.Window.Canvas().Focus(d.path)
}

// layout puts the places to the left of the list, and the path above it.
func (d *dialog) layout() fyne.CanvasObject {
	up := widgets.NewQuiet(d.words.T("chooser.up"), widgets.Icon("up").Resource(), func() { d.open(filepath.Dir(d.shown.folder)) })
	buttons := widgets.Row(2, up, widgets.Spring(), widgets.NewButton(d.words.T("widgets.cancel"), nil, d.close), d.choose)
	size := d.w.Window.Canvas().Size()
	space := container.NewGridWrap(fyne.NewSize(size.Width*0.7, size.Height*0.45),
		container.NewBorder(nil, nil, container.NewVScroll(d.places), nil, d.list))
	return widgets.Column(2, d.field.View, space, d.note, buttons)
}

// fill shows an item in a row.
func (d *dialog) fill(i widget.ListItemID, row fyne.CanvasObject) {
	if i >= len(d.shown.items) {
		return
	}
	item := d.shown.items[i]
	parts := row.(*fyne.Container).Objects
	parts[0].(*widget.Label).SetText(item.name)
	parts[1].(*widget.Icon).SetResource(d.picture(item))
}

func (d *dialog) picture(i item) fyne.Resource {
	switch {
	case i.folder:
		return widgets.IconFolder.Resource()
	case d.ticked[i.name]:
		return widgets.Icon("checkbox-on").Resource()
	case d.many:
		return widgets.Icon("checkbox").Resource()
	}
	return widgets.IconFile.Resource()
}

// press goes into a folder, or ticks a file: one alone, unless several may be chosen.
func (d *dialog) press(i widget.ListItemID) {
	item := d.shown.items[i]
	if item.folder {
		d.open(filepath.Join(d.shown.folder, item.name))
		return
	}
	on := !d.ticked[item.name]
	if !d.many {
		clear(d.ticked)
	}
	d.ticked[item.name] = on
	if !on {
		delete(d.ticked, item.name)
	}
	d.list.Refresh()
	d.mark()
}

// mark says on the button what it would do.
func (d *dialog) mark() {
	text := d.words.T("chooser.choose")
	switch {
	case d.folder:
		text = d.words.T("chooser.folder")
	case d.many && len(d.ticked) > 0:
		text = d.words.N("chooser.files", len(d.ticked))
	}
	if d.choose.Text != text {
		d.choose.SetText(text)
		d.popup.Refresh() // the button is as wide as its text
	}
	d.choose.SetEnabled(d.reading == nil && (d.folder && d.shown.folder != "" || len(d.ticked) > 0))
}

// enter goes where the typed path leads. Enter once more, in the folder that is asked for,
// chooses it.
func (d *dialog) enter() {
	if d.folder && d.reading == nil && d.path.Text == d.shown.folder {
		d.done()
		return
	}
	d.open(d.path.Text)
}

// open shows a folder, or chooses a file whose path was typed. "" is where people
// begin.
func (d *dialog) open(path string) {
	if d.reading != nil {
		d.reading.Cancel()
	}
	d.field.Refuse("")
	var mine *jobs.Job
	mine = jobs.Run(d.w.Jobs, d.title, func(ctx context.Context, _ jobs.Progress) (*listing, error) {
		if path == "" {
			path = "~"
		}
		return look(ctx, path, d.request)
	}, func(l *listing, err error) {
		if d.reading != mine { // the person went elsewhere meanwhile
			return
		}
		d.reading = nil
		switch {
		case err != nil:
			d.field.Refuse(d.refusal(err))
			d.mark()
		case l == nil:
			if path, err := absolute(path); err == nil {
				d.answer(filepath.Dir(path), []string{path})
			}
		default:
			d.show(*l)
		}
	})
	d.reading = mine
	d.mark()
}

// refusal says why a path is not shown.
func (d *dialog) refusal(err error) string {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return d.words.T("chooser.gone")
	case errors.Is(err, os.ErrPermission):
		return d.words.T("chooser.denied")
	case errors.Is(err, errNotWanted):
		return d.words.T("chooser.kind")
	}
	return d.words.T("chooser.unread", "reason", err.Error())
}

// show replaces what is listed.
func (d *dialog) show(l listing) {
	d.shown = l
	clear(d.ticked)
	d.path.SetText(l.folder)
	d.path.TypedShortcut(&fyne.ShortcutSelectAll{}) // so that typing replaces it
	note := ""
	switch {
	case l.more:
		note = d.words.T("chooser.more")
	case len(l.items) == 0 && d.folder:
		note = d.words.T("chooser.nofolders")
	case len(l.items) == 0:
		note = d.words.T("chooser.nofiles")
	}
	widgets.SetText(d.note, note)
	d.list.ScrollToTop()
	d.list.Refresh()
	d.mark()
}

// offerPlaces lists the usual folders and the drives. A drive that sleeps may take long
// to say that it is there.
func (d *dialog) offerPlaces() {
	jobs.Run(d.w.Jobs, d.title, func(context.Context, jobs.Progress) ([]place, error) { return places(), nil },
		func(all []place, _ error) {
			for _, p := range all {
				name := p.path
				if p.key != "" {
					name = d.words.T(p.key)
				} else if base := filepath.Base(p.path); len(base) > 1 {
					name = base
				}
				d.places.Add(widgets.NewNavItem(widgets.IconFolder, name, func() { d.open(p.path) }).View)
			}
			d.popup.Refresh()
		})
}

// done answers with what is ticked, or the folder that is shown.
func (d *dialog) done() {
	if d.folder {
		d.answer(d.shown.folder, []string{d.shown.folder})
		return
	}
	var paths []string
	for _, i := range d.shown.items { // in the order that the person sees
		if d.ticked[i.name] {
			paths = append(paths, filepath.Join(d.shown.folder, i.name))
		}
	}
	d.answer(d.shown.folder, paths)
}

func (d *dialog) answer(folder string, paths []string) {
	d.last = folder
	d.close()
	d.chosen(slices.Clip(paths))
}

func (d *dialog) close() {
	if d.reading != nil {
		d.reading.Cancel()
		d.reading = nil
	}
	d.popup.Close()
}
