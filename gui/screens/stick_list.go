package screens

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/devices/drives"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// stickList is the first screen of "Open my stick": the drives that are plugged in.
type stickList struct {
	s     *gui.Session
	k     *sticks
	news  *widgets.Banner
	list  *fyne.Container
	page  *fyne.Container
	other *widgets.Button
	first fyne.Focusable

	stop   func()
	cancel context.CancelFunc // of looking at the drives
	looked map[string]look    // by path
	drawn  func()             // takes away the ear for backups
	ticker func()             // of drawing the list anew, as minutes pass
}

func newStickList(k *sticks) *stickList { return &stickList{s: k.s, k: k, looked: map[string]look{}} }

// Title is part of gui.Screen.
func (l *stickList) Title() string { return l.s.Words.T("route.open") }

// Content is part of gui.Screen.
func (l *stickList) Content() fyne.CanvasObject {
	w := l.s.Words
	l.news = widgets.NewBanner(widgets.Message{})
	l.list = widgets.Column(3)
	l.other = widgets.NewQuiet(w.T("sticks.folder"), widgets.Icon("folder-open").Resource(), l.chooseFolder)
	l.show(drives.Seen{}, false)
	l.page = widgets.Narrow(4, l.news.View, l.list, widgets.Row(0, l.other))
	return container.NewVScroll(l.page)
}

// Shown is part of gui.Shower.
func (l *stickList) Shown() {
	l.stop = l.k.watch(l.told)
	l.drawn = func() {}
	if l.k.p != nil {
		l.drawn = l.k.p.OnBackup(l.refresh)
	}
	l.refresh()
	l.tick()
	l.greetOwn()
}

// tick draws the list anew from time to time: it says how long ago a stick was backed up.
func (l *stickList) tick() {
	l.ticker = l.s.After(time.Minute, func() {
		l.refresh()
		l.tick()
	})
}

// Hidden is part of gui.Hider.
func (l *stickList) Hidden() {
	if l.stop != nil {
		l.stop()
		l.stop = nil
		l.drawn()
		l.ticker()
	}
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
}

// Focus is part of gui.Focuser.
func (l *stickList) Focus() fyne.Focusable {
	if l.first != nil {
		return l.first
	}
	return l.other
}

// ShowsLosses says that this screen itself shows which sticks were lost.
func (l *stickList) ShowsLosses() {}

// Commands is part of gui.Commander.
func (l *stickList) Commands() []widgets.Command {
	return []widgets.Command{{Name: l.s.Words.T("sticks.folder"), Key: fyne.KeyO, Modifier: widgets.Ctrl, Run: l.chooseFolder}}
}

// told is given the drives whenever they change, and has them looked at, which may
// take a moment: a stick may be slow or broken.
func (l *stickList) told(seen drives.Seen) {
	if l.cancel != nil {
		l.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	for path := range l.looked { // what was seen of the others holds until it is seen anew
		if !slices.ContainsFunc(seen.Drives, func(d drives.Drive) bool { return d.Path == path }) {
			delete(l.looked, path)
		}
	}
	l.show(seen, true)
	now := l.s.Now()
	for _, d := range seen.Drives {
		before := l.looked[d.Path]
		tell := func(found look) {
			l.s.Do(func() {
				if ctx.Err() == nil {
					l.looked[d.Path] = found
					l.show(seen, true)
				}
			})
		}
		go func() {
			found := l.k.lookAtPath(ctx, d.Path)
			l.k.noticeLost(&found, d.Path, now)
			found.keepChecked(before)
			tell(found)
			if found.stick && !found.checked {
				found.strange, found.checked = l.k.strangePrograms(ctx, d.Path), true
				tell(found)
			}
		}()
	}
}

// refreshSticks is part of sticksShower.
func (l *stickList) refreshSticks() { l.refresh() }

func (l *stickList) refresh() {
	l.news.Set(l.k.news)
	l.show(l.k.seen, l.k.seen.Drives != nil || l.k.seen.Err != nil)
}

// show draws the list. known is false until the drives were listed.
func (l *stickList) show(seen drives.Seen, known bool) {
	w := l.s.Words
	l.news.Set(l.k.news)
	before := l.first
	l.first = nil
	rows := []fyne.CanvasObject{}
	add := func(p *widgets.Pressable) {
		rows = append(rows, p)
		if l.first == nil {
			l.first = p
		}
	}
	for _, o := range l.k.open {
		add(widgets.NewAction(widgets.IconUnlock, w.T("sticks.opened", "label", o.label()), w.T("sticks.opened.hint"), func() { l.k.browse(o) }))
	}
	if row := l.ownRow(seen); row != nil {
		add(row)
	}
	var plain []fyne.CanvasObject
	for _, d := range seen.Drives {
		found, ready := l.looked[d.Path]
		switch {
		case l.k.openAt(d.Path) != nil:
		case !ready:
			plain = append(plain, l.row(widgets.IconStick, d.Name(), w.T("sticks.looking")))
		case found.stick:
			if len(found.strange) > 0 {
				rows = append(rows, widgets.NewBanner(wording.StrangeMessage(l.s.Words, found.note.Label, found.strange)).View)
			}
			if planted := found.top.Running(); len(planted) > 0 {
				rows = append(rows, widgets.NewBanner(wording.PlantedMessage(l.s.Words, found.note.Label, planted)).View)
			}
			add(widgets.NewAction(widgets.IconStick, cmp.Or(found.note.Label, d.Name()), l.hint(d, found), func() {
				l.unlock(stickPlace{path: d.Path, drive: d, look: found})
			}))
		case found.err != nil:
			m := l.s.Explain(found.err)
			plain = append(plain, l.row("warning", l.called(d), m.Happened+" "+m.Next))
		default:
			plain = append(plain, l.row("drive", l.called(d), w.T("sticks.plain")))
		}
	}
	switch {
	case seen.Err != nil:
		rows = append(rows, widgets.NewBanner(widgets.Message{
			Kind: widgets.Warn, Happened: w.T("sticks.unlisted"), Next: w.T("sticks.unlisted.next"), Details: seen.Err.Error(),
		}).View)
	case len(rows) == 0 && len(plain) == 0 && known:
		rows = append(rows, l.row(widgets.IconStick, w.T("sticks.none"), w.T("sticks.none.hint")))
	case !known:
		rows = append(rows, l.row(widgets.IconStick, w.T("sticks.looking"), w.T("sticks.none.hint")))
	}
	l.list.Objects = append(rows, plain...)
	l.list.Refresh()
	if l.page != nil {
		l.page.Refresh() // the news may have come or gone
	}
	l.refocus(before)
}

// refocus keeps the keyboard on the first stick when the list is drawn anew, unless the
// person has gone elsewhere with it.
func (l *stickList) refocus(before fyne.Focusable) {
	c := l.s.Window.Canvas()
	at := c.Focused()
	if l.page == nil || l.s.Current() != gui.Screen(l) || widgets.Covered(c) {
		return
	}
	if at == nil || at == before || at == fyne.Focusable(l.other) {
		c.Focus(l.Focus())
	}
}

// row is a drive that cannot be opened, or what is said in the place of one.
func (l *stickList) row(icon widgets.Icon, name, hint string) fyne.CanvasObject {
	picture := container.NewCenter(container.NewPadded(container.NewGridWrap(fyne.NewSquareSize(1.6*theme.IconInlineSize()), widget.NewIcon(icon.Colored(widgets.ColorMuted)))))
	return widgets.Card(container.NewBorder(nil, nil, picture, nil, widgets.Column(0, widgets.Heading(name), widgets.Muted(hint))))
}

// called names a drive by its label and hardware.
func (l *stickList) called(d drives.Drive) string {
	if l.hardware(d) == "" || d.Label == "" {
		return d.Name()
	}
	return d.Label + " (" + l.hardware(d) + ")"
}

// hardware is the make, model and size of a drive.
func (l *stickList) hardware(d drives.Drive) string {
	name := strings.TrimSpace(d.Make + " " + d.Model)
	if d.Size > 0 {
		return strings.TrimSpace(name + " " + l.s.Words.Size(d.Size))
	}
	return name
}

// hint says whose stick it is, what it is, and what else is on it.
func (l *stickList) hint(d drives.Drive, found look) string {
	pieces := []string{found.note.School}
	if h := l.hardware(d); h != "" {
		pieces = append(pieces, h)
	}
	if d.ReadOnly {
		pieces = append(pieces, l.s.Words.T("sticks.readonly"))
	}
	if l.k.p != nil {
		if backup := l.k.p.BackupText(l.s.Words, d.Path); backup != "" {
			pieces = append(pieces, backup)
		}
	}
	text := strings.Join(pieces, "  ·  ")
	if found.lost.Lost() {
		text += "\n" + l.s.Words.T("stick.lost", "label", found.note.Label, "date", l.s.Words.Date(found.lost.Since)) + " " + found.lost.Next(l.s.Words)
	}
	if others := found.top.Others(); len(others)+found.top.More > 0 {
		text += "\n" + l.s.Words.N("sticks.others", len(others)+found.top.More, "names", wording.SomeNames(l.s.Words, wording.PlantedNames(others)))
	}
	return text
}

// chooseFolder opens a stick that lies in an ordinary folder, or on a drive that is
// not listed.
func (l *stickList) chooseFolder() {
	l.s.Choose.Folder(l.s.Words.T("sticks.folder"), func(path string) {
		jobs.Run(l.s.Jobs, l.s.Words.T("sticks.looking"), func(ctx context.Context, _ jobs.Progress) (stickPlace, error) {
			if up := filepath.Dir(path); filepath.Base(path) == "stowage" && l.k.lookAtPath(ctx, up).stick {
				path = up // one level too deep
			}
			found := l.k.lookAtPath(ctx, path)
			return stickPlace{path: path, look: found}, found.err
		}, l.chosen)
	})
}

func (l *stickList) chosen(at stickPlace, err error) {
	w := l.s.Words
	switch o := l.k.openAt(at.path); {
	case err != nil:
		l.s.Fail(err)
	case o != nil:
		l.k.browse(o)
	case at.look.stick:
		l.unlock(at)
	default:
		l.s.Tell(widgets.Message{Happened: w.T("sticks.folder.none"), Files: w.T("sticks.folder.files"), Next: w.T("sticks.folder.next")})
	}
}

// unlock asks for the passphrase of a stick.
func (l *stickList) unlock(at stickPlace) {
	l.k.setNews(widgets.Message{}, "")
	l.s.Push(newUnlock(l.k, at))
}

// openRoute is the page "Open my stick". Tests put their own things into what it stands
// on; otherwise adapt is nil.
func openRoute(p *app.Place, adapt func(*sticks)) gui.Route {
	var k *sticks // outlives the screens, as open sticks do
	return app.PageOf(app.OpenRoute, func(s *gui.Session) gui.Screen {
		if k == nil || k.s != s {
			k = newSticks(s, p)
			k.files = func(o *stickSession) stickScreen { return newBrowser(o) }
			s.AtClose(k.atClose)
			if adapt != nil {
				adapt(k)
			}
		}
		return newStickList(k)
	})
}
