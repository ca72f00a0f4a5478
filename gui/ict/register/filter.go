package register

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// Filters say which devices the register shows, and are the request for them. The zero
// value is all.
type Filters struct {
	search     string
	State      devices.State
	Kind       devices.Kind
	site       string
	Overdue    bool
	Unseen     bool
	Unverified bool
	Missing    bool // lost or stolen; only the dashboard asks for it
	InUse      bool // in use or to be used; only the dashboard asks for it
}

// Route is part of [app.Request].
func (Filters) Route() gui.RouteID { return app.RegisterRoute }

func (f Filters) none() bool { return f == Filters{} }

// Query asks the register for what fits. unseen is the policy's number of days.
func (f Filters) Query(v View, now time.Time, unseen int) devices.DeviceQuery {
	q := devices.DeviceQuery{Search: f.search, Sort: v.Sort, Descending: v.Descending}
	if f.State != "" {
		q.States = []devices.State{f.State}
	}
	if f.Missing {
		q.States = []devices.State{devices.Lost, devices.Stolen}
	}
	if f.InUse {
		q.States = InUse()
	}
	if f.Kind != "" {
		q.Kinds = []devices.Kind{f.Kind}
	}
	if f.site != "" {
		q.Sites = []string{f.site}
	}
	for _, c := range devices.Filters() {
		if *chipMembers[c.Name](&f) {
			c.Narrow(&q, now, unseen)
		}
	}
	if f.Unseen && len(q.States) == 0 { // what is in the cupboard is not missed
		q.States = []devices.State{devices.Issued}
	}
	return q
}

// chipMembers are where filters keep which of [devices.Filters] are on.
var chipMembers = map[string]func(*Filters) *bool{
	"overdue":    func(f *Filters) *bool { return &f.Overdue },
	"unseen":     func(f *Filters) *bool { return &f.Unseen },
	"unverified": func(f *Filters) *bool { return &f.Unverified },
}

// chipText is what the chip of a filter says.
func chipText(f devices.Filter) i18n.Key { return i18n.Key("register.filter." + f.Name) }

// filterBar is the search and the filters above the register.
type filterBar struct {
	view              *fyne.Container
	r                 *register
	search            *widgets.Search
	state, kind, site *widget.Select
	chips             *widgets.Chips[string]
	clear             *widgets.Button
	quiet             bool // set while show changes what is shown
}

func newFilterBar(r *register) *filterBar {
	w := r.s.Words
	b := &filterBar{r: r}
	b.search = widgets.NewSearch(w.T("register.search"), r.s.After, func(string) { b.changed() })
	states := []string{w.T("register.states")}
	for _, s := range devices.States() {
		states = append(states, wording.StateName(w, s))
	}
	kinds := []string{w.T("register.kinds")}
	for _, k := range devices.Kinds() {
		kinds = append(kinds, wording.KindName(w, k))
	}
	b.state = widget.NewSelect(states, func(string) { b.changed() })
	b.kind = widget.NewSelect(kinds, func(string) { b.changed() })
	b.site = widget.NewSelect([]string{w.T("register.sites")}, func(string) { b.changed() })
	var chips []widgets.Option[string]
	for _, c := range devices.Filters() {
		chips = append(chips, widgets.Option[string]{Name: w.T(chipText(c)), Value: c.Name})
	}
	b.chips = widgets.NewChips(b.changed, chips...)
	b.clear = widgets.NewQuiet(w.T("register.clear"), widgets.Icon("clear").Resource(), func() {
		b.r.filters = Filters{}
		b.show()
		b.r.load()
	})
	selects := widgets.Row(1, b.state, b.kind, b.site)
	b.view = widgets.Column(1,
		container.New(&form.BesideSearch{Least: 260}, b.search.View, selects),
		container.NewBorder(nil, nil, nil, b.clear, b.chips.View))
	b.show()
	return b
}

// setSites offers the sites that there are.
func (b *filterBar) setSites(sites []string) {
	options := append([]string{b.r.s.Words.T("register.sites")}, slices.DeleteFunc(slices.Clone(sites), func(s string) bool { return s == "" })...)
	b.site.Hidden = len(options) == 1
	if !slices.Equal(options, b.site.Options) {
		b.site.SetOptions(options)
		b.view.Refresh()
	}
}

// show shows the register's filters.
func (b *filterBar) show() {
	b.quiet = true
	defer func() { b.quiet = false }()
	f := b.r.filters
	b.search.Set(f.search)
	b.state.SetSelectedIndex(1 + slices.Index(devices.States(), f.State))
	b.kind.SetSelectedIndex(1 + slices.Index(devices.Kinds(), f.Kind))
	b.site.SetSelectedIndex(max(slices.Index(b.site.Options, f.site), 0))
	var on []string
	for _, c := range devices.Filters() {
		if *chipMembers[c.Name](&f) {
			on = append(on, c.Name)
		}
	}
	b.chips.Set(on...)
	b.clear.Hidden = f.none()
	b.view.Refresh()
}

// changed reads the filters that a person has chosen.
func (b *filterBar) changed() {
	if b.quiet {
		return
	}
	f := Filters{search: b.search.Text(), Missing: b.r.filters.Missing, InUse: b.r.filters.InUse}
	if i := b.state.SelectedIndex(); i > 0 {
		f.State, f.Missing, f.InUse = devices.States()[i-1], false, false
	}
	if i := b.kind.SelectedIndex(); i > 0 {
		f.Kind = devices.Kinds()[i-1]
	}
	if b.site.SelectedIndex() > 0 {
		f.site = b.site.Selected
	}
	on := b.chips.On()
	for _, c := range devices.Filters() {
		*chipMembers[c.Name](&f) = slices.Contains(on, c.Name)
	}
	if f == b.r.filters {
		return
	}
	b.r.filters = f
	b.clear.Hidden = f.none()
	b.view.Refresh()
	b.r.s.Used()
	b.r.load()
}

// InUse are the states in which it matters whether a device is encrypted.
func InUse() []devices.State {
	return []devices.State{devices.InStock, devices.Issued, devices.Returned, devices.Found, devices.Damaged}
}
