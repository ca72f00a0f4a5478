package loss

import (
	"cmp"
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/loss"
	"stowage/gui/app"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// readInbox counts the reports, and reads them while the authority is unlocked.
func readInbox(ctx context.Context, s *school.School) (waiting int, reports []loss.Report, err error) {
	w, err := loss.WaitingAt(s.Dir())
	if err != nil || w.Reports == 0 {
		return 0, nil, err
	}
	if _, err := s.Authority(); err != nil {
		return w.Reports, nil, nil
	}
	shared, err := s.Shared()
	if err != nil {
		return 0, nil, err
	}
	in, err := loss.OpenInbox(s, shared.Inbox())
	if err != nil {
		return 0, nil, err
	}
	reports, err = in.Reports(ctx)
	return w.Reports, reports, err
}

// reportsAtOnce is how many reports are drawn before somebody asks for more: whoever fills
// the inbox must not make the window slow.
const reportsAtOnce = 50

// inboxRows are the loss reports that wait.
func (l *incidents) inboxRows() []fyne.CanvasObject {
	w := l.s.Words
	if l.now.waiting == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{widgets.Heading(w.N("incidents.inbox", l.now.waiting))}
	if len(l.now.reports) == 0 {
		unlock := widgets.NewButton(w.T("incidents.unlock"), widgets.IconUnlock.Resource(), func() {
			l.p.WithAuthority(l.s, "incidents.why.inbox", func(*school.School) { l.refresh() })
		})
		return append(rows, widgets.Row(2, widgets.Muted(w.T("incidents.sealed")), widgets.Spring(), unlock))
	}
	for i, r := range l.now.reports {
		if i < l.shown || r.Err != nil {
			rows = append(rows, l.report(r))
		}
	}
	if more := min(reportsAtOnce, len(l.now.reports)-l.shown); more > 0 {
		rows = append(rows, widgets.Row(2, widgets.NewButton(w.N("widgets.timeline.more", more), nil, func() {
			l.shown += reportsAtOnce
			l.show()
		}), widgets.Spring()))
	}
	return rows
}

// report is one loss report, with what can be done with it.
func (l *incidents) report(r loss.Report) fyne.CanvasObject {
	w := l.s.Words
	if r.Err != nil {
		m := l.s.Explain(r.Err)
		return widgets.Column(-2, widgets.Heading(w.N("incidents.unread", r.Unread)), widgets.NewBanner(m).View)
	}
	title := widgets.Body(w.T("incidents.report", "name", r.Reporter.Name, "device", cmp.Or(r.Device.Label, r.Device.Description)))
	title.TextStyle.Bold = true
	text := widgets.Column(-2, title, widgets.Muted(w.T("incidents.received", "when", w.DateTime(r.Received))))
	for _, more := range []string{r.Place, r.Circumstances} {
		if more != "" {
			text.Add(widgets.Body(more))
		}
	}
	if r.Reporter.Contact != "" {
		text.Add(widgets.Body(w.T("incidents.contact", "contact", r.Reporter.Contact)))
	}
	if len(r.Same) > 0 {
		text.Add(widgets.Muted(w.T("incidents.same")))
	}
	accept := widgets.NewPrimary(w.T("incidents.accept"), nil, func() { l.accept(r) })
	merge := widgets.NewButton(w.T("incidents.merge"), nil, func() { l.merge(r) })
	buttons := widgets.Row(2, widgets.Spring(), merge, accept)
	if len(l.openOnes()) == 0 {
		merge.Hide()
	}
	return widgets.Card(widgets.Column(1, text, buttons))
}

// accept makes an incident of a report, or adds it to the one about the same.
func (l *incidents) accept(r loss.Report) {
	l.p.WithAuthority(l.s, "authority.why.lost", func(*school.School) {
		merged := false
		app.Work(l.p, l.s, l.s.Words.T("incidents.accepting"), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Incident, error) {
			i, m, _, err := loss.Accept(ctx, s, r)
			merged = m
			return i, err
		}, func(i devices.Incident, err error) { l.accepted(i, merged, err) })
	})
}

func (l *incidents) accepted(i devices.Incident, merged bool, err error) {
	var behind *school.PublishError
	if err != nil {
		l.s.Fail(err)
		if !errors.As(err, &behind) {
			l.refresh()
			return
		}
	}
	if merged {
		l.s.Toast(l.s.Words.T("incidents.merged"), nil)
	} else {
		l.s.Toast(l.s.Words.T("incidents.accepted"), nil)
	}
	l.s.Push(NewCase(l.s, l.p, i.ID))
}

// merge asks which open incident a report belongs to.
func (l *incidents) merge(r loss.Report) {
	w := l.s.Words
	var d *widgets.Dialog
	rows := widgets.Column(1)
	for _, i := range l.openOnes() {
		rows.Add(widgets.NewAction(widgets.IconIncident, w.T("incident.title."+lossKey(i.Kind), "name", i.name()), i.holder, func() {
			d.Close()
			app.Work(l.p, l.s, w.T("incidents.accepting"), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Incident, error) {
				return loss.Merge(ctx, s, r, i.ID)
			}, func(i devices.Incident, err error) { l.accepted(i, true, err) })
		}))
	}
	scroll := container.NewVScroll(rows)
	scroll.SetMinSize(fyne.NewSize(460, 240))
	cancel := widgets.NewButton(w.T("widgets.cancel"), nil, func() { d.Close() })
	d = widgets.ShowDialog(l.s.Window.Canvas(), w.T("incidents.merge"), widgets.Column(2, scroll, widgets.Row(2, widgets.Spring(), cancel)), nil)
}

// telephone opens an incident for somebody on the telephone.
func (l *incidents) telephone() { l.s.Push(newTelephone(l.s, l.p)) }

// lossKey is the part of a word's key that a kind of loss has.
func lossKey(k devices.LossKind) i18n.Key {
	switch k {
	case devices.WasLost:
		return "lost"
	case devices.WasStolen:
		return "stolen"
	}
	return "unsure"
}
