// Package people is ICT's pages of the people, of one person with keys and recovery codes,
// and of those who leave. A secret is shown for a while, and wiped.
package people

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// Screen is the page with everybody in the register and their keys.
type Screen struct {
	s *gui.Session
	p *app.Place

	search  *widgets.Search
	leavers *widget.Check
	table   *widgets.Table
	more    *widget.RichText
	rows    []Row
	asked   int // which reading of the register is the newest
	stop    func()
}

// Row is a person with what the table says of them.
type Row struct {
	Holder  devices.Holder
	Key     devices.Key // zero without one in force
	devices int
	Blocked bool // the key in force: it lies on a lost device
}

// Page is the page of the people and their keys.
func Page(p *app.Place) gui.Route {
	return app.PageOf(app.PeopleRoute, p.Route(func(s *gui.Session, p *app.Place) gui.Screen { return NewScreen(s, p) }))
}

// NewScreen is the screen of the people, and of the cells in which others show them.
func NewScreen(s *gui.Session, p *app.Place) *Screen {
	return &Screen{s: s, p: p, stop: func() {}}
}

// Title is part of gui.Screen.
func (l *Screen) Title() string { return l.s.Words.T("people.title") }

// Content is part of gui.Screen.
func (l *Screen) Content() fyne.CanvasObject {
	t := l.s.Words.T
	l.search = widgets.NewSearch(t("people.search"), l.s.After, func(string) { l.read() })
	l.leavers = widget.NewCheck(t("people.leavers"), func(bool) { l.read() })
	l.table = widgets.NewTable(l.s.Words, widgets.TableOptions{
		Label: t("people.title"), Empty: t("people.empty"), Now: l.s.Now, Key: l.s.Typed,
		Columns: []widgets.TableColumn{
			{Title: t("people.column.name"), Width: 190, Grow: true, Fixed: true},
			{Title: t("people.column.email"), Width: 210, Grow: true, Fixed: true},
			{Title: t("people.column.key"), Width: 140, Fixed: true},
			{Title: t("people.column.devices"), Width: 90, Fixed: true, Right: true},
		},
		Open: func(row int) { l.open(l.rows[row].Holder.ID) },
	})
	l.more = widgets.Muted("")
	head := widgets.Column(1, container.NewBorder(nil, nil, nil, l.leavers, l.search.View))
	return container.NewBorder(head, l.more, nil, nil, l.table.View)
}

// Shown is part of gui.Shower.
func (l *Screen) Shown() {
	l.stop = l.p.OnChange(l.s, l.read)
	l.read()
}

// Hidden is part of gui.Hider.
func (l *Screen) Hidden() { l.stop() }

// Focus is part of gui.Focuser.
func (l *Screen) Focus() fyne.Focusable { return l.search.Focus() }

// Actions is part of gui.Actor.
func (l *Screen) Actions() []fyne.CanvasObject {
	return []fyne.CanvasObject{widgets.NewPrimary(l.s.Words.T("people.add"), widgets.Icon("add").Resource(), l.add)}
}

// Commands is part of gui.Commander.
func (l *Screen) Commands() []widgets.Command {
	return []widgets.Command{{Name: l.s.Words.T("people.add"), Key: fyne.KeyN, Modifier: widgets.Ctrl, Run: l.add}}
}

// read asks the register for those who fit. A later reading wins over an earlier one
// that is still under way.
func (l *Screen) read() {
	l.asked++
	asked, q := l.asked, devices.HolderQuery{Search: l.search.Text(), Leavers: l.leavers.Checked, Limit: devices.MaxPage}
	app.Work(l.p, l.s, l.s.Words.T("people.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (found Found, err error) {
		return Find(ctx, s, q)
	}, func(found Found, err error) {
		switch {
		case asked != l.asked:
		case err != nil:
			l.s.Fail(err)
		default:
			l.show(found)
		}
	})
}

// Found is a page of people; more says that there are others.
type Found struct {
	Rows []Row
	more bool
}

// Find reads the people whom a text fits.
func Find(ctx context.Context, s *school.School, q devices.HolderQuery) (Found, error) {
	page, err := s.Register().Holders(ctx, q)
	if err != nil {
		return Found{}, err
	}
	keys, err := s.Register().Keys(ctx, devices.KeyQuery{Statuses: []devices.KeyStatus{devices.KeyIssued}})
	if err != nil {
		return Found{}, err
	}
	loans, err := s.Register().Loans(ctx, devices.LoanQuery{Open: true})
	if err != nil {
		return Found{}, err
	}
	directory, err := s.Directory()
	if err != nil {
		return Found{}, err
	}
	key, count := map[string]devices.Key{}, map[string]int{}
	for _, k := range keys {
		key[k.Holder] = k
	}
	for _, loan := range loans {
		count[loan.Holder]++
	}
	found := Found{more: page.Next != ""}
	for _, h := range page.Holders {
		k := key[h.ID]
		found.Rows = append(found.Rows, Row{h, k, count[h.ID], k.ID != "" && directory.Blocked(k.Recipient) != nil})
	}
	return found, nil
}

func (l *Screen) show(found Found) {
	l.rows = found.Rows
	l.table.SetEmpty(l.s.Words.T("people.empty"))
	if l.search.Text() != "" {
		l.table.SetEmpty(l.s.Words.T("people.none", "text", l.search.Text()))
	}
	l.table.SetRows(form.List[Row]{Rows: found.Rows, KeyOf: func(r Row) string { return r.Holder.ID }, CellOf: l.Cell})
	text := l.s.Words.N("people.count", len(found.Rows))
	if found.more {
		text = l.s.Words.T("people.more", "n", l.s.Words.Number(int64(len(found.Rows))))
	}
	widgets.SetText(l.more, text)
}

// Cell is what a row of people has in a column.
func (l *Screen) Cell(r Row, column int) widgets.Cell {
	switch column {
	case 0:
		return widgets.Cell{Text: r.Holder.Name, Icon: widgets.IconPerson, Bold: true}
	case 1:
		return widgets.Cell{Text: r.Holder.Email, Color: widgets.ColorMuted}
	case 2:
		switch {
		case r.Blocked:
			return widgets.Cell{Text: l.s.Words.T("people.key.blocked"), Icon: widgets.IconKey, Color: widgets.ColorWarn}
		case r.Key.ID != "":
			return widgets.Cell{Text: l.s.Words.T("people.key.has"), Icon: widgets.IconKey, Color: widgets.ColorGood}
		case !r.Holder.Left.IsZero():
			return widgets.Cell{Text: l.s.Words.T("people.left"), Color: widgets.ColorMuted}
		}
		return widgets.Cell{Text: l.s.Words.T("people.key.none"), Color: widgets.ColorMuted}
	}
	return widgets.Cell{Text: l.s.Words.Number(int64(r.devices))}
}

func (l *Screen) open(id string) { l.s.Push(newPerson(l.s, l.p, id)) }

// add adds a person and opens their page.
func (l *Screen) add() {
	EditPerson(l.s, l.p, devices.Holder{}, func(h devices.Holder) {
		l.s.Toast(l.s.Words.T("people.added", "name", h.Name), nil)
		l.open(h.ID)
	})
}

// EditPerson asks for a person's details in a dialog, and adds or corrects them. done
// is told who it is now.
func EditPerson(s *gui.Session, p *app.Place, h devices.Holder, done func(devices.Holder)) {
	t := s.Words.T
	name, email, site := widgets.NewEntry("", nil), widgets.NewEntry("", nil), widgets.NewEntry("", nil)
	name.Label, email.Label, site.Label = t("people.name"), t("people.email"), t("people.site")
	name.SetText(h.Name)
	email.SetText(h.Email)
	site.SetText(h.Site)
	field := widgets.NewField(t("people.name"), name, "")
	refused := widgets.NewBanner(widgets.Message{})
	var dialog *widgets.Dialog
	save := func() {
		details := devices.HolderDetails{Name: name.Text, Email: email.Text, Site: site.Text, Notes: h.Notes}
		app.Work(p, s, t("people.saving"), func(ctx context.Context, sch *school.School, _ jobs.Progress) (devices.Holder, error) {
			if h.ID == "" {
				return sch.Register().AddHolder(ctx, sch.Actor(), details)
			}
			return sch.Register().EditHolder(ctx, sch.Actor(), h.ID, h.Version, details)
		}, func(saved devices.Holder, err error) {
			if err != nil {
				refused.Set(s.Explain(err))
				dialog.Refresh()
				return
			}
			dialog.Close()
			done(saved)
		})
	}
	for _, e := range []*widgets.Entry{name, email, site} {
		e.OnSubmitted = func(string) { save() }
	}
	title := t("people.edit")
	if h.ID == "" {
		title = t("people.add")
	}
	buttons := widgets.Row(2, widgets.Spring(), widgets.NewButton(t("widgets.cancel"), nil, func() { dialog.Close() }), widgets.NewPrimary(t("people.save"), nil, save))
	content := widgets.Column(2, field.View, widgets.NewField(t("people.email"), email, "").View, widgets.NewField(t("people.site"), site, "").View, refused.View, buttons)
	dialog = widgets.ShowDialog(s.Window.Canvas(), title, content, nil)
	s.Window.Canvas().Focus(name)
}
