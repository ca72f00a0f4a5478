package people

import (
	"context"

	"stowage/devices/school/lifecycle"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// leavers is the page on which everything that a person holds is taken back or handed
// over in one go.
type leavers struct {
	s *gui.Session
	p *app.Place

	view   *widgets.Busy
	page   *fyne.Container
	answer *widgets.Banner
	search *widgets.Search
	table  *widgets.Table
	rows   []Row
	asked  int

	has    devices.Holdings // of the person who was chosen
	fates  []*fate
	revoke *widget.Check
	leave  *widget.Check
	sign   *widgets.Signature
}

// fate is what is to become of one device.
type fate struct {
	device devices.Device
	choice *widgets.Choice[i18n.Key]
	to     *widgets.Entry
}

// What can become of a device, by the texts of the choices.
const (
	fateBack  i18n.Key = "leavers.fate.back"
	fateOver  i18n.Key = "leavers.fate.over"
	fateStays i18n.Key = "leavers.fate.stays"
)

// LeaversPage is the page of people who leave the school.
func LeaversPage(p *app.Place) gui.Route {
	return app.PageOf(app.LeaversRoute, p.Route(func(s *gui.Session, p *app.Place) gui.Screen { return newLeavers(s, p) }))
}

func newLeavers(s *gui.Session, p *app.Place) *leavers { return &leavers{s: s, p: p} }

// Title is part of gui.Screen.
func (l *leavers) Title() string { return l.s.Words.T("leavers.title") }

// Content is part of gui.Screen.
func (l *leavers) Content() fyne.CanvasObject {
	l.page, l.answer = container.NewStack(), widgets.NewBanner(widgets.Message{})
	l.view = widgets.NewBusy(l.s.Words, container.NewBorder(l.answer.View, nil, nil, nil, l.page))
	l.showSearch()
	return l.view.View
}

// Shown is part of gui.Shower.
func (l *leavers) Shown() {
	if l.has.Holder.ID == "" {
		l.find()
	}
}

// Focus is part of gui.Focuser.
func (l *leavers) Focus() fyne.Focusable { return l.search.Focus() }

// showSearch asks who is leaving.
func (l *leavers) showSearch() {
	t := l.s.Words.T
	l.has, l.fates = devices.Holdings{}, nil
	l.search = widgets.NewSearch(t("people.search"), l.s.After, func(string) { l.find() })
	cells := NewScreen(l.s, l.p)
	l.table = widgets.NewTable(l.s.Words, widgets.TableOptions{
		Label: t("leavers.title"), Empty: t("people.empty"), Now: l.s.Now, Key: l.s.Typed,
		Columns: []widgets.TableColumn{
			{Title: t("people.column.name"), Width: 200, Grow: true, Fixed: true},
			{Title: t("people.column.email"), Width: 200, Grow: true, Fixed: true},
			{Title: t("people.column.key"), Width: 130, Fixed: true},
			{Title: t("people.column.devices"), Width: 90, Fixed: true, Right: true},
		},
		Open: func(row int) { l.open(l.rows[row].Holder.ID) },
	})
	l.table.SetRows(form.List[Row]{Rows: l.rows, KeyOf: func(r Row) string { return r.Holder.ID }, CellOf: cells.Cell})
	next := widgets.NewPrimary(t("leavers.choose"), widgets.IconForward.Resource(), func() {
		if rows := l.table.SelectedRows(); len(rows) == 1 {
			l.open(l.rows[rows[0]].Holder.ID)
		}
	})
	head := widgets.Column(1, widgets.Body(t("leavers.intro")), l.search.View)
	l.page.Objects = []fyne.CanvasObject{container.NewBorder(head, container.NewPadded(widgets.Row(2, widgets.Spring(), next)), nil, nil, l.table.View)}
	l.page.Refresh()
}

func (l *leavers) find() {
	l.asked++
	asked, q := l.asked, devices.HolderQuery{Search: l.search.Text(), Limit: devices.MaxPage}
	app.Work(l.p, l.s, l.s.Words.T("people.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (Found, error) {
		return Find(ctx, s, q)
	}, func(found Found, err error) {
		switch {
		case asked != l.asked:
		case err != nil:
			l.answer.Set(l.s.Explain(err))
		default:
			l.rows = found.Rows
			cells := NewScreen(l.s, l.p)
			l.table.SetRows(form.List[Row]{Rows: found.Rows, KeyOf: func(r Row) string { return r.Holder.ID }, CellOf: cells.Cell})
		}
	})
}

// open shows what a person holds.
func (l *leavers) open(id string) {
	l.answer.Clear()
	l.view.Follow(app.Work(l.p, l.s, l.s.Words.T("people.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Holdings, error) {
		return s.Register().Holdings(ctx, id)
	}, func(has devices.Holdings, err error) {
		if err != nil {
			l.answer.Set(l.s.Explain(err))
			return
		}
		l.has = has
		l.showHoldings()
	}))
}

// showHoldings shows everything that the person holds, with what is to become of it.
func (l *leavers) showHoldings() {
	w := l.s.Words
	l.fates = nil
	rows := widgets.Column(2, widgets.Heading(l.has.Holder.Name))
	if len(l.has.Devices) == 0 {
		rows.Add(widgets.Body(w.T("person.devices.none")))
	}
	for _, d := range l.has.Devices {
		rows.Add(l.fateOf(d))
	}
	l.revoke = widget.NewCheck(w.N("leavers.revoke", len(l.has.Keys)), nil)
	l.leave = widget.NewCheck(w.T("leavers.leave", "name", l.has.Holder.Name), nil)
	l.revoke.Checked, l.leave.Checked = len(l.has.Keys) > 0, true
	if len(l.has.Keys) > 0 {
		rows.Add(l.revoke)
	}
	rows.Add(l.leave)
	l.sign = widgets.NewSignature(w, nil)
	rows.Add(widgets.Card(widgets.Column(2, widgets.Body(l.statement()), l.sign.View, widgets.Muted(w.T("leavers.sign.hint")))))
	back := widgets.NewButton(w.T("leavers.other"), nil, func() { l.showSearch(); l.find() })
	do := widgets.NewPrimary(w.T("leavers.do"), widgets.Icon("check").Resource(), l.windUp)
	foot := container.NewPadded(widgets.Row(2, back, widgets.Spring(), do))
	l.page.Objects = []fyne.CanvasObject{container.NewBorder(nil, foot, nil, nil, form.Scrolled(rows))}
	l.page.Refresh()
}

// fateOf asks what is to become of a device. One that is missing stays so.
func (l *leavers) fateOf(d devices.Device) fyne.CanvasObject {
	t := l.s.Words.T
	f := &fate{device: d, to: widgets.NewEntry(t("leavers.to"), nil)}
	f.to.Label = t("leavers.to")
	f.to.Hide()
	line := HeldLine(l.s, d)
	if _, can := devices.Next(d.State, devices.Return); !can {
		return widgets.Column(0, line)
	}
	row := widgets.Column(1, line)
	f.choice = form.NewTextChoice(l.s.Words, func() {
		f.to.Hidden = f.choice.Value() != fateOver
		row.Refresh()
		if !f.to.Hidden {
			l.s.Window.Canvas().Focus(f.to)
		}
	}, fateBack, fateOver, fateStays)
	if d.State != devices.Issued {
		f.choice.Choose(fateBack)
	}
	row.Add(f.choice.View)
	row.Add(f.to)
	l.fates = append(l.fates, f)
	return row
}

// statement is what is signed.
func (l *leavers) statement() string {
	var names []string
	for _, d := range l.has.Devices {
		names = append(names, d.Name())
	}
	if len(names) == 0 {
		return l.s.Words.T("leavers.statement.none")
	}
	return l.s.Words.T("leavers.statement", "devices", l.s.Words.List(names))
}

// windUp does all of it.
func (l *leavers) windUp() {
	plan := lifecycle.Departure{Holder: l.has.Holder.ID, Revoke: l.revoke.Checked && len(l.has.Keys) > 0, Reason: "has left", Leave: l.leave.Checked}
	for _, f := range l.fates {
		switch f.choice.Value() {
		case fateBack:
			plan.Disposals = append(plan.Disposals, lifecycle.Disposal{Device: f.device.ID, Action: devices.Return})
		case fateOver:
			plan.Disposals = append(plan.Disposals, lifecycle.Disposal{Device: f.device.ID, Action: devices.Issue, To: f.to.Text})
		}
	}
	document, err := Signed(devices.LeavingSigned, l.has.Holder, l.statement(), l.sign)
	if err != nil {
		l.answer.Set(l.s.Explain(err))
		return
	}
	if l.sign.Empty() {
		document.Name = ""
	}
	l.p.WithAuthority(l.s, "leavers.why", func(*school.School) {
		l.view.Follow(app.Work(l.p, l.s, l.s.Words.T("leavers.working"), func(ctx context.Context, s *school.School, _ jobs.Progress) (lifecycle.Departed, error) {
			return depart(ctx, s, l.s.Services.Drives, plan, document)
		}, l.departed))
	})
}

// depart winds up with the sticks that are plugged in, and records the signature if
// there is one.
func depart(ctx context.Context, s *school.School, d gui.Drives, plan lifecycle.Departure, document devices.DocumentDetails) (lifecycle.Departed, error) {
	theirs, err := PluggedSticks(ctx, d, s, plan.Holder)
	if err != nil {
		return lifecycle.Departed{}, err
	}
	defer CloseSticks(theirs)
	for i, p := range plan.Disposals {
		for _, stick := range theirs {
			if p.Action == devices.Issue && stick.device.ID == p.Device {
				plan.Disposals[i].Stick = stick.FS
			}
		}
	}
	out, err := lifecycle.Depart(ctx, s, plan)
	if err == nil && document.Name != "" {
		_, err = s.Register().SignDocument(context.WithoutCancel(ctx), s.Actor(), document)
	}
	return out, err
}

// departed says what became of each thing.
func (l *leavers) departed(out lifecycle.Departed, err error) {
	m := wording.OutcomesTold(l.s, "leavers.done", out.Devices)
	if len(out.Revoked) > 0 {
		m.Next = l.s.Words.N("leavers.done.keys", len(out.Revoked))
	}
	if n := len(out.Rest.Devices); n > 0 && err == nil {
		m.Kind, m.Next = widgets.Warn, m.Next+" "+l.s.Words.N("leavers.rest", n)
	}
	if err != nil {
		l.s.Fail(err)
	}
	if len(out.Rest.Devices) == 0 && err == nil {
		l.showSearch()
		l.find()
	} else {
		l.open(l.has.Holder.ID)
	}
	wording.SetOutcomes(l.s, l.answer, m)
}
