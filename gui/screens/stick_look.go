package screens

import (
	"context"
	"errors"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school/config"
	"stowage/gui/app"
	"stowage/gui/wording"
)

// look is what can be seen of a drive before it is opened.
type look struct {
	note  stick.Note
	stick bool      // it is an encrypted stick
	key   bool      // the holder's key is on it
	code  bool      // a recovery code opens it
	top   stick.Top // what lies beside the stick's own
	err   error     // why it cannot be looked at
	lost  app.LossNews

	strange []string // programs on it that are not the school's
	checked bool     // these were looked for
}

// lookAt looks at a drive without changing anything. ctx bounds nothing but is looked
// at between the steps.
func lookAt(ctx context.Context, fsys stick.FS) look {
	var l look
	summary, err := stick.Inspect(fsys, "")
	switch {
	case err == nil:
		l.note, l.stick, l.key, l.code = summary.Note, true, summary.Holder, summary.Code
	case errors.Is(err, stick.ErrNotStick):
		if carried, keyErr := stick.HolderKeys(fsys); keyErr == nil && len(carried) > 0 {
			l.err = errors.Join(keys.ErrForged, err) // keys, and a note that makes no sense
		}
	default:
		l.err = err
	}
	if ctx.Err() != nil {
		return l
	}
	if l.stick {
		if l.top, err = stick.InspectTop(ctx, fsys); err != nil && ctx.Err() == nil && l.err == nil {
			l.err = err
		}
	} else if _, err := fsys.ReadDir("."); err != nil && l.err == nil {
		l.err = err
	}
	return l
}

// lookAtPath looks at the drive or folder at a path.
func (k *sticks) lookAtPath(ctx context.Context, path string) look {
	fsys, err := k.openFS(path)
	if err != nil {
		return look{err: err}
	}
	defer fsys.Close()
	return lookAt(ctx, fsys)
}

// noticeLost adds to what was seen of a drive that it was reported lost.
func (k *sticks) noticeLost(l *look, path string, now time.Time) {
	if !l.stick || k.p == nil {
		return
	}
	c, err := k.p.Settings()
	if err != nil {
		return
	}
	fsys, err := k.openFS(path)
	if err != nil {
		return
	}
	defer fsys.Close()
	l.lost = k.p.TurnedUp(c, fsys, l.note.ID, now)
}

// strangePrograms are the programs on a stick that is plugged in which somebody else than the school
// put there: a computer of the school's checks them by the signed note. None where this computer
// knows no school, or the stick is another's. It runs off the window's goroutine, for a while.
func (k *sticks) strangePrograms(ctx context.Context, path string) []string {
	if k.p == nil {
		return nil
	}
	c, err := k.p.Settings()
	if err != nil {
		return nil
	}
	directory, err := c.DirectoryPath()
	if err != nil {
		return nil
	}
	known, err := config.Serials(k.p.Dir()).Newest(directory, c.Verifier)
	if err != nil || known.Directory == nil {
		return nil
	}
	fsys, err := k.openFS(path)
	if err != nil {
		return nil
	}
	defer fsys.Close()
	summary, err := stick.Inspect(fsys, known.Verifier)
	if err != nil {
		return nil // not the school's: opening it says so
	}
	found, err := stick.CheckPrograms(ctx, fsys, summary.Note, nil)
	if err != nil {
		return nil
	}
	return wording.StrangeNames(found)
}

// keepChecked takes over what was found out about the programs of a stick that has not been
// pulled out since.
func (l *look) keepChecked(before look) {
	if before.checked && before.note.ID == l.note.ID && before.note.Generation == l.note.Generation {
		l.checked, l.strange = true, before.strange
	}
}
