package screens

import (
	"context"
	"errors"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
)

// look is what can be seen of a drive before it is opened.
type look struct {
	note  stick.Note
	stick bool      // it is an encrypted stick
	key   bool      // the holder's key is on it
	code  bool      // a recovery code opens it
	top   stick.Top // what lies beside the stick's own
	err   error     // why it cannot be looked at
	lost  lossNews

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
		if l.top, err = stick.LookAtTop(ctx, fsys); err != nil && ctx.Err() == nil && l.err == nil {
			l.err = err
		}
	} else if _, err := fsys.ReadDir("."); err != nil && l.err == nil {
		l.err = err
	}
	return l
}
