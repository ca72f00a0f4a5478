package register

import (
	"context"

	"stowage/devices/school/backup"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/layout"

	"fyne.io/fyne/v2/container"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// deviceSide is what is known of one device, beside the register.
type deviceSide struct {
	view   *fyne.Container
	r      *register
	id     string
	shown  int64 // the version that is shown
	cancel func()
	rec    record
	files  *backup.Listing // what was on it; nil until that was asked for
}

func newDeviceSide(r *register) *deviceSide {
	return &deviceSide{r: r, view: widgets.Column(3), cancel: func() {}}
}

// forget shows no device.
func (v *deviceSide) forget() {
	v.cancel()
	v.id, v.shown, v.files = "", 0, nil
}

// follow shows a device, once the selection has rested.
func (v *deviceSide) follow(id string) {
	d, known := v.r.rows.known[id]
	if v.files != nil && (id != v.id || !v.r.p.Authority.Unlocked()) {
		v.files = nil // names of files stay no longer than the authority is unlocked
		v.view.Objects = v.draw(v.rec)
		v.view.Refresh()
	}
	if id == v.id && (!known || d.Version == v.shown) {
		return
	}
	v.cancel()
	if id != v.id {
		v.view.Objects = nil
		if known {
			v.view.Objects = []fyne.CanvasObject{v.head(d), widgets.Muted(v.r.s.Words.T("register.reading"))}
		}
		v.view.Refresh()
	}
	v.id = id
	v.cancel = v.r.s.After(selectionPause, func() { v.read(id) })
}

// record is everything about a device.
type record struct {
	device devices.Device
	holder devices.Holder
	loans  []devices.Loan
	events []devices.Event
	names  map[string]string // of the holders in events
}

// mostEvents bounds how much history is read.
const mostEvents = 10 * devices.MaxPage

// read reads everything about a device.
func (v *deviceSide) read(id string) {
	app.Work(v.r.p, v.r.s, v.r.s.Words.T("register.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (record, error) {
		return readRecord(ctx, s.Register(), id)
	}, func(rec record, err error) {
		if v.id != id {
			return // another one is selected meanwhile
		}
		if err != nil {
			m := v.r.s.Explain(err)
			v.view.Objects = []fyne.CanvasObject{widgets.NewBanner(m).View}
		} else {
			v.shown, v.rec = rec.device.Version, rec
			v.view.Objects = v.draw(rec)
		}
		v.view.Refresh()
	})
}

// contents is what was on a stick, as the school last knew: shown only while the
// authority is unlocked.
func (v *deviceSide) contents(d devices.Device) fyne.CanvasObject {
	w := v.r.s.Words
	restore := widgets.NewButton(w.T("restore.command"), widgets.Icon("history").Resource(), func() { v.r.p.Push(v.r.s, app.Restore{About: d.Name()}) })
	if v.files != nil {
		return widgets.Column(1, form.ListedFiles(w, *v.files), widgets.Row(0, restore))
	}
	show := widgets.NewButton(w.T("contents.show"), widgets.IconUnlock.Resource(), v.showContents)
	return widgets.Column(1, widgets.Muted(w.T("contents.sealed")), container.New(layout.NewRowWrapLayout(), show, restore))
}

func (v *deviceSide) showContents() {
	form.AskWhyOpened(v.r.s, v.showContentsFor)
}

func (v *deviceSide) showContentsFor(reason string) {
	id := v.id
	v.r.p.WithAuthority(v.r.s, "incident.why.files", func(*school.School) {
		app.Work(v.r.p, v.r.s, v.r.s.Words.T("contents.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (backup.Listing, error) {
			return backup.LastKnown(ctx, s, id, reason)
		}, func(l backup.Listing, err error) {
			if v.id != id {
				return
			}
			if err != nil {
				v.r.s.Fail(err)
				return
			}
			v.files = &l
			v.view.Objects = v.draw(v.rec)
			v.view.Refresh()
		})
	})
}

func readRecord(ctx context.Context, r *devices.Register, id string) (rec record, err error) {
	if rec.device, err = r.Device(ctx, id); err != nil {
		return rec, err
	}
	rec.names = map[string]string{}
	if rec.device.Holder != "" {
		if rec.holder, err = r.Holder(ctx, rec.device.Holder); err != nil {
			return rec, err
		}
	}
	if rec.loans, err = r.Loans(ctx, devices.LoanQuery{Device: id}); err != nil {
		return rec, err
	}
	q := devices.EventQuery{Device: id, Limit: devices.MaxPage}
	for len(rec.events) < mostEvents {
		page, err := r.Events(ctx, q)
		if err != nil {
			return rec, err
		}
		rec.events = append(rec.events, page...)
		if len(page) < q.Limit {
			break
		}
		q.After = page[len(page)-1].Number
	}
	for _, e := range rec.events {
		if _, ok := rec.names[e.Holder]; e.Holder == "" || ok {
			continue
		}
		h, err := r.Holder(ctx, e.Holder)
		if err != nil {
			return rec, err
		}
		rec.names[h.ID] = h.Name
	}
	return rec, nil
}

// head is the device's name and state.
func (v *deviceSide) head(d devices.Device) fyne.CanvasObject {
	w := v.r.s.Words
	name := widgets.Heading(d.Name())
	name.Truncation = fyne.TextTruncateEllipsis
	state := wording.StateName(w, d.State)
	if d.Overdue(v.r.s.Now()) {
		state = w.T("register.state.overdue", "state", state)
	}
	return widgets.Column(-1, name, widgets.Muted(w.T("register.state.since", "state", state, "day", w.Date(d.Since))))
}

// draw shows everything about a device.
func (v *deviceSide) draw(rec record) []fyne.CanvasObject {
	w, d := v.r.s.Words, rec.device
	buttons := container.New(layout.NewRowWrapLayout(), widgets.NewButton(w.T("register.edit"), widgets.Icon("edit").Resource(), v.r.edit))
	for i, a := range devices.Allowed(d.State) {
		if i < 3 {
			buttons.Add(widgets.NewButton(w.T(wording.ActionKey(a)), actionIcons[a].Resource(), func() { v.r.act(a) }))
		}
	}
	if app.CanCheckIn(d) {
		buttons.Add(widgets.NewButton(w.T("checkin.one"), widgets.Icon("return").Resource(), func() { v.r.p.Go(v.r.s, app.CheckIn{Device: d.ID}) }))
	}
	more := widgets.NewQuiet(w.T("register.actions"), widgets.Icon("more").Resource(), nil)
	more.OnTapped = func() { v.r.showMenu(more) }
	buttons.Add(more)
	objects := []fyne.CanvasObject{v.head(d), buttons}
	section := func(title i18n.Key, content ...fyne.CanvasObject) {
		objects = append(objects, widgets.Column(1, append([]fyne.CanvasObject{widgets.Heading(w.T(title))}, content...)...))
	}
	was := func(now bool) {
		if now && d.Seen.Stick != "" {
			section("contents.title", v.contents(d))
		}
	}
	was(app.MissingNow(d)) // then it is what matters
	if d.Holder != "" {
		section("register.section.loan", loanDetails(w, rec))
	}
	section("register.section.protection", protection(w, d),
		container.New(layout.NewRowWrapLayout(), widgets.NewButton(w.T("register.verify"), widgets.IconShield.Resource(), v.r.verify)))
	was(!app.MissingNow(d))
	section("register.section.facts", facts(w, d))
	section("register.section.history", widgets.Timeline(w, moments(w, rec)))
	return objects
}

// showMenu shows everything that can be done with the selected rows.
func (r *register) showMenu(below fyne.CanvasObject) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(below).AddXY(0, below.Size().Height)
	form.PopUpMenu(r.s, r.menu(), at)
}

func loanDetails(w *i18n.Words, rec record) fyne.CanvasObject {
	d := rec.device
	due := ""
	if !d.Due.IsZero() {
		due = w.Date(devices.DueDay(d.Due, w.Zone()))
	}
	list := []widgets.Detail{
		{Name: w.T("register.column.holder"), Value: d.HolderName},
		{Name: w.T("register.email"), Value: rec.holder.Email},
		{Name: w.T("register.column.due"), Value: due},
	}
	for _, l := range rec.loans {
		if l.ID == d.Loan {
			list = append(list, widgets.Detail{Name: w.T("register.issued"), Value: w.Date(l.From)})
			if l.Extensions > 0 {
				list = append(list, widgets.Detail{Name: w.T("register.extended"), Value: w.N("register.times", l.Extensions)})
			}
		}
	}
	return widgets.Details(list...)
}

// protection says how a device is protected, as it was verified.
func protection(w *i18n.Words, d devices.Device) fyne.CanvasObject {
	e := d.Encryption
	if e.At.IsZero() {
		return widgets.NewBanner(widgets.Message{Kind: widgets.Warn, Happened: w.T("register.protection.never"), Next: w.T("register.protection.never.next")}).View
	}
	if !e.Encrypted {
		return widgets.Column(1,
			widgets.NewBanner(widgets.Message{Kind: widgets.Bad, Happened: w.T("register.protection.plain"), Next: w.T("register.protection.plain.next")}).View,
			verification(w, e))
	}
	return widgets.Column(1, widgets.NewBanner(widgets.Message{Kind: widgets.Good, Happened: w.T("register.protection.good", "method", e.Method)}).View, verification(w, e))
}

func verification(w *i18n.Words, e devices.Verification) fyne.CanvasObject {
	return widgets.Details(
		widgets.Detail{Name: w.T("register.protection.how"), Value: e.Method},
		widgets.Detail{Name: w.T("register.protection.by"), Value: e.By},
		widgets.Detail{Name: w.T("register.protection.when"), Value: w.DateTime(e.At)},
		widgets.Detail{Name: w.T("register.note"), Value: e.Note},
	)
}

func facts(w *i18n.Words, d devices.Device) fyne.CanvasObject {
	capacity, seen := "", ""
	if d.Capacity > 0 {
		capacity = w.Size(d.Capacity)
	}
	if !d.Seen.At.IsZero() {
		seen = w.DateTime(d.Seen.At)
		if d.Seen.Place != "" {
			seen += ", " + d.Seen.Place
		}
	}
	return widgets.Details(
		widgets.Detail{Name: w.T("register.column.kind"), Value: wording.KindName(w, d.Kind)},
		widgets.Detail{Name: w.T("register.make"), Value: d.Make},
		widgets.Detail{Name: w.T("register.model"), Value: d.Model},
		widgets.Detail{Name: w.T("register.column.serial"), Value: d.Serial},
		widgets.Detail{Name: w.T("register.column.label"), Value: d.Label},
		widgets.Detail{Name: w.T("register.capacity"), Value: capacity},
		widgets.Detail{Name: w.T("register.column.site"), Value: d.Site},
		widgets.Detail{Name: w.T("register.column.seen"), Value: seen},
		widgets.Detail{Name: w.T("register.added"), Value: w.Date(d.Added)},
		widgets.Detail{Name: w.T("register.notes"), Value: d.Notes},
	)
}
