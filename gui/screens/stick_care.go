package screens

import (
	"context"
	"errors"
	"path"
	"slices"

	"stowage/crypt/stick"
	"stowage/devices/drives"
	"stowage/gui/editing"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// look is called every two seconds while a stick is open: to see whether it is there,
// to store what other programs have written, and to lock it after a time without
// use or when the computer has slept.
func (o *stickSession) look() {
	now := o.s.Now()
	late := now.Round(0).Sub(o.tick.Round(0)) - tickEvery // by the clock on the wall, which goes on in sleep
	o.tick = now
	o.cancel = o.s.After(tickEvery, o.look)
	if o.locking {
		return
	}
	o.useDrive()
	switch {
	case late.Abs() > sleptFor:
		o.lock(lockSlept)
	case o.s.Unused() >= o.lockTime() && o.worked():
		o.s.Used() // a program has a file open: taking it away would lose work
	case o.s.Unused() >= o.lockTime():
		o.lock(lockUnused)
	default:
		o.ask()
		o.save()
		o.keepBackedUp()
		if o.screen != nil {
			o.screen.notedRoom()
		}
	}
}

// worked reports whether a program has a file of the stick open, as far as can be seen.
func (o *stickSession) worked() bool {
	if len(o.driveInUse()) > 0 {
		return true
	}
	return o.files != nil && slices.ContainsFunc(o.files.Files(), func(f editing.File) bool { return f.InUse })
}

// ask looks whether the drive is still there, on a goroutine of its own: a drive that
// is half gone may take long to answer.
func (o *stickSession) ask() {
	if o.asking {
		return
	}
	o.asking = true
	go func() {
		_, err := o.fs.ReadDir("stowage/layers")
		o.s.Do(func() {
			o.asking = false
			if err != nil && !o.ended && !o.locking {
				o.pulled()
			}
		})
	}()
}

// seen is told when drives come and go.
func (o *stickSession) seen(now drives.Seen) {
	there := slices.ContainsFunc(now.Drives, func(d drives.Drive) bool { return d.Path == o.place.path })
	if now.Err == nil && !there && !o.locking {
		o.ask() // a drive may be mounted anew without having been away
	}
}

// save stores what other programs have written, if there is anything.
func (o *stickSession) save() {
	if o.files == nil || o.stick.ReadOnly() || !o.files.Changed(o.s.Now()) {
		return
	}
	now := o.s.Now()
	jobs.Run(o.s.Jobs, o.s.Words.T("stick.saving"), func(ctx context.Context, p jobs.Progress) (editing.Saved, error) {
		return o.files.Save(ctx, now, false, p)
	}, func(saved editing.Saved, err error) {
		o.saved(saved)
		if errors.Is(err, stick.ErrGone) {
			o.pulled()
		}
	})
}

// saved says what was stored of what other programs have written, and what could not
// be.
func (o *stickSession) saved(saved editing.Saved) {
	w := o.s.Words
	o.noteStored(len(saved.Stored))
	for _, name := range saved.Stored {
		o.s.Toast(w.T("stick.saved", "name", path.Base(name)), nil)
	}
	if o.screen == nil {
		return
	}
	if len(saved.Failed) == 0 {
		o.screen.unsaved(widgets.Message{})
		return
	}
	failed := saved.Failed[0]
	m := o.s.Explain(failed.Err)
	m.Kind = widgets.Bad
	m.Happened = w.T("stick.unsaved", "name", path.Base(failed.Path)) + " " + m.Happened
	m.Files = w.T("stick.unsaved.files")
	o.screen.unsaved(m)
}

// pulled is what happens when the stick is gone while it is open: everything is let
// go, and what became of the files is said.
func (o *stickSession) pulled() {
	if o.ended {
		return
	}
	w := o.s.Words
	unsaved := unstored(o.files)
	m := widgets.Message{
		Kind: widgets.Warn, Happened: w.T("stick.pulled", "label", o.label()),
		Files: w.T("stick.pulled.none"), Next: w.T("stick.pulled.next"),
	}
	if o.stored > 0 {
		m.Files = w.N("stick.pulled.stored", o.stored, "time", w.Time(o.last))
	}
	if len(unsaved) > 0 {
		m.Kind = widgets.Bad
		m.Next = w.N("stick.pulled.unsaved", len(unsaved), "names", w.List(namesOf(unsaved)))
		m.Do = widgets.Command{Name: w.T("stick.pulled.copy"), Run: func() { o.copyUnsaved(unsaved) }}
	}
	o.k.setNews(m, "")
	o.forget()
	o.letGo(len(unsaved) == 0)
	o.k.refreshList()
}

// letGo frees a stick that is gone. The private folder is wiped unless it holds what is
// nowhere else; then it goes with the message about it.
func (o *stickSession) letGo(wipe bool) {
	files, d, wait := o.files, o.drive, o.stopBackup()
	o.drive = nil
	if files != nil && !wipe {
		o.k.orphans = append(o.k.orphans, orphan{o.stick.Note().ID, files})
	}
	go func() {
		if files != nil && wipe {
			_, _ = files.Close() // what is left is wiped at the next start
		}
		wait()
		if d != nil {
			broken, cancel := context.WithCancel(context.Background())
			cancel() // what a program is just writing has nowhere to go
			_ = d.Close(broken)
			_ = d.shown.Unmount(context.Background())
		}
		_ = o.release() // the drive is gone, and so is what could fail
	}()
}

// namesOf are the names of files without their folders.
func namesOf(files []editing.File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = path.Base(f.Path)
	}
	return names
}
