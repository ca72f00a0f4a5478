package dashboard

import (
	"time"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/ict/register"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// show draws how things stand.
func (d *dashboard) show(st standing, err error) {
	w := d.s.Words
	if err != nil {
		m := d.s.Explain(err)
		m.Do = widgets.Command{Name: w.T("register.again"), Icon: widgets.Icon("refresh").Resource(), Run: d.load}
		d.banner.Set(m)
		d.page.Objects = nil
		d.page.Refresh()
		return
	}
	d.drawn = true
	d.banner.Clear()
	d.page.Objects = nil
	if sum(st.states) == 0 {
		d.banner.Set(widgets.Message{Kind: widgets.Info, Happened: w.T("dashboard.empty"), Do: widgets.Command{Name: w.T("dashboard.empty.add"), Run: func() { d.s.Go(app.RegisterRoute) }}})
	}
	d.page.Objects = []fyne.CanvasObject{form.NewFlow(2,
		widgets.Card(d.incidents(st)), widgets.Card(d.attention(st)), widgets.Card(d.checkInCard(st)), widgets.Card(d.states(st)), widgets.Card(d.care(st)))}
	d.page.Refresh()
	d.s.Refresh()
}

// states is the ring of devices by state.
func (d *dashboard) states(st standing) fyne.CanvasObject {
	w := d.s.Words
	chart := widgets.NewDonut(w, w.T("dashboard.devices"))
	var slices []widgets.Slice
	for i, state := range devices.States() {
		if n := st.states[state]; n > 0 {
			slices = append(slices, widgets.Slice{
				Name: wording.StateName(w, state), Value: n, Color: widgets.ChartColor(i),
				Pressed: func() { d.p.Go(d.s, register.Filters{State: state}) },
			})
		}
	}
	chart.Set(slices)
	kinds := widgets.NewStacked(w)
	var parted []widgets.Slice
	for i, k := range devices.Kinds() {
		if st.kinds[k] > 0 {
			parted = append(parted, widgets.Slice{Name: wording.KindName(w, k), Value: st.kinds[k], Color: widgets.ChartColor(i), Pressed: func() { d.p.Go(d.s, register.Filters{Kind: k}) }})
		}
	}
	kinds.Set(parted)
	return widgets.Column(2, widgets.Heading(w.T("dashboard.states")), chart.View, widgets.Heading(w.T("dashboard.kinds")), kinds.View)
}

// attention is what ICT should look at.
func (d *dashboard) attention(st standing) fyne.CanvasObject {
	w := d.s.Words
	lead := func(f register.Filters) func() { return func() { d.p.Go(d.s, f) } }
	chart := widgets.NewBars(w)
	chart.Set([]widgets.Slice{
		{Name: w.T("dashboard.overdue"), Value: sum(st.overdue), Color: widgets.ColorError, Pressed: lead(register.Filters{Overdue: true})},
		{Name: w.T("dashboard.unseen", "days", st.unseenDays), Value: sum(st.unseen), Color: widgets.ColorWarn, Pressed: lead(register.Filters{Unseen: true})},
		{Name: w.T("dashboard.unverified"), Value: sum(st.unverified), Color: widgets.ColorWarn, Pressed: lead(register.Filters{Unverified: true, InUse: true})},
		{Name: w.T("dashboard.missing"), Value: st.states[devices.Lost] + st.states[devices.Stolen], Color: widgets.ColorError, Pressed: lead(register.Filters{Missing: true})},
	})
	return widgets.Column(2, widgets.Heading(w.T("dashboard.attention")), chart.View)
}

// mostIncidents is how many incidents are listed.
const mostIncidents = 6

// incidents are those that are open, those with the least time left first.
func (d *dashboard) incidents(st standing) fyne.CanvasObject {
	w := d.s.Words
	list := []fyne.CanvasObject{widgets.Heading(w.T("dashboard.incidents"))}
	if st.inbox.Reports > 0 { // nobody knows yet what it is about, so it comes before everything
		text := w.N("incidents.inbox", st.inbox.Reports)
		row := widgets.NewBanner(widgets.Message{Kind: widgets.Bad, Happened: text, Next: w.T("dashboard.reports.next")})
		list = append(list, widgets.NewPressable(text, row.View, "", "", func() { d.s.Go(app.IncidentsRoute) }))
	} else if len(st.incidents) == 0 {
		list = append(list, widgets.NewBanner(widgets.Message{Kind: widgets.Good, Happened: w.T("dashboard.incidents.none")}).View)
	}
	for i, inc := range st.incidents {
		if i == mostIncidents {
			list = append(list, widgets.NewQuiet(w.N("register.more", len(st.incidents)-mostIncidents), nil, func() { d.s.Go(app.IncidentsRoute) }))
			break
		}
		name := st.names[inc.Device]
		if name == "" {
			name = w.T("dashboard.incident.unnamed", "day", w.Date(inc.Opened))
		}
		clock, kind := d.clock(inc)
		row := widgets.NewBanner(widgets.Message{Kind: kind, Happened: name, Next: clock})
		list = append(list, widgets.NewPressable(name+". "+clock, row.View, "", "", func() { d.s.Go(app.IncidentsRoute) }))
	}
	return widgets.Column(2, list...)
}

// clock says how much of the 72 hours is left.
func (d *dashboard) clock(i devices.Incident) (string, widgets.Kind) {
	w, left := d.s.Words, i.Left(d.s.Now())
	switch {
	case !i.ClockRuns():
		return w.T("dashboard.incident.decided"), widgets.Info
	case left < 0:
		return w.T("dashboard.incident.over", "ago", w.Duration((-left).Truncate(time.Hour))), widgets.Bad
	case left < 24*time.Hour:
		return w.T("dashboard.incident.left", "left", w.Duration(left.Truncate(time.Minute))), widgets.Bad
	}
	return w.T("dashboard.incident.left", "left", w.Duration(left.Truncate(time.Hour))), widgets.Warn
}

// Ages after which something wants doing.
const (
	oldBackup    = 7 * 24 * time.Hour
	oldDirectory = 90 * 24 * time.Hour
)

// care is what has to be done now and then.
func (d *dashboard) care(st standing) fyne.CanvasObject {
	w, now := d.s.Words, d.s.Now()
	backup := widgets.Message{Kind: widgets.Good, Happened: w.T("dashboard.backup", "when", w.When(st.backup, now))}
	switch {
	case d.p.Config().Backup == "":
		backup = widgets.Message{Kind: widgets.Warn, Happened: w.T("dashboard.backup.never"), Next: w.T("dashboard.backup.next")}
	case st.backupErr != nil:
		backup = widgets.Message{Kind: widgets.Warn, Happened: w.T("dashboard.backup.gone"), Next: w.T("dashboard.backup.next")}
	case now.Sub(st.backup) > oldBackup:
		backup.Kind, backup.Next = widgets.Warn, w.T("dashboard.backup.next")
	}
	directory := widgets.Message{Kind: widgets.Good, Happened: w.T("dashboard.directory", "when", w.When(st.published, now))}
	switch {
	case st.directoryErr != nil:
		directory = widgets.Message{Kind: widgets.Bad, Happened: w.T("dashboard.directory.bad"), Next: w.T("dashboard.directory.next")}
	case now.Sub(st.published) > oldDirectory:
		directory.Kind, directory.Next = widgets.Warn, w.T("dashboard.directory.next")
	}
	return widgets.Column(2, widgets.Heading(w.T("dashboard.care")), widgets.NewBanner(backup).View, widgets.NewBanner(directory).View)
}
