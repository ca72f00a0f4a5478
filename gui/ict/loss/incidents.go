// Package loss is ICT's page of incidents: the inbox of loss reports, the 72 hours, what
// was decided, and the papers of it.
package loss

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"stowage/devices/school/loss"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// Page is the page of the incidents.
func Page(p *app.Place) gui.Route {
	return app.PageOf(app.IncidentsRoute, p.Route(newIncidents))
}

// namedIncident is an incident with what people call its device and holder.
type namedIncident struct {
	devices.Incident
	device, holder string
}

// name is what people call an incident.
func (n namedIncident) name() string { return cmp.Or(n.device, n.What) }

// incidentsNow is what the list of incidents shows.
type incidentsNow struct {
	list    []namedIncident
	waiting int           // reports in the inbox
	reports []loss.Report // those read; none while the authority is locked
	inbox   error         // why the inbox could not be looked at
}

// incidents is the list of incidents and the inbox of loss reports.
type incidents struct {
	s *gui.Session
	p *app.Place

	news   *widgets.Banner
	list   *fyne.Container
	head   *fyne.Container
	page   *fyne.Container
	open   *widgets.Button
	all    *widgets.Choice[bool] // closed ones too
	now    incidentsNow
	shown  int // reports that are drawn at once
	stop   func()
	ticker func()
}

func newIncidents(s *gui.Session, p *app.Place) gui.Screen {
	return &incidents{s: s, p: p, shown: reportsAtOnce}
}

// Title is part of gui.Screen.
func (l *incidents) Title() string { return l.s.Words.T("route.incidents") }

// Content is part of gui.Screen.
func (l *incidents) Content() fyne.CanvasObject {
	w := l.s.Words
	l.news = widgets.NewBanner(widgets.Message{})
	l.list = widgets.Column(2)
	l.open = widgets.NewButton(w.T("incidents.open"), widgets.Icon("telephone").Resource(), l.telephone)
	l.all = widgets.NewChoice(l.refresh,
		widgets.Option[bool]{Name: w.T("incidents.still"), Value: false},
		widgets.Option[bool]{Name: w.T("incidents.all"), Value: true})
	l.head = widgets.Column(2, l.news.View, container.NewBorder(nil, nil, nil, container.NewCenter(l.open), l.all.View))
	l.page = container.NewBorder(l.head, nil, nil, nil, container.NewVScroll(container.NewPadded(l.list)))
	return l.page
}

// Shown is part of gui.Shower.
func (l *incidents) Shown() {
	l.stop = l.p.OnChange(l.s, l.refresh)
	l.refresh()
	l.tick()
}

// Hidden is part of gui.Hider.
func (l *incidents) Hidden() {
	if l.stop != nil {
		l.stop()
	}
	if l.ticker != nil {
		l.ticker()
	}
	l.stop, l.ticker = nil, nil
}

// Focus is part of gui.Focuser.
func (l *incidents) Focus() fyne.Focusable { return l.open }

// Commands is part of gui.Commander.
func (l *incidents) Commands() []widgets.Command {
	return []widgets.Command{
		{Name: l.s.Words.T("incidents.open"), Key: fyne.KeyN, Modifier: widgets.Ctrl, Run: l.telephone},
		l.p.RestoreCommand(l.s),
	}
}

// tick shows the clocks anew while the screen is in view.
func (l *incidents) tick() {
	l.ticker = l.s.After(clockEvery, func() {
		l.show()
		l.tick()
	})
}

// refresh reads everything anew.
func (l *incidents) refresh() {
	closed := l.all.Value()
	app.Work(l.p, l.s, l.s.Words.T("incidents.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (incidentsNow, error) {
		return readIncidents(ctx, s, closed)
	}, func(now incidentsNow, err error) {
		if err != nil {
			l.say(l.s.Explain(err))
			return
		}
		l.now = now
		l.show()
	})
}

// readIncidents reads the incidents and the inbox.
func readIncidents(ctx context.Context, s *school.School, closed bool) (now incidentsNow, err error) {
	q := devices.IncidentQuery{States: []devices.IncidentState{devices.IncidentOpen}}
	if closed {
		q = devices.IncidentQuery{}
	}
	found, err := s.Register().Incidents(ctx, q)
	if err != nil {
		return now, err
	}
	for _, i := range found {
		named, err := nameIncident(ctx, s, i)
		if err != nil {
			return now, err
		}
		now.list = append(now.list, named)
	}
	slices.SortStableFunc(now.list, func(a, b namedIncident) int { // the most pressing first
		if a.ClockRuns() != b.ClockRuns() {
			return map[bool]int{true: -1, false: 1}[a.ClockRuns()]
		}
		if a.ClockRuns() {
			return a.Aware.Compare(b.Aware)
		}
		return 0
	})
	now.waiting, now.reports, now.inbox = readInbox(ctx, s)
	return now, nil
}

func nameIncident(ctx context.Context, s *school.School, i devices.Incident) (namedIncident, error) {
	n := namedIncident{Incident: i}
	if i.Device != "" {
		d, err := s.Register().Device(ctx, i.Device)
		if err != nil {
			return n, err
		}
		n.device = d.Name()
	}
	if i.Holder != "" {
		h, err := s.Register().Holder(ctx, i.Holder)
		if err != nil {
			return n, err
		}
		n.holder = h.Name
	}
	return n, nil
}

// say shows a message above everything; an empty one is none.
func (l *incidents) say(m widgets.Message) {
	l.news.Set(m)
	l.head.Refresh() // which may have grown
	l.page.Refresh()
}

// show draws the page from what was read.
func (l *incidents) show() {
	w := l.s.Words
	l.say(widgets.Message{})
	if l.now.inbox != nil && !errors.Is(l.now.inbox, school.ErrNoShared) {
		l.say(l.s.Explain(l.now.inbox))
	}
	rows := l.inboxRows()
	if len(l.now.list) > 0 && len(rows) > 0 {
		rows = append(rows, widgets.Heading(w.T("route.incidents")))
	}
	for _, i := range l.now.list {
		rows = append(rows, l.row(i))
	}
	if len(rows) == 0 {
		rows = append(rows, widgets.Muted(w.T("incidents.none")))
	}
	l.list.Objects = rows
	l.list.Refresh()
}

// row is one incident: what, whose, and its clock in words and colour.
func (l *incidents) row(i namedIncident) fyne.CanvasObject {
	w := l.s.Words
	title := widgets.Body(w.T("incident.title."+lossKey(i.Kind), "name", i.name()))
	title.TextStyle.Bold = true
	back, edge := kindColors(clockKind(i.Incident, l.s.Now()))
	open := func() { l.s.Push(NewCase(l.s, l.p, i.ID)) }
	clock := clockText(w, i.Incident, l.s.Now())
	text := widgets.Column(-2, title, widgets.Body(clock))
	if i.holder != "" {
		text.Add(widgets.Muted(w.T("incident.with", "name", i.holder)))
	}
	return widgets.NewPressable(title.Text+". "+clock, widgets.Inset(text), back, edge, open)
}

func (l *incidents) openOnes() (open []namedIncident) {
	for _, i := range l.now.list {
		if i.State == devices.IncidentOpen {
			open = append(open, i)
		}
	}
	return open
}
