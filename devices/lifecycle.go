package devices

import (
	"context"
	"fmt"
	"time"
)

// Issue hands a device to a holder, by a new loan. The error may be a
// [*Refusal] or [ErrLeft].
func (r *Register) Issue(ctx context.Context, actor, device string, d LoanDetails) (Device, error) {
	return r.changeDevice(ctx, "issue", actor, device, d.Version, func(c *change, before Device) error {
		return c.issue(ctx, before, d)
	})
}

func (c *change) issue(ctx context.Context, before Device, d LoanDetails) error {
	if err := allow(before, Issue); err != nil {
		return err
	}
	if err := d.clean(c.time, c.zone); err != nil {
		return err
	}
	h, err := c.Holder(ctx, d.Holder)
	if err != nil {
		return fmt.Errorf("holder: %w", err)
	}
	if !h.Left.IsZero() {
		return fmt.Errorf("to %s: %w", h.Name, ErrLeft)
	}
	return c.record(ctx,
		Event{Kind: DeviceIssued, Device: before.ID, Holder: h.ID, Loan: c.newID()},
		issuedBody{From: d.From, Due: d.Due, Note: d.Note})
}

// clean fills in what is left out: the loan's beginning and its end.
func (d *LoanDetails) clean(now time.Time, zone *time.Location) error {
	var c cleaner
	c.moment("issued", &d.From, now)
	if d.From.IsZero() {
		d.From = now
	}
	if d.Days < 0 || d.Days > 36_500 {
		c.fail(&InvalidError{Field: "days", Value: fmt.Sprint(d.Days), Problem: "is not a likely length of a loan"})
	} else if d.Due.IsZero() && d.Days > 0 {
		d.Due = DueOn(d.From.In(zone).AddDate(0, 0, d.Days))
	}
	c.moment("due", &d.Due, time.Time{})
	if !d.Due.IsZero() && d.Due.Before(today(d.From.In(zone))) {
		c.fail(&InvalidError{Field: "due", Value: d.Due.Format(time.RFC3339), Problem: "is not after the loan begins"})
	}
	c.note("note", &d.Note)
	return c.err
}

// Extend gives the holder of an issued device until due, which must be later
// than before. version is the device's as last read, or 0 not to compare.
func (r *Register) Extend(ctx context.Context, actor, device string, version int64, due time.Time, note string) (Device, error) {
	return r.changeDevice(ctx, "extend", actor, device, version, func(c *change, before Device) error {
		return c.extend(ctx, before, due, note)
	})
}

func (c *change) extend(ctx context.Context, before Device, due time.Time, note string) error {
	if err := allow(before, Extend); err != nil {
		return err
	}
	var clean cleaner
	clean.moment("due", &due, time.Time{})
	clean.note("note", &note)
	switch {
	case clean.err != nil:
		return clean.err
	case before.Due.IsZero():
		return &InvalidError{Field: "due", Value: due.Format(time.RFC3339), Problem: "would shorten a loan that has no end"}
	case !due.After(before.Due):
		return &InvalidError{Field: "due", Value: due.Format(time.RFC3339), Problem: "is not later than before"}
	}
	return c.record(ctx,
		Event{Kind: LoanExtended, Device: before.ID, Holder: before.Holder, Loan: before.Loan},
		extendedBody{Due: due, Note: note})
}

// Act records any other action than Issue and Extend on a device. The loan ends
// when the device comes back (Return, Restock) or never will (Retire, Destroy);
// what is lost, stolen, found or damaged stays on loan. The error may be a
// [*Refusal].
func (r *Register) Act(ctx context.Context, actor, device string, action Action, f Facts) (Device, error) {
	return r.changeDevice(ctx, string(action), actor, device, f.Version, func(c *change, before Device) error {
		return c.act(ctx, before, action, f)
	})
}

func (c *change) act(ctx context.Context, before Device, action Action, f Facts) error {
	if _, err := ParseAction(string(action)); err != nil || action == Issue || action == Extend {
		return &InvalidError{Field: "action", Value: shorten(string(action)), Problem: "cannot be recorded this way"}
	}
	if err := allow(before, action); err != nil {
		return err
	}
	var clean cleaner
	clean.moment("when it happened", &f.Happened, c.time)
	clean.note("note", &f.Note)
	clean.note("condition", &f.Condition)
	clean.line("method", &f.Method)
	clean.line("witness", &f.Witness)
	if action == Destroy {
		clean.required("method", f.Method)
	}
	if clean.err != nil {
		return clean.err
	}
	return c.record(ctx,
		Event{Kind: actionEvents[action], Device: before.ID, Holder: before.Holder, Loan: before.Loan},
		actBody{Happened: f.Happened, Note: f.Note, Condition: f.Condition, Method: f.Method, Witness: f.Witness})
}

// allow refuses an action that a device's state does not allow.
func allow(d Device, action Action) error {
	if _, ok := Next(d.State, action); ok {
		return nil
	}
	return &Refusal{Device: d.ID, Name: d.Name(), State: d.State, Action: action, Instead: Allowed(d.State)}
}
