package screens

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"stowage/crypt/stick"
	"stowage/crypt/stick/webdav"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// shown is a drive that the system shows to every program; a *webdav.Mounted but in tests.
type shown interface {
	Show(context.Context) error
	Unmount(context.Context) error
	KeepIf(failed func() bool)
	Kept() string
}

// asDrive is an open stick that every program sees as a drive, until it is locked. It
// belongs to the window's goroutine, but for what it points to.
type asDrive struct {
	*webdav.Drive
	shown shown
	drivePlace
	last time.Time // when it was last used, as far as the window has seen
	due  bool      // the screens will be told that something has changed
}

// drivePlace is where the system shows a drive.
type drivePlace struct {
	where   string // "Z:\" or a folder
	limited bool   // some programs cannot save over a file there
}

// mountDrive has the system's own client show a drive.
func mountDrive(ctx context.Context, address string) (shown, drivePlace, error) {
	m, err := webdav.Mount(ctx, address)
	if err != nil {
		return nil, drivePlace{}, err
	}
	return m, drivePlace{m.Where, m.Limited}, nil
}

// openAsDrive shows the stick to every program as a drive, or shows the drive again.
func (o *stickSession) openAsDrive() {
	if o.drive != nil {
		o.showDrive()
		return
	}
	if o.ended || o.locking || o.mounting {
		return
	}
	o.mounting = true
	options := webdav.Options{
		Space: o.fs.Free, Changed: func() { o.s.Do(o.changedByDrive) }, Failed: func(webdav.Failure) { o.s.Do(o.noteDrive) },
	}
	mount, s := o.k.mount, o.stick
	o.follow(jobs.Run(o.s.Jobs, o.s.Words.T("drive.opening"), func(ctx context.Context, _ jobs.Progress) (*asDrive, error) {
		return beginDrive(ctx, s, options, mount)
	}, func(d *asDrive, err error) {
		o.mounting = false
		switch {
		case err != nil:
			o.s.Fail(err)
		case o.ended || o.locking:
			go d.end(context.Background(), true)
		default:
			o.drive = d
			o.noteDrive()
			o.showDrive()
		}
	}))
}

// beginDrive serves a stick and has the system show it. Where that fails, nothing is
// served any more.
func beginDrive(ctx context.Context, s *stick.Stick, options webdav.Options, mount func(context.Context, string) (shown, drivePlace, error)) (*asDrive, error) {
	served, err := webdav.Open(s, options)
	if err != nil {
		return nil, err
	}
	d := &asDrive{Drive: served, last: served.Used()}
	if d.shown, d.drivePlace, err = mount(ctx, served.Address()); err != nil {
		return nil, errors.Join(err, served.Close(context.WithoutCancel(ctx)))
	}
	d.shown.KeepIf(func() bool { return len(served.Failed()) > 0 })
	return d, nil
}

// showDrive opens the drive in the system's file manager.
func (o *stickSession) showDrive() {
	d := o.drive
	jobs.Run(o.s.Jobs, o.s.Words.T("drive.opening"), func(ctx context.Context, _ jobs.Progress) (int, error) {
		return 0, d.shown.Show(ctx)
	}, func(_ int, err error) {
		if err == nil {
			return
		}
		w, key := o.s.Words, i18n.Key("drive.unshown")
		if e, ok := errors.AsType[*webdav.ShowError](err); ok && e.Perhaps {
			key = "drive.unsure"
		}
		o.s.Tell(widgets.Message{Kind: widgets.Warn, Happened: w.T(key), Files: w.T("drive.unshown.files"), Next: w.T("drive.unshown.next", "where", d.where)})
	})
}

// changedByDrive tells the screens that a program has changed something, once for many
// changes that come together.
func (o *stickSession) changedByDrive() {
	if o.drive == nil || o.drive.due || o.ended {
		return
	}
	o.drive.due = true
	d := o.drive
	o.s.After(driveRest, func() {
		d.due = false
		if !o.ended {
			o.noteDrive() // what could not be stored may have been stored by now
			o.changed()
		}
	})
}

// driveRest is how long changes by other programs are gathered before they are shown.
const driveRest = 300 * time.Millisecond

// useDrive counts what programs do on the drive as use of the stick.
func (o *stickSession) useDrive() {
	if o.drive == nil {
		return
	}
	if used := o.drive.Used(); used.After(o.drive.last) {
		o.drive.last = used
		o.s.Used()
	}
}

// driveInUse are the names of files that programs have locked on the drive.
func (o *stickSession) driveInUse() []string {
	if o.drive == nil {
		return nil
	}
	names := o.drive.InUse()
	for i, n := range names {
		names[i] = path.Base(n)
	}
	return names
}

// driveInUseBelow are the names of files that programs have locked on the drive, of those
// that are some paths or lie below them.
func (o *stickSession) driveInUseBelow(paths []string) []string {
	if o.drive == nil {
		return nil
	}
	var names []string
	for _, used := range o.drive.InUse() {
		if slices.ContainsFunc(paths, func(p string) bool { return used == p || strings.HasPrefix(used, p+"/") }) {
			names = append(names, path.Base(used))
		}
	}
	return names
}

// errDriveBusy: the system did not take the drive away.
type errDriveBusy struct{ err error }

func (e *errDriveBusy) Error() string { return "the drive is in use: " + e.err.Error() }
func (e *errDriveBusy) Unwrap() error { return e.err }

// end takes the drive away and finishes what is being stored. Where a program keeps it
// from being taken away it stays as it is and the error is an *errDriveBusy, unless
// it is forced: then programs find that it is gone. When ctx ends, what is just being
// written is broken off, as its program is told.
func (d *asDrive) end(ctx context.Context, force bool) error {
	if err := d.shown.Unmount(context.WithoutCancel(ctx)); err != nil && !force {
		return &errDriveBusy{err}
	}
	return d.Close(ctx)
}

// fold puts the tiny layers together that a program makes which stores file after file.
// It is for the next opening, and for room; that it cannot be done, or is cancelled, harms nothing.
func (o *stickSession) fold(ctx context.Context, p jobs.Progress) {
	if !o.stick.ReadOnly() {
		_, _ = o.stick.Tidy(ctx, stick.TidyOptions{Fold: true, Progress: p})
	}
}

// endDrive takes the drive away, and leaves the stick open.
func (o *stickSession) endDrive() {
	d := o.drive
	if d == nil || o.locking || o.mounting {
		return
	}
	if names := o.driveInUse(); len(names) > 0 {
		o.askDrive(names, o.takeDrive)
		return
	}
	o.takeDrive()
}

func (o *stickSession) takeDrive() {
	d := o.drive
	if d == nil {
		return
	}
	o.mounting = true
	o.follow(jobs.Run(o.s.Jobs, o.s.Words.T("drive.ending"), func(ctx context.Context, p jobs.Progress) (int, error) {
		err := d.end(ctx, false)
		if err == nil {
			o.fold(ctx, p)
		}
		return 0, err
	}, func(_ int, err error) {
		o.mounting = false
		if _, busy := errors.AsType[*errDriveBusy](err); busy {
			o.s.Tell(o.driveBusy())
			return
		}
		o.drive = nil
		o.noteDrive()
		switch m := o.notStored(d); {
		case err != nil:
			o.s.Fail(err)
		case m.Happened != "":
			o.s.Tell(m)
		}
	}))
}

// notStored names the files that programs have saved and that are not on the stick, and
// says where the client still has them; an empty message when all is stored.
func (o *stickSession) notStored(d *asDrive) widgets.Message {
	failed := d.Failed()
	if len(failed) == 0 {
		return widgets.Message{}
	}
	w, names := o.s.Words, make([]string, len(failed))
	var reasons, lines []string
	var why widgets.Message
	for i, f := range failed {
		names[i] = path.Base(f.Path)
		why = o.s.Explain(f.Err)
		if !slices.Contains(reasons, why.Happened) {
			reasons = append(reasons, why.Happened)
		}
		lines = append(lines, f.Path+" – "+why.Happened)
	}
	m := widgets.Message{
		Kind: widgets.Bad, Happened: w.N("drive.failed", len(names), "names", wording.SomeNames(w, names)),
		Files: strings.Join(reasons, " ") + " " + w.T("drive.failed.files"), Next: w.T("drive.failed.next"),
	}
	if len(reasons) == 1 {
		m.Next = why.Next + " " + m.Next
	}
	if len(lines) > 1 {
		m.Details = strings.Join(lines, "\n")
	}
	if kept := d.shown.Kept(); kept != "" && o.drive != d {
		m.Next = w.T("drive.failed.kept", "where", kept)
	}
	return m
}

// driveFailures is notStored of the drive that was just taken away, which is none after this.
func (o *stickSession) driveFailures() widgets.Message {
	d := o.drive
	if o.drive = nil; d == nil {
		return widgets.Message{}
	}
	return o.notStored(d)
}

// askDrive asks whether to go on although programs have files of the drive open.
func (o *stickSession) askDrive(names []string, goOn func()) {
	w := o.s.Words
	slices.Sort(names)
	o.s.Ask(widgets.Question{
		Title: w.N("drive.inuse", len(names)), Text: w.N("drive.inuse.text", len(names), "names", wording.SomeNames(w, names)),
		Yes: w.T("drive.inuse.yes"), No: w.T("lock.no"), Danger: true,
	}, func(yes bool) {
		if yes {
			goOn()
		}
	})
}

// driveBusy says that a program keeps the drive from being taken away.
func (o *stickSession) driveBusy() widgets.Message {
	w := o.s.Words
	return widgets.Message{Kind: widgets.Warn, Happened: w.T("drive.busy"), Files: w.T("drive.busy.files"), Next: w.T("drive.busy.next")}
}

// noteDrive shows on the stick's page whether it is a drive.
func (o *stickSession) noteDrive() {
	if o.screen != nil {
		o.screen.notedDrive()
	}
}

// follow shows a job on the stick's page, where that is in view.
func (o *stickSession) follow(j *jobs.Job) {
	if o.screen != nil {
		o.screen.follow(j)
	}
}

// driveMessage says that the stick is a drive; an empty one when it is not.
func (o *stickSession) driveMessage() widgets.Message {
	if o.drive == nil {
		return widgets.Message{}
	}
	w := o.s.Words
	m := o.notStored(o.drive)
	if m.Happened == "" {
		m = widgets.Message{Kind: widgets.Info, Happened: w.T("drive.open", "where", o.drive.where), Files: w.T("drive.open.files")}
		if n := o.stick.GivenUp(); n > 0 {
			m.Files += " " + w.N("care.gaveup", n)
		}
	}
	switch {
	case o.stick.ReadOnly():
		m.Files = w.T("drive.open.readonly")
	case o.drive.limited && m.Next == "":
		m.Next = w.T("drive.open.limited")
	}
	m.Do = widgets.Command{Name: w.T("drive.end"), Run: o.endDrive}
	return m
}
