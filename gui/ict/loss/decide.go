package loss

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"stowage/devices"
	"stowage/devices/papers"
	papersfill "stowage/devices/papers/fill"
	"stowage/devices/school"
	"stowage/devices/school/loss"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// decision is the section in which a person decides. The program says nothing about
// what is to be decided.
func (c *Case) decision() []fyne.CanvasObject {
	w := c.s.Words
	form := NewDecisionForm(c.s, c.kase.Decision)
	record := widgets.NewPrimary(w.T("incident.decide"), nil, func() {
		next, wrong := form.Decision()
		if wrong != "" {
			c.s.Tell(widgets.Message{Kind: widgets.Warn, Happened: wrong, Files: w.T("incident.wrong.kept")})
			return
		}
		version := c.kase.Version
		c.change("incident.decided", func(ctx context.Context, s *school.School) error {
			_, err := s.Register().Decide(ctx, c.p.Options.Actor, c.id, version, next)
			return err
		})
	})
	record.SetEnabled(c.kase.State == devices.IncidentOpen)
	take := container.New(layout.NewRowWrapLayout(),
		widgets.NewButton(w.T("incident.copy"), widgets.Icon("copy").Resource(), c.copySummary),
		widgets.NewButton(w.T("incident.ics"), widgets.IconCalendar.Resource(), c.saveCalendar),
		widgets.NewButton(w.T("incident.evidence"), widgets.Icon("pdf").Resource(), c.saveEvidence))
	fields := append([]fyne.CanvasObject{widgets.Body(w.T("incident.decision.person")), take}, form.Fields()...)
	return append(fields, widgets.Row(0, widgets.Spring(), record))
}

// saveEvidence saves the evidence about the device and the incident as a PDF.
func (c *Case) saveEvidence() {
	w := c.s.Words
	i := c.kase.Incident
	c.s.Choose.Folder(w.T("incident.evidence"), func(folder string) {
		app.Work(c.p, c.s, w.T("incident.evidence"), func(ctx context.Context, s *school.School, _ jobs.Progress) (string, error) {
			head, err := papersfill.Head(s, c.s.Now())
			if err != nil {
				return "", err
			}
			facts, err := papersfill.Evidence(ctx, s, "", &i, papersfill.EvidenceOptions{Contents: i.Listing != "" && c.p.Authority.Unlocked()})
			if err != nil {
				return "", err
			}
			return form.WriteInto(folder, fmt.Sprintf("evidence-%.8s.pdf", i.ID), func(out io.Writer) error { return papers.Evidence(out, head, facts) })
		}, func(path string, err error) {
			if err != nil {
				c.s.Fail(err)
				return
			}
			c.s.Toast(w.T("incident.evidence.saved", "name", filepath.Base(path)), nil)
		})
	})
}

// end closes the incident with what was learnt, or opens a closed one again.
func (c *Case) end() {
	w := c.s.Words
	closed := c.kase.State == devices.IncidentClosed
	title, label := w.T("incident.close"), w.T("incident.field.lessons")
	if closed {
		title, label = w.T("incident.reopen"), w.T("incident.field.whyagain")
	}
	text := form.Lines(4)
	if !closed {
		text.SetText(c.kase.Lessons)
	}
	var d *widgets.Dialog
	version := c.kase.Version
	do := widgets.NewPrimary(title, nil, func() {
		d.Close()
		if closed {
			c.change("incident.reopened", func(ctx context.Context, s *school.School) error {
				_, err := s.Register().ReopenIncident(ctx, c.p.Options.Actor, c.id, version, text.Text)
				return err
			})
			return
		}
		c.change("incident.closed", func(ctx context.Context, s *school.School) error {
			_, err := s.Register().CloseIncident(ctx, c.p.Options.Actor, c.id, version, text.Text)
			return err
		})
	})
	cancel := widgets.NewButton(w.T("widgets.cancel"), nil, func() { d.Close() })
	d = widgets.ShowDialog(c.s.Window.Canvas(), title, widgets.Column(2, widgets.NewField(label, text, "").View, widgets.Row(2, widgets.Spring(), cancel, do)), nil)
	c.s.Window.Canvas().Focus(text)
}

// telephone is the page on which an incident is opened for somebody on the telephone.
type telephone struct {
	s      *gui.Session
	p      *app.Place
	form   *incidentForm
	device *widgets.Field
	label  *widgets.Entry
	holder *widgets.Entry
}

func newTelephone(s *gui.Session, p *app.Place) *telephone {
	t := &telephone{s: s, p: p}
	t.form = newIncidentForm(s, devices.IncidentDetails{Kind: devices.Unclear, Aware: s.Now()})
	t.label, t.holder = widgets.NewEntry("", nil), widgets.NewEntry("", nil)
	t.device = widgets.NewField(s.Words.T("incident.field.device"), t.label, s.Words.T("incident.hint.device"))
	return t
}

// Title is part of gui.Screen.
func (t *telephone) Title() string { return t.s.Words.T("incidents.open") }

// Content is part of gui.Screen.
func (t *telephone) Content() fyne.CanvasObject {
	w := t.s.Words
	list := append([]fyne.CanvasObject{
		widgets.Body(w.T("incidents.open.text")), t.device.View,
		widgets.NewField(w.T("incident.field.holder"), t.holder, w.T("incident.hint.holder")).View,
	}, t.form.happened()...)
	open := widgets.NewPrimary(w.T("incidents.open.now"), nil, t.open)
	return container.NewBorder(nil, widgets.Row(2, widgets.Spring(), open), nil, nil, container.NewVScroll(widgets.Narrow(3, list...)))
}

// Focus is part of gui.Focuser.
func (t *telephone) Focus() fyne.Focusable { return t.label }

// open opens the incident at once; the directory follows, for which the authority's
// passphrase is asked.
func (t *telephone) open() {
	d, wrong := t.form.details()
	if wrong != "" {
		t.s.Tell(widgets.Message{Kind: widgets.Warn, Happened: wrong, Files: t.s.Words.T("incident.wrong.kept")})
		return
	}
	n := loss.NewIncident{Device: strings.TrimSpace(t.label.Text), Holder: strings.TrimSpace(t.holder.Text), Details: d}
	if n.Device == "" && n.Holder == "" {
		t.device.Refuse(t.s.Words.T("incident.device.needed"))
		t.s.Window.Canvas().Focus(t.label)
		return
	}
	if n.Device == "" {
		n.Details.What = t.s.Words.T("incident.what.unknown")
	}
	behind := false
	app.Work(t.p, t.s, t.s.Words.T("incident.saving"), func(ctx context.Context, s *school.School, _ jobs.Progress) (i devices.Incident, err error) {
		i, behind, err = loss.OpenIncident(ctx, s, n)
		return i, err
	}, func(i devices.Incident, err error) {
		if err != nil {
			t.s.Fail(err)
			if i.ID == "" {
				return
			}
		}
		t.s.Back()
		t.s.Push(NewCase(t.s, t.p, i.ID))
		if behind { // unlocking publishes what is missing
			t.p.WithAuthority(t.s, "authority.why.lost", func(*school.School) { t.s.Toast(t.s.Words.T("incidents.published"), nil) })
		}
	})
}
