package loss

import (
	"cmp"
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// mergeInto asks which other open incident this one is part of, since both are about
// the same loss, and goes on with that one.
func (c *Case) mergeInto() {
	if c.kase.ID == "" || c.kase.State != devices.IncidentOpen {
		return
	}
	app.Work(c.p, c.s, c.s.Words.T("incidents.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) ([]namedIncident, error) {
		return otherIncidents(ctx, s, c.id)
	}, func(others []namedIncident, err error) {
		switch {
		case err != nil:
			c.s.Fail(err)
		case len(others) == 0:
			w := c.s.Words
			c.s.Tell(widgets.Message{Kind: widgets.Info, Happened: w.T("incident.merge.none"), Files: w.T("explain.notfound.files")})
		default:
			c.askMerge(others)
		}
	})
}

// otherIncidents are the open incidents but one.
func otherIncidents(ctx context.Context, s *school.School, id string) (others []namedIncident, err error) {
	open, err := s.Register().Incidents(ctx, devices.IncidentQuery{States: []devices.IncidentState{devices.IncidentOpen}, Limit: -1})
	if err != nil {
		return nil, err
	}
	for _, i := range open {
		if i.ID == id {
			continue
		}
		named, err := nameIncident(ctx, s, i)
		if err != nil {
			return nil, err
		}
		others = append(others, named)
	}
	return others, nil
}

// askMerge shows the other incidents to choose from.
func (c *Case) askMerge(others []namedIncident) {
	w := c.s.Words
	var names []string
	for _, o := range others {
		names = append(names, w.T("incident.merge.one", "name", o.name(), "holder", cmp.Or(o.holder, "–"), "when", w.ShortDateTime(o.Aware), "id", o.ID[:min(8, len(o.ID))]))
	}
	choice := widget.NewSelect(names, nil)
	choice.SetSelectedIndex(c.likeliest(others))
	fields := []fyne.CanvasObject{widgets.NewField(w.T("incident.merge.into"), choice, w.T("incident.merge.hint")).View}
	form.Show(c.s, form.Says{Title: w.T("incident.merge"), Text: w.T("incident.merge.text", "name", c.kase.name()), Yes: w.T("incident.merge.yes")}, fields, choice, func(f *form.Form) {
		if choice.SelectedIndex() < 0 {
			return
		}
		f.Dialog.Close()
		c.merge(others[choice.SelectedIndex()])
	})
}

// likeliest is the incident about the same device or person, or else the first.
func (c *Case) likeliest(others []namedIncident) int {
	for i, o := range others {
		if c.kase.Device != "" && o.Device == c.kase.Device {
			return i
		}
	}
	for i, o := range others {
		if c.kase.Holder != "" && o.Holder == c.kase.Holder {
			return i
		}
	}
	return 0
}

// merge ends this incident in another, which is shown then.
func (c *Case) merge(into namedIncident) {
	app.Work(c.p, c.s, c.s.Words.T("incident.saving"), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Incident, error) {
		return s.Register().MergeIncident(ctx, c.p.Options.Actor, c.id, into.ID)
	}, func(i devices.Incident, err error) {
		if err != nil {
			c.s.Fail(err)
			return
		}
		c.form = nil // nothing more is written into this one
		c.s.Back()
		c.s.Push(NewCase(c.s, c.p, i.ID))
		c.s.Toast(c.s.Words.T("incident.merged", "name", into.name()), nil)
	})
}
