package screens

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/known"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// restores lists the backups of sticks, the newest first, of which one is chosen to be
// looked at and restored.
type restores struct {
	s     *gui.Session
	p     *Place
	about string // what is searched for at first: a device's name, or ""

	search *widgets.Search
	table  *widgets.Table
	answer *widgets.Banner
	next   *widgets.Button
	page   *fyne.Container
	all    []keptBackup
	rows   []keptBackup
}

// keptBackup is a backup, with the device whose it is.
type keptBackup struct {
	backup.StickBackup
	device devices.Device // zero for one that the register does not know
	at     int64          // the layer that was its newest before the stick was put back to an earlier state; 0 for all
}

// name is what people call the stick.
func (k keptBackup) name() string { return cmp.Or(k.Note.Label, k.device.Name()) }

// fits reports whether it is what somebody searches for.
func (k keptBackup) fits(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, in := range []string{k.Note.Label, k.device.Name(), k.device.HolderName, k.device.Serial, k.Stick} {
		if strings.Contains(strings.ToLower(in), text) {
			return true
		}
	}
	return false
}

// newRestores shows the backups; about is the name of a device whose are wanted, or "".
func newRestores(s *gui.Session, p *Place, about string) *restores {
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
		r.p.lockCommand(r.s),
	}
}

// read lists the backups.
func (r *restores) read() {
	work(r.p, r.s, r.s.Words.T("restore.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) ([]keptBackup, error) {
		return readBackups(ctx, s)
	}, func(all []keptBackup, err error) {
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

// readBackups lists the backups, the newest first.
func readBackups(ctx context.Context, s *school.School) ([]keptBackup, error) {
	shared, err := s.Shared()
	if err != nil {
		return nil, err
	}
	directory, err := s.Directory()
	if err != nil {
		return nil, err
	}
	list, err := backup.List(ctx, shared, directory.Verifier)
	if err != nil {
		return nil, err
	}
	all := make([]keptBackup, len(list))
	for i, b := range list {
		all[i].StickBackup = b
		if d, err := known.Device(ctx, s.Register(), b.Note); err == nil {
			all[i].device = d
		} else if err := context.Cause(ctx); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b keptBackup) int { return b.When.Compare(a.When) })
	return all, nil
}

// show shows those that fit the search.
func (r *restores) show() {
	w := r.s.Words
	r.rows = nil
	for _, k := range r.all {
		if k.fits(r.search.Text()) {
			r.rows = append(r.rows, k)
		}
	}
	r.table.SetEmpty(w.T("restore.none"))
	if len(r.all) > 0 {
		r.table.SetEmpty(w.T("restore.nothing"))
	}
	r.table.SetRows(list[keptBackup]{r.rows, func(k keptBackup) string { return k.Stick }, r.cell})
	if len(r.rows) > 0 && r.about != "" { // the newest of the device that it is about
		r.table.Select(r.rows[0].Stick)
	}
	r.next.SetEnabled(r.table.Count() == 1)
}

func (r *restores) cell(k keptBackup, column int) widgets.Cell {
	w := r.s.Words
	switch column {
	case 0:
		return widgets.Cell{Text: k.name(), Icon: widgets.IconStick, Bold: true}
	case 1:
		return widgets.Cell{Text: k.device.HolderName}
	case 2:
		if k.device.ID == "" {
			return widgets.Cell{}
		}
		c := widgets.Cell{Text: stateName(w, k.device.State)}
		if missingNow(k.device) {
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
