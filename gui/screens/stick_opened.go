package screens

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"stowage/devices/school/keyfiles"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/openings"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/editing"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/staff"
	"stowage/gui/widgets"
)

// stickSession is a stick that is open, from unlocking it until it is locked or pulled out.
// Fields without a remark belong to the window's goroutine.
type stickSession struct {
	k      *sticks
	s      *gui.Session
	place  stickPlace
	fs     staff.DriveFS   // safe for concurrent use
	stick  *stick.Stick    // safe for concurrent use
	key    *keys.HolderKey // nil when a code opened it
	files  *editing.Folder // made when a file is first opened
	byCode bool
	drive  *asDrive // nil while it is not shown as a drive

	rolledBack     bool
	openings       []openings.ToldOpening // what ICT opened, and the holder has not been told yet
	unreadOpenings bool                   // that this version cannot read
	clipboard      []string               // what was cut, to be moved
	screen         stickScreen            // of its files, where one is in view; else nil
	told           []func()               // what to do when what is on the stick has changed

	stored   int // files stored since it was opened
	last     time.Time
	locking  bool
	mounting bool // the drive is being shown or taken away
	ended    bool // locked, or pulled out

	backup   time.Time    // when everything was last in the backup in the school's folder
	tried    time.Time    // when backing up was last begun
	triedAt  stick.Head   // and what was on the stick then
	touched  time.Time    // when the stick was last changed
	givenUp  int          // how many old versions made room, as far as that was said
	backing  *backupRun   // under way, nil when none is
	unbacked bool         // the last backup failed
	older    bool         // the backup is newer than the stick
	forked   bool         // and the stick was written on since it was put back to before that
	lost     app.LossNews // what the directory says of it

	tick    time.Time
	cancel  func() // of the next tick
	unguard func()
	unwatch func()
	asking  bool // the drive is being looked at
}

// tickEvery is how often an open stick is looked after.
const tickEvery = 2 * time.Second

// sleptFor is how much later than asked a tick comes when the computer has slept.
const sleptFor = 30 * time.Second

// lockAfter is the time without use after which a stick locks, when its school has
// not said.
const lockAfter = 10 * time.Minute

// unlock opens a stick. It takes about a second, and is called off the window's
// goroutine. What was opened is given to add, or abandoned.
func (k *sticks) unlock(ctx context.Context, at stickPlace, with unlockWith) (o *stickSession, err error) {
	k.p.LeaveDrive(at.path)
	fsys, err := k.openFS(at.path)
	if err != nil {
		return nil, err
	}
	o = &stickSession{k: k, s: k.s, place: at, fs: fsys, byCode: with.code}
	defer func() {
		debug.FreeOSMemory() // scrypt took 256 MiB, which is of no further use
		if err != nil {
			o.release()
			o = nil
			k.p.ResumeDrive(at.path)
		}
	}()
	var unlock stick.Unlock
	if with.code {
		unlock = stick.WithCode(with.secret)
	} else {
		if o.key, err = with.holderKey(fsys); err != nil {
			if errors.Is(err, stick.ErrNoKey) && stick.KeysGone(fsys) {
				err = stick.ErrKeysGone
			}
			return o, err
		}
		unlock = stick.WithHolderKey(o.key)
	}
	if err := ctx.Err(); err != nil {
		return o, err
	}
	options := stick.OpenOptions{LastSeen: k.heads().Load(at.look.note.ID), Program: "Stowage", Clock: k.s.Now}
	o.stick, err = stick.Open(ctx, fsys, unlock, options)
	if errors.Is(err, stick.ErrReadOnly) {
		options.ReadOnly = true
		o.stick, err = stick.Open(ctx, fsys, unlock, options)
	}
	if err != nil {
		return o, err
	}
	o.rolledBack = slices.ContainsFunc(o.stick.Warnings(), func(w stick.Warning) bool { return w.Kind == stick.WarnRolledBack || w.Kind == stick.WarnForked })
	if o.key != nil {
		told, err := openings.OnStick(ctx, fsys, o.key, o.stick.Note(), o.stick.Verifier())
		o.openings, o.unreadOpenings = openings.New(k.heads(), at.look.note.ID, told), err != nil
	}
	return o, nil
}

// release frees everything, on whatever goroutine. It goes on after an error, and
// returns the first.
func (o *stickSession) release() error {
	var err error
	if o.stick != nil {
		err = o.stick.Close()
	}
	if o.key != nil {
		o.key.Wipe()
	}
	return cmp.Or(err, o.fs.Close())
}

// abandon closes a stick that was never shown, off the window's goroutine: a slow
// drive takes its time even for that.
func (o *stickSession) abandon() {
	jobs.Run(o.s.Jobs, o.s.Words.T("lock.working"), func(context.Context, jobs.Progress) (int, error) {
		return 0, o.release()
	}, nil) // there is nothing to say of what nobody saw
}

// add keeps a stick that was opened, and begins to look after it.
func (k *sticks) add(o *stickSession) {
	k.open = append(k.open, o)
	o.tick = k.s.Now()
	k.s.Used()
	o.cancel = k.s.After(tickEvery, o.look)
	o.unguard = k.s.AtClose(o.atClose)
	if o.place.drive.Path != "" {
		o.unwatch = k.watch(o.seen)
	}
	k.adopt(o)
	o.keepBackedUp()
}

// forget ends looking after a stick, and takes its screens away.
func (o *stickSession) forget() {
	if o.ended {
		return
	}
	o.ended = true
	o.cancel()
	o.unguard()
	if o.unwatch != nil {
		o.unwatch()
	}
	o.k.open = slices.DeleteFunc(o.k.open, func(other *stickSession) bool { return other == o })
	o.leave()
}

// leave brings the person back to the list, when they are at this stick's screens.
func (o *stickSession) leave() {
	c := o.s.Window.Canvas()
	at, ok := o.s.Current().(ofStick)
	if !ok || at.of() != o {
		return
	}
	for range 10 { // dialogs about it
		if !widgets.Escape(c) {
			break
		}
	}
	for range 10 {
		at, ok := o.s.Current().(ofStick)
		if !ok || at.of() != o {
			return
		}
		before := o.s.Current()
		o.s.Back()
		if o.s.Current() == before {
			return
		}
	}
}

// stickScreen is the screen of a stick's files, as the stick sees it.
type stickScreen interface {
	gui.Screen

	noted()                    // more has become known of the stick
	notedDrive()               // it is a drive now, or no longer
	notedRoom()                // how full it is may have changed
	unsaved(m widgets.Message) // what could not be saved; an empty message clears it
	follow(j *jobs.Job)
}

// ofStick is a screen that belongs to an open stick, and goes when that is locked.
type ofStick interface{ of() *stickSession }

// label is what the stick is called.
func (o *stickSession) label() string { return cmp.Or(o.stick.Note().Label, o.place.drive.Name()) }

// lockTime is the time without use after which the stick locks.
func (o *stickSession) lockTime() time.Duration {
	if m := o.stick.Note().Policy.LockMinutes; m > 0 {
		return time.Duration(m) * time.Minute
	}
	return lockAfter
}

// changed tells the screens that what is on the stick has changed.
func (o *stickSession) changed() {
	o.touched = o.s.Now()
	if all := o.stick.GivenUp(); all > o.givenUp {
		o.s.Toast(o.s.Words.N("care.gaveup", all-o.givenUp), nil)
		o.givenUp = all
	}
	for _, f := range slices.Clone(o.told) {
		f()
	}
}

// onChange adds a function that is called when what is on the stick has changed.
func (o *stickSession) onChange(f func()) { o.told = append(o.told, f) }

// noteStored remembers what is safe on the stick, to be told should it be pulled out.
func (o *stickSession) noteStored(files int) {
	if files > 0 {
		o.stored += files
		o.last = o.s.Now()
	}
	o.changed()
}

// browse shows the files of an open stick.
func (k *sticks) browse(o *stickSession) {
	if at, ok := k.s.Current().(ofStick); ok && at.of() == o {
		return
	}
	o.screen = k.files(o)
	k.s.Push(o.screen)
	o.tellOpenings()
}

// tellOpenings tells the holder what ICT opened with the recovery key, once on this computer.
func (o *stickSession) tellOpenings() {
	w := o.s.Words
	if o.unreadOpenings {
		o.unreadOpenings = false
		o.s.Tell(widgets.Message{Kind: widgets.Info, Happened: w.T("opened.told"), Files: w.T("opened.newer"), Next: w.T("explain.newer.next")})
		return
	}
	if len(o.openings) == 0 {
		return
	}
	m := widgets.Message{Kind: widgets.Info, Happened: w.T("opened.told"), Next: w.T("opened.told.next")}
	for i, opening := range o.openings {
		if i > 0 {
			m.Files += "\n"
		}
		m.Files += w.T(openedKey(opening.What), "day", w.Date(opening.Time), "reason", opening.Reason)
	}
	told, heads, id := o.openings, o.k.heads(), o.stick.Note().ID
	o.openings = nil
	o.s.Tell(m)
	jobs.Run(o.s.Jobs, w.T("unlock.working"), func(context.Context, jobs.Progress) (int, error) {
		return 0, openings.MarkShown(heads, id, told)
	}, nil) // where it cannot be remembered, it is told again
}

func openedKey(what devices.Opened) i18n.Key {
	switch what {
	case devices.OpenedBackup:
		return "opened.backup"
	case devices.OpenedListing:
		return "opened.listing"
	case devices.OpenedFiles:
		return "opened.files"
	}
	return "opened.stick"
}

// unlockWith is what a stick is to be opened with.
type unlockWith struct {
	secret  []byte
	code    bool   // secret is a recovery code
	keyFile string // where the key is, when it is not on the stick
}

// holderKey unlocks the holder's key: from a file, or of the copies on the stick.
func (u unlockWith) holderKey(fsys stick.FS) (*keys.HolderKey, error) {
	var copies keyfiles.Copies
	var err error
	if u.keyFile != "" {
		copies, err = keyfiles.FromFile(u.keyFile)
	} else {
		copies, err = stick.HolderKeys(fsys)
	}
	if err == nil && len(copies) == 0 {
		err = stick.ErrNoKey
	}
	if err != nil {
		return nil, err
	}
	return copies.Unlock(u.secret)
}
