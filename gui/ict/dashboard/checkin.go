package dashboard

import (
	"context"

	"fyne.io/fyne/v2"

	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/ict/checkin"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// plugged finds the school's sticks that are plugged in, while the dashboard is in view.
func (d *dashboard) plugged(drives.Seen) {
	app.Work(d.p, d.s, d.s.Words.T("checkin.looking"), func(ctx context.Context, s *school.School, _ jobs.Progress) ([]checkin.StickHere, error) {
		return checkin.SticksHere(ctx, d.s.Services.Drives, s)
	}, func(here []checkin.StickHere, err error) {
		if err == nil { // otherwise the page says why
			d.here = here
			d.drawHere()
		}
	})
}

// checkInCard leads to the check-in of the sticks that are here, and to what other
// computers told of lost ones.
func (d *dashboard) checkInCard(st standing) fyne.CanvasObject {
	d.sticks, d.seen = widgets.Column(2), st.inbox.Found
	d.drawHere()
	return d.sticks
}

func (d *dashboard) drawHere() {
	if d.sticks == nil {
		return
	}
	w := d.s.Words
	rows := []fyne.CanvasObject{widgets.Heading(w.T("dashboard.checkin"))}
	add := func(m widgets.Message, do string, run func()) { // the card is narrow, so the button goes below
		rows = append(rows, widgets.NewBanner(m).View, widgets.Row(2, widgets.Spring(), widgets.NewButton(do, nil, run)))
	}
	for _, h := range d.here {
		m, name := widgets.Message{Kind: widgets.Info, Happened: w.T("dashboard.checkin.here", "label", h.Device.Name())}, w.T("dashboard.checkin.do")
		if app.WentMissing(h.Device) {
			m, name = checkin.MissingMessage(w, h.Device), w.T("checkin.return")
			m.Next = "" // the page says it
		}
		add(m, name, func() { d.p.Go(d.s, app.CheckIn{Device: h.Device.ID}) })
	}
	if len(d.here) == 0 {
		rows = append(rows, widgets.Muted(w.T("dashboard.checkin.none")))
	}
	if d.seen > 0 {
		add(widgets.Message{Kind: widgets.Warn, Happened: w.N("dashboard.checkin.seen", d.seen)}, w.T("dashboard.checkin.read"), d.readMessages)
	}
	d.sticks.Objects = rows
	d.sticks.Refresh()
	d.page.Refresh()
}

// readMessages shows where lost sticks were seen.
func (d *dashboard) readMessages() {
	d.p.Go(d.s, app.CheckIn{})
	if c, ok := d.s.Current().(*checkin.CheckIns); ok {
		c.Messages()
	}
}
