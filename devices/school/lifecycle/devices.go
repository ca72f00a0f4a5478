// Package lifecycle takes devices through their states with all that follows: an incident for what is lost, the
// directory for whose key is blocked, and the devices of a person who leaves.
package lifecycle

import (
	"context"
	"fmt"
	"os"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/issue"
	"stowage/devices/school/loss"
)

// School is what is needed of a school: what issuing and losing need. A *school.School is one.
type School interface {
	issue.School
	loss.School
}

// Act records an action on a device other than issuing and extending. What is
// lost or stolen opens an incident, unless one is open, with what was on it if the
// authority is unlocked, and blocks the key that lies on it in the directory; what is
// found or back unblocks it. So the directory is published, if the authority is
// unlocked; behind says that it still has to be.
func Act(ctx context.Context, s School, device string, action devices.Action, f devices.Facts) (d devices.Device, behind bool, err error) {
	before, err := s.Register().FindDevice(ctx, device)
	if err != nil {
		return devices.Device{}, false, fmt.Errorf("%s %q: %w", action, device, err)
	}
	var opened devices.Incident
	err = s.Register().Atomically(ctx, func(r *devices.Register) error {
		if d, err = r.Act(ctx, s.Actor(), before.ID, action, f); err != nil {
			return err
		}
		if d.State.Missing() && !before.State.Missing() {
			opened, err = loss.OpenFor(ctx, s, r, d, f)
			return err
		}
		if action == devices.Retire && before.State.Missing() {
			return revokeOn(ctx, s, r, d)
		}
		return nil
	})
	if err != nil {
		return devices.Device{}, false, err
	}
	if opened.ID != "" {
		loss.ListNow(ctx, s, opened)
	}
	if (action == devices.Retire || action == devices.Destroy) && !before.State.Missing() {
		_ = os.Remove(backup.ListingPath(s, d.ID)) // of no more use; what stays is encrypted
	}
	if before.State.Missing() == d.State.Missing() {
		return d, false, nil
	}
	if !s.Unlocked() {
		return d, true, nil
	}
	return d, false, s.PublishChange(ctx)
}

// revokeOn revokes the keys that lie on a lost device that is written off:
// their block must outlast its state.
func revokeOn(ctx context.Context, s School, r *devices.Register, d devices.Device) error {
	there, err := r.Keys(ctx, devices.KeyQuery{Device: d.ID, Statuses: []devices.KeyStatus{devices.KeyIssued}})
	if err != nil {
		return err
	}
	for _, k := range there {
		if _, err := r.RevokeKey(ctx, s.Actor(), k.ID, 0, "on "+d.Name()+", lost and written off"); err != nil {
			return err
		}
	}
	return nil
}

// ChangesDirectory reports whether an action may change what the directory says.
func ChangesDirectory(a devices.Action) bool {
	return a == devices.Lose || a == devices.Steal || a == devices.Find || a == devices.Retire
}

// Lend hands a device that is no stick to a holder, for as long as the policy
// says unless the details do.
func Lend(ctx context.Context, s School, device, who string, l devices.LoanDetails) (devices.Device, error) {
	d, err := s.Register().FindDevice(ctx, device)
	if err != nil {
		return d, fmt.Errorf("issue %q: %w", device, err)
	}
	holder, err := s.Register().FindHolder(ctx, who)
	if err != nil {
		return d, fmt.Errorf("issue %s: %w", d.Name(), school.AboutPerson(who, err))
	}
	l.Version, l.Holder = d.Version, holder.ID
	if l.Days == 0 && l.Due.IsZero() {
		l.Days = s.Policy().LoanDays
	}
	return s.Register().Issue(ctx, s.Actor(), d.ID, l)
}
