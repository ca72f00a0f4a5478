package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/known"
)

// ErrNotPluggedIn: a stick must be plugged in to be handed on to another
// person, since its key is made for the one who has it.
var ErrNotPluggedIn = errors.New("the stick is not plugged in")

// Disposal is what is done with a device when its holder leaves.
type Disposal struct {
	Device string // the device's id
	// Action is devices.Return (take back), devices.Issue (hand over to To) or
	// one of devices.Lose, Steal, Damage, Retire and Destroy.
	Action devices.Action
	To     string        // who gets it
	Stick  stick.FS      // the stick's drive, to hand a stick over; the caller's
	Facts  devices.Facts // for the register
}

// Departure is how a person's leaving is wound up.
type Departure struct {
	Holder    string // id
	Disposals []Disposal
	Revoke    bool   // revoke the keys
	Reason    string // of the revocation; required with Revoke
	Leave     bool   // record that the person has left
	Note      string
	Progress  func(done, all int) // may be nil
}

// Departed is what a departure came to. It is right even when an error came
// with it.
type Departed struct {
	Devices []school.Outcome // in the order of the disposals
	Revoked []devices.Key
	Left    bool
	Rest    devices.Holdings // what the person still has
}

// Depart winds up what a person holds: first the devices, each a change of its
// own, so that what cannot be done for one is said in its outcome and the
// others go on; then the keys, and that the person has left, together. The
// directory is published once at the end. An ended context stops between two
// devices. It fails with [school.ErrLocked] while keys are to be revoked and the
// authority is locked.
func Depart(ctx context.Context, s School, p Departure) (out Departed, err error) {
	if p.Revoke || needsAuthority(p.Disposals) {
		if _, err := s.Authority(); err != nil {
			return out, err
		}
	}
	for i, d := range p.Disposals {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		if p.Progress != nil {
			p.Progress(i, len(p.Disposals))
		}
		out.Devices = append(out.Devices, dispose(ctx, s, p.Holder, d))
	}
	err = s.Register().Atomically(ctx, func(r *devices.Register) error {
		out.Revoked, out.Left = nil, false
		if p.Revoke {
			if out.Revoked, err = revokeAll(ctx, s, r, p.Holder, p.Reason); err != nil {
				return err
			}
		}
		if p.Leave {
			if _, err := r.Leave(ctx, s.Actor(), p.Holder, 0, p.Note); err != nil {
				return err
			}
			out.Left = true
		}
		return nil
	})
	if err != nil {
		out.Revoked, out.Left = nil, false
		return out, fmt.Errorf("wind up: %w", err)
	}
	if out.Rest, err = s.Register().Holdings(ctx, p.Holder); err != nil {
		return out, err
	}
	if !s.Unlocked() {
		return out, nil
	}
	return out, s.PublishChange(ctx)
}

func needsAuthority(all []Disposal) bool {
	for _, d := range all {
		if d.Stick != nil {
			return true
		}
	}
	return false
}

// revokeAll revokes the keys that a person has in force.
func revokeAll(ctx context.Context, s School, r *devices.Register, holder, reason string) ([]devices.Key, error) {
	issued, err := r.Keys(ctx, devices.KeyQuery{Holder: holder, Statuses: []devices.KeyStatus{devices.KeyIssued}})
	if err != nil {
		return nil, err
	}
	var revoked []devices.Key
	for _, k := range issued {
		if k, err = r.RevokeKey(ctx, s.Actor(), k.ID, k.Version, reason); err != nil {
			return nil, err
		}
		revoked = append(revoked, k)
	}
	return revoked, nil
}

// dispose deals with one device of a holder.
func dispose(ctx context.Context, s School, holder string, p Disposal) school.Outcome {
	d, err := s.Register().Device(ctx, p.Device)
	if err != nil {
		return school.Outcome{Device: devices.Device{ID: p.Device}, Err: err}
	}
	if d.Holder != holder {
		return school.Outcome{Device: d, Err: &devices.InvalidError{Field: "holder", Value: d.HolderName, Problem: "has the device now"}}
	}
	changed, err := disposeOf(ctx, s, d, p)
	if _, published := errors.AsType[*school.PublishError](err); err != nil && !published {
		return school.Outcome{Device: d, Err: err}
	}
	return school.Outcome{Device: changed} // Depart publishes again
}

func disposeOf(ctx context.Context, s School, d devices.Device, p Disposal) (devices.Device, error) {
	if p.Action != devices.Issue {
		d, _, err := Act(ctx, s, d.ID, p.Action, p.Facts)
		return d, err
	}
	if id, _ := known.Stick(d); id == "" {
		return passOn(ctx, s, d, p)
	}
	if p.Stick == nil {
		return d, fmt.Errorf("%s: %w", d.Name(), ErrNotPluggedIn)
	}
	opened, err := s.OpenAsICT(ctx, p.Stick, stick.OpenOptions{})
	if err != nil {
		return d, err
	}
	if opened.Note().ID != d.Seen.Stick && d.Name() != opened.Note().Label {
		return d, errors.Join(fmt.Errorf("%s: %w", d.Name(), ErrNotPluggedIn), opened.Close())
	}
	changed, err := issue.Rekey(ctx, s, p.Stick, opened, p.To, nil)
	if closed := opened.Close(); err == nil {
		err = closed
	}
	return changed, err
}

// passOn takes a device that is no stick back and lends it to another person,
// together.
func passOn(ctx context.Context, s School, d devices.Device, p Disposal) (changed devices.Device, err error) {
	to, err := s.Register().FindHolder(ctx, p.To)
	if err != nil {
		return d, school.AboutPerson(p.To, err)
	}
	err = s.Register().Atomically(ctx, func(r *devices.Register) error {
		if d.Holder == to.ID {
			return &devices.InvalidError{Field: "holder", Value: to.Name, Problem: "has the device already"}
		}
		if _, err := r.Act(ctx, s.Actor(), d.ID, devices.Return, p.Facts); err != nil {
			return err
		}
		changed, err = r.Issue(ctx, s.Actor(), d.ID, devices.LoanDetails{Holder: to.ID, Days: s.Policy().LoanDays})
		return err
	})
	return changed, err
}
