package checkin

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/ict/loss"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// closing ends the incident about a stick that came back: what was done, what a person
// decided, what is still to do and what was learnt. The rest of the incident is a page
// of its own.
type closing struct {
	c        *CheckIns
	incident devices.Incident
	decision *loss.DecisionForm
	texts    map[i18n.Key]*widget.Entry
	view     fyne.CanvasObject
}

func newClosing(c *CheckIns, i devices.Incident) *closing {
	w := c.s.Words
	e := &closing{c: c, incident: i, decision: loss.NewDecisionForm(c.s, i.Decision), texts: map[i18n.Key]*widget.Entry{}}
	text := func(name i18n.Key, rows int, value string) fyne.CanvasObject {
		entry := form.Lines(rows)
		entry.SetText(value)
		e.texts[name] = entry
		return widgets.NewField(w.T("incident.field."+name), entry, "").View
	}
	rows := []fyne.CanvasObject{
		widgets.Body(w.T("checkin.incident.text")), widgets.NewBanner(loss.ClockMessage(w, i, c.s.Now())).View,
		text("done", 3, e.done()),
	}
	rows = append(rows, e.decision.Fields()...)
	rows = append(rows, text("followup", 2, i.FollowUp), text("lessons", 3, i.Lessons))
	all := widgets.NewButton(w.T("checkin.incident.open"), widgets.IconIncident.Resource(), e.openAll)
	end := widgets.NewPrimary(w.T("incident.close"), widgets.Icon("check").Resource(), e.end)
	e.view = widgets.Column(2, append(rows, widgets.Row(2, widgets.Spring(), all, end))...)
	return e
}

// done is what was done so far, with what the check-in found: facts, which a person
// may change.
func (e *closing) done() string {
	w := e.c.s.Words
	facts := []string{w.T("checkin.incident.back", "day", w.Date(e.c.s.Now()))}
	if where := e.c.steps.where; where != nil && strings.TrimSpace(where.Text) != "" {
		facts = append(facts, strings.TrimSpace(where.Text))
	}
	facts = append(facts, e.c.healthMessage().Happened)
	if r := e.c.result; wasCompared(r) && !r.changes.None() { // without names of files, which may be personal
		n := len(r.changes.Added) + len(r.changes.Changed) + len(r.changes.Gone)
		facts = append(facts, w.N("checkin.incident.changed", n))
	} else if wasCompared(r) {
		facts = append(facts, w.T("checkin.incident.same"))
	}
	return strings.TrimSpace(e.incident.Done + "\n" + strings.Join(facts, " "))
}

// changed reports whether something was typed that is not recorded.
func (e *closing) changed() bool {
	return e.decision.Changed() || e.texts["done"].Text != e.done() ||
		e.texts["followup"].Text != e.incident.FollowUp || e.texts["lessons"].Text != e.incident.Lessons
}

// openAll leads to the whole incident.
func (e *closing) openAll() {
	e.c.s.Push(loss.NewCase(e.c.s, e.c.p, e.incident.ID))
}

// end records everything at once, and closes the incident.
func (e *closing) end() {
	s := e.c.s
	d, wrong := e.decision.Decision()
	if wrong != "" {
		s.Tell(widgets.Message{Kind: widgets.Warn, Happened: wrong, Files: s.Words.T("incident.wrong.kept")})
		return
	}
	details := e.incident.IncidentDetails
	details.Done, details.FollowUp = e.texts["done"].Text, e.texts["followup"].Text
	lessons, decided := e.texts["lessons"].Text, e.decision.Changed()
	id, version, actor := e.incident.ID, e.incident.Version, e.c.p.Options.Actor
	e.c.view.Follow(app.Work(e.c.p, s, s.Words.T("incident.saving"), func(ctx context.Context, open *school.School, _ jobs.Progress) ([]devices.Incident, error) {
		err := open.Register().Atomically(ctx, func(r *devices.Register) error {
			i, err := r.EditIncident(ctx, actor, id, version, details)
			if err == nil && decided {
				i, err = r.Decide(ctx, actor, id, i.Version, d)
			}
			if err == nil {
				_, err = r.CloseIncident(ctx, actor, id, i.Version, lessons)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		return openIncidents(ctx, open, e.incident.Device)
	}, func(left []devices.Incident, err error) {
		if err != nil {
			s.Fail(err)
			return
		}
		e.c.result.incidents = left
		e.c.steps.closing = nil
		e.c.drawResult()
		s.Toast(s.Words.T("incident.closed"), nil)
	}))
}
