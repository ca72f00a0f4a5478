package devices

import (
	"context"
	"fmt"
	"slices"
	"time"
)

func incidentKinds() []EventKind {
	return []EventKind{
		IncidentWasOpened, IncidentWasEdited, IncidentReported, IncidentListed,
		IncidentDecided, IncidentWasClosed, IncidentReopened, IncidentWasMerged,
	}
}

// applyIncident carries an event about an incident into the tables.
func applyIncident(ctx context.Context, t Tables, e Event) error {
	var body incidentBody
	if err := e.unpack(&body); err != nil {
		return err
	}
	if e.Kind == IncidentWasOpened {
		if body.Details == nil {
			return fmt.Errorf("event %d: %w: an incident of nothing", e.Number, ErrCorrupt)
		}
		i := Incident{
			ID: body.Incident, Version: e.Number, IncidentDetails: *body.Details, State: IncidentOpen, Opened: e.Time, By: e.Actor,
			Device: e.Device, Holder: e.Holder, Reports: body.Reports,
		}
		return t.PutIncident(ctx, i)
	}
	i, err := t.Incident(ctx, body.Incident)
	if err != nil {
		return fmt.Errorf("event %d: incident: %w", e.Number, err)
	}
	i.Version = e.Number
	if body.Details != nil {
		i.IncidentDetails = *body.Details
	}
	switch e.Kind {
	case IncidentReported:
		for _, id := range body.Reports {
			if !slices.Contains(i.Reports, id) {
				i.Reports = append(slices.Clone(i.Reports), id)
			}
		}
	case IncidentListed:
		i.Listing, i.Listed = body.Listing, body.Listed
	case IncidentDecided:
		if body.Decision == nil {
			return fmt.Errorf("event %d: %w: nothing decided", e.Number, ErrCorrupt)
		}
		i.Decision = *body.Decision
	case IncidentWasClosed:
		i.State, i.Closed = IncidentClosed, e.Time
		if body.Lessons != "" {
			i.Lessons = body.Lessons
		}
	case IncidentReopened:
		i.State, i.Closed = IncidentOpen, time.Time{}
		i.Reopened++
	case IncidentWasMerged:
		i.State, i.Closed, i.Into = IncidentMerged, e.Time, body.Into
		if err := mergeInto(ctx, t, e, i); err != nil {
			return err
		}
	}
	return t.PutIncident(ctx, i)
}

// mergeInto gives the incident that i ends in what i has.
func mergeInto(ctx context.Context, t Tables, e Event, i Incident) error {
	into, err := t.Incident(ctx, i.Into)
	if err != nil {
		return fmt.Errorf("event %d: incident: %w", e.Number, err)
	}
	into.Version = e.Number
	into.Merged = append(slices.Clone(into.Merged), i.ID)
	into.Reports = append(slices.Clone(into.Reports), i.Reports...)
	if i.Aware.Before(into.Aware) {
		into.Aware = i.Aware
	}
	return t.PutIncident(ctx, into)
}
