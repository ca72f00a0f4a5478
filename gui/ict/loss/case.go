package loss

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"stowage/devices/school/backup"
	"stowage/devices/school/loss"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/breachform"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// Case is one incident: its clock, and what is written down in sections.
type Case struct {
	s  *gui.Session
	p  *app.Place
	id string

	clock   *widgets.Banner
	tabs    *widgets.Choice[i18n.Key]
	body    *fyne.Container
	head    *fyne.Container
	page    *fyne.Container
	scroll  *container.Scroll
	save    *widgets.Button
	close   *widgets.Button
	kase    namedIncident
	history []devices.Event
	form    *incidentForm
	files   *backup.Listing
	ticker  func()
}

// NewCase is the screen of the incident with an id.
func NewCase(s *gui.Session, p *app.Place, id string) *Case {
	return &Case{s: s, p: p, id: id}
}

// Title is part of gui.Screen.
func (c *Case) Title() string {
	if c.kase.ID == "" {
		return c.s.Words.T("route.incidents")
	}
	return c.s.Words.T("incident.title."+lossKey(c.kase.Kind), "name", c.kase.name())
}

// Content is part of gui.Screen.
func (c *Case) Content() fyne.CanvasObject {
	w := c.s.Words
	c.clock = widgets.NewBanner(widgets.Message{})
	c.tabs = form.NewTextChoice(w, c.draw, tabHappened, tabAffected, tabDone, tabDecision, tabHistory)
	c.body = widgets.Narrow(3)
	c.scroll = container.NewVScroll(container.NewPadded(c.body))
	c.save = widgets.NewPrimary(w.T("incident.save"), nil, c.keep)
	c.close = widgets.NewButton(w.T("incident.close"), nil, c.end)
	foot := widgets.Row(2, widgets.Spring(), c.close, c.save)
	c.head = widgets.Column(2, c.clock.View, c.tabs.View)
	c.page = container.NewBorder(c.head, foot, nil, nil, c.scroll)
	return c.page
}

// The sections of an incident, by their names.
const (
	tabHappened i18n.Key = "incident.tab.happened"
	tabAffected i18n.Key = "incident.tab.affected"
	tabDone     i18n.Key = "incident.tab.done"
	tabDecision i18n.Key = "incident.tab.decision"
	tabHistory  i18n.Key = "incident.tab.history"
)

// say shows a message, or the clock, above everything.
func (c *Case) say(m widgets.Message) {
	c.clock.Set(m)
	c.head.Refresh() // which may have grown
	c.page.Refresh()
}

// Shown is part of gui.Shower.
func (c *Case) Shown() {
	c.read()
	c.tick()
}

// Hidden is part of gui.Hider.
func (c *Case) Hidden() {
	if c.ticker != nil {
		c.ticker()
		c.ticker = nil
	}
}

// Leave is part of gui.Leaver: nothing typed is thrown away unasked.
func (c *Case) Leave(proceed func()) {
	if c.form == nil || c.kase.State != devices.IncidentOpen || !c.form.changed() {
		proceed()
		return
	}
	w := c.s.Words
	c.s.Ask(widgets.Question{Title: w.T("incident.leave"), Text: w.T("incident.leave.text"), Yes: w.T("incident.leave.yes"), No: w.T("incident.leave.no")}, func(yes bool) {
		if yes {
			proceed()
		}
	})
}

// Commands is part of gui.Commander.
func (c *Case) Commands() []widgets.Command {
	w := c.s.Words
	return []widgets.Command{
		{Name: w.T("incident.save"), Key: fyne.KeyS, Modifier: widgets.Ctrl, Run: c.keep},
		{Name: w.T("incident.copy"), Run: c.copySummary},
		{Name: w.T("incident.ics"), Run: c.saveCalendar},
		{Name: w.T("restore.command"), Icon: widgets.Icon("history").Resource(), Run: c.restore, Disabled: func() bool { return c.kase.Device == "" }},
		{Name: w.T("incident.merge"), Run: c.mergeInto, Disabled: func() bool { return c.kase.State != devices.IncidentOpen }},
	}
}

func (c *Case) tick() {
	c.ticker = c.s.After(clockEvery, func() {
		c.showClock()
		c.tick()
	})
}

// caseNow is one incident as it was read.
type caseNow struct {
	namedIncident
	history []devices.Event
}

func (c *Case) read() {
	app.Work(c.p, c.s, c.s.Words.T("incidents.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (now caseNow, err error) {
		i, err := s.Register().Incident(ctx, c.id)
		if err == nil {
			now.namedIncident, err = nameIncident(ctx, s, i)
		}
		if err == nil {
			now.history, err = s.Register().IncidentHistory(ctx, c.id)
		}
		return now, err
	}, func(now caseNow, err error) {
		if err != nil {
			c.say(c.s.Explain(err))
			return
		}
		c.set(now)
	})
}

// set shows an incident as it was read. What is being typed stays if nobody else
// has changed the incident.
func (c *Case) set(now caseNow) {
	same := c.form != nil && c.kase.Version == now.Version
	c.kase, c.history = now.namedIncident, now.history
	if !same {
		c.form = newIncidentForm(c.s, now.IncidentDetails)
	}
	open := now.State == devices.IncidentOpen
	c.save.SetEnabled(open)
	c.close.SetText(c.s.Words.T("incident.close"))
	if now.State == devices.IncidentClosed {
		c.close.SetText(c.s.Words.T("incident.reopen"))
	}
	c.draw()
	c.s.Refresh()
}

// draw shows the section that is chosen.
func (c *Case) draw() {
	if c.form == nil {
		return
	}
	c.showClock()
	var list []fyne.CanvasObject
	switch c.tabs.Value() {
	case tabHappened:
		list = c.form.happened()
		if c.kase.holder != "" {
			list = append([]fyne.CanvasObject{widgets.Body(c.s.Words.T("incident.with", "name", c.kase.holder))}, list...)
		}
	case tabAffected:
		list = append([]fyne.CanvasObject{c.listing()}, c.form.affected()...)
	case tabDone:
		list = c.form.actions()
	case tabDecision:
		list = c.decision()
	case tabHistory:
		list = []fyne.CanvasObject{widgets.Timeline(c.s.Words, c.moments())}
	}
	c.body.Objects = list
	c.body.Refresh()
	c.scroll.ScrollToTop()
}

// showClock shows the clock, and on the first section what started it.
func (c *Case) showClock() {
	m := ClockMessage(c.s.Words, c.kase.Incident, c.s.Now())
	if c.tabs.Value() != tabHappened {
		m.Files, m.Next = "", ""
	}
	c.say(m)
}

// keep writes down what the form says.
func (c *Case) keep() {
	if c.form == nil || c.kase.State != devices.IncidentOpen {
		return
	}
	d, wrong := c.form.details()
	if wrong != "" {
		c.s.Tell(widgets.Message{Kind: widgets.Warn, Happened: wrong, Files: c.s.Words.T("incident.wrong.kept")})
		return
	}
	version := c.kase.Version
	c.change("incident.saved", func(ctx context.Context, s *school.School) error {
		_, err := s.Register().EditIncident(ctx, c.p.Options.Actor, c.id, version, d)
		return err
	})
}

// change changes the incident and shows it anew; done is said then.
func (c *Case) change(done i18n.Key, f func(context.Context, *school.School) error) {
	app.Work(c.p, c.s, c.s.Words.T("incident.saving"), func(ctx context.Context, s *school.School, _ jobs.Progress) (struct{}, error) {
		return struct{}{}, f(ctx, s)
	}, func(_ struct{}, err error) {
		if err != nil {
			c.s.Fail(err)
			return
		}
		c.s.Toast(c.s.Words.T(done), nil)
		c.read()
	})
}

// listing is what was on the device: shown only while the authority is unlocked.
func (c *Case) listing() fyne.CanvasObject {
	w := c.s.Words
	if c.files != nil && c.p.Authority.Unlocked() {
		return widgets.Card(widgets.Column(1, form.ListedFiles(w, *c.files), widgets.Row(0, c.restoreButton())))
	}
	if c.kase.Device == "" {
		return widgets.Muted(w.T("incident.files.unknown"))
	}
	show := widgets.NewButton(w.T("incident.files.show"), widgets.IconUnlock.Resource(), c.showFiles)
	return widgets.Card(widgets.Column(1, widgets.Body(w.T("incident.files.sealed")), container.New(layout.NewRowWrapLayout(), show, c.restoreButton())))
}

// restoreButton leads to the backups of the device.
func (c *Case) restoreButton() *widgets.Button {
	return widgets.NewButton(c.s.Words.T("restore.command"), widgets.Icon("history").Resource(), c.restore)
}

func (c *Case) restore() { c.p.Push(c.s, app.Restore{About: c.kase.device}) }

func (c *Case) showFiles() { form.AskWhyOpened(c.s, c.showFilesFor) }

func (c *Case) showFilesFor(reason string) {
	c.p.WithAuthority(c.s, "incident.why.files", func(*school.School) {
		i := c.kase.Incident
		app.Work(c.p, c.s, c.s.Words.T("incidents.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (backup.Listing, error) {
			if i.Listing == "" && i.State == devices.IncidentOpen {
				if _, err := loss.ListIncident(ctx, s, i); err != nil {
					return backup.Listing{}, err
				}
			}
			return loss.IncidentListing(ctx, s, i.ID, reason)
		}, func(l backup.Listing, err error) {
			if err != nil {
				c.s.Fail(err)
				return
			}
			c.files = &l
			c.read()
		})
	})
}

// copySummary copies what is known in the order of the regulator's form.
func (c *Case) copySummary() {
	i := c.kase.Incident
	app.Work(c.p, c.s, c.s.Words.T("incidents.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (string, error) {
		f, err := loss.ReadBreachFacts(ctx, s, i)
		return breachform.Text(i, breachform.Facts{School: f.School, Device: f.Device, Names: f.Names, Now: c.s.Now(), Zone: c.s.Now().Location()}), err
	}, func(text string, err error) {
		if err != nil {
			c.s.Fail(err)
			return
		}
		c.s.App.Clipboard().SetContent(text)
		c.s.Tell(widgets.Message{Kind: widgets.Info, Happened: c.s.Words.T("incident.copied"), Next: c.s.Words.T("incident.copied.next")})
	})
}

// saveCalendar saves the deadline for a calendar.
func (c *Case) saveCalendar() {
	w := c.s.Words
	i := c.kase.Incident
	c.s.Choose.Folder(w.T("incident.ics"), func(folder string) {
		path := filepath.Join(folder, fmt.Sprintf("incident-%.8s.ics", i.ID))
		text := loss.Calendar(i, w.T("incident.ics.summary"), w.T("incident.ics.text"), c.s.Now())
		if err := safefile.Write(path, text, false); err != nil {
			c.s.Fail(err)
			return
		}
		c.s.Toast(w.T("incident.ics.saved", "name", filepath.Base(path)), nil)
	})
}

// moments is what happened to the incident, for the history.
func (c *Case) moments() (list []widgets.Moment) {
	w := c.s.Words
	for i := len(c.history) - 1; i >= 0; i-- {
		e := c.history[i]
		var body struct {
			Why string `json:"why"`
		}
		_ = json.NewDecoder(bytes.NewReader(e.Body)).Decode(&body)
		list = append(list, widgets.Moment{
			When: w.DateTime(e.Time) + ", " + e.Actor, Title: w.T("incident.event." + i18n.Key(wording.Compact(string(e.Kind)))), Text: wording.WithLogin(w, e, body.Why),
			Icon: widgets.Icon("history"),
		})
	}
	return list
}

// sameAnswers reports whether two sets of answers say the same.
func sameAnswers[T any](a, b T) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
