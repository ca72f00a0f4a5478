// Package audit is the page on which ICT counts devices with a scanner, and takes them
// back. A failure of one of many is named, and stops no other.
package audit

import (
	"context"
	"io"

	schoolaudit "stowage/devices/school/audit"

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

// audit is the page on which many devices are scanned one after the other, to see
// that they are there or to take them back.
type audit struct {
	s *gui.Session
	p *app.Place

	audit   *schoolaudit.Audit // nil until it has begun
	waiting []string           // scanned and not looked up yet
	busy    bool               // the audit is in use by a job

	entry   *widgets.Entry
	place   *widgets.Entry
	answer  *widgets.Banner
	counts  *widget.RichText
	table   *widgets.Table
	view    *widgets.Busy
	missing bool // the table shows what was not scanned
	which   *widgets.Button
	buttons []*widgets.Button // that need something scanned
}

// Page is the page on which ICT counts devices and takes them back.
func Page(p *app.Place) gui.Route {
	return app.PageOf(app.AuditRoute, p.Route(func(s *gui.Session, p *app.Place) gui.Screen { return newAudit(s, p) }))
}

func newAudit(s *gui.Session, p *app.Place) *audit { return &audit{s: s, p: p} }

// Title is part of gui.Screen.
func (a *audit) Title() string { return a.s.Words.T("audit.title") }

// Content is part of gui.Screen.
func (a *audit) Content() fyne.CanvasObject {
	t := a.s.Words.T
	a.entry, a.place = widgets.NewEntry(t("audit.scan.example"), nil), widgets.NewEntry(t("audit.place.example"), nil)
	a.entry.Label, a.place.Label = t("audit.scan"), t("audit.place")
	a.entry.OnSubmitted = a.scanned
	a.answer = widgets.NewBanner(widgets.Message{Kind: widgets.Info, Happened: t("audit.ready"), Next: t("audit.ready.next")})
	a.counts = widgets.Muted("")
	a.table = widgets.NewTable(a.s.Words, widgets.TableOptions{
		Label: t("audit.title"), Empty: t("audit.empty"), Now: a.s.Now,
		Columns: []widgets.TableColumn{
			{Title: t("audit.column.result"), Width: 180, Fixed: true},
			{Title: t("audit.column.device"), Width: 130, Fixed: true},
			{Title: t("audit.column.holder"), Width: 150, Grow: true, Fixed: true},
			{Title: t("audit.column.done"), Width: 120, Fixed: true},
		},
		Key: a.key,
	})
	a.which = widgets.NewQuiet(t("audit.show.missing"), widgets.IconFilter.Resource(), a.toggle)
	seen := widgets.NewPrimary(t("audit.seen"), widgets.Icon("check").Resource(), a.markSeen)
	back := widgets.NewButton(t("audit.back"), widgets.Icon("return").Resource(), a.takeBack)
	a.buttons = []*widgets.Button{seen, back}
	fields := container.NewGridWithColumns(2, a.entry, a.place)
	head := widgets.Column(2, fields, a.answer.View, container.NewBorder(nil, nil, nil, a.which, a.counts))
	foot := widgets.Row(2, widgets.Spring(), back, seen)
	a.view = widgets.NewBusy(a.s.Words, container.NewBorder(head, container.NewPadded(foot), nil, nil, a.table.View))
	a.show()
	return a.view.View
}

// Actions is part of gui.Actor.
func (a *audit) Actions() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		widgets.NewQuiet(a.s.Words.T("audit.again"), nil, a.again),
		widgets.NewQuiet(a.s.Words.T("audit.export"), widgets.Icon("download").Resource(), a.export),
	}
}

// Shown is part of gui.Shower.
func (a *audit) Shown() {
	if a.audit == nil && !a.busy {
		a.begin()
	}
}

// Focus is part of gui.Focuser.
func (a *audit) Focus() fyne.Focusable { return a.entry }

// Leave is part of gui.Leaver: what was scanned and not recorded is asked about.
func (a *audit) Leave(proceed func()) {
	if a.audit == nil || !a.unrecorded() {
		proceed()
		return
	}
	t := a.s.Words.T
	a.s.Ask(widgets.Question{Title: t("audit.leave"), Text: t("audit.leave.text"), Yes: t("audit.leave.yes"), No: t("audit.leave.no"), Danger: true}, func(yes bool) {
		if yes {
			a.audit = nil
			a.show()
			proceed()
		}
	})
}

// unrecorded reports whether a device was scanned of which nothing is recorded.
func (a *audit) unrecorded() bool {
	for _, s := range a.audit.Scans() {
		if s.Device.ID != "" && s.Done == "" {
			return true
		}
	}
	return false
}

// Commands is part of gui.Commander.
func (a *audit) Commands() []widgets.Command {
	none := func() bool { return a.audit == nil || a.busy }
	return []widgets.Command{
		{Name: a.s.Words.T("audit.seen"), Run: a.markSeen, Disabled: none},
		{Name: a.s.Words.T("audit.back"), Run: a.takeBack, Disabled: none},
		{Name: a.s.Words.T("audit.export"), Key: fyne.KeyE, Modifier: widgets.Ctrl, Run: a.export, Disabled: none},
	}
}

func (a *audit) begin() {
	a.busy = true
	app.Work(a.p, a.s, a.s.Words.T("audit.beginning"), func(ctx context.Context, s *school.School, _ jobs.Progress) (*schoolaudit.Audit, error) {
		return schoolaudit.Begin(ctx, s, devices.DeviceQuery{})
	}, func(begun *schoolaudit.Audit, err error) {
		a.busy = false
		if err != nil {
			a.answer.Set(a.s.Explain(err))
			return
		}
		a.audit = begun
		a.show()
		a.next()
	})
}

// scanned takes what a scanner or a person typed. A scanner is faster than the
// register, so that what it types waits in a queue.
func (a *audit) scanned(text string) {
	a.entry.SetText("")
	a.s.Window.Canvas().Focus(a.entry)
	if text == "" {
		return
	}
	a.waiting = append(a.waiting, text)
	a.next()
}

func (a *audit) next() {
	if a.busy || len(a.waiting) == 0 || a.audit == nil {
		return
	}
	text := a.waiting[0]
	a.waiting, a.busy = a.waiting[1:], true
	app.Work(a.p, a.s, a.s.Words.T("audit.looking"), func(ctx context.Context, _ *school.School, _ jobs.Progress) (schoolaudit.Scan, error) {
		return a.audit.Scan(ctx, text)
	}, func(scan schoolaudit.Scan, err error) {
		a.busy = false
		if err != nil {
			a.answer.Set(a.s.Explain(err))
		} else {
			a.answer.Set(a.told(scan))
			a.show()
		}
		a.next()
	})
}

// told is the answer to a scan: never by colour alone.
func (a *audit) told(scan schoolaudit.Scan) widgets.Message {
	name := scan.Device.Name()
	if name == "" {
		name = scan.Text
	}
	key := resultKeys[scan.Result]
	m := widgets.Message{Kind: resultKinds[scan.Result], Happened: a.s.Words.T(key+".told", "name", name)}
	switch {
	case scan.Result == schoolaudit.ScanStranger:
		m.Next = a.s.Words.T("audit.result.stranger.next")
	case scan.Result == schoolaudit.ScanMissing:
		m.Next = a.s.Words.T("audit.result.lost.next")
	case scan.Device.HolderName != "":
		m.Next = a.s.Words.T("audit.with", "holder", scan.Device.HolderName)
	}
	return m
}

func (a *audit) markSeen() { a.record("audit.marking", "audit.marked", a.auditMarkSeen) }

func (a *audit) auditMarkSeen(ctx context.Context, place string) ([]school.Outcome, error) {
	return a.audit.MarkSeen(ctx, place)
}

func (a *audit) takeBack() {
	t := a.s.Words.T
	n := a.audit.Returnable()
	if n == 0 {
		a.answer.Set(widgets.Message{Kind: widgets.Info, Happened: t("audit.back.none"), Next: t("audit.back.none.next")})
		a.next()
		return
	}
	a.s.Ask(widgets.Question{Title: a.s.Words.N("audit.back.ask", n), Text: t("audit.back.text"), Yes: t("audit.back")}, func(yes bool) {
		if yes {
			a.record("audit.taking", "audit.taken", func(ctx context.Context, place string) ([]school.Outcome, error) {
				return a.audit.TakeBack(ctx, place, devices.Facts{})
			})
		}
	})
}

func (a *audit) record(name, done i18n.Key, do func(context.Context, string) ([]school.Outcome, error)) {
	if a.busy || a.audit == nil {
		return
	}
	a.busy = true
	place := a.place.Text
	job := app.Work(a.p, a.s, a.s.Words.T(name), func(ctx context.Context, _ *school.School, _ jobs.Progress) ([]school.Outcome, error) {
		return do(ctx, place)
	}, func(all []school.Outcome, err error) {
		a.busy = false
		a.show()
		if err != nil {
			a.s.Fail(err)
		} else {
			wording.SetOutcomes(a.s, a.answer, wording.OutcomesTold(a.s, done, all))
		}
		a.next()
	})
	a.view.Follow(job)
}

func (a *audit) export() {
	if a.audit == nil || a.busy {
		return
	}
	a.s.Choose.Folder(a.s.Words.T("audit.export.where"), func(folder string) {
		name := a.s.Words.T("audit.file", "date", a.s.Now().Format("2006-01-02")) + ".csv"
		path, err := form.WriteInto(folder, name, func(w io.Writer) error { return a.audit.Export(w) })
		if err != nil {
			a.s.Fail(err)
			return
		}
		a.s.Toast(a.s.Words.T("audit.exported", "path", path), nil)
	})
}

// again begins a new audit.
func (a *audit) again() {
	if a.busy {
		return
	}
	a.Leave(func() {
		a.audit, a.missing = nil, false
		a.answer.Set(widgets.Message{Kind: widgets.Info, Happened: a.s.Words.T("audit.ready"), Next: a.s.Words.T("audit.ready.next")})
		a.begin()
	})
}
