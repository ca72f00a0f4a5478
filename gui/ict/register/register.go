// Package register is the page of every device: the table with its filters, what is known
// of one device, what can be done to some, and the register's own files. What another desk
// has changed since it was shown is not overwritten.
package register

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// register is the table of every device, with what is known of one beside it.
type register struct {
	s       *gui.Session
	p       *app.Place
	filters Filters
	view    View
	rows    *deviceRows
	table   *widgets.Table
	bar     *filterBar
	picked  *selectionBar
	side    *widgets.Side
	detail  *deviceSide
	banner  *widgets.Banner
	count   *widget.RichText
	tidy    func() // takes away the ear for changes
	loading *jobs.Job
	rest    func() // stops looking for what others change
	again   bool   // the rows have changed while they were being read
	loaded  bool
	busy    *widgets.Progress // of files that are written or read
	unseen  int               // the policy's days after which a device counts as not seen lately
}

// Page is the page of the register.
func Page(p *app.Place) gui.Route { return app.PageOf(app.RegisterRoute, p.Route(newRegister)) }

func newRegister(s *gui.Session, p *app.Place) gui.Screen {
	r := &register{s: s, p: p, view: readRegisterView(p.Dir())}
	r.rows = newDeviceRows(s, r.fetch)
	r.tidy = p.OnChange(s, func() { r.rows.outdated(); r.load() })
	return r
}

// Title is part of Screen.
func (r *register) Title() string { return r.s.Words.T("register.title") }

// Content is part of Screen.
func (r *register) Content() fyne.CanvasObject {
	w := r.s.Words
	r.table = widgets.NewTable(w, widgets.TableOptions{
		Label: w.T("register.title"), Columns: registerColumns(w), Multi: true, Empty: w.T("register.reading"),
		Sort: r.sort, Selected: r.selected, Menu: r.menu, Key: r.s.Typed, Now: r.s.Now,
		Open: func(int) { r.edit() },
	})
	r.table.SetWidths(r.view.Widths)
	r.table.SetSort(r.view.column(), r.view.Descending)
	r.table.SetRows(r.rows)
	r.bar = newFilterBar(r)
	r.picked = newSelectionBar(r)
	r.detail = newDeviceSide(r)
	r.banner = widgets.NewBanner(widgets.Message{})
	r.count = widgets.Caption("")
	r.busy = widgets.NewProgress(w)
	r.side = widgets.NewSide(r.table.View, r.detail.view, 0.38)
	foot := container.NewBorder(nil, nil, r.count, r.picked.view)
	return container.NewBorder(widgets.Column(2, r.banner.View, r.bar.view, r.busy.View), foot, nil, nil, r.side.View)
}

// Shown is part of Shower.
func (r *register) Shown() {
	r.rest = r.p.LookAround(r.s)
	if want, ok := app.Asked[Filters](&r.p.Navigator); ok {
		r.filters = want
		r.bar.show()
		r.load()
		return
	}
	if !r.loaded {
		r.load()
	}
}

// Hidden is part of Hider.
func (r *register) Hidden() {
	r.rest()
	r.keepView()
}

// Closed is part of Closer.
func (r *register) Closed() {
	r.keepView()
	r.tidy()
}

// keepView remembers widths and order for the next time.
func (r *register) keepView() {
	if r.table == nil {
		return
	}
	view := r.view
	view.Widths = r.table.Widths()
	if view.same(r.view) {
		return
	}
	r.view = view
	if err := view.keep(r.p.Dir()); err != nil {
		r.s.Fail(err)
	}
}

// Focus is part of Focuser.
func (r *register) Focus() fyne.Focusable { return r.bar.search.Focus() }

// sort is asked for another order.
func (r *register) sort(column int, down bool) {
	r.view.Sort, r.view.Descending = registerOrder()[column], down
	if err := r.view.keep(r.p.Dir()); err != nil {
		r.s.Fail(err)
	}
	r.load()
}

// listing is what a reading of the list comes to.
type listing struct {
	order  []string
	first  []devices.Device // the first of them
	sites  []string
	policy int // days after which a device counts as not seen lately
}

// load reads the list anew, in the background. While it is being read, it is read
// once more afterwards.
func (r *register) load() {
	if r.table == nil {
		return
	}
	if r.loading != nil {
		r.again = true
		r.loading.Cancel()
		return
	}
	f, view := r.filters, r.view
	now := r.s.Now()
	r.loading = app.Work(r.p, r.s, r.s.Words.T("register.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (listing, error) {
		var l listing
		var err error
		l.policy = s.Policy().UnseenDays
		if l.order, err = s.Register().DeviceOrder(ctx, f.Query(view, now, l.policy)); err != nil {
			return l, err
		}
		if l.first, err = s.Register().DevicesWithID(ctx, l.order[:min(len(l.order), pageRows)]); err != nil {
			return l, err
		}
		l.sites, err = s.Register().Sites(ctx)
		return l, err
	}, r.show)
}

// show shows the list that was read.
func (r *register) show(l listing, err error) {
	r.loading = nil
	if r.again {
		r.again = false
		r.load()
		return
	}
	if err != nil {
		m := r.s.Explain(err)
		m.Do = widgets.Command{Name: r.s.Words.T("register.again"), Icon: widgets.Icon("refresh").Resource(), Run: r.load}
		r.banner.Set(m)
		r.table.SetEmpty(r.s.Words.T("register.unread"))
		return
	}
	r.loaded, r.unseen = true, l.policy
	r.banner.Clear()
	r.bar.setSites(l.sites)
	r.rows.set(l.order, l.first)
	if r.filters.none() {
		r.table.SetEmpty(r.s.Words.T("register.empty"))
	} else {
		r.table.SetEmpty(r.s.Words.T("register.nothing"))
	}
	r.table.Refresh()
	widgets.SetText(r.count, r.s.Words.N("register.count", len(l.order)))
	r.selected()
	r.s.Refresh()
}

// fetch reads devices that have come into view.
func (r *register) fetch(ids []string) {
	app.Work(r.p, r.s, r.s.Words.T("register.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) ([]devices.Device, error) {
		return s.Register().DevicesWithID(ctx, ids)
	}, func(found []devices.Device, err error) {
		r.rows.arrived(ids, found)
		if err != nil {
			r.banner.Set(r.s.Explain(err))
			return
		}
		r.table.Refresh()
	})
}

// selectionPause is how long a selection must rest before its details are read.
const selectionPause = 120 * time.Millisecond

// selected is told when other rows are selected.
func (r *register) selected() {
	n := r.table.Count()
	r.picked.show(n)
	if n != 1 {
		r.side.Show(false)
		r.detail.forget()
		return
	}
	r.detail.follow(r.table.Selected()[0])
	r.side.Show(true)
}

// one is the device that alone is selected, and false when it is not just one, or
// not read yet.
func (r *register) one() (devices.Device, bool) {
	if r.table == nil || r.table.Count() != 1 {
		return devices.Device{}, false
	}
	return r.rows.device(r.table.Selected()[0])
}
