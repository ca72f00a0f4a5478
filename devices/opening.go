package devices

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Opened says what of somebody's was opened with the recovery key.
type Opened string

// What is opened.
const (
	OpenedStick   Opened = "stick"
	OpenedBackup  Opened = "backup"
	OpenedListing Opened = "listing" // the names of the files that were on a device
	OpenedFiles   Opened = "files"   // encrypted files that lie elsewhere
)

// OpenedKinds are all that can be opened.
func OpenedKinds() []Opened { return []Opened{OpenedStick, OpenedBackup, OpenedListing, OpenedFiles} }

// Opening is that somebody's files, or their names, are opened with the recovery key.
type Opening struct {
	What   Opened
	Device string // id, "" if it is about none
	Holder string // id of whose they are; the device's when empty, and "" where that is not known
	Reason string
}

// RecordedOpening is an opening that is on record.
type RecordedOpening struct {
	Number int64     // of its event
	Time   time.Time // UTC, to the second
	Actor  string
	Opening
}

// RecordOpening records that files are about to be opened, and why (required). It changes
// nothing else: not what a version is compared with, nor when a device was seen.
func (r *Register) RecordOpening(ctx context.Context, actor string, o Opening) error {
	err := r.change(ctx, actor, func(c *change) error {
		if err := o.clean(); err != nil {
			return err
		}
		if o.Device != "" {
			d, err := c.Device(ctx, o.Device)
			if err != nil {
				return fmt.Errorf("device: %w", err)
			}
			if o.Holder == "" {
				o.Holder = d.Holder
			}
		}
		return c.record(ctx, Event{Kind: FilesOpened, Device: o.Device, Holder: o.Holder}, openedBody{o.What, o.Reason})
	})
	if err != nil {
		return fmt.Errorf("record an opening: %w", err)
	}
	return nil
}

func (o *Opening) clean() error {
	var c cleaner
	if !slices.Contains(OpenedKinds(), o.What) {
		c.fail(&InvalidError{Field: "opened", Value: shorten(string(o.What)), Problem: "is not known"})
	}
	c.line("reason", &o.Reason)
	c.required("reason", o.Reason)
	return c.err
}

// Openings are the newest openings that a device shows its holder: of the device while they
// have it, and of their files elsewhere; newest first, at most a page.
func (r *Register) Openings(ctx context.Context, holder, device string) ([]RecordedOpening, error) {
	events, err := r.Events(ctx, EventQuery{Holder: holder, Kinds: []EventKind{FilesOpened}})
	if err != nil {
		return nil, err
	}
	var all []RecordedOpening
	for _, e := range events {
		if e.Device != "" && e.Device != device {
			continue
		}
		var body openedBody
		if err := e.unpack(&body); err != nil {
			return nil, err
		}
		all = append(all, RecordedOpening{e.Number, e.Time, e.Actor, Opening{body.What, e.Device, e.Holder, body.Reason}})
	}
	return all, nil
}

// applyOpening changes nothing: what was opened is as it was.
func applyOpening(ctx context.Context, t Tables, e Event) error {
	var body openedBody
	if err := e.unpack(&body); err != nil {
		return err
	}
	if e.Holder != "" {
		if _, err := t.Holder(ctx, e.Holder); err != nil {
			return fmt.Errorf("event %d: holder: %w", e.Number, err)
		}
	}
	if e.Device != "" {
		if _, err := t.Device(ctx, e.Device); err != nil {
			return fmt.Errorf("event %d: device: %w", e.Number, err)
		}
	}
	return nil
}
