package screens

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// peopleScreen is the page with everybody in the register and their keys.
type peopleScreen struct {
	s *gui.Session
	p *Place

	search  *widgets.Search
	leavers *widget.Check
	table   *widgets.Table
	more    *widget.RichText
	rows    []personRow
	asked   int // which reading of the register is the newest
	stop    func()
}

// personRow is a person with what the table says of them.
type personRow struct {
	holder  devices.Holder
	key     devices.Key // zero without one in force
	devices int
	blocked bool // the key in force: it lies on a lost device
}

func newPeopleScreen(s *gui.Session, p *Place) *peopleScreen {
	return &peopleScreen{s: s, p: p, stop: func() {}}
}

// Title is part of gui.Screen.
func (l *peopleScreen) Title() string { return l.s.Words.T("people.title") }

// Content is part of gui.Screen.
func (l *peopleScreen) Content() fyne.CanvasObject {
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
		Open: func(row int) { l.open(l.rows[row].holder.ID) },
	})
	l.more = widgets.Muted("")
	head := widgets.Column(1, container.NewBorder(nil, nil, nil, l.leavers, l.search.View))
	return container.NewBorder(head, l.more, nil, nil, l.table.View)
}

// Shown is part of gui.Shower.
func (l *peopleScreen) Shown() {
	l.stop = l.p.onChange(l.s, l.read)
	l.read()
}

// Hidden is part of gui.Hider.
func (l *peopleScreen) Hidden() { l.stop() }

// Focus is part of gui.Focuser.
func (l *peopleScreen) Focus() fyne.Focusable { return l.search.Focus() }

// Actions is part of gui.Actor.
func (l *peopleScreen) Actions() []fyne.CanvasObject {
	return []fyne.CanvasObject{widgets.NewPrimary(l.s.Words.T("people.add"), widgets.Icon("add").Resource(), l.add)}
}

// Commands is part of gui.Commander.
func (l *peopleScreen) Commands() []widgets.Command {
	return []widgets.Command{{Name: l.s.Words.T("people.add"), Key: fyne.KeyN, Modifier: widgets.Ctrl, Run: l.add}}
}

// read asks the register for those who fit. A later reading wins over an earlier one
// that is still under way.
func (l *peopleScreen) read() {
	l.asked++
	asked, q := l.asked, devices.HolderQuery{Search: l.search.Text(), Leavers: l.leavers.Checked, Limit: devices.MaxPage}
	work(l.p, l.s, l.s.Words.T("people.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (found foundPeople, err error) {
		return findPeople(ctx, s, q)
	}, func(found foundPeople, err error) {
		switch {
		case asked != l.asked:
		case err != nil:
			l.s.Fail(err)
		default:
			l.show(found)
		}
	})
}

// foundPeople is a page of people; more says that there are others.
type foundPeople struct {
	rows []personRow
	more bool
}

func findPeople(ctx context.Context, s *school.School, q devices.HolderQuery) (foundPeople, error) {
	page, err := s.Register().Holders(ctx, q)
	if err != nil {
		return foundPeople{}, err
	}
	keys, err := s.Register().Keys(ctx, devices.KeyQuery{Statuses: []devices.KeyStatus{devices.KeyIssued}})
	if err != nil {
		return foundPeople{}, err
	}
	loans, err := s.Register().Loans(ctx, devices.LoanQuery{Open: true})
	if err != nil {
		return foundPeople{}, err
	}
	directory, err := s.Directory()
	if err != nil {
		return foundPeople{}, err
	}
	key, count := map[string]devices.Key{}, map[string]int{}
	for _, k := range keys {
		key[k.Holder] = k
	}
	for _, loan := range loans {
		count[loan.Holder]++
	}
	found := foundPeople{more: page.Next != ""}
	for _, h := range page.Holders {
		k := key[h.ID]
		found.rows = append(found.rows, personRow{h, k, count[h.ID], k.ID != "" && directory.Blocked(k.Recipient) != nil})
	}
	return found, nil
}

func (l *peopleScreen) show(found foundPeople) {
	l.rows = found.rows
	l.table.SetEmpty(l.s.Words.T("people.empty"))
	if l.search.Text() != "" {
		l.table.SetEmpty(l.s.Words.T("people.none", "text", l.search.Text()))
	}
	l.table.SetRows(list[personRow]{found.rows, func(r personRow) string { return r.holder.ID }, l.cell})
	text := l.s.Words.N("people.count", len(found.rows))
	if found.more {
		text = l.s.Words.T("people.more", "n", l.s.Words.Number(int64(len(found.rows))))
	}
	widgets.SetText(l.more, text)
}

func (l *peopleScreen) cell(r personRow, column int) widgets.Cell {
	switch column {
	case 0:
		return widgets.Cell{Text: r.holder.Name, Icon: widgets.IconPerson, Bold: true}
	case 1:
		return widgets.Cell{Text: r.holder.Email, Color: widgets.ColorMuted}
	case 2:
		switch {
		case r.blocked:
			return widgets.Cell{Text: l.s.Words.T("people.key.blocked"), Icon: widgets.IconKey, Color: widgets.ColorWarn}
		case r.key.ID != "":
			return widgets.Cell{Text: l.s.Words.T("people.key.has"), Icon: widgets.IconKey, Color: widgets.ColorGood}
		case !r.holder.Left.IsZero():
			return widgets.Cell{Text: l.s.Words.T("people.left"), Color: widgets.ColorMuted}
		}
		return widgets.Cell{Text: l.s.Words.T("people.key.none"), Color: widgets.ColorMuted}
	}
	return widgets.Cell{Text: l.s.Words.Number(int64(r.devices))}
}

func (l *peopleScreen) open(id string) { l.s.Push(newPerson(l.s, l.p, id)) }

// add adds a person and opens their page.
func (l *peopleScreen) add() {
	editPerson(l.s, l.p, devices.Holder{}, func(h devices.Holder) {
		l.s.Toast(l.s.Words.T("people.added", "name", h.Name), nil)
		l.open(h.ID)
	})
}

// editPerson asks for a person's details in a dialog, and adds or corrects them. done
// is told who it is now.
func editPerson(s *gui.Session, p *Place, h devices.Holder, done func(devices.Holder)) {
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
		work(p, s, t("people.saving"), func(ctx context.Context, sch *school.School, _ jobs.Progress) (devices.Holder, error) {
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
