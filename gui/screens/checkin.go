package screens

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/cmd/school"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/parts"
)

// checkIns is the room in which ICT checks sticks in that are plugged in, and leads a
// lost one that turned up through its return.
type checkIns struct {
	s *gui.Session
	p *Place

	view   *parts.Busy
	answer *parts.Banner
	page   *fyne.Container
	here   []stickHere
	result *checkedIn // of the last check-in, until another stick is chosen
	stop   context.CancelFunc
}

// stickHere is a stick of the school that is plugged in.
type stickHere struct {
	path   string
	device devices.Device
}

func newCheckIns(s *gui.Session, p *Place) *checkIns { return &checkIns{s: s, p: p} }

// Title is part of gui.Screen.
func (c *checkIns) Title() string { return c.s.Words.T("room.checkin") }

// Content is part of gui.Screen.
func (c *checkIns) Content() fyne.CanvasObject {
	c.answer, c.page = parts.NewBanner(parts.Message{}), container.NewStack()
	c.view = parts.NewBusy(c.s.Words, container.NewBorder(c.answer.View, nil, nil, nil, c.page))
	c.draw()
	return c.view.View
}

// Shown is part of gui.Shower.
func (c *checkIns) Shown() {
	c.look()
	if c.s.Services.Drives == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = cancel
	seen := c.s.Services.Drives.Watch(ctx, lookEvery)
	go func() {
		for range seen {
			c.s.Do(func() {
				if ctx.Err() == nil {
					c.look()
				}
			})
		}
	}()
}

// Hidden is part of gui.Hider.
func (c *checkIns) Hidden() {
	if c.stop != nil {
		c.stop()
		c.stop = nil
	}
}

// Commands is part of gui.Commander.
func (c *checkIns) Commands() []parts.Command {
	return []parts.Command{
		{Name: c.s.Words.T("checkin.messages"), Icon: parts.Icon("inbox").Resource(), Run: c.messages},
		c.p.lockCommand(c.s),
	}
}

// look finds the school's sticks among the drives.
func (c *checkIns) look() {
	work(c.p, c.s, c.s.Words.T("checkin.looking"), func(ctx context.Context, s *school.School, _ jobs.Progress) ([]stickHere, error) {
		return sticksHere(ctx, c.s.Services.Drives, s)
	}, func(here []stickHere, err error) {
		if err != nil {
			c.answer.Set(c.s.Explain(err))
			return
		}
		c.here = here
		if c.result == nil {
			c.draw()
		}
	})
}

func sticksHere(ctx context.Context, d gui.Drives, s *school.School) ([]stickHere, error) {
	if d == nil {
		return nil, nil
	}
	all, err := d.List(ctx)
	if err != nil {
		return nil, err
	}
	var here []stickHere
	for _, drive := range all {
		fs, err := stick.NewDirFS(drive.Path)
		if err != nil {
			continue // pulled out meanwhile
		}
		if device, err := s.PluggedIn(ctx, fs); err == nil {
			here = append(here, stickHere{drive.Path, device})
		}
		_ = fs.Close()
	}
	return here, nil
}

// draw shows the sticks that are here.
func (c *checkIns) draw() {
	w := c.s.Words
	rows := parts.Narrow(3, parts.Body(w.T("checkin.intro")))
	for _, h := range c.here {
		rows.Add(c.card(h))
	}
	if len(c.here) == 0 {
		rows.Add(parts.NewBanner(parts.Message{Kind: parts.Info, Happened: w.T("checkin.none")}).View)
	}
	rows.Add(parts.Row(2, parts.NewButton(w.T("checkin.messages"), parts.Icon("inbox").Resource(), c.messages)))
	c.set(rows)
}

func (c *checkIns) set(rows fyne.CanvasObject) {
	c.page.Objects = []fyne.CanvasObject{scrolled(rows)}
	c.page.Refresh()
	c.s.Refresh()
}

// card is a stick that can be checked in.
func (c *checkIns) card(h stickHere) fyne.CanvasObject {
	w := c.s.Words
	name := parts.Heading(h.device.Name())
	hint := stateName(w, h.device.State)
	if h.device.HolderName != "" {
		hint += "  ·  " + h.device.HolderName
	}
	do := parts.NewPrimary(w.T("checkin.do"), parts.Icon("check").Resource(), func() { c.checkIn(h) })
	column := parts.Column(1, name, parts.Muted(hint))
	if missingNow(h.device) {
		column.Add(parts.NewBanner(parts.Message{
			Kind: parts.Warn, Happened: w.T("checkin.lost", "label", h.device.Name(), "date", w.Date(h.device.Since)), Next: w.T("checkin.lost.next"),
		}).View)
		do.SetText(w.T("checkin.return"))
	}
	column.Add(parts.Row(2, parts.Spring(), do))
	return parts.Card(column)
}

// missingNow reports whether the register has a device as gone.
func missingNow(d devices.Device) bool { return d.State == devices.Lost || d.State == devices.Stolen }

// checkedIn is what a check-in found.
type checkedIn struct {
	sight     school.Sight
	check     stick.CheckResult
	changes   school.Changes
	compared  error // why it could not be compared with its backup
	incidents []devices.Incident
}

// checkIn reads the whole stick with the recovery key, and records what it found.
func (c *checkIns) checkIn(h stickHere) {
	c.answer.Clear()
	c.p.authority(c.s, "checkin.why", func(*school.School) {
		c.view.Follow(work(c.p, c.s, c.s.Words.T("care.checking"), func(ctx context.Context, s *school.School, p jobs.Progress) (checkedIn, error) {
			return checkInStick(ctx, s, h, c.s.Words.T("checkin.place"), p)
		}, c.checked))
	})
}

func checkInStick(ctx context.Context, s *school.School, h stickHere, place string, p jobs.Progress) (out checkedIn, err error) {
	fs, err := stick.NewDirFS(h.path)
	if err != nil {
		return out, err
	}
	defer fs.Close()
	opened, err := s.OpenAsICT(ctx, fs, stick.OpenOptions{})
	if errors.Is(err, stick.ErrReadOnly) {
		opened, err = s.OpenAsICT(ctx, fs, stick.OpenOptions{ReadOnly: true})
	}
	if err != nil {
		return out, err
	}
	defer opened.Close()
	if out.check, err = opened.Check(ctx, p); err != nil {
		return out, err
	}
	health := devices.Healthy
	if !out.check.Healthy() {
		health = devices.Broken
	}
	if missingNow(h.device) { // before a new backup hides what changed
		if out.changes, out.compared = s.ChangedSince(ctx, opened); ctx.Err() != nil {
			return out, ctx.Err()
		}
	}
	options := school.CheckInOptions{Drive: fs, Health: health, Place: place, BackUp: !missingNow(h.device), Progress: p}
	if out.sight, err = s.CheckIn(ctx, opened, options); err != nil {
		return out, err
	}
	out.incidents, err = openIncidents(ctx, s, out.sight.Device.ID)
	return out, err
}

func openIncidents(ctx context.Context, s *school.School, device string) ([]devices.Incident, error) {
	return s.Register().Incidents(ctx, devices.IncidentQuery{Device: device, States: []devices.IncidentState{devices.IncidentOpen}})
}

// checked shows what a check-in found.
func (c *checkIns) checked(out checkedIn, err error) {
	if err != nil {
		c.answer.Set(c.s.Explain(err))
		return
	}
	c.result = &out
	c.drawResult()
}

// messages reads what other computers told of lost sticks, and records it.
func (c *checkIns) messages() {
	c.p.authority(c.s, "checkin.why", func(*school.School) {
		c.view.Follow(work(c.p, c.s, c.s.Words.T("checkin.messages"), func(ctx context.Context, s *school.School, _ jobs.Progress) ([]school.FoundStick, error) {
			found, err := s.FoundSticks(ctx)
			for _, f := range found {
				if _, err := s.RecordFound(ctx, f); err != nil {
					return nil, err
				}
			}
			return found, err
		}, func(found []school.FoundStick, err error) {
			if err != nil {
				c.s.Fail(err)
				return
			}
			c.tellFound(found)
		}))
	})
}

func (c *checkIns) tellFound(found []school.FoundStick) {
	w := c.s.Words
	m := parts.Message{Kind: parts.Info, Happened: w.T("checkin.messages.none")}
	for _, f := range found {
		m.Happened = w.N("checkin.messages.some", len(found))
		m.Next = w.T("checkin.messages.next")
		if m.Files != "" {
			m.Files += "\n"
		}
		m.Files += w.T("checkin.seen", "label", f.Label, "place", f.Place, "when", w.When(f.Seen, c.s.Now()))
	}
	c.s.Tell(m)
}
