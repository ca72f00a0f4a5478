package devices

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrClosed says that the incident is closed, so that it changes no more
	// unless it is reopened.
	ErrClosed = errors.New("incident is closed")
	// ErrUndecided says that nobody has decided yet whether to notify.
	ErrUndecided = errors.New("nobody has decided whether to notify")
)

// MaxListing is the size in bytes of the largest list of contents kept.
const MaxListing = 32 << 20

// OpenIncident opens an incident about a device (its id, or empty if the
// register does not know it) and who had it (likewise; the device's holder if
// empty). Reports are the ids of the loss reports it comes from. The device's
// state is not changed: see [Register.Act].
func (r *Register) OpenIncident(ctx context.Context, actor, device, holder string, d IncidentDetails, reports ...string) (Incident, error) {
	var opened Incident
	err := r.change(ctx, actor, func(c *change) (err error) {
		opened, err = c.openIncident(ctx, device, holder, d, reports)
		return err
	})
	if err != nil {
		return Incident{}, fmt.Errorf("open incident: %w", err)
	}
	return opened, nil
}

func (c *change) openIncident(ctx context.Context, device, holder string, d IncidentDetails, reports []string) (Incident, error) {
	if err := d.clean(c.time); err != nil {
		return Incident{}, err
	}
	if device != "" {
		found, err := c.Device(ctx, device)
		if err != nil {
			return Incident{}, fmt.Errorf("device: %w", err)
		}
		if holder == "" {
			holder = found.Holder
		}
	}
	if holder != "" {
		if _, err := c.Holder(ctx, holder); err != nil {
			return Incident{}, fmt.Errorf("holder: %w", err)
		}
	}
	if device == "" {
		var clean cleaner
		clean.required("what", d.What)
		if clean.err != nil {
			return Incident{}, clean.err
		}
	}
	id := c.newID()
	e := Event{Kind: IncidentWasOpened, Device: device, Holder: holder}
	if err := c.record(ctx, e, incidentBody{Incident: id, Details: &d, Reports: reports}); err != nil {
		return Incident{}, err
	}
	return c.Incident(ctx, id)
}

// EditIncident replaces what is written down. version is the incident's as last
// read, or 0 not to compare. The error may be [ErrClosed].
func (r *Register) EditIncident(ctx context.Context, actor, id string, version int64, d IncidentDetails) (Incident, error) {
	return r.changeIncident(ctx, "edit incident", actor, id, version, func(c *change, i Incident) error {
		if err := d.clean(c.time); err != nil {
			return err
		}
		if sameDetails(i.IncidentDetails, d) {
			return nil
		}
		return c.record(ctx, incidentEvent(IncidentWasEdited, i), incidentBody{Incident: id, Details: &d})
	})
}

// sameDetails compares by the form in which they are stored.
func sameDetails(a, b IncidentDetails) bool {
	x, errX := canonicalBody(a)
	y, errY := canonicalBody(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// AddReport adds a loss report to an incident, by its id, and replaces what is
// written down at the same time. One that is there already changes nothing but
// that.
func (r *Register) AddReport(ctx context.Context, actor, id string, version int64, report string, d IncidentDetails) (Incident, error) {
	return r.changeIncident(ctx, "add report to incident", actor, id, version, func(c *change, i Incident) error {
		if err := d.clean(c.time); err != nil {
			return err
		}
		var clean cleaner
		clean.line("report", &report)
		clean.required("report", report)
		if clean.err != nil {
			return clean.err
		}
		return c.record(ctx, incidentEvent(IncidentReported, i), incidentBody{Incident: id, Details: &d, Reports: []string{report}})
	})
}

// SetListing keeps the list of what was on the device, as ciphertext that only
// the caller can make sense of, in place of the one before; made is when it was
// true, now if zero. At most [MaxListing] bytes.
func (r *Register) SetListing(ctx context.Context, actor, id string, ciphertext []byte, made time.Time) (Incident, error) {
	return r.changeIncident(ctx, "keep what was on it", actor, id, 0, func(c *change, i Incident) error {
		if len(ciphertext) == 0 || len(ciphertext) > MaxListing {
			return &InvalidError{Field: "list of contents", Problem: fmt.Sprintf("has %d bytes", len(ciphertext))}
		}
		var clean cleaner
		clean.moment("listed", &made, c.time)
		if made.IsZero() {
			made = c.time
		}
		if clean.err != nil {
			return clean.err
		}
		digest := digestOf(ciphertext)
		if i.Listing != "" && i.Listing != digest {
			if err := c.DeleteBlob(ctx, i.Listing); err != nil {
				return err
			}
		}
		if err := c.PutBlob(ctx, digest, ciphertext); err != nil {
			return err
		}
		return c.record(ctx, incidentEvent(IncidentListed, i), incidentBody{Incident: id, Listing: digest, Listed: made})
	})
}

// Listing returns the ciphertext that [Register.SetListing] kept. The error
// wraps [ErrNotFound] if there is none.
func (r *Register) Listing(ctx context.Context, id string) ([]byte, error) {
	return view(ctx, r, "what was on it", func(reader Reader) ([]byte, error) {
		i, err := reader.Incident(ctx, id)
		if err != nil {
			return nil, err
		}
		if i.Listing == "" {
			return nil, ErrNotFound
		}
		ciphertext, err := reader.Blob(ctx, i.Listing)
		if err == nil && digestOf(ciphertext) != i.Listing {
			err = ErrCorrupt
		}
		return ciphertext, err
	})
}

// Decide records what a person decided, in place of what was decided before;
// the events keep both.
func (r *Register) Decide(ctx context.Context, actor, id string, version int64, d Decision) (Incident, error) {
	return r.changeIncident(ctx, "decide", actor, id, version, func(c *change, i Incident) error {
		if err := d.clean(c.time); err != nil {
			return err
		}
		return c.record(ctx, incidentEvent(IncidentDecided, i), incidentBody{Incident: id, Decision: &d})
	})
}

// CloseIncident closes an incident that has been decided on, with what was
// learnt. The error may be [ErrUndecided] or [ErrClosed].
func (r *Register) CloseIncident(ctx context.Context, actor, id string, version int64, lessons string) (Incident, error) {
	return r.changeIncident(ctx, "close incident", actor, id, version, func(c *change, i Incident) error {
		if i.Decision.Notify == Unanswered {
			return ErrUndecided
		}
		var clean cleaner
		clean.note("lessons", &lessons)
		if clean.err != nil {
			return clean.err
		}
		return c.record(ctx, incidentEvent(IncidentWasClosed, i), incidentBody{Incident: id, Lessons: lessons})
	})
}

// ReopenIncident opens a closed incident again, and says why (required).
func (r *Register) ReopenIncident(ctx context.Context, actor, id string, version int64, why string) (Incident, error) {
	return r.changeAny(ctx, "reopen incident", actor, id, version, func(c *change, i Incident) error {
		if i.State != IncidentClosed {
			return &InvalidError{Field: "incident", Value: i.ID, Problem: "is not closed"}
		}
		var clean cleaner
		clean.note("why", &why)
		clean.required("why", why)
		if clean.err != nil {
			return clean.err
		}
		return c.record(ctx, incidentEvent(IncidentReopened, i), incidentBody{Incident: id, Why: why})
	})
}

// MergeIncident ends an incident that turned out to be about the same loss as
// another, which takes over its reports and the earlier start of the clock.
func (r *Register) MergeIncident(ctx context.Context, actor, id, into string) (Incident, error) {
	_, err := r.changeIncident(ctx, "merge incident", actor, id, 0, func(c *change, i Incident) error {
		other, err := c.Incident(ctx, into)
		switch {
		case err != nil:
			return fmt.Errorf("into: %w", err)
		case other.State != IncidentOpen:
			return ErrClosed
		case other.ID == i.ID:
			return &InvalidError{Field: "incident", Value: id, Problem: "cannot be merged with itself"}
		}
		return c.record(ctx, incidentEvent(IncidentWasMerged, i), incidentBody{Incident: id, Into: into})
	})
	if err != nil {
		return Incident{}, err
	}
	return r.Incident(ctx, into)
}

// incidentEvent begins an event about an incident.
func incidentEvent(kind EventKind, i Incident) Event {
	return Event{Kind: kind, Device: i.Device, Holder: i.Holder}
}

// changeIncident changes an open incident.
func (r *Register) changeIncident(ctx context.Context, doing, actor, id string, version int64, fn func(*change, Incident) error) (Incident, error) {
	return r.changeAny(ctx, doing, actor, id, version, func(c *change, i Incident) error {
		if i.State != IncidentOpen {
			return ErrClosed
		}
		return fn(c, i)
	})
}

func (r *Register) changeAny(ctx context.Context, doing, actor, id string, version int64, fn func(*change, Incident) error) (Incident, error) {
	var changed Incident
	err := r.change(ctx, actor, func(c *change) error {
		i, err := c.Incident(ctx, id)
		if err != nil {
			return err
		}
		if err := compare(version, i.Version); err != nil {
			return err
		}
		if err := fn(c, i); err != nil {
			return err
		}
		changed, err = c.Incident(ctx, id)
		return err
	})
	if err != nil {
		return Incident{}, fmt.Errorf("%s: %w", doing, err)
	}
	return changed, nil
}

// Incident returns an incident by id.
func (r *Register) Incident(ctx context.Context, id string) (Incident, error) {
	return view(ctx, r, "incident", func(reader Reader) (Incident, error) { return reader.Incident(ctx, id) })
}

// Incidents returns the incidents that fit.
func (r *Register) Incidents(ctx context.Context, q IncidentQuery) ([]Incident, error) {
	return view(ctx, r, "incidents", func(reader Reader) ([]Incident, error) { return reader.Incidents(ctx, q) })
}

// IncidentHistory returns the events of an incident, oldest first.
func (r *Register) IncidentHistory(ctx context.Context, id string) ([]Event, error) {
	return view(ctx, r, "incident's history", func(reader Reader) ([]Event, error) {
		i, err := reader.Incident(ctx, id)
		if err != nil {
			return nil, err
		}
		q := EventQuery{Kinds: incidentKinds(), Device: i.Device, Oldest: true, Limit: MaxPage}
		var history []Event
		for {
			page, err := reader.Events(ctx, q)
			if err != nil {
				return nil, err
			}
			for _, e := range page {
				q.After = e.Number
				var body incidentBody
				if err := e.unpack(&body); err != nil {
					return nil, err
				}
				if body.Incident == id || body.Into == id {
					history = append(history, e)
				}
			}
			if len(page) < MaxPage {
				return history, nil
			}
		}
	})
}
