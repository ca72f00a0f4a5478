package issue

import (
	"context"
	"errors"
	"fmt"

	"stowage/crypt"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/known"
)

// Renewal is a new key for a person, and which of their sticks it goes to.
type Renewal struct {
	Who    string // id, name or e-mail address
	Reason string
	// Revoke revokes the old key first: others may know it.
	Revoke bool
	// Sticks are the person's sticks that are plugged in; they stay the caller's.
	Sticks []stick.FS
	// Rotate also encrypts the sticks again, so that the old key opens nothing of
	// them any more.
	Rotate   bool
	Progress crypt.Progress // of Rotate; may be nil
}

// ErrNotTheirs: a stick is in the register as somebody else's.
var ErrNotTheirs = errors.New("the register does not say that they have the stick")

// Renew makes a new key for a person and gives it to their sticks that are
// plugged in, as after a forgotten passphrase. The sticks are checked first,
// so that what is wrong with one shows before the old key is replaced; what goes
// wrong with one afterwards is said in its outcome. The caller wipes the
// passphrase. A [*school.PublishError] comes with a result that is valid.
func Renew(ctx context.Context, s School, p Renewal) (issued IssuedKey, sticks []school.Outcome, err error) {
	holder, err := s.Register().FindHolder(ctx, p.Who)
	if err != nil {
		return issued, nil, school.AboutPerson(p.Who, err)
	}
	for _, fsys := range p.Sticks {
		if d, err := known.PluggedIn(ctx, s, fsys); err != nil {
			return issued, nil, err
		} else if d.Holder != holder.ID {
			return issued, nil, fmt.Errorf("%s: %w", d.Name(), ErrNotTheirs)
		}
	}
	if err := ctx.Err(); err != nil {
		return issued, nil, err
	}
	if p.Revoke {
		if _, err := RevokeKey(ctx, s, holder.ID, p.Reason); err != nil && !published(err) {
			return issued, nil, err
		}
	}
	issued, err = ReplaceKey(ctx, s, holder.ID, p.Reason)
	if err != nil && !published(err) {
		return issued, nil, err
	}
	for _, fsys := range p.Sticks {
		sticks = append(sticks, renewOn(ctx, s, fsys, holder.ID, p))
	}
	return issued, sticks, err
}

// published reports whether all but the directory's publishing succeeded.
func published(err error) bool {
	_, ok := errors.AsType[*school.PublishError](err)
	return ok
}

func renewOn(ctx context.Context, s School, fsys stick.FS, holder string, p Renewal) (out school.Outcome) {
	out.Device, _ = known.PluggedIn(ctx, s, fsys)
	opened, err := s.OpenAsICT(ctx, fsys, stick.OpenOptions{})
	if err != nil {
		out.Err = err
		return out
	}
	defer func() { out.Err = errors.Join(out.Err, opened.Close()) }()
	d, err := Rekey(ctx, s, fsys, opened, holder, p.Progress)
	if err == nil || published(err) {
		out.Device, err = d, nil
	}
	if err == nil && p.Rotate {
		d, err = Rotate(ctx, s, fsys, opened, p.Progress)
		if err == nil {
			out.Device = d
		}
	}
	out.Err = err
	return out
}
