package checkin

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"stowage/devices/school/lifecycle"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/ict/paperwork"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// returnSteps is what is typed while a stick is led through its return.
type returnSteps struct {
	where   *widget.Entry // where it was found, and who brought it
	closing *closing      // of the incident at hand
}

// drawResult shows what a check-in found. One that was lost is led through its return,
// step by step: what changed, take it back, the incident, and what becomes of it.
func (c *CheckIns) drawResult() {
	w, r := c.s.Words, c.result
	d := r.checkIn.Device
	rows := widgets.Narrow(3, widgets.Heading(d.Name()), widgets.NewBanner(c.healthMessage()).View)
	if r.checkIn.ReadOnly {
		rows.Add(widgets.NewBanner(readOnlyMessage(w, r.checkIn.CodeDue)).View)
	}
	for _, m := range c.programMessages() {
		rows.Add(widgets.NewBanner(m).View)
	}
	if r.checkIn.Tampered != nil {
		rows.Add(widgets.NewBanner(c.s.Explain(r.checkIn.Tampered)).View)
	}
	for _, row := range c.forkRows() {
		rows.Add(row)
	}
	switch {
	case r.checkIn.BackupErr != nil:
		rows.Add(widgets.NewBanner(c.s.Explain(r.checkIn.BackupErr)).View)
	case r.checkIn.Backup != nil:
		rows.Add(widgets.NewBanner(widgets.Message{Kind: widgets.Good, Happened: w.T("checkin.backedup")}).View)
	}
	if r.returning {
		rows.Add(widgets.Card(c.changedCard()))
		rows.Add(widgets.Card(c.backCard(d)))
		rows.Add(widgets.Card(c.incidentCard()))
		rows.Add(widgets.Card(c.nextCard(d)))
	}
	buttons := widgets.Row(2, widgets.NewButton(w.T("checkin.another"), nil, c.another))
	if !r.returning { // it is checked in once more, which would forget what was typed
		buttons.Add(widgets.NewButton(w.T("programs.choose"), nil, c.choosePrograms))
	}
	rows.Add(buttons)
	c.set(rows)
}

// another goes back to the sticks that are here. What was typed and not recorded is
// not thrown away unasked.
func (c *CheckIns) another() {
	leave := func() {
		c.result, c.steps = nil, returnSteps{}
		c.answer.Clear()
		c.draw()
		c.look()
	}
	if c.steps.closing == nil || !c.steps.closing.changed() {
		leave()
		return
	}
	w := c.s.Words
	c.s.Ask(widgets.Question{Title: w.T("incident.leave"), Text: w.T("incident.leave.text"), Yes: w.T("incident.leave.yes"), No: w.T("incident.leave.no")}, func(yes bool) {
		if yes {
			leave()
		}
	})
}

// readOnlyMessage says of a stick that could only be read what it was not given; codeDue is
// that its recovery code, which was given out, is to be replaced.
func readOnlyMessage(w *i18n.Words, codeDue bool) widgets.Message {
	m := widgets.Message{Kind: widgets.Info, Happened: w.T("checkin.readonly"), Files: w.T("checkin.readonly.files"), Next: w.T("checkin.readonly.next")}
	if codeDue {
		m.Kind, m.Happened = widgets.Warn, w.T("checkin.readonly.code")
	}
	return m
}

func (c *CheckIns) healthMessage() widgets.Message {
	w, check := c.s.Words, c.result.check
	if check.Healthy() {
		return wording.HealthyMessage(w, check)
	}
	m := widgets.Message{Kind: widgets.Bad, Happened: w.N("care.problems", len(check.Problems)), Next: w.T("checkin.problems.next")}
	for _, p := range check.Problems {
		m.Details += p.String() + "\n"
	}
	return m
}

// changedCard says what changed since the last backup.
func (c *CheckIns) changedCard() fyne.CanvasObject {
	r := c.result
	column := widgets.Column(1, widgets.Heading(c.s.Words.T("checkin.changed")))
	if r.compared != nil && !errors.Is(r.compared, fs.ErrNotExist) {
		column.Add(widgets.NewBanner(c.s.Explain(r.compared)).View)
		return column
	}
	for _, text := range c.changedText() {
		column.Add(widgets.Body(text))
	}
	return column
}

// changedText says in sentences what changed since the last backup.
func (c *CheckIns) changedText() []string {
	w, r := c.s.Words, c.result
	switch {
	case !wasCompared(r):
		return []string{w.T("checkin.changed.unknown")}
	case r.changes.None():
		return []string{w.T("checkin.changed.none", "when", w.When(r.changes.Since, c.s.Now()))}
	}
	text := []string{w.T("checkin.changed.since", "when", w.When(r.changes.Since, c.s.Now()))}
	if n := r.changes.Added; len(n) > 0 {
		text = append(text, w.T("checkin.changed.added", "names", wording.SomeNames(w, n)))
	}
	if n := r.changes.Changed; len(n) > 0 {
		text = append(text, w.T("checkin.changed.changed", "names", wording.SomeNames(w, n)))
	}
	if n := r.changes.Gone; len(n) > 0 {
		text = append(text, w.T("checkin.changed.gone", "names", wording.SomeNames(w, n)))
	}
	return text
}

// wasCompared reports whether a stick could be compared with its backup.
func wasCompared(r *checkedIn) bool { return r.compared == nil && !r.changes.Since.IsZero() }

// backCard takes the stick back in the register.
func (c *CheckIns) backCard(d devices.Device) fyne.CanvasObject {
	w := c.s.Words
	column := widgets.Column(2, widgets.Heading(w.T("checkin.back")))
	if !app.WentMissing(d) {
		column.Add(widgets.NewBanner(widgets.Message{Kind: widgets.Good, Happened: w.T("checkin.back.done", "state", wording.StateName(w, d.State))}).View)
		return column
	}
	if c.steps.where == nil {
		c.steps.where = form.Lines(2)
	}
	actions := []devices.Action{devices.Find, devices.Return}
	if d.State == devices.Found {
		actions = actions[1:]
	}
	column.Add(widgets.Body(w.T("checkin.back.text")))
	column.Add(widgets.NewField(w.T("checkin.back.where"), c.steps.where, w.T("checkin.back.where.hint")).View)
	column.Add(widgets.Row(2, widgets.Spring(), widgets.NewPrimary(w.T("checkin.back.do"), widgets.Icon("return").Resource(), func() {
		c.act(strings.TrimSpace(c.steps.where.Text), actions...)
	})))
	return column
}

// act records actions on the stick, all of them or none.
func (c *CheckIns) act(note string, actions ...devices.Action) {
	id := c.result.checkIn.Device.ID
	c.p.WithAuthority(c.s, "checkin.why", func(*school.School) {
		c.view.Follow(app.Work(c.p, c.s, c.s.Words.T("checkin.recording"), func(ctx context.Context, s *school.School, _ jobs.Progress) (d devices.Device, err error) {
			return actAll(ctx, s, id, devices.Facts{Note: note}, actions)
		}, func(d devices.Device, err error) { c.acted(d, err) }))
	})
}

// actAll records actions on a device, one after the other. What was recorded stands,
// whether or not the directory could be published with it.
func actAll(ctx context.Context, s *school.School, id string, f devices.Facts, actions []devices.Action) (d devices.Device, err error) {
	for _, a := range actions {
		if a == devices.Return {
			f.Condition, f.Note = f.Note, ""
		}
		d, _, err = lifecycle.Act(ctx, s, id, a, f)
		if _, late := errors.AsType[*school.PublishError](err); err != nil && !late {
			return d, err
		}
	}
	return d, err
}

// acted shows what an action came to.
func (c *CheckIns) acted(d devices.Device, err error) {
	if err != nil {
		c.s.Fail(err)
	}
	if d.ID != "" {
		c.result.checkIn.Device = d
	}
	c.drawResult()
}

// incidentCard leads to the end of the open incident about the loss.
func (c *CheckIns) incidentCard() fyne.CanvasObject {
	w := c.s.Words
	column := widgets.Column(2, widgets.Heading(w.T("checkin.incident")))
	if len(c.result.incidents) == 0 {
		c.steps.closing = nil
		column.Add(widgets.NewBanner(widgets.Message{Kind: widgets.Good, Happened: w.T("checkin.incident.none")}).View)
		return column
	}
	if app.WentMissing(c.result.checkIn.Device) {
		column.Add(widgets.Body(w.T("checkin.incident.later")))
		return column
	}
	i := c.result.incidents[0]
	if c.steps.closing == nil || c.steps.closing.incident.ID != i.ID || c.steps.closing.incident.Version != i.Version {
		c.steps.closing = newClosing(c, i)
	}
	column.Add(c.steps.closing.view)
	return column
}

// nextCard is what may become of the stick.
func (c *CheckIns) nextCard(d devices.Device) fyne.CanvasObject {
	w := c.s.Words
	column := widgets.Column(2, widgets.Heading(w.T("checkin.next")))
	if d.State == devices.Destroyed {
		column.Add(widgets.Body(w.T("checkin.next.destroyed")))
		column.Add(widgets.Row(2, widgets.NewPrimary(w.T("checkin.next.certificate"), widgets.Icon("pdf").Resource(), func() { c.papers().Certificate(d) })))
		return column
	}
	can := func(a devices.Action) bool {
		return !app.WentMissing(d) && slices.Contains(devices.Allowed(d.State), a)
	}
	issue := widgets.NewButton(w.T("checkin.next.issue"), widgets.IconIssue.Resource(), func() { c.p.Go(c.s, app.Issue{Drive: c.path()}) })
	retire := widgets.NewButton(w.T("checkin.next.retire"), widgets.Icon("archive").Resource(), func() {
		c.s.Ask(widgets.Question{Title: w.T("checkin.next.retire"), Text: w.T("checkin.next.retire.text", "label", d.Name()), Yes: w.T("checkin.next.retire.yes"), Danger: true}, func(yes bool) {
			if yes {
				c.act("", devices.Retire)
			}
		})
	})
	destroy := widgets.NewButton(w.T("checkin.next.destroy"), widgets.Icon("delete").Resource(), func() { c.destroy(d) })
	issue.SetEnabled(can(devices.Issue))
	retire.SetEnabled(can(devices.Retire))
	destroy.SetEnabled(can(devices.Destroy))
	column.Add(widgets.Body(w.T("checkin.next.text")))
	column.Add(form.NewFlow(3, issue, retire, destroy))
	return column
}

// path is where the stick is that was checked in; "" when it is gone.
func (c *CheckIns) path() string {
	for _, h := range c.here {
		if h.Device.ID == c.result.checkIn.Device.ID {
			return h.path
		}
	}
	return ""
}

// papers writes papers about the stick.
func (c *CheckIns) papers() paperwork.Desk {
	return paperwork.Desk{S: c.s, P: c.p, Follow: func(j *jobs.Job) { c.view.Follow(j) }}
}

// destroy records how the stick was destroyed and who saw it, and offers the
// certificate.
func (c *CheckIns) destroy(d devices.Device) {
	w := c.s.Words
	end := paperwork.NewDestruction(w)
	says := form.Says{Title: w.T("checkin.next.destroy.title", "label", d.Name()), Text: w.T("checkin.next.destroy.text"), Yes: w.T("checkin.next.destroy.yes"), Danger: true}
	c.p.WithAuthority(c.s, "checkin.why", func(*school.School) {
		form.Show(c.s, says, end.Fields(), end.Method.Entry, func(f *form.Form) {
			var facts devices.Facts
			if !end.Into(f, &facts) {
				return
			}
			f.Follow(app.Work(c.p, c.s, w.T("checkin.recording"), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Device, error) {
				return actAll(ctx, s, d.ID, facts, []devices.Action{devices.Destroy})
			}, func(now devices.Device, err error) {
				if now.State != devices.Destroyed {
					f.Refuse(err)
					return
				}
				f.Dialog.Close()
				c.acted(now, err)
				c.papers().Certificate(now)
			}))
		})
	})
}
