package checkin

import (
	"context"
	"io/fs"
	"slices"

	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"

	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/ict/backups"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// What is said and done at check-in of a stick that was put back to an earlier state.

// lastSeen is how this computer remembers the stick on a drive.
func lastSeen(s *gui.Session, drive stick.FS) stick.Head {
	summary, err := stick.Inspect(drive, "")
	if err != nil {
		return stick.Head{}
	}
	return app.Heads(s).Load(summary.Note.ID)
}

// forkRows say that the stick was put back, what was lost by that, and what to do.
func (c *CheckIns) forkRows() []fyne.CanvasObject {
	t, checkIn := c.s.Words.T, c.result.checkIn
	if checkIn.Settled {
		return []fyne.CanvasObject{widgets.NewBanner(widgets.Message{Kind: widgets.Good, Happened: t("checkin.settled")}).View}
	}
	if !checkIn.Older {
		return nil
	}
	m := widgets.Message{Kind: widgets.Bad, Happened: t("checkin.older"), Next: t("checkin.older.next")}
	f := checkIn.Fork
	if f == nil {
		return []fyne.CanvasObject{widgets.NewBanner(m).View}
	}
	if f.Kind == stick.WarnForked {
		m.Happened, m.Next = t("checkin.forked"), t("checkin.forked.next")
	}
	m.Files = c.lostByFork(f)
	buttons := widgets.Row(2, widgets.NewButton(t("checkin.settle"), nil, c.settle))
	if f.From == backup.FromBackup && len(f.Files) > 0 {
		buttons.Objects = slices.Insert(buttons.Objects, 0, fyne.CanvasObject(widgets.NewButton(t("checkin.lostby.restore"), widgets.Icon("history").Resource(), c.restoreLost)))
	}
	return []fyne.CanvasObject{widgets.NewBanner(m).View, buttons}
}

// lostByFork says which files were lost, and who has them.
func (c *CheckIns) lostByFork(f *checkin.Fork) string {
	w := c.s.Words
	switch {
	case f.From == "":
		return w.T("checkin.lostby.unknown")
	case len(f.Files) == 0:
		return w.T("checkin.lostby.none")
	case f.From == backup.FromBackup:
		return w.N("checkin.lostby", len(f.Files), "names", wording.SomeNames(w, f.Files)) + " " + w.T("checkin.lostby.backup")
	}
	return w.N("checkin.lostby", len(f.Files), "names", wording.SomeNames(w, f.Files)) + " " + w.T("checkin.lostby.checkin")
}

// restoreLost leads to the stick's backup, as it was before the stick was put back.
func (c *CheckIns) restoreLost() {
	device, at := c.result.checkIn.Device.ID, c.result.checkIn.Fork.Seq
	c.view.Follow(app.Work(c.p, c.s, c.s.Words.T("restore.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (backups.Kept, error) {
		id, err := backup.StickOf(ctx, s, device)
		if err != nil {
			return backups.Kept{}, err
		}
		all, err := backups.Read(ctx, s)
		if err != nil {
			return backups.Kept{}, err
		}
		i := slices.IndexFunc(all, func(k backups.Kept) bool { return k.Stick == id })
		if i < 0 {
			return backups.Kept{}, fs.ErrNotExist
		}
		all[i].At = at
		return all[i], nil
	}, func(kept backups.Kept, err error) {
		if err != nil {
			c.s.Fail(err)
			return
		}
		c.p.Push(c.s, kept)
	}))
}

// settle asks why the stick is left as it is, and checks it in with that.
func (c *CheckIns) settle() {
	t := c.s.Words.T
	form.Why{Title: t("checkin.settle.title"), Text: t("checkin.settle.text"), Yes: t("checkin.settle.yes"), Example: t("checkin.settle.example"), Danger: true}.Ask(c.s, func(reason string) {
		again := c.result.from
		again.settle = reason
		c.checkIn(again)
	})
}
