package screens

import (
	"path"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// browser shows the files of an open stick.
type browser struct {
	s *gui.Session
	o *stickSession

	folder string // that is shown; "." is the top
	query  string // what is searched for; "" shows the folder
	more   bool   // the search found more than is shown
	search *jobs.Job

	table     *fileTable
	crumbs    *fyne.Container
	searchBox *widgets.Search
	empty     *widgets.DropZone
	middle    *fyne.Container
	top       *fyne.Container // above the files
	page      *fyne.Container
	banner    *widgets.Banner // what could not be saved
	notes     *widgets.Banner // what is wrong with the stick
	drive     *widgets.Banner // that it is shown as a drive
	full      *fullness
	busy      *widgets.Busy
	buttons   []boundButton
}

// boundButton is a button whose command may be impossible at times.
type boundButton struct {
	button  *widgets.Button
	command widgets.Command
}

// mostFound is how many finds of a search are shown.
const mostFound = 1000

func newBrowser(o *stickSession) *browser { return &browser{s: o.s, o: o, folder: "."} }

// of is part of ofStick.
func (b *browser) of() *stickSession { return b.o }

// Title is part of gui.Screen.
func (b *browser) Title() string { return b.o.label() }

// Content is part of gui.Screen.
func (b *browser) Content() fyne.CanvasObject {
	w := b.s.Words
	b.table = newFileTable(b)
	b.crumbs = widgets.Row(0)
	b.searchBox = widgets.NewSearch(w.T("browser.search"), b.s.After, b.find)
	b.banner, b.notes = widgets.NewBanner(widgets.Message{}), widgets.NewBanner(b.warning())
	b.drive = widgets.NewBanner(b.o.driveMessage())
	b.full = newFullness(b.s)
	b.empty = widgets.NewDropZone(w.T("browser.empty"), w.T("browser.empty.hint"), b.addFile, b.put)
	b.middle = container.NewStack(b.table.View(), b.empty)
	head := container.NewBorder(nil, nil, nil, container.New(searchWidth{}, b.searchBox.View), container.NewHScroll(b.crumbs))
	b.top = widgets.Column(2, b.notes.View, b.drive.View, b.banner.View, head, b.toolbar())
	b.page = container.NewBorder(b.top, widgets.Column(1, b.full.view), nil, nil, b.middle)
	b.busy = widgets.NewBusy(w, b.page)
	b.o.onChange(b.refresh)
	b.refresh()
	return b.busy.View
}

// toolbar holds the buttons for what is done most.
func (b *browser) toolbar() fyne.CanvasObject {
	b.buttons = nil
	row := widgets.Row(1)
	for _, c := range b.main() {
		button := widgets.NewCommandButton(c)
		b.buttons = append(b.buttons, boundButton{button, c})
		row.Add(button)
	}
	row.Add(widgets.Spring())
	return row
}

// Actions is part of gui.Actor.
func (b *browser) Actions() []fyne.CanvasObject {
	drive := widgets.NewCommandButton(b.driveCommands()[0])
	return []fyne.CanvasObject{drive, widgets.NewPrimary(b.s.Words.T("browser.lock"), widgets.IconEject.Resource(), b.o.lockAndRemove)}
}

// Focus is part of gui.Focuser.
func (b *browser) Focus() fyne.Focusable {
	if b.empty.Visible() {
		return b.empty.Focus()
	}
	return b.table.Focus()
}

// Shown is part of gui.Shower.
func (b *browser) Shown() {
	b.o.screen = b
	b.refresh()
}

// Dropped is part of gui.Dropper.
func (b *browser) Dropped(paths []string) { b.put(paths) }

// Closed is part of gui.Closer.
func (b *browser) Closed() {
	if b.search != nil {
		b.search.Cancel()
	}
	if b.o.screen == b {
		b.o.screen = nil
	}
	b.o.told = nil
	b.table.thumbs.forget()
}

// warning says what is not as it should be on the stick.
func (b *browser) warning() widgets.Message { return warningMessage(b.s.Words, b.o) }

// noted shows what has become known of the stick besides.
func (b *browser) noted() {
	if b.notes != nil {
		b.notes.Set(b.warning())
		b.full.tell(b.o)
		b.relaid()
	}
}

// notedRoom shows how full the stick is.
func (b *browser) notedRoom() { b.full.tell(b.o) }

// notedDrive shows whether the stick is a drive.
func (b *browser) notedDrive() {
	if b.drive != nil {
		b.drive.Set(b.o.driveMessage())
		b.relaid()
		b.s.Refresh()
	}
}

// unsaved shows what could not be saved; an empty message clears it.
func (b *browser) unsaved(m widgets.Message) {
	if b.banner != nil {
		b.banner.Set(m)
		b.relaid()
	}
}

// relaid lays the page out anew, when a banner has come, gone or grown.
func (b *browser) relaid() {
	b.top.Refresh()
	b.page.Refresh()
}

// refresh shows what is on the stick now.
func (b *browser) refresh() {
	if b.table == nil || b.o.ended {
		return
	}
	b.full.ask(b.o)
	if b.query != "" {
		b.find(b.query)
		return
	}
	entries, err := b.o.stick.List(b.folder)
	for err != nil && b.folder != "." { // it was removed or renamed
		b.folder = path.Dir(b.folder)
		entries, err = b.o.stick.List(b.folder)
	}
	if err != nil {
		b.unsaved(b.s.Explain(err))
		return
	}
	b.show(entries)
}

// show shows entries in the table, or a place to drop files on when there are none.
func (b *browser) show(entries []stick.Entry) {
	b.table.SetEntries(entries, b.query != "")
	nothing := len(entries) == 0
	w := b.s.Words
	switch {
	case b.query != "" && nothing:
		b.empty.SetText(w.T("browser.found.none", "query", b.query), w.T("browser.found.none.hint"))
	case b.folder == ".":
		b.empty.SetText(w.T("browser.empty"), w.T("browser.empty.hint"))
	default:
		b.empty.SetText(w.T("browser.empty.folder"), w.T("browser.empty.hint"))
	}
	b.empty.Hidden, b.table.View().Hidden = !nothing, nothing
	b.middle.Refresh()
	b.drawCrumbs(len(entries))
	b.updated()
}

// drawCrumbs draws the way from the top to the folder, or what was searched for.
func (b *browser) drawCrumbs(count int) {
	w := b.s.Words
	b.crumbs.Objects = nil
	if b.query != "" {
		text := w.N("browser.found", count, "query", b.query)
		if b.more {
			text = w.N("browser.found.more", count, "query", b.query)
		}
		b.crumbs.Objects = []fyne.CanvasObject{widgets.FieldLabel(text)}
		b.crumbs.Refresh()
		return
	}
	step := func(name, to string, last bool) {
		if last {
			b.crumbs.Objects = append(b.crumbs.Objects, widgets.FieldLabel(name))
			return
		}
		sign := widgets.Caption("›")
		b.crumbs.Objects = append(b.crumbs.Objects, widgets.NewQuiet(name, nil, func() { b.enter(to) }), sign)
	}
	step(w.T("browser.top"), ".", b.folder == ".")
	if b.folder != "." {
		names := strings.Split(b.folder, "/")
		for i, name := range names {
			step(shortName(name), strings.Join(names[:i+1], "/"), i == len(names)-1)
		}
	}
	b.crumbs.Refresh()
}

// shortName is a name that is not too long for one step of the way.
func shortName(name string) string {
	if r := []rune(name); len(r) > 28 {
		return string(r[:26]) + "…"
	}
	return name
}

// updated brings buttons and menus up to date with what is selected.
func (b *browser) updated() {
	for _, bound := range b.buttons {
		bound.button.SetEnabled(bound.command.Can())
	}
	if b.s.Current() == gui.Screen(b) {
		b.s.Refresh()
	}
}

// enter shows a folder.
func (b *browser) enter(folder string) {
	b.stopSearch()
	b.folder = folder
	b.table.Unselect()
	b.refresh()
	b.s.Window.Canvas().Focus(b.Focus())
}

// up shows the folder above.
func (b *browser) up() {
	if b.query != "" {
		b.enter(b.folder)
		return
	}
	if b.folder != "." {
		from := b.folder
		b.enter(path.Dir(b.folder))
		b.table.Select(from)
	}
}

// StepBack is part of gui.Stepper: up before the stick is left.
func (b *browser) StepBack() bool {
	inside := b.query != "" || b.folder != "."
	b.up()
	return inside
}

// searchWidth is the size of the search entry.
type searchWidth struct{}

func (searchWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(17*theme.TextSize(), objects[0].MinSize().Height)
}

func (searchWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }
