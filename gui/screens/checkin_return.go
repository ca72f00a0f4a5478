package screens

import (
	"context"
	"errors"
	"io/fs"

	"fyne.io/fyne/v2"

	"stowage/cmd/school"
	"stowage/devices"
	"stowage/gui/jobs"
	"stowage/gui/parts"
)

// drawResult shows what a check-in found. One that was lost is led through its return,
// step by step: what changed, take it back, the incident, and what becomes of it.
func (c *checkIns) drawResult() {
	w, r := c.s.Words, c.result
	d := r.sight.Device
	rows := parts.Narrow(3, parts.Heading(d.Name()), parts.NewBanner(c.healthMessage()).View)
	if r.sight.Tampered != nil {
		rows.Add(parts.NewBanner(c.s.Explain(r.sight.Tampered)).View)
	}
	if r.sight.Older {
		rows.Add(parts.NewBanner(parts.Message{Kind: parts.Bad, Happened: w.T("checkin.older"), Next: w.T("checkin.older.next")}).View)
	}
	switch {
	case r.sight.BackupErr != nil:
		rows.Add(parts.NewBanner(c.s.Explain(r.sight.BackupErr)).View)
	case r.sight.Backup != nil:
		rows.Add(parts.NewBanner(parts.Message{Kind: parts.Good, Happened: w.T("checkin.backedup")}).View)
	}
	if r.sight.Lost {
		rows.Add(parts.Card(c.changedCard()))
		rows.Add(parts.Card(c.backCard(d)))
		rows.Add(parts.Card(c.incidentCard()))
		rows.Add(parts.Card(c.nextCard(d)))
	}
	rows.Add(parts.Row(2, parts.NewButton(w.T("checkin.another"), nil, c.another)))
	c.set(rows)
}

func (c *checkIns) another() {
	c.result = nil
	c.answer.Clear()
	c.draw()
	c.look()
}

func (c *checkIns) healthMessage() parts.Message {
	w, check := c.s.Words, c.result.check
	if check.Healthy() {
		return healthyMessage(w, check)
	}
	m := parts.Message{Kind: parts.Bad, Happened: w.N("care.problems", len(check.Problems)), Next: w.T("checkin.problems.next")}
	for _, p := range check.Problems {
		m.Details += p.String() + "\n"
	}
	return m
}

// changedCard says what changed since the last backup.
func (c *checkIns) changedCard() fyne.CanvasObject {
	w, r := c.s.Words, c.result
	column := parts.Column(1, parts.Heading(w.T("checkin.changed")))
	switch {
	case errors.Is(r.compared, fs.ErrNotExist):
		column.Add(parts.Body(w.T("checkin.changed.unknown")))
	case r.compared != nil:
		column.Add(parts.NewBanner(c.s.Explain(r.compared)).View)
	case r.changes.None():
		column.Add(parts.Body(w.T("checkin.changed.none", "when", w.When(r.changes.Since, c.s.Now()))))
	default:
		column.Add(parts.Body(w.T("checkin.changed.since", "when", w.When(r.changes.Since, c.s.Now()))))
		if n := r.changes.Added; len(n) > 0 {
			column.Add(parts.Body(w.T("checkin.changed.added", "names", someNames(w, n))))
		}
		if n := r.changes.Changed; len(n) > 0 {
			column.Add(parts.Body(w.T("checkin.changed.changed", "names", someNames(w, n))))
		}
		if n := r.changes.Gone; len(n) > 0 {
			column.Add(parts.Body(w.T("checkin.changed.gone", "names", someNames(w, n))))
		}
	}
	return column
}

// backCard takes the stick back in the register.
func (c *checkIns) backCard(d devices.Device) fyne.CanvasObject {
	w := c.s.Words
	column := parts.Column(1, parts.Heading(w.T("checkin.back")))
	if !missingNow(d) {
		column.Add(parts.NewBanner(parts.Message{Kind: parts.Good, Happened: w.T("checkin.back.done", "state", stateName(w, d.State))}).View)
		return column
	}
	column.Add(parts.Body(w.T("checkin.back.text")))
	column.Add(parts.Row(2, parts.NewPrimary(w.T("checkin.back.do"), parts.Icon("return").Resource(), func() { c.act(devices.Find, devices.Return) })))
	return column
}

// act records actions on the stick, one after the other.
func (c *checkIns) act(actions ...devices.Action) {
	id := c.result.sight.Device.ID
	c.p.authority(c.s, "checkin.why", func(*school.School) {
		c.view.Follow(work(c.p, c.s, c.s.Words.T("checkin.back.do"), func(ctx context.Context, s *school.School, _ jobs.Progress) (d devices.Device, err error) {
			for _, a := range actions {
				if d, _, err = s.Act(ctx, id, a, devices.Facts{Note: "found: checked in at school"}); err != nil {
					return d, err
				}
			}
			return d, nil
		}, func(d devices.Device, err error) {
			if err != nil {
				c.s.Fail(err)
				return
			}
			c.result.sight.Device = d
			c.drawResult()
		}))
	})
}

// incidentCard leads to the open incident about the loss.
func (c *checkIns) incidentCard() fyne.CanvasObject {
	w := c.s.Words
	column := parts.Column(1, parts.Heading(w.T("checkin.incident")))
	if len(c.result.incidents) == 0 {
		column.Add(parts.Body(w.T("checkin.incident.none")))
		return column
	}
	column.Add(parts.Body(w.T("checkin.incident.text")))
	for _, i := range c.result.incidents {
		column.Add(parts.Row(2, parts.NewButton(w.T("checkin.incident.open", "date", w.Date(i.Opened)), parts.IconIncident.Resource(), func() {
			c.s.Push(newIncidentCase(c.s, c.p, i.ID, dialogs{c.s}))
		})))
	}
	return column
}

// nextCard is what may become of the stick.
func (c *checkIns) nextCard(d devices.Device) fyne.CanvasObject {
	w := c.s.Words
	issue := parts.NewButton(w.T("checkin.next.issue"), parts.IconIssue.Resource(), func() { c.s.Go("issue") })
	retire := parts.NewButton(w.T("checkin.next.retire"), parts.Icon("archive").Resource(), func() {
		c.s.Ask(parts.Question{Title: w.T("checkin.next.retire"), Text: w.T("checkin.next.retire.text", "label", d.Name()), Yes: w.T("checkin.next.retire.yes"), Danger: true}, func(yes bool) {
			if yes {
				c.act(devices.Retire)
			}
		})
	})
	destroy := parts.NewButton(w.T("checkin.next.destroy"), parts.Icon("delete").Resource(), func() {
		c.p.showRegister(c.s, filters{search: d.Name()})
	})
	for _, b := range []*parts.Button{issue, destroy} {
		b.SetEnabled(!missingNow(d))
	}
	_, can := devices.Next(d.State, devices.Retire)
	retire.SetEnabled(can && !missingNow(d))
	return parts.Column(1, parts.Heading(w.T("checkin.next")), parts.Body(w.T("checkin.next.text")), newFlow(3, issue, retire, destroy))
}
