package school

import (
	"context"
	"fmt"

	"stowage/devices"
)

// KeepListing keeps what was on an incident's device, encrypted to the recovery
// key: file names can say much about people. It takes the place of the list
// before.
func (s *School) KeepListing(ctx context.Context, incident string, l Listing) (devices.Incident, error) {
	d, err := s.Directory()
	if err != nil {
		return devices.Incident{}, fmt.Errorf("keep what was on it: %w", err)
	}
	sealed, err := l.seal(d)
	if err != nil {
		return devices.Incident{}, fmt.Errorf("keep what was on it: %w", err)
	}
	return s.Register().SetListing(ctx, s.Actor(), incident, sealed, l.At)
}

// ListIncident lists what was on an incident's device, as the school last knew, and
// keeps the list with the incident. It fails as [School.LastKnown] does.
func (s *School) ListIncident(ctx context.Context, i devices.Incident) (devices.Incident, error) {
	l, err := s.lastKnown(ctx, i.Device)
	if err != nil {
		return i, err
	}
	return s.KeepListing(ctx, i.ID, l)
}

// listNow lists what was on the device of an incident that was just opened, if
// the authority is unlocked and anything is known. What hinders it does not keep
// the incident from being opened: the list can be made later.
func (s *School) listNow(ctx context.Context, i devices.Incident) devices.Incident {
	if i.Device == "" || !s.Unlocked() {
		return i
	}
	if listed, err := s.ListIncident(ctx, i); err == nil {
		return listed
	}
	return i
}

// IncidentListing is what was on an incident's device. Only the unlocked
// authority reads it, for a reason that is recorded before; it fails with [ErrLocked], [ErrNoReason], and with
// devices.ErrNotFound if nothing was listed.
func (s *School) IncidentListing(ctx context.Context, incident, reason string) (Listing, error) {
	a, err := s.Authority()
	if err != nil {
		return Listing{}, err
	}
	i, err := s.Register().Incident(ctx, incident)
	if err != nil {
		return Listing{}, err
	}
	if i.Listing == "" {
		return Listing{}, fmt.Errorf("what was on it: %w", devices.ErrNotFound)
	}
	err = s.RecordOpening(ctx, devices.Opening{What: devices.OpenedListing, Device: i.Device, Holder: i.Holder, Reason: reason})
	if err != nil {
		return Listing{}, err
	}
	sealed, err := s.Register().Listing(ctx, incident)
	if err != nil {
		return Listing{}, err
	}
	l, err := openListing(ctx, sealed, a)
	if err != nil {
		return Listing{}, fmt.Errorf("read what was on it: %w", err)
	}
	return l, nil
}

// ListOpen lists what was on the devices of open incidents that have no list yet,
// since the authority was locked when they were opened: as far as they are still
// missing, for what is checked in afterwards says nothing of the loss.
func (s *School) ListOpen(ctx context.Context) {
	open, err := s.Register().Incidents(ctx, devices.IncidentQuery{States: []devices.IncidentState{devices.IncidentOpen}, Limit: -1})
	if err != nil {
		return // whoever needs the register is told then
	}
	for _, i := range open {
		if i.Device == "" || i.Listing != "" || ctx.Err() != nil {
			continue
		}
		if d, err := s.Register().Device(ctx, i.Device); err == nil && d.State.Missing() {
			s.listNow(ctx, i)
		}
	}
}

// BreachFacts is what a summary of an incident needs beside it.
type BreachFacts struct {
	School string
	Device devices.Device // zero if the register does not know it
	Names  []string       // of the holder, to be left out of what is passed on
}

// BreachFacts reads what a summary of an incident needs beside it.
func (s *School) BreachFacts(ctx context.Context, i devices.Incident) (BreachFacts, error) {
	d, err := s.Directory()
	if err != nil {
		return BreachFacts{}, err
	}
	f := BreachFacts{School: d.School}
	if i.Device != "" {
		if f.Device, err = s.Register().Device(ctx, i.Device); err != nil {
			return f, err
		}
	}
	if i.Holder != "" {
		h, err := s.Register().Holder(ctx, i.Holder)
		if err != nil {
			return f, err
		}
		f.Names = []string{h.Name}
	}
	return f, nil
}
