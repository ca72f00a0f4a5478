package screens

import (
	"context"
	"time"

	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/config"
	"stowage/gui/app"
)

// backupAfter is how long after the last change a stick is backed up: people store
// several things one after the other.
const backupAfter = time.Minute

// backupRun is one run of backing up, which goes on while the person works. It is no
// job of the window, so that a slow server neither keeps the stick from locking nor
// the window from closing.
type backupRun struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

// backedUp is what came of it.
type backedUp struct {
	when   time.Time // when everything was last in the backup
	older  bool      // the backup has newer layers than the stick
	forked bool      // the stick was put back to before that, and then written on
	lost   app.LossNews
	reason error // why the backup is not complete
}

// keepBackedUp begins a backup when the stick was just opened and when something was
// stored a while ago, if the school's shared folder is in reach.
func (o *stickSession) keepBackedUp() {
	if o.k.p == nil || o.backing != nil {
		return
	}
	head := o.stick.Head()
	due := o.tried.IsZero() || (head != o.triedAt && o.s.Now().Sub(o.touched) >= backupAfter)
	if !due {
		return
	}
	o.tried, o.triedAt = o.s.Now(), head
	ctx, cancel := context.WithCancel(context.Background())
	run := &backupRun{cancel, make(chan struct{})}
	o.backing = run
	now := o.tried
	go func() {
		got := o.backUp(ctx, func() time.Time { return now })
		close(run.ended)
		o.s.Do(func() {
			cancel()
			o.backing = nil
			o.tellBackup(got)
		})
	}()
}

// backUp copies what is new to the school's shared folder, and on ICT's computers
// records that the stick was seen. It runs off the window's goroutine.
func (o *stickSession) backUp(ctx context.Context, clock func() time.Time) (got backedUp) {
	o.k.p.LeaveDrive(o.place.path)
	c, err := o.k.p.Settings()
	if err != nil {
		return backedUp{reason: err}
	}
	if o.key != nil {
		_ = config.Serials(o.k.p.Dir()).TakeDirectory(ctx, o.fs, o.key, o.stick.Verifier()) // a newer one that it took along from school
	}
	got.lost = o.k.p.TurnedUp(c, o.fs, o.stick.Note().ID, clock())
	if c.Verifier != "" && c.Verifier != o.stick.Verifier() {
		got.reason = config.ErrNoSchool // another school's stick is not this one's business
		return got
	}
	shared, err := c.SharedFolder()
	if err != nil {
		got.reason = err
		return got
	}
	if !got.lost.Lost() { // otherwise ICT compares it with its backup first
		var result stick.BackupResult
		result, got.reason = backup.Stick(ctx, shared, backup.Plan{Drive: o.fs, Opened: o.stick, Verifier: o.stick.Verifier(), Clock: clock})
		got.older, got.forked = result.Older, result.Fork != nil && result.Fork.Kind == stick.WarnForked
	}
	if status, err := backup.Status(shared, nil, o.stick.Note().ID); err == nil {
		got.when = status.When
	}
	if c.ICT() && ctx.Err() == nil && !o.stick.ReadOnly() {
		o.checkIn(ctx)
	}
	return got
}

// checkIn records in the register that the stick was seen at school. A stick that the
// register does not know is not ICT's.
func (o *stickSession) checkIn(ctx context.Context) {
	if o.k.p.OpenSchool(ctx) != nil {
		return
	}
	_ = o.k.p.Authority.Work(ctx, func(open *school.School) error { // a courtesy to the register: the stick works without
		_, err := checkin.Stick(ctx, open, o.stick, checkin.Options{Drive: o.fs, Holder: o.key})
		return err
	})
}

// tellBackup shows when the stick was last backed up.
func (o *stickSession) tellBackup(got backedUp) {
	if o.ended {
		return
	}
	if got.when.After(o.backup) {
		o.backup = got.when
	}
	o.unbacked = got.reason != nil && !app.Quietly(got.reason)
	o.lost = got.lost
	o.older, o.forked = o.older || got.older, o.forked || got.forked
	if o.screen != nil {
		o.screen.noted()
	}
}

// stopBackup ends a backup under way, and returns what waits for its end.
func (o *stickSession) stopBackup() (wait func()) {
	run := o.backing
	if run == nil {
		return func() {}
	}
	run.cancel()
	return func() { <-run.ended }
}

// backupWords says when the stick was last backed up; "" where that is not known.
func (o *stickSession) backupWords() string {
	w := o.s.Words
	switch {
	case o.unbacked:
		return w.T("full.backup.failed")
	case o.backing != nil:
		return w.T("full.backup.now")
	case o.backup.IsZero():
		return ""
	}
	return app.BackedUpWords(w, o.backup, o.s.Now())
}
