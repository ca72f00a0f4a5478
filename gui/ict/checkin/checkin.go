// Package checkin is the page on which ICT checks sticks in, and leads one that was lost
// through its return. What a check-in found is recorded before it is shown.
package checkin

import (
	"context"
	"strings"

	"stowage/devices/school/checkin"
	"stowage/devices/school/known"
	"stowage/devices/school/loss"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// CheckIns is the page on which ICT checks sticks in that are plugged in, and leads a
// lost one that turned up through its return.
type CheckIns struct {
	s *gui.Session
	p *app.Place

	view   *widgets.Busy
	answer *widgets.Banner
	page   *fyne.Container
	here   []StickHere
	wanted string      // the id of the device that is to be checked in when it is here
	result *checkedIn  // of the last check-in, until another stick is chosen
	steps  returnSteps // what is being typed about it
	unseen func()      // ends watching the drives
	drawn  string      // the stick whose check-in is on the page
}

// StickHere is a stick of the school that is plugged in.
type StickHere struct {
	path   string
	Device devices.Device

	programs checkin.ProgramsPlan // what ICT has said about the programs on it
	settle   string               // why it is left as it is, although it was put back to an earlier state
}

// Page is the page on which sticks are checked in.
func Page(p *app.Place) gui.Route {
	return app.PageOf(app.CheckInRoute, p.Route(func(s *gui.Session, p *app.Place) gui.Screen { return newCheckIns(s, p) }))
}

func newCheckIns(s *gui.Session, p *app.Place) *CheckIns {
	return &CheckIns{s: s, p: p, unseen: func() {}}
}

// Title is part of gui.Screen.
func (c *CheckIns) Title() string { return c.s.Words.T("route.checkin") }

// Content is part of gui.Screen.
func (c *CheckIns) Content() fyne.CanvasObject {
	c.answer, c.page = widgets.NewBanner(widgets.Message{}), container.NewStack()
	c.view = widgets.NewBusy(c.s.Words, container.NewBorder(c.answer.View, nil, nil, nil, c.page))
	c.draw()
	return c.view.View
}

// Shown is part of gui.Shower.
func (c *CheckIns) Shown() {
	c.want()
	c.look()
	c.unseen = app.WatchDrives(c.s, func(drives.Seen) { c.look() })
	if c.result != nil {
		c.reread() // the incident or the device may have been changed elsewhere
	}
}

// Hidden is part of gui.Hider.
func (c *CheckIns) Hidden() { c.unseen() }

// ShowsLosses says that this screen itself shows which sticks were lost.
func (c *CheckIns) ShowsLosses() {}

// Commands is part of gui.Commander.
func (c *CheckIns) Commands() []widgets.Command {
	return []widgets.Command{
		{Name: c.s.Words.T("checkin.messages"), Icon: widgets.Icon("inbox").Resource(), Run: c.Messages},
		c.p.LockCommand(c.s),
	}
}

// want takes note of the device that was asked for.
func (c *CheckIns) want() {
	want, ok := app.Asked[app.CheckIn](&c.p.Navigator)
	if !ok || want.Device == "" {
		return
	}
	c.wanted = want.Device
	c.here, c.result, c.steps = nil, nil, returnSteps{}
	c.draw()
}

// begin checks the wanted device in if it is here.
func (c *CheckIns) begin() {
	for _, h := range c.here {
		if h.Device.ID == c.wanted {
			c.wanted = ""
			c.draw()
			c.checkIn(h)
			return
		}
	}
	c.draw()
}

// look finds the school's sticks among the drives.
func (c *CheckIns) look() {
	app.Work(c.p, c.s, c.s.Words.T("checkin.looking"), func(ctx context.Context, s *school.School, _ jobs.Progress) ([]StickHere, error) {
		return SticksHere(ctx, c.s.Services.Drives, s)
	}, func(here []StickHere, err error) {
		if err != nil {
			c.answer.Set(c.s.Explain(err))
			return
		}
		c.here = here
		if c.result == nil {
			c.begin()
		}
	})
}

// SticksHere are the school's sticks among the drives; none without drives.
func SticksHere(ctx context.Context, d gui.Drives, s *school.School) ([]StickHere, error) {
	if d == nil {
		return nil, nil
	}
	all, err := d.List(ctx)
	if err != nil {
		return nil, err
	}
	var here []StickHere
	for _, drive := range all {
		fs, err := stick.NewDirFS(drive.Path)
		if err != nil {
			continue // pulled out meanwhile
		}
		if device, err := known.PluggedIn(ctx, s, fs); err == nil {
			here = append(here, StickHere{path: drive.Path, Device: device})
		}
		_ = fs.Close()
	}
	return here, nil
}

// draw shows the sticks that are here.
func (c *CheckIns) draw() {
	w := c.s.Words
	rows := widgets.Narrow(3, widgets.Body(w.T("checkin.intro")))
	if c.wanted != "" {
		rows.Add(widgets.NewBanner(widgets.Message{Kind: widgets.Info, Happened: w.T("checkin.wanted"), Next: w.T("checkin.wanted.next")}).View)
	}
	for _, h := range c.here {
		rows.Add(c.card(h))
	}
	if len(c.here) == 0 && c.wanted == "" {
		rows.Add(widgets.NewBanner(widgets.Message{Kind: widgets.Info, Happened: w.T("checkin.none")}).View)
	}
	rows.Add(widgets.Row(2, widgets.NewButton(w.T("checkin.messages"), widgets.Icon("inbox").Resource(), c.Messages)))
	c.set(rows)
}

// set shows a page. The steps of one stick stay where they were scrolled to.
func (c *CheckIns) set(rows fyne.CanvasObject) {
	shown := form.Scrolled(rows)
	var at fyne.Position
	if before, ok := c.page.Objects, len(c.page.Objects) > 0; ok && c.drawn == c.stick() {
		at = before[0].(*container.Scroll).Offset
	}
	c.drawn = c.stick()
	c.page.Objects = []fyne.CanvasObject{shown}
	c.page.Refresh()
	shown.ScrollToOffset(at)
	c.s.Refresh()
}

// stick is the id of the device whose check-in is shown; "" for none.
func (c *CheckIns) stick() string {
	if c.result == nil {
		return ""
	}
	return c.result.checkIn.Device.ID
}

// card is a stick that can be checked in.
func (c *CheckIns) card(h StickHere) fyne.CanvasObject {
	w := c.s.Words
	hint := wording.StateName(w, h.Device.State)
	if h.Device.HolderName != "" {
		hint += "  ·  " + h.Device.HolderName
	}
	do := widgets.NewPrimary(w.T("checkin.do"), widgets.Icon("check").Resource(), func() { c.checkIn(h) })
	column := widgets.Column(1, widgets.Heading(h.Device.Name()), widgets.Muted(hint))
	if app.WentMissing(h.Device) {
		column.Add(widgets.NewBanner(MissingMessage(w, h.Device)).View)
		do.SetText(w.T("checkin.return"))
	}
	column.Add(widgets.Row(2, widgets.Spring(), do))
	return widgets.Card(column)
}

// MissingMessage says of a stick that is here how the register has it.
func MissingMessage(w *i18n.Words, d devices.Device) widgets.Message {
	m := widgets.Message{Kind: widgets.Warn, Happened: w.T("checkin.lost", "label", d.Name(), "date", w.Date(d.Since)), Next: w.T("checkin.lost.next")}
	if d.State == devices.Found {
		m.Kind, m.Happened = widgets.Info, w.T("checkin.found", "label", d.Name(), "date", w.Date(d.Since))
	}
	return m
}

// Messages reads what other computers told of lost sticks, and records it.
func (c *CheckIns) Messages() {
	c.p.WithAuthority(c.s, "checkin.why", func(*school.School) {
		c.view.Follow(app.Work(c.p, c.s, c.s.Words.T("checkin.messages"), func(ctx context.Context, s *school.School, _ jobs.Progress) ([]foundElsewhere, error) {
			found, err := loss.FoundSticks(ctx, s)
			all := make([]foundElsewhere, len(found))
			for i, f := range found {
				_, err := loss.RecordFound(ctx, s, f)
				all[i] = foundElsewhere{f, err}
			}
			return all, err
		}, func(found []foundElsewhere, err error) {
			if err == nil || len(found) > 0 {
				c.tellFound(found)
			}
			if err != nil {
				c.s.Fail(err)
			}
		}))
	})
}

// foundElsewhere is a lost stick that another computer told of, and why that could not be
// recorded.
type foundElsewhere struct {
	loss.FoundStick
	err error
}

func (c *CheckIns) tellFound(found []foundElsewhere) {
	w := c.s.Words
	m := widgets.Message{Kind: widgets.Info, Happened: w.T("checkin.messages.none")}
	var lines, failed []string
	for _, f := range found {
		m.Happened = w.N("checkin.messages.some", len(found))
		lines = append(lines, w.T("checkin.seen", "label", f.Label, "place", f.Place, "when", w.When(f.Seen, c.s.Now())))
		if f.err != nil {
			failed = append(failed, f.Label+": "+c.s.Explain(f.err).Happened)
		}
	}
	m.Files, m.Details = strings.Join(lines, "\n"), strings.Join(failed, "\n")
	switch {
	case len(failed) > 0:
		m.Kind, m.Next = widgets.Warn, w.N("checkin.messages.failed", len(failed))
	case len(found) > 0:
		m.Next = w.T("checkin.messages.next")
	}
	c.s.Tell(m)
}
