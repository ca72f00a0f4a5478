// Package dashboard is the page on which ICT sees how things stand. It is above the rooms
// that it sums up: each of its numbers leads to just as many rows.
package dashboard

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"stowage/devices/school/loss"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/ict/checkin"
	"stowage/gui/ict/register"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// dashboard shows ICT how things stand: each number leads to its rows.
type dashboard struct {
	s       *gui.Session
	p       *app.Place
	page    *fyne.Container
	banner  *widgets.Banner
	loading *jobs.Job
	again   bool
	drawn   bool
	tidy    func()
	rest    func()
	shown   bool
	stale   bool
	unseen  func() // ends watching the drives
	here    []checkin.StickHere
	seen    int             // messages about lost sticks that were seen elsewhere
	sticks  *fyne.Container // the card about both
}

// Page is the page on which ICT sees how things stand.
func Page(p *app.Place) gui.Route { return app.PageOf(app.DashboardRoute, p.Route(newDashboard)) }

func newDashboard(s *gui.Session, p *app.Place) gui.Screen {
	d := &dashboard{s: s, p: p, unseen: func() {}}
	d.tidy = p.OnChange(s, func() {
		d.stale = true
		if d.shown {
			d.load()
		}
	})
	return d
}

// Title is part of Screen.
func (d *dashboard) Title() string { return d.s.Words.T("dashboard.title") }

// Content is part of Screen.
func (d *dashboard) Content() fyne.CanvasObject {
	d.banner = widgets.NewBanner(widgets.Message{})
	d.page = widgets.Column(3)
	return container.NewVScroll(container.NewPadded(widgets.Column(3, d.banner.View, d.page)))
}

// Shown is part of Shower.
func (d *dashboard) Shown() {
	d.shown = true
	d.rest = d.p.LookAround(d.s)
	d.unseen = app.WatchDrives(d.s, d.plugged)
	d.p.OnInbox(d.load)
	if !d.drawn || d.stale {
		d.load()
	}
}

// Hidden is part of Hider.
func (d *dashboard) Hidden() {
	d.shown = false
	d.rest()
	d.unseen()
	d.p.OnInbox(nil)
}

// Closed is part of Closer.
func (d *dashboard) Closed() { d.tidy() }

// Commands is part of Commander.
func (d *dashboard) Commands() []widgets.Command {
	return []widgets.Command{
		{Name: d.s.Words.T("dashboard.refresh"), Icon: widgets.Icon("refresh").Resource(), Key: fyne.KeyR, Modifier: widgets.Ctrl, Run: d.load},
		d.p.LockCommand(d.s),
	}
}

// standing is how things stand.
type standing struct {
	states, overdue, unseen, unverified map[devices.State]int
	kinds                               map[devices.Kind]int
	incidents                           []devices.Incident
	names                               map[string]string // of the devices of incidents
	unseenDays                          int
	backup                              time.Time // zero: never, or out of reach
	backupErr                           error
	published                           time.Time
	directoryErr                        error
	inbox                               loss.Waiting
}

func (d *dashboard) load() {
	if d.page == nil {
		return
	}
	if d.loading != nil {
		d.again = true
		return
	}
	now := d.s.Now()
	backup := d.p.Config().Backup
	d.stale = false
	d.loading = app.Work(d.p, d.s, d.s.Words.T("dashboard.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (standing, error) {
		return readStanding(ctx, s, now, backup)
	}, func(st standing, err error) {
		d.loading = nil
		if d.again {
			d.again = false
			d.load()
			return
		}
		d.show(st, err)
	})
	if !d.drawn {
		d.page.Objects = []fyne.CanvasObject{widgets.Muted(d.s.Words.T("dashboard.reading"))}
		d.page.Refresh()
	}
}

func readStanding(ctx context.Context, s *school.School, now time.Time, backup string) (st standing, err error) {
	r, policy := s.Register(), s.Policy()
	st.unseenDays = policy.UnseenDays
	for _, count := range []struct {
		to *map[devices.State]int
		q  devices.DeviceQuery
	}{
		{&st.states, devices.DeviceQuery{}},
		{&st.overdue, devices.DeviceQuery{Overdue: true}},
		{&st.unseen, register.Filters{Unseen: true}.Query(register.View{}, now, policy.UnseenDays)},
		{&st.unverified, devices.DeviceQuery{Unverified: true, States: register.InUse()}},
	} {
		if *count.to, err = r.CountDevices(ctx, count.q); err != nil {
			return st, err
		}
	}
	st.kinds = map[devices.Kind]int{}
	for _, k := range devices.Kinds() {
		counts, err := r.CountDevices(ctx, devices.DeviceQuery{Kinds: []devices.Kind{k}})
		if err != nil {
			return st, err
		}
		st.kinds[k] = sum(counts)
	}
	if err := st.readIncidents(ctx, r); err != nil {
		return st, err
	}
	if backup != "" {
		info, err := os.Stat(backup)
		if err == nil {
			st.backup = info.ModTime()
		}
		st.backupErr = err
	} else {
		st.backupErr = fs.ErrNotExist
	}
	directory, err := s.Directory()
	if err == nil {
		st.published = directory.Published
	}
	st.directoryErr = err
	st.inbox, _ = loss.WaitingAt(s.Dir()) // a folder out of reach is said elsewhere
	return st, nil
}

func (st *standing) readIncidents(ctx context.Context, r *devices.Register) error {
	all, err := r.Incidents(ctx, devices.IncidentQuery{})
	if err != nil {
		return err
	}
	st.incidents = slices.DeleteFunc(all, func(i devices.Incident) bool { return i.State != devices.IncidentOpen })
	slices.SortFunc(st.incidents, func(a, b devices.Incident) int { return a.Deadline().Compare(b.Deadline()) })
	st.names = map[string]string{}
	for _, i := range st.incidents {
		if i.Device == "" {
			continue
		}
		d, err := r.Device(ctx, i.Device)
		if err != nil && !errors.Is(err, devices.ErrNotFound) {
			return err
		}
		st.names[i.Device] = d.Name()
	}
	return nil
}

func sum[K comparable](counts map[K]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
