// Package fill gathers what the papers of package stowage/devices/papers say from a
// school's register, for the command line and the window alike. It changes
// nothing, and it never invents: what is not on record is left empty, which the
// papers say.
package fill

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"stowage/devices"
	"stowage/devices/papers"
	"stowage/devices/school"
)

var (
	// ErrNotHandedOut: the device is with nobody, so there is no slip for it.
	ErrNotHandedOut = errors.New("the device is with nobody")
	// ErrNotReturned: the device never came back.
	ErrNotReturned = errors.New("the device never came back")
	// ErrNotDestroyed: the device is not recorded as destroyed.
	ErrNotDestroyed = errors.New("the device is not destroyed")
	// ErrNoLabel: the device has no asset label to print.
	ErrNoLabel = errors.New("the device has no asset label")
)

// Head is the head of a paper of the school, made now by its actor.
func Head(s *school.School, now time.Time) (papers.Head, error) {
	d, err := s.Directory()
	if err != nil {
		return papers.Head{}, fmt.Errorf("the head of the paper: %w", err)
	}
	return papers.Head{School: d.School, Made: now.Truncate(time.Second), By: s.Actor(), Zone: time.Local}, nil
}

// Device is a device as a paper shows it, with the loan it is or was last on.
func Device(ctx context.Context, s *school.School, d devices.Device) (papers.Device, error) {
	p := papers.Device{
		Label: d.Label, Kind: string(d.Kind), Make: d.Make, Model: d.Model, Serial: d.Serial, Capacity: d.Capacity,
		Site: d.Site, State: string(d.State), Holder: d.HolderName, Due: devices.DueDay(d.Due, time.Local),
	}
	loans, err := s.Register().Loans(ctx, devices.LoanQuery{Device: d.ID})
	if err != nil || len(loans) == 0 {
		return p, err
	}
	last := loans[0]
	p.Issued, p.Due = last.From, devices.DueDay(last.Due, time.Local)
	if p.Holder == "" {
		h, err := s.Register().Holder(ctx, last.Holder)
		if err != nil {
			return p, err
		}
		p.Holder = h.Name
	}
	return p, nil
}

// SlipOptions are what a handover slip says beside the register.
type SlipOptions struct {
	Return     string // where to return the device, lines
	ICTContact string // how to reach ICT; as the school keeps it when empty
	With       string // what else was handed over
	Passphrase []byte // the temporary one, for the strip; stays the caller's
}

// Slip gathers what the slip of a device that was just handed out says, with the
// signature of its holder if there is one for this loan. It fails with
// [ErrNotHandedOut].
func Slip(ctx context.Context, s *school.School, device string, o SlipOptions) (papers.SlipFacts, error) {
	d, err := s.Register().FindDevice(ctx, device)
	if err != nil {
		return papers.SlipFacts{}, err
	}
	if d.Holder == "" || d.State != devices.Issued {
		return papers.SlipFacts{}, fmt.Errorf("%s: %w", d.Name(), ErrNotHandedOut)
	}
	f := papers.SlipFacts{Return: o.Return, ICTContact: o.ICTContact, With: o.With, Passphrase: o.Passphrase}
	if f.ICTContact == "" {
		contact, err := s.Contact()
		if err != nil {
			return f, err
		}
		f.ICTContact = strings.ReplaceAll(contact, "\n", ", ")
	}
	if f.Device, err = Device(ctx, s, d); err != nil {
		return f, err
	}
	f.Signature, err = signature(ctx, s, d.ID, func(doc devices.Document) bool {
		return doc.Loan == d.Loan && (doc.Kind == devices.RulesAccepted || doc.Kind == devices.HandedOver)
	})
	return f, err
}

// signature is the newest picture on a device's documents that fit, or nil.
func signature(ctx context.Context, s *school.School, device string, fit func(devices.Document) bool) ([]byte, error) {
	signed, err := s.Register().Documents(ctx, device, "")
	if err != nil {
		return nil, err
	}
	var picture []byte
	for _, d := range signed {
		if d.Signature == "" || !fit(d) {
			continue
		}
		content, err := s.Register().DocumentContent(ctx, d)
		if err != nil {
			return nil, err
		}
		picture = content.Signature
	}
	return picture, nil
}

// Receipt gathers what the receipt for a device that came back says, with the
// signature of who brought it if that is on record. It fails with
// [ErrNotReturned].
func Receipt(ctx context.Context, s *school.School, device string) (papers.ReceiptFacts, error) {
	d, err := s.Register().FindDevice(ctx, device)
	if err != nil {
		return papers.ReceiptFacts{}, err
	}
	loans, err := s.Register().Loans(ctx, devices.LoanQuery{Device: d.ID})
	if err != nil {
		return papers.ReceiptFacts{}, err
	}
	if len(loans) == 0 || loans[0].Ended.IsZero() {
		return papers.ReceiptFacts{}, fmt.Errorf("%s: %w", d.Name(), ErrNotReturned)
	}
	f := papers.ReceiptFacts{Returned: loans[0].Ended, Condition: loans[0].Condition, Outcome: string(d.State)}
	if f.Device, err = Device(ctx, s, d); err != nil {
		return f, err
	}
	f.Signature, err = returnSigned(ctx, s, d.ID, loans[0])
	return f, err
}

// returnSigned is the newest picture that was signed when a loan ended, or nil. What
// is signed after the device came back belongs to no loan any more, but was signed
// by who had it.
func returnSigned(ctx context.Context, s *school.School, device string, l devices.Loan) ([]byte, error) {
	return signature(ctx, s, device, func(d devices.Document) bool {
		after := d.Loan == "" && d.Holder == l.Holder && !d.Recorded.Before(l.Ended)
		return d.Kind == devices.ReturnSigned && (d.Loan == l.ID || after)
	})
}

// Destruction gathers what the certificate of a device's destruction says, but
// for what only people know: the standard, and who carried it out. It fails with
// [ErrNotDestroyed].
func Destruction(ctx context.Context, s *school.School, device string) (papers.DestructionFacts, error) {
	d, err := s.Register().FindDevice(ctx, device)
	if err != nil {
		return papers.DestructionFacts{}, err
	}
	events, err := s.Register().Events(ctx, devices.EventQuery{Device: d.ID, Kinds: []devices.EventKind{devices.DeviceDestroyed}, Limit: 1})
	if err != nil {
		return papers.DestructionFacts{}, err
	}
	if d.State != devices.Destroyed || len(events) == 0 {
		return papers.DestructionFacts{}, fmt.Errorf("%s: %w", d.Name(), ErrNotDestroyed)
	}
	b := bodyOf(events[0])
	f := papers.DestructionFacts{
		Destroyed: happened(events[0], b), Method: b.Method, Witness: b.Witness, Note: b.Note,
		Entry: entry(events[0]), Commands: []string{"stow register verify", "stow register history " + d.Name()},
	}
	if f.Device, err = Device(ctx, s, d); err != nil {
		return f, err
	}
	if f.Checks, err = checks(ctx, s, d); err != nil {
		return f, err
	}
	f.Checkpoint, err = checkpoint(ctx, s)
	return f, err
}

// Label is the asset label of a device, to be printed. It fails with
// [ErrNoLabel].
func Label(ctx context.Context, s *school.School, device string) (string, error) {
	d, err := s.Register().FindDevice(ctx, device)
	if err == nil && d.Label == "" {
		err = fmt.Errorf("%s: %w", d.Name(), ErrNoLabel)
	}
	return d.Label, err
}
