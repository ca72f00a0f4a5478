package devices

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// actionEvents pairs every action with the event that records it.
var actionEvents = map[Action]EventKind{
	Issue:   DeviceIssued,
	Extend:  LoanExtended,
	Return:  DeviceReturned,
	Restock: DeviceRestocked,
	Lose:    DeviceLost,
	Steal:   DeviceStolen,
	Find:    DeviceFound,
	Damage:  DeviceDamaged,
	Retire:  DeviceRetired,
	Destroy: DeviceDestroyed,
}

func actionOf(kind EventKind) (Action, bool) {
	for action, k := range actionEvents {
		if k == kind {
			return action, true
		}
	}
	return "", false
}

func applyAction(ctx context.Context, t Tables, e Event, action Action) error {
	d, err := t.Device(ctx, e.Device)
	if err != nil {
		return fmt.Errorf("event %d: device: %w", e.Number, err)
	}
	next, ok := Next(d.State, action)
	if !ok {
		return fmt.Errorf("event %d: %w: %q while %s", e.Number, ErrCorrupt, e.Kind, d.State)
	}
	d.Version = e.Number
	switch action {
	case Issue:
		return applyIssue(ctx, t, e, d)
	case Extend:
		return applyExtend(ctx, t, e, d)
	}

	var body actBody
	if err := e.unpack(&body); err != nil {
		return err
	}
	d.State, d.Since = next, e.Time
	if !body.Happened.IsZero() {
		d.Since = body.Happened
	}
	switch action {
	case Return, Restock:
		err = endLoan(ctx, t, e, d, body.Condition)
		d.Holder, d.HolderName, d.Loan, d.Due = "", "", "", time.Time{}
	case Retire, Destroy:
		err = endLoan(ctx, t, e, d, body.Condition)
		d.Due = time.Time{}
	}
	if err != nil {
		return err
	}
	return t.PutDevice(ctx, d, body.Note, body.Condition, body.Method, body.Witness)
}

func applyIssue(ctx context.Context, t Tables, e Event, d Device) error {
	var body issuedBody
	if err := e.unpack(&body); err != nil {
		return err
	}
	d.State, d.Since = Issued, body.From
	if err := endLoan(ctx, t, e, d, ""); err != nil {
		return err
	}
	h, err := t.Holder(ctx, e.Holder)
	if err != nil {
		return fmt.Errorf("event %d: holder: %w", e.Number, err)
	}
	d.Holder, d.HolderName, d.Loan, d.Due = h.ID, h.Name, e.Loan, body.Due
	loan := Loan{ID: e.Loan, Version: e.Number, Device: d.ID, Holder: h.ID, From: body.From, Due: body.Due}
	if err := t.PutLoan(ctx, loan); err != nil {
		return err
	}
	return t.PutDevice(ctx, d, h.Name, h.Email, body.Note)
}

func applyExtend(ctx context.Context, t Tables, e Event, d Device) error {
	var body extendedBody
	if err := e.unpack(&body); err != nil {
		return err
	}
	loan, err := t.Loan(ctx, e.Loan)
	if err != nil {
		return fmt.Errorf("event %d: loan: %w", e.Number, err)
	}
	loan.Version, loan.Due = e.Number, body.Due
	loan.Extensions++
	if err := t.PutLoan(ctx, loan); err != nil {
		return err
	}
	d.Due = body.Due
	return t.PutDevice(ctx, d, body.Note)
}

// endLoan ends the loan that d is on, if it is on one, at the time and with the
// state that d has come to.
func endLoan(ctx context.Context, t Tables, e Event, d Device, condition string) error {
	if d.Loan == "" {
		return nil
	}
	loan, err := t.Loan(ctx, d.Loan)
	if err != nil {
		return fmt.Errorf("event %d: loan: %w", e.Number, err)
	}
	if !loan.Ended.IsZero() {
		return nil // retired or destroyed before
	}
	loan.Version, loan.Ended, loan.Outcome, loan.Condition = e.Number, d.Since, d.State, condition
	return t.PutLoan(ctx, loan)
}

func applyNewDevice(ctx context.Context, t Tables, e Event) error {
	d := Device{ID: e.Device, Version: e.Number, State: InStock, Since: e.Time, Added: e.Time}
	if e.Kind == DeviceAdded {
		var body deviceBody
		if err := e.unpack(&body); err != nil {
			return err
		}
		d.DeviceDetails = body.Details
		return t.PutDevice(ctx, d)
	}
	var body importedBody
	if err := e.unpack(&body); err != nil {
		return err
	}
	d.DeviceDetails, d.State, d.Since = body.Details, body.State, body.Since
	d.Encryption, d.Seen = body.Encryption, body.Seen
	if e.Loan == "" {
		return t.PutDevice(ctx, d, d.Encryption.text(), d.Seen.text())
	}

	h, err := t.Holder(ctx, e.Holder)
	if err != nil {
		return fmt.Errorf("event %d: holder: %w", e.Number, err)
	}
	loan := Loan{ID: e.Loan, Version: e.Number, Device: d.ID, Holder: h.ID, From: body.From, Due: body.Due}
	d.Holder, d.HolderName, d.Loan, d.Due = h.ID, h.Name, e.Loan, body.Due
	if d.State == Retired || d.State == Destroyed {
		loan.Ended, loan.Outcome = d.Since, d.State
		d.Due = time.Time{}
	}
	if err := t.PutLoan(ctx, loan); err != nil {
		return err
	}
	return t.PutDevice(ctx, d, h.Name, h.Email, d.Encryption.text(), d.Seen.text())
}

func applyDevice(ctx context.Context, t Tables, e Event) error {
	d, err := t.Device(ctx, e.Device)
	if err != nil {
		return fmt.Errorf("event %d: device: %w", e.Number, err)
	}
	d.Version = e.Number
	var texts []string
	switch e.Kind {
	case DeviceEdited:
		var body deviceBody
		err = e.unpack(&body)
		texts = []string{d.Label, d.Serial} // by which people may still look for it
		d.DeviceDetails = body.Details
	case DeviceVerified:
		d.Encryption = Verification{}
		err = e.unpack(&d.Encryption)
		texts = []string{d.Encryption.text()}
	case DeviceSeen:
		var seen Sighting
		err = e.unpack(&seen)
		texts = []string{seen.text()}
		d.Seen = seen.after(d.Seen)
	case CodeStored:
		var body codeBody
		err = e.unpack(&body)
		d.Recovery = RecoveryCode{Digest: body.Digest, Stored: e.Time}
	case CodeUsed:
		var body noteBody
		err = e.unpack(&body)
		texts = []string{body.Note}
		if d.Recovery.Used.IsZero() {
			d.Recovery.Used = e.Time
		}
	}
	if err != nil {
		return err
	}
	return t.PutDevice(ctx, d, texts...)
}

// after returns what is known of a device that was seen as before, and then as s.
func (s Sighting) after(before Sighting) Sighting {
	switch {
	case s.Stick == "": // only the label was scanned
		at, place, note := s.At, s.Place, s.Note
		s = before
		s.At, s.Place, s.Note, s.Older = at, place, note, before.Older
	case s.Older:
		s.Sequence, s.Digest = before.Sequence, before.Digest
	}
	if s.At.Before(before.At) { // reported late
		s.At, s.Place = before.At, before.Place
	}
	return s
}

// olderThan says whether s shows a stick in a state before, or beside, the
// newest one known.
func (s Sighting) olderThan(known Sighting) bool {
	if s.Stick == "" || s.Stick != known.Stick {
		return false
	}
	return s.Sequence < known.Sequence || s.Sequence == known.Sequence && s.Digest != known.Digest
}

func (v Verification) text() string { return strings.Join([]string{v.Method, v.By, v.Note}, " ") }

func (s Sighting) text() string { return strings.Join([]string{s.Place, s.Note}, " ") }
