package devices

import (
	"context"
	"strings"
	"time"
)

// addRow adds the device of a row, as the row says it is.
func (c *importRun) addRow(ctx context.Context, row importRow) error {
	body := importedBody{
		Details: row.details, State: row.state, Since: row.since,
		From: row.issued, Due: row.due, Encryption: row.encryption, Seen: row.seen,
	}
	if body.State == "" {
		body.State = InStock
		if row.holder != "" {
			body.State = Issued
		}
	}
	if row.seen != (Sighting{}) && body.Seen.At.IsZero() {
		body.Seen.At = c.time
	}
	if body.Since.IsZero() {
		body.Since = c.time
		if body.State == Issued && !row.issued.IsZero() {
			body.Since = row.issued
		}
	}
	e := Event{Kind: DeviceImported, Device: c.newID()}
	if err := row.checkNew(&body); err != nil {
		return err
	}
	if row.holder != "" {
		h, err := c.person(ctx, row)
		if err != nil {
			return err
		}
		e.Holder, e.Loan = h.ID, c.newID()
	}
	if err := c.record(ctx, e, body); err != nil {
		return err
	}
	name := strings.Clone(Device{DeviceDetails: row.details}.Name())
	c.result.Added++
	c.result.Changes = append(c.result.Changes, ImportChange{Line: row.line, Device: e.Device, Name: name, Added: true})
	return nil
}

// checkNew checks that what a row says of a new device goes together.
func (row importRow) checkNew(body *importedBody) error {
	if row.holder == "" {
		if body.State == Issued {
			return &InvalidError{Field: colHolder, Problem: "is missing for a device that is issued"}
		}
		for _, column := range []string{colIssued, colDue} {
			if err := row.without(column, "is given without a holder"); err != nil {
				return err
			}
		}
		return nil
	}
	if body.State == InStock || body.State == Returned {
		return row.without(colHolder, "has it although the state is "+quoted(body.State))
	}
	if body.From.IsZero() {
		body.From = body.Since
	}
	if !body.Due.IsZero() && body.Due.Before(today(body.From)) {
		return row.without(colDue, "is not after the loan begins")
	}
	return nil
}

// changeRow brings a device to what its row says.
func (c *importRun) changeRow(ctx context.Context, row importRow, before Device) error {
	if err := c.editDevice(ctx, before, row.details); err != nil {
		return err
	}
	if err := c.changeState(ctx, row, before); err != nil {
		return err
	}
	holder := before.Holder
	if row.encryption.At.After(before.Encryption.At) {
		err := c.record(ctx, Event{Kind: DeviceVerified, Device: before.ID, Holder: holder}, row.encryption)
		if err != nil {
			return err
		}
	}
	said := row.seen.Note != "" && row.seen.At.IsZero() && (before.Seen.Place != row.seen.Place || before.Seen.Note != row.seen.Note)
	if said { // on the day of the list
		row.seen.At = c.time
	}
	if said || row.seen.At.After(before.Seen.At) {
		return c.record(ctx, Event{Kind: DeviceSeen, Device: before.ID, Holder: holder}, row.seen)
	}
	return nil
}

func (c *importRun) changeState(ctx context.Context, row importRow, before Device) error {
	if _, ok := Next(before.State, Issue); ok && row.state == "" && row.holder != "" && before.Holder == "" {
		row.state = Issued // or nobody would have it
	}
	if row.state == "" || row.state == before.State {
		return c.sameState(ctx, row, before)
	}
	action, ok := actionTo(before.State, row.state)
	switch {
	case !ok:
		return &Refusal{
			Device: before.ID, Name: before.Name(), State: before.State,
			Action: usualAction(row.state), Instead: Allowed(before.State),
		}
	case action == Issue:
		if row.holder == "" {
			return &InvalidError{Field: colHolder, Problem: "is missing for a device that is issued"}
		}
		h, err := c.person(ctx, row)
		if err != nil {
			return err
		}
		return c.issue(ctx, before, LoanDetails{Holder: h.ID, From: row.issued, Due: row.due})
	case action == Destroy:
		return &InvalidError{Field: colState, Value: string(Destroyed), Problem: "cannot be imported: record how it was destroyed"}
	}
	if err := c.sameHolder(ctx, row, before); err != nil {
		return err
	}
	if row.since.Equal(before.Since) { // left as it was exported
		row.since = time.Time{}
	}
	return c.act(ctx, before, action, Facts{Happened: row.since})
}

// sameState takes what a row says about the loan of a device whose state stays.
func (c *importRun) sameState(ctx context.Context, row importRow, before Device) error {
	if err := c.sameHolder(ctx, row, before); err != nil {
		return err
	}
	if row.due.IsZero() || row.due.Equal(before.Due) {
		return nil
	}
	return c.extend(ctx, before, row.due, "")
}

// sameHolder refuses a row that names another holder, or loan, than the device's.
func (c *importRun) sameHolder(ctx context.Context, row importRow, before Device) error {
	if before.Holder == "" {
		return row.without(colHolder, "does not have it: its state is "+quoted(before.State))
	}
	h, err := c.Holder(ctx, before.Holder)
	if err != nil {
		return err
	}
	if !row.names(h) {
		return row.without(colHolder, "does not have it, but "+h.Name)
	}
	loan, err := c.Loan(ctx, before.Loan)
	if err != nil {
		return err
	}
	if row.issued != (time.Time{}) && !row.issued.Equal(loan.From) {
		return row.without(colIssued, "is not when it was issued: "+timeCell(loan.From))
	}
	return nil
}

// actionTo finds the action that leads from one state to another.
func actionTo(from, to State) (Action, bool) {
	for _, action := range Allowed(from) {
		if next, _ := Next(from, action); next == to && action != Extend {
			return action, true
		}
	}
	return "", false
}

// usualAction is the action that leads to a state.
func usualAction(to State) Action {
	for _, from := range States() {
		if action, ok := actionTo(from, to); ok {
			return action
		}
	}
	return ""
}
