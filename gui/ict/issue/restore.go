package issue

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/ict/backups"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// restores lists the backups of sticks, the newest first, of which one is chosen to be
// looked at and restored.
type restores struct {
	s     *gui.Session
	p     *app.Place
	about string // what is searched for at first: a device's name, or ""

	search *widgets.Search
	table  *widgets.Table
	answer *widgets.Banner
	next   *widgets.Button
	page   *fyne.Container
	all    []backups.Kept
	rows   []backups.Kept
}

// newRestores shows the backups; about is the name of a device whose are wanted, or "".
func newRestores(s *gui.Session, p *app.Place, about string) *restores {
	return &restores{s: s, p: p, about: about}
}

// Title is part of gui.Screen.
func (r *restores) Title() string { return r.s.Words.T("restore.title") }

// Content is part of gui.Screen.
func (r *restores) Content() fyne.CanvasObject {
	t := r.s.Words.T
	r.answer = widgets.NewBanner(widgets.Message{})
	r.search = widgets.NewSearch(t("restore.search"), r.s.After, func(string) { r.show() })
	if r.about != "" {
		r.search.Set(r.about)
	}
	r.table = widgets.NewTable(r.s.Words, widgets.TableOptions{
		Label: t("restore.title"), Empty: t("restore.reading"), Now: r.s.Now, Key: r.s.Typed,
		Columns: []widgets.TableColumn{
			{Title: t("restore.column.stick"), Width: 130, Grow: true, Fixed: true},
			{Title: t("restore.column.holder"), Width: 160, Grow: true, Fixed: true},
			{Title: t("restore.column.state"), Width: 110, Fixed: true},
			{Title: t("restore.column.when"), Width: 190, Fixed: true},
			{Title: t("restore.column.size"), Width: 100, Fixed: true, Right: true},
		},
		Selected: func() { r.next.SetEnabled(r.table.Count() == 1) },
		Open:     func(int) { r.open() },
	})
	r.next = widgets.NewPrimary(t("restore.open"), widgets.IconForward.Resource(), r.open)
	r.next.Disable()
	head := widgets.Column(2, r.answer.View, widgets.Muted(t("restore.intro")), r.search.View)
	foot := container.NewPadded(widgets.Row(2, widgets.Spring(), r.next))
	r.page = container.NewBorder(head, foot, nil, nil, r.table.View)
	return r.page
}

// Shown is part of gui.Shower.
func (r *restores) Shown() { r.read() }

// Focus is part of gui.Focuser.
func (r *restores) Focus() fyne.Focusable { return r.search.Focus() }

// Commands is part of gui.Commander.
func (r *restores) Commands() []widgets.Command {
	w := r.s.Words
	return []widgets.Command{
		{Name: w.T("restore.open"), Run: r.open, Disabled: func() bool { return r.next == nil || r.next.Disabled() }},
		{Name: w.T("restore.again"), Icon: widgets.Icon("refresh").Resource(), Key: fyne.KeyR, Modifier: widgets.Ctrl, Run: r.read},
		r.p.LockCommand(r.s),
	}
}

// read lists the backups.
func (r *restores) read() {
	app.Work(r.p, r.s, r.s.Words.T("restore.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) ([]backups.Kept, error) {
		return backups.Read(ctx, s)
	}, func(all []backups.Kept, err error) {
		r.answer.Clear()
		if err != nil {
			r.answer.Set(r.s.Explain(err))
			r.table.SetEmpty(r.s.Words.T("restore.unread"))
			r.page.Refresh()
			return
		}
		r.all = all
		r.show()
	})
}

// show shows those that fit the search.
func (r *restores) show() {
	w := r.s.Words
	r.rows = nil
	for _, k := range r.all {
		if k.Fits(r.search.Text()) {
			r.rows = append(r.rows, k)
		}
	}
	r.table.SetEmpty(w.T("restore.none"))
	if len(r.all) > 0 {
		r.table.SetEmpty(w.T("restore.nothing"))
	}
	r.table.SetRows(form.List[backups.Kept]{Rows: r.rows, KeyOf: func(k backups.Kept) string { return k.Stick }, CellOf: r.cell})
	if len(r.rows) > 0 && r.about != "" { // the newest of the device that it is about
		r.table.Select(r.rows[0].Stick)
	}
	r.next.SetEnabled(r.table.Count() == 1)
}

func (r *restores) cell(k backups.Kept, column int) widgets.Cell {
	w := r.s.Words
	switch column {
	case 0:
		return widgets.Cell{Text: k.Name(), Icon: widgets.IconStick, Bold: true}
	case 1:
		return widgets.Cell{Text: k.Device.HolderName}
	case 2:
		if k.Device.ID == "" {
			return widgets.Cell{}
		}
		c := widgets.Cell{Text: wording.StateName(w, k.Device.State)}
		if app.MissingNow(k.Device) {
			c.Color = widgets.ColorError
		}
		return c
	case 3:
		if k.When.IsZero() {
			return widgets.Cell{Text: w.T("restore.unfinished"), Color: widgets.ColorWarn}
		}
		return widgets.Cell{Text: w.When(k.When, r.s.Now())}
	}
	return widgets.Cell{Text: w.Size(k.Bytes)}
}

// open looks at the one that is chosen.
func (r *restores) open() {
	at := r.table.SelectedRows()
	if len(at) != 1 || at[0] >= len(r.rows) {
		return
	}
	r.s.Push(newRestoring(r.s, r.p, r.rows[at[0]]))
}
