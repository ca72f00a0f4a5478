package screens

import (
	"context"
	"errors"
	"slices"
	"strings"

	"stowage/devices/drives"
	"stowage/gui/editing"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// lockReason is why a stick is being locked.
type lockReason int

const (
	lockAsked  lockReason = iota // Lock and remove
	lockUnused                   // nobody used it for a time
	lockSlept                    // the computer slept
	lockClose                    // the window closes
)

// locked is what became of locking.
type locked struct {
	saved   editing.Saved
	left    []string // opened files that could not be wiped, since a program holds them
	busy    bool     // a program keeps the drive from being taken away, so that nothing was locked
	drive   bool     // the drive is taken away
	unsaved error    // something could not be stored, so that nothing was locked
	closed  error    // closing the stick failed; it is closed all the same
	eject   error    // the drive was not let go

	notStored widgets.Message // what programs have saved on the drive and is not on the stick
}

// lockAndRemove is the button: it warns of files that other programs have open, then
// locks.
func (o *stickSession) lockAndRemove() { o.warned(lockAsked, nil) }

// atClose is asked before the window closes.
func (o *stickSession) atClose(proceed func()) { o.warned(lockClose, proceed) }

// warned locks, after a warning when files were opened in other programs. then is
// called when the stick is locked; it may be nil.
func (o *stickSession) warned(why lockReason, then func()) {
	if o.ended {
		if then != nil {
			then()
		}
		return
	}
	if o.locking {
		return
	}
	if names := o.driveInUse(); len(names) > 0 {
		o.askDrive(names, func() { o.warnedFiles(why, then) })
		return
	}
	o.warnedFiles(why, then)
}

// warnedFiles locks, after a warning when files were decrypted for other programs.
func (o *stickSession) warnedFiles(why lockReason, then func()) {
	var files []editing.File
	if o.files != nil {
		files = o.files.Files()
	}
	if len(files) == 0 {
		o.run(why, then)
		return
	}
	w := o.s.Words
	q := lockQuestion(w, files)
	o.s.Ask(q, func(yes bool) {
		if yes {
			o.run(why, then)
		}
	})
}

// lockQuestion says what is so of the files that were opened in other programs: which a
// program has open, and which changed since they were saved back.
func lockQuestion(w *i18n.Words, files []editing.File) widgets.Question {
	q := widgets.Question{Yes: w.T("lock.yes"), No: w.T("lock.no")}
	used := slices.DeleteFunc(slices.Clone(files), func(f editing.File) bool { return !f.InUse })
	changed := slices.DeleteFunc(slices.Clone(files), func(f editing.File) bool { return !f.Changed })
	switch {
	case len(used) > 0:
		q.Title, q.Danger = w.N("lock.open", len(used)), true
		q.Text = w.N("lock.used", len(used), "names", w.List(namesOf(used)))
	case len(changed) > 0:
		q.Title = w.N("lock.changed", len(changed))
	default:
		q.Title = w.N("lock.unchanged", len(files))
		q.Text = w.N("lock.opened", len(files), "names", w.List(namesOf(files)))
	}
	if len(changed) > 0 {
		q.Text = strings.TrimSpace(q.Text + " " + w.N("lock.changes", len(changed), "names", w.List(namesOf(changed))))
	}
	return q
}

// lock locks without asking. A program that merely looks at the drive does not keep a
// stick open that nobody uses; one that is writing does.
func (o *stickSession) lock(why lockReason) { o.end(why, len(o.driveInUse()) == 0, nil) }

// run stores what was written, wipes what was decrypted, closes the stick and lets the
// drive go. Changes that are under way end first.
func (o *stickSession) run(why lockReason, then func()) { o.end(why, false, then) }

// end is run; with force set, a drive that a program holds on to is taken away from it.
func (o *stickSession) end(why lockReason, force bool, then func()) {
	if o.locking || o.ended || o.mounting {
		return
	}
	o.locking = true
	now := o.s.Now()
	files, head, d, wait := o.files, o.rolledBack, o.drive, o.stopBackup()
	job := jobs.Run(o.s.Jobs, o.s.Words.T("lock.working"), func(ctx context.Context, p jobs.Progress) (locked, error) {
		var l locked
		wait()
		if d != nil {
			err := d.end(ctx, force)
			if _, l.busy = errors.AsType[*errDriveBusy](err); l.busy {
				return l, nil
			}
			if l.drive = true; err != nil {
				return l, err
			}
		}
		if files != nil {
			if !o.stick.ReadOnly() {
				l.saved, l.unsaved = files.Save(ctx, now, true, p)
				if l.unsaved == nil && len(l.saved.Failed) > 0 {
					l.unsaved = l.saved.Failed[0].Err
				}
			}
			if l.unsaved != nil {
				return l, ctx.Err()
			}
			l.left, _ = files.Close() // what is left is named, and wiped at the next start
		}
		if d != nil && (why == lockAsked || why == lockUnused) {
			o.fold(ctx, p)
		}
		id, last := o.stick.Note().ID, o.stick.Head()
		l.closed = o.stick.Close()
		if !head {
			_ = o.k.heads().Save(id, last) // a courtesy to the next opening
		}
		l.closed = errors.Join(l.closed, o.fs.Close())
		if o.key != nil {
			o.key.Wipe()
		}
		if drive := o.place.drive; drive.Path != "" && !o.k.isOwn(o.place.path) && o.s.Services.Drives != nil && why != lockClose {
			l.eject = o.s.Services.Drives.Eject(context.WithoutCancel(ctx), drive)
		}
		return l, nil
	}, func(l locked, err error) { o.finish(why, l, err, then) })
	if o.screen != nil {
		o.screen.follow(job)
	}
}

// finish says what became of it.
func (o *stickSession) finish(why lockReason, l locked, err error, then func()) {
	o.locking = false
	if l.drive {
		l.notStored = o.driveFailures()
		o.noteDrive()
	}
	o.saved(l.saved)
	switch {
	case l.busy:
		o.askForce(why, then)
		return
	case l.unsaved != nil || err != nil:
		if l.notStored.Happened != "" {
			o.s.Tell(l.notStored)
		}
		o.kept(why, l.unsaved, err, then)
		return
	case l.closed != nil && !errors.Is(l.eject, drives.ErrGone):
		l.eject = errors.Join(l.eject, l.closed)
	}
	held := ""
	if l.eject != nil {
		held = o.place.drive.Path
	}
	o.k.setNews(o.farewell(why, l), held)
	o.forget()
	o.k.refreshList()
	switch {
	case why == lockClose && l.notStored.Happened != "": // the window goes when that was read
		widgets.Tell(o.s.Window.Canvas(), o.s.Words, l.notStored, then)
	case then != nil:
		then()
	}
}

// askForce asks whether to take the drive away from the program that holds on to it.
func (o *stickSession) askForce(why lockReason, then func()) {
	w, m := o.s.Words, o.driveBusy()
	o.s.Ask(widgets.Question{
		Title: m.Happened, Text: m.Files + " " + m.Next, Yes: w.T("drive.inuse.yes"), No: w.T("lock.no"), Danger: true,
	}, func(yes bool) {
		if yes {
			o.end(why, true, then)
		}
	})
}

// kept says why a stick was not locked: something that was written is not on it.
func (o *stickSession) kept(why lockReason, unsaved, err error, then func()) {
	if why == lockUnused || why == lockSlept || unsaved == nil {
		if err != nil {
			o.s.Fail(err)
		}
		return // the banner of what could not be stored is there
	}
	w := o.s.Words
	m := o.s.Explain(unsaved)
	o.s.Ask(widgets.Question{
		Title: w.T("lock.unsaved"), Text: m.Happened + " " + w.T("lock.unsaved.text"),
		Yes: w.T("lock.unsaved.yes"), No: w.T("lock.no"), Danger: true,
		Third: widgets.Command{Name: w.T("stick.pulled.copy"), Run: func() { o.copyUnsaved(unstored(o.files)) }},
	}, func(yes bool) {
		if yes {
			_, _ = o.files.Close()
			o.files = nil
			o.run(why, then)
		}
	})
}

// farewell is the last that is said of a stick: whether it may be pulled out.
func (o *stickSession) farewell(why lockReason, l locked) widgets.Message {
	w := o.s.Words
	m := widgets.Message{Kind: widgets.Good, Happened: w.T("lock.safe", "label", o.label()), Files: w.T("lock.files")}
	if l.drive {
		m.Files = w.T("lock.files.drive")
	}
	switch {
	case o.k.isOwn(o.place.path) && !errors.Is(l.eject, drives.ErrGone):
		m = o.ownFarewell(m)
	case o.place.drive.Path == "":
		m.Happened = w.T("lock.folder", "label", o.label())
	case errors.Is(l.eject, drives.ErrGone):
		m.Happened = w.T("lock.gone", "label", o.label())
	case l.eject != nil:
		m.Kind = widgets.Warn
		m.Happened = w.T("lock.busy", "label", o.label())
		m.Next = w.T("lock.busy.next")
		m.Details = l.eject.Error()
		drive := o.place.drive
		m.Do = widgets.Command{Name: w.T("lock.again"), Run: func() { o.k.eject(drive) }}
	}
	switch why {
	case lockUnused:
		m.Files = w.T("lock.unused", "time", w.Duration(o.lockTime())) + " " + m.Files
	case lockSlept:
		m.Files = w.T("lock.slept") + " " + m.Files
	}
	if l.notStored.Happened != "" {
		m.Kind, m.Details = widgets.Bad, l.notStored.Details
		m.Files, m.Next = l.notStored.Happened+" "+l.notStored.Files, strings.TrimSpace(l.notStored.Next+" "+m.Next)
	}
	if len(l.left) > 0 {
		m.Kind = widgets.Warn
		m.Next = w.N("lock.left", len(l.left), "names", w.List(l.left)) + " " + m.Next
	}
	return m
}

// eject tries again to let a drive go.
func (k *sticks) eject(d drives.Drive) {
	w := k.s.Words
	jobs.Run(k.s.Jobs, w.T("lock.working"), func(ctx context.Context, _ jobs.Progress) (int, error) {
		return 0, k.s.Services.Drives.Eject(ctx, d)
	}, func(_ int, err error) {
		if err != nil {
			k.s.Fail(err)
			return
		}
		k.setNews(widgets.Message{Kind: widgets.Good, Happened: w.T("lock.safe", "label", d.Name()), Files: w.T("lock.files")}, "")
		k.refreshList()
	})
}

// sticksShower is the list of sticks.
type sticksShower interface{ refreshSticks() }

// refreshList brings the list up to date, when it is in view.
func (k *sticks) refreshList() {
	if l, ok := k.s.Current().(sticksShower); ok {
		l.refreshSticks()
	}
}

// ownFarewell is the last that is said of the stick that the program runs from: it cannot be let go while
// the program runs.
func (o *stickSession) ownFarewell(m widgets.Message) widgets.Message {
	w := o.s.Words
	m.Happened, m.Next = w.T("portable.locked", "label", o.label()), w.T("portable.locked.next")
	m.Do = widgets.Command{Name: w.T("portable.close"), Run: o.s.Close}
	return m
}
