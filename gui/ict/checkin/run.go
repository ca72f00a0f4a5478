package checkin

import (
	"context"
	"errors"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/known"
	"stowage/devices/school/openings"
	"stowage/devices/school/programs"
	"stowage/gui/app"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// checkedIn is what a check-in found.
type checkedIn struct {
	checkIn   checkin.Result
	check     stick.CheckResult
	returning bool // it went missing, and is led through its return
	changes   backup.Changes
	compared  error // why it could not be compared with its backup
	incidents []devices.Incident
	from      StickHere
	carries   []stick.Program // what the stick carries now
	approved  []stick.Program // what the school has for its sticks
}

// checkIn reads the whole stick with the recovery key, and records what it found.
func (c *CheckIns) checkIn(h StickHere) {
	c.answer.Clear()
	c.p.WithAuthority(c.s, "checkin.why", func(*school.School) {
		c.view.Follow(app.Work(c.p, c.s, c.s.Words.T("care.checking"), func(ctx context.Context, s *school.School, p jobs.Progress) (checkedIn, error) {
			c.p.LeaveDrive(h.path)
			return c.checkInStick(ctx, s, h, p)
		}, c.checked))
	})
}

func (c *CheckIns) checkInStick(ctx context.Context, s *school.School, h StickHere, p jobs.Progress) (out checkedIn, err error) {
	out.from = h
	fs, err := stick.NewDirFS(h.path)
	if err != nil {
		return out, err
	}
	defer fs.Close()
	seen := lastSeen(c.s, fs)
	opened, err := s.OpenAsICT(ctx, fs, stick.OpenOptions{LastSeen: seen})
	if errors.Is(err, stick.ErrReadOnly) {
		opened, err = s.OpenAsICT(ctx, fs, stick.OpenOptions{LastSeen: seen, ReadOnly: true})
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
		if err := openings.RecordStick(ctx, s, fs, opened.Note(), openings.PurposeDamage); err != nil { // it names files
			return out, err
		}
	}
	before, err := known.Device(ctx, s.Register(), opened.Note()) // which may have been lost since the stick was plugged in
	if err != nil {
		return out, err
	}
	if out.returning = app.WentMissing(before); out.returning { // before a new backup hides what changed
		if out.changes, out.compared = backup.ChangedSince(ctx, s, opened); ctx.Err() != nil {
			return out, ctx.Err()
		}
	}
	options := checkin.Options{Drive: fs, Health: health, Place: c.s.Words.T("checkin.place"), Settle: h.settle, BackUp: !out.returning, Programs: h.programs, Progress: p}
	if out.checkIn, err = checkin.Stick(ctx, s, opened, options); err != nil {
		return out, err
	}
	out.carries = opened.Note().Programs
	if out.approved, err = programs.List(s); err != nil {
		return out, err
	}
	if out.incidents, err = openIncidents(ctx, s, out.checkIn.Device.ID); err != nil {
		return out, err
	}
	out.returning = out.returning || len(out.incidents) > 0
	return out, nil
}

func openIncidents(ctx context.Context, s *school.School, device string) ([]devices.Incident, error) {
	return s.Register().Incidents(ctx, devices.IncidentQuery{Device: device, States: []devices.IncidentState{devices.IncidentOpen}})
}

// putKeysBack puts the key files back that were deleted from a stick, and checks it in.
func (c *CheckIns) putKeysBack(h StickHere) {
	c.answer.Clear()
	c.view.Follow(jobs.Run(c.s.Jobs, c.s.Words.T("unlock.keysgone.working"), func(context.Context, jobs.Progress) ([]string, error) {
		return c.p.PutKeysBack(h.path)
	}, func(_ []string, err error) {
		if err != nil {
			c.answer.Set(c.s.Explain(err))
			return
		}
		c.checkIn(h)
	}))
}

// checked shows what a check-in found.
func (c *CheckIns) checked(out checkedIn, err error) {
	if err != nil {
		m := c.s.Explain(err)
		if errors.Is(err, stick.ErrKeysGone) {
			m.Do = widgets.Command{Name: c.s.Words.T("unlock.keysgone.do"), Run: func() { c.putKeysBack(out.from) }}
		}
		c.answer.Set(m)
		return
	}
	c.result, c.steps = &out, returnSteps{}
	c.drawResult()
}

// reread reads anew how the register has the stick that was checked in.
func (c *CheckIns) reread() {
	r := c.result
	app.Work(c.p, c.s, c.s.Words.T("register.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (checkedIn, error) {
		now := *r
		var err error
		if now.checkIn.Device, err = s.Register().Device(ctx, r.checkIn.Device.ID); err == nil {
			now.incidents, err = openIncidents(ctx, s, r.checkIn.Device.ID)
		}
		return now, err
	}, func(now checkedIn, err error) {
		switch {
		case err != nil:
			c.s.Fail(err)
		case c.result == r:
			c.result = &now
			c.drawResult()
		}
	})
}
