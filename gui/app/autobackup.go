package app

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/integrity"
	"stowage/devices/school/known"
	"stowage/devices/school/loss"

	"stowage/crypt/stick"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/gui"
	"stowage/gui/i18n"
)

// AutoBackup backs up the school's sticks that are plugged in and that nobody has opened:
// quietly, without a key, while the window does other things. On ICT's computers it also
// records that they were seen. Fields without a remark belong to the window's goroutine.
type AutoBackup struct {
	s    *gui.Session
	p    *Place
	told []*listening
	ctx  context.Context // ends when the window closes
	end  context.CancelFunc

	mu   sync.Mutex
	here map[string]*sealed // by the path of the drive; guarded by mu
}

// listening is who shows when a stick was backed up.
type listening struct{ told func() }

// sealed is a stick that is plugged in, or another drive.
type sealed struct {
	state sealedState
	when  time.Time // when everything was last in the backup; zero when that is not known

	cancel context.CancelFunc // of the run; guarded by AutoBackup's mu
	ended  chan struct{}      // closed when no run goes on; guarded by AutoBackup's mu
	left   bool               // something else works with the drive now; guarded by AutoBackup's mu
}

// sealedState is how the backup of a stick stands.
type sealedState int

const (
	sealedOther sealedState = iota // no stick of the school, or not looked at yet
	sealedNow                      // it is being backed up
	sealedDone
	sealedOlder   // the backup is newer than the stick: somebody may have put it back
	sealedUnclear // the stick is not what the backup holds: somebody may have put it back and written on
	sealedAway    // the school's folder is out of reach
	sealedFailed  // it did not work, and is tried again
)

// BackupRetry is how long after a backup that failed the next is tried.
const BackupRetry = 2 * time.Minute

// Begin starts what goes on behind the screens, until the window closes: the backups of
// sticks that are plugged in, and on ICT's computers the counting of loss reports. It is
// for gui.Options.Begin.
func (p *Place) Begin(s *gui.Session) {
	p.watchInbox(s)
	if s.Services.Drives == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	k := &AutoBackup{s: s, p: p, ctx: ctx, end: cancel, here: map[string]*sealed{}}
	p.autoBackup = k
	s.AtClose(func(proceed func()) { // without waiting: what was begun is gone on with another time
		cancel()
		proceed()
	})
	seen := s.Services.Drives.Watch(ctx, lookEvery)
	go func() {
		for now := range seen {
			s.Do(func() {
				if ctx.Err() == nil && now.Err == nil {
					k.plugged(now.Drives)
				}
			})
		}
	}()
}

// EndBackups ends backing up what is plugged in, before the window closes, and waits for
// what goes on. It is called as LeaveDrive is.
func (p *Place) EndBackups() {
	if p.autoBackup != nil {
		p.autoBackup.end()
		p.LeaveDrive("")
	}
}

// OnBackup has f called when it is known better when a stick was backed up, until the
// returned function is called.
func (p *Place) OnBackup(f func()) (remove func()) { return p.autoBackup.onChange(f) }

// BackupText says how the backup of the stick at a path stands; "" for nothing to say.
func (p *Place) BackupText(w *i18n.Words, path string) string { return p.autoBackup.says(w, path) }

// BackedUp reports whether the stick at a path is backed up by itself and all is done, and
// whether anything is known of it.
func (p *Place) BackedUp(path string) (done, known bool) {
	k := p.autoBackup
	if k == nil {
		return false, false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	d, known := k.here[path]
	return known && d.state == sealedDone, known
}

// plugged is told which drives there are.
func (k *AutoBackup) plugged(all []drives.Drive) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for path, d := range k.here {
		if !slices.ContainsFunc(all, func(o drives.Drive) bool { return o.Path == path }) {
			d.cancel() // it was pulled out
			delete(k.here, path)
		}
	}
	for _, drive := range all {
		if _, known := k.here[drive.Path]; !known {
			d := &sealed{}
			k.here[drive.Path] = d
			k.run(drive.Path, d)
		}
	}
}

// run backs a stick up. mu is held.
func (k *AutoBackup) run(path string, d *sealed) {
	here, cancel := context.WithCancel(k.ctx)
	ended := make(chan struct{})
	d.cancel, d.ended = cancel, ended
	now, place := k.s.Now(), k.s.Words.T("checkin.place")
	go func() {
		state, when, err := k.p.backUpSealed(here, path, place, func() time.Time { return now }, func() {
			k.s.Do(func() { k.set(path, d, sealedNow, time.Time{}) })
		})
		close(ended)
		k.s.Do(func() {
			over := here.Err() != nil
			cancel()
			if over {
				return
			}
			k.set(path, d, state, when)
			if errors.Is(err, integrity.ErrTampered) {
				k.s.Fail(err)
			}
			if state == sealedAway || state == sealedFailed {
				k.s.After(BackupRetry, func() { k.again(path, d) })
			}
		})
	}()
}

// again tries once more, if the stick is still there and nothing else works with it.
func (k *AutoBackup) again(path string, d *sealed) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ctx.Err() == nil && k.here[path] == d && !d.left {
		k.run(path, d)
	}
}

func (k *AutoBackup) set(path string, d *sealed, state sealedState, when time.Time) {
	k.mu.Lock()
	current := k.here[path] == d && !d.left
	k.mu.Unlock()
	if !current {
		return
	}
	d.state = state
	if !when.IsZero() {
		d.when = when
	}
	for _, l := range slices.Clone(k.told) {
		l.told()
	}
}

// onChange has f called when it is known better when a stick was backed up, until the
// returned function is called.
func (k *AutoBackup) onChange(f func()) (remove func()) {
	if k == nil {
		return func() {}
	}
	l := &listening{f}
	k.told = append(k.told, l)
	return func() {
		k.told = slices.DeleteFunc(k.told, func(o *listening) bool { return o == l })
	}
}

// says tells how the backup of the stick at a path stands; "" for nothing to say.
func (k *AutoBackup) says(w *i18n.Words, path string) string {
	if k == nil {
		return ""
	}
	k.mu.Lock()
	d, ok := k.here[path]
	ok = ok && !d.left
	k.mu.Unlock()
	switch {
	case !ok:
		return ""
	case d.state == sealedNow:
		return w.T("full.backup.now")
	case d.state == sealedOlder:
		return w.T("sticks.backup.older")
	case d.state == sealedUnclear:
		return w.T("sticks.backup.unclear")
	case d.state == sealedFailed:
		return w.T("full.backup.failed")
	case !d.when.IsZero():
		return BackedUpWords(w, d.when, k.s.Now())
	case d.state == sealedAway:
		return w.T("sticks.backup.away")
	}
	return ""
}

// LeaveDrive stops backing up the stick at a path, or all of them for "", and waits until
// that has ended, since something else works with it now. It is left alone until it is
// plugged in again, or resume is called. It may be called from any goroutine but the
// window's, which it would keep waiting.
func (p *Place) LeaveDrive(path string) {
	if p == nil || p.autoBackup == nil {
		return
	}
	var running []chan struct{}
	p.autoBackup.mu.Lock()
	for at, d := range p.autoBackup.here {
		if path == "" || at == path {
			d.left = true
			d.cancel()
			running = append(running, d.ended)
		}
	}
	p.autoBackup.mu.Unlock()
	for _, ended := range running {
		<-ended
	}
}

// ResumeDrive goes on with the backup of the stick at a path after LeaveDrive, when nothing has
// become of what it was left for. It may be called from any goroutine.
func (p *Place) ResumeDrive(path string) {
	if p == nil || p.autoBackup == nil {
		return
	}
	k := p.autoBackup
	k.s.Do(func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if d := k.here[path]; d != nil && d.left && k.ctx.Err() == nil {
			d.left = false
			k.run(path, d)
		}
	})
}

// backUpSealed backs up the stick at a path without a key, if it is the school's and not
// lost: what is on a lost one is compared with its backup first, when it is checked in.
// begin is called before anything is copied.
func (p *Place) backUpSealed(ctx context.Context, path, place string, clock func() time.Time, begin func()) (sealedState, time.Time, error) {
	c, err := p.Settings()
	if err != nil {
		return sealedOther, time.Time{}, err
	}
	directory, err := c.DirectoryPath()
	if err != nil {
		return sealedOther, time.Time{}, err
	}
	known, err := config.Serials(p.Dir()).Newest(directory, c.Verifier)
	if err != nil || known.Directory == nil {
		return sealedOther, time.Time{}, err
	}
	fs, err := stick.NewDirFS(path)
	if err != nil {
		return sealedOther, time.Time{}, err
	}
	defer fs.Close()
	summary, err := stick.Inspect(fs, known.Verifier)
	if err != nil {
		return sealedOther, time.Time{}, err
	}
	if lost, ok := loss.LostStick(known.Directory, summary.Note); ok && ctx.Err() == nil {
		p.tellLost(p.TurnedUp(c, fs, lost.ID, clock()), summary.Note)
		return sealedOther, time.Time{}, nil
	}
	if ctx.Err() != nil {
		return sealedOther, time.Time{}, ctx.Err()
	}
	shared, err := c.SharedFolder()
	if err == nil {
		err = shared.Reachable()
	}
	if err != nil {
		return sealedAway, time.Time{}, err
	}
	begin()
	result, err := backup.Stick(ctx, shared, backup.Plan{Drive: fs, Verifier: known.Verifier, Clock: clock})
	if c.ICT() && err == nil {
		err = p.glance(ctx, fs, place, &result)
	}
	var when time.Time
	if status, err := backup.Status(shared, nil, summary.Note.ID); err == nil {
		when = status.When
	}
	if result.Unclear {
		return sealedUnclear, when, err
	}
	if result.Older {
		return sealedOlder, when, err
	}
	switch _, open := errors.AsType[*stick.InUseError](err); {
	case err == nil, open, errors.Is(err, integrity.ErrTampered):
		return sealedDone, when, err
	case Quietly(err):
		return sealedAway, when, err
	}
	return sealedFailed, when, err
}

// glance records on ICT's computer that a stick was seen which was just backed up. A stick
// that the register does not know is not ICT's.
func (p *Place) glance(ctx context.Context, fs stick.FS, place string, result *stick.BackupResult) error {
	if err := p.OpenSchool(ctx); err != nil {
		return err
	}
	return p.Authority.Work(ctx, func(open *school.School) error {
		seen, err := checkin.Unopened(ctx, open, checkin.Options{Drive: fs, Place: place, BackedUp: result})
		if errors.Is(err, known.ErrUnknownStick) {
			return nil
		}
		return errors.Join(err, seen.Tampered)
	})
}

// Quietly reports whether there is nothing to say of a backup that was not made: the
// computer is not at school, or knows none.
func Quietly(err error) bool {
	for _, e := range []error{config.ErrNoSchool, school.ErrNoShared, stick.ErrBackingUp, stick.ErrClosed, stick.ErrGone, context.Canceled} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// BackedUpWords says when a stick was last backed up.
func BackedUpWords(w *i18n.Words, when, now time.Time) string {
	switch ago := now.Sub(when); {
	case ago < -time.Minute: // a clock has jumped: the date says more than "just now" would
	case ago < time.Minute:
		return w.T("full.backup.just")
	case ago < time.Hour:
		return w.T("full.backup.ago", "time", w.Duration(ago.Truncate(time.Minute)))
	}
	return w.T("full.backup", "when", w.When(when, now))
}
