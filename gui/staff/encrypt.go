package staff

import (
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt"
	"stowage/gui"
	"stowage/gui/form"
	"stowage/gui/widgets"
)

// encrypt is where files are encrypted for people: they are dropped or chosen, the
// people are chosen, and age files are made. Age files that are dropped are
// decrypted, on a page of their own.
type encrypt struct {
	s     *gui.Session
	staff *staff

	paths  []string
	people *recipients
	where  *destination
	result *results

	empty, form fyne.CanvasObject
	drop        *widgets.DropZone
	files       *fileList
	ageLine     *widget.RichText
	banner      *widgets.Banner
	start       *widgets.Button
	busy        *widgets.Busy
}

func newEncrypt(s *gui.Session, k *staff) gui.Screen { return &encrypt{s: s, staff: k} }

// Title is part of gui.Screen.
func (e *encrypt) Title() string { return e.s.Words.T("route.encrypt") }

// Content is part of gui.Screen.
func (e *encrypt) Content() fyne.CanvasObject {
	w := e.s.Words
	e.banner = widgets.NewBanner(widgets.Message{})
	e.ageLine = widgets.Muted("")
	e.drop = widgets.NewDropZone(w.T("encrypt.drop"), w.T("encrypt.drop.hint"), e.chooseFile, e.Dropped)
	folder := widgets.NewQuiet(w.T("encrypt.folder"), widgets.IconFolder.Resource(), e.chooseFolder)
	e.empty = widgets.Narrow(3, widgets.Body(w.T("encrypt.intro")), e.drop, widgets.Row(2, widgets.Spring(), folder, widgets.Spring()))

	e.files = newFileList(e.s, e.remove)
	e.people = newPeople(e.s, e.staff, e.update)
	e.where = newDestination(e.s)
	e.start = widgets.NewPrimary("", widgets.IconEncrypt.Resource(), e.encrypt)
	add := widgets.NewButton(w.T("encrypt.add"), widgets.Icon("add").Resource(), e.chooseFile)
	addFolder := widgets.NewButton(w.T("encrypt.add.folder"), widgets.IconFolder.Resource(), e.chooseFolder)
	left := container.NewBorder(widgets.Heading(w.T("encrypt.files")), widgets.Column(2, widgets.Row(1, add, addFolder), e.where.view), nil, nil, e.files.view)
	right := container.NewBorder(widgets.Heading(w.T("encrypt.for")), nil, nil, nil, e.people.view)
	columns := container.NewGridWithColumns(2, container.NewPadded(left), container.NewPadded(right))
	e.form = container.NewBorder(nil, widgets.Row(2, widgets.NewButton(w.T("encrypt.over"), nil, e.restart), widgets.Spring(), e.start), nil, nil, columns)

	e.result = newResults(e.s, e.restart)
	page := container.NewStack(container.NewVScroll(e.empty), e.form, e.result.view)
	e.busy = widgets.NewBusy(w, container.New(headed{}, e.banner.View, container.NewBorder(nil, e.ageLine, nil, nil, page)))
	e.update()
	return e.busy.View
}

// Shown is part of gui.Shower: the newest list of people is picked up.
func (e *encrypt) Shown() { e.read() }

func (e *encrypt) read() {
	e.staff.read(func(err error) {
		e.banner.Clear()
		if err != nil {
			e.explain(err)
		} else {
			e.banner.Set(e.staff.age(e.s.Now()))
		}
		e.people.refresh()
		e.update()
	})
}

// explain says on the page what went wrong, and offers what helps.
func (e *encrypt) explain(err error) {
	m := e.s.Explain(err)
	if isNoSchool(err) {
		m.Do, m.Next = e.staff.joinCommand(e.read), e.s.Words.T("staff.join.next")
	}
	e.banner.Set(m)
}

// Focus is part of gui.Focuser.
func (e *encrypt) Focus() fyne.Focusable {
	if len(e.paths) == 0 {
		return e.drop.Focus()
	}
	return e.people.search
}

// Commands are part of gui.Commander.
func (e *encrypt) Commands() []widgets.Command {
	w := e.s.Words
	return []widgets.Command{
		{Name: w.T("encrypt.add"), Key: fyne.KeyO, Modifier: widgets.Ctrl, Run: e.chooseFile},
		{Name: w.T("encrypt.add.folder"), Key: fyne.KeyO, Modifier: widgets.Ctrl | fyne.KeyModifierShift, Run: e.chooseFolder},
		{Name: w.T("encrypt.now"), Key: fyne.KeyReturn, Modifier: widgets.Ctrl, Run: e.encrypt, Disabled: func() bool { return !e.ready() }, Divide: true},
	}
}

// Leave is part of gui.Leaver: nothing is lost by leaving, and the next time begins
// anew once something was made.
func (e *encrypt) Leave(proceed func()) {
	if e.result.shown() {
		e.restart()
	}
	proceed()
}

func (e *encrypt) chooseFile() {
	e.s.Choose.Files(e.s.Words.T("encrypt.add"), e.Dropped)
}

func (e *encrypt) chooseFolder() {
	e.s.Choose.Folder(e.s.Words.T("encrypt.add.folder"), func(path string) { e.Dropped([]string{path}) })
}

// Dropped is part of gui.Dropper. Age files are to be decrypted, everything else to
// be encrypted; where both were dropped, the person says which.
func (e *encrypt) Dropped(paths []string) {
	if e.busy.Progress.Job() != nil {
		return
	}
	var sealed, plain []string
	for _, path := range paths {
		if isSealed(path) {
			sealed = append(sealed, path)
		} else {
			plain = append(plain, path)
		}
	}
	w := e.s.Words
	switch {
	case len(sealed) == 0:
		e.add(plain)
	case len(plain) == 0:
		e.decrypt(sealed)
	default:
		e.s.Ask(widgets.Question{
			Title: w.T("encrypt.both"), Text: w.T("encrypt.both.text", "sealed", w.N("encrypt.count", len(sealed)), "plain", w.N("encrypt.count", len(plain))),
			Yes: w.T("encrypt.both.encrypt"), Third: widgets.Command{Name: w.T("encrypt.both.decrypt"), Run: func() { e.decrypt(sealed) }},
		}, func(yes bool) {
			if yes {
				e.add(plain)
			}
		})
	}
}

// isSealed reports whether a path is to be decrypted when it is dropped.
func isSealed(path string) bool {
	_, _, ok := crypt.DecryptedName(filepath.Base(path))
	return ok
}

func (e *encrypt) decrypt(paths []string) { e.s.Push(newDecrypt(e.s, e.staff, paths)) }

// add puts files and folders on the list, each once.
func (e *encrypt) add(paths []string) {
	if e.result.shown() {
		e.restart()
	}
	for _, path := range paths {
		if path = filepath.Clean(path); !slices.Contains(e.paths, path) {
			e.paths = append(e.paths, path)
		}
	}
	e.update()
	e.s.Window.Canvas().Focus(e.Focus())
}

func (e *encrypt) remove(path string) {
	e.paths = slices.DeleteFunc(e.paths, func(p string) bool { return p == path })
	e.update()
}

// restart begins with nothing.
func (e *encrypt) restart() {
	e.paths = nil
	e.result.hide()
	e.people.clear()
	e.where.clear()
	e.update()
}

// ready reports whether everything is there that encrypting needs.
func (e *encrypt) ready() bool {
	_, known := e.staff.self()
	return len(e.paths) > 0 && known && !e.result.shown() && e.staff.known.Directory != nil
}

// update brings the page up to date.
func (e *encrypt) update() {
	shown := e.result.shown()
	form.SetVisible(e.empty, len(e.paths) == 0 && !shown)
	form.SetVisible(e.form, len(e.paths) > 0 && !shown)
	form.SetVisible(e.ageLine, !shown)
	e.files.set(e.paths)
	widgets.SetText(e.ageLine, e.staff.ageLine(e.s.Now()))
	e.start.SetText(e.s.Words.N("encrypt.start", len(e.paths)))
	e.start.SetEnabled(e.ready())
	if e.busy != nil {
		e.busy.View.Refresh()
		if e.s.Current() == gui.Screen(e) {
			e.s.Refresh()
		}
	}
}
