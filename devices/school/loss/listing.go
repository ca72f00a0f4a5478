package loss

import (
	"context"
	"fmt"

	"stowage/devices"
	"stowage/devices/school/backup"
	"stowage/devices/school/openings"
)

// KeepListing keeps what was on an incident's device, encrypted to the recovery
// key: file names can say much about people. It takes the place of the list
// before.
func KeepListing(ctx context.Context, s School, incident string, l backup.Listing) (devices.Incident, error) {
	d, err := s.Directory()
	if err != nil {
		return devices.Incident{}, fmt.Errorf("keep what was on it: %w", err)
	}
	sealed, err := l.Seal(d)
	if err != nil {
		return devices.Incident{}, fmt.Errorf("keep what was on it: %w", err)
	}
	return s.Register().SetListing(ctx, s.Actor(), incident, sealed, l.At)
}

// ListIncident lists what was on an incident's device, as the school last knew, and
// keeps the list with the incident. It fails as [backup.LastKnown] does.
func ListIncident(ctx context.Context, s School, i devices.Incident) (devices.Incident, error) {
	l, err := backup.LastKnownUnrecorded(ctx, s, i.Device)
	if err != nil {
		return i, err
	}
	return KeepListing(ctx, s, i.ID, l)
}

// ListNow lists what was on the device of an incident that was just opened, if
// the authority is unlocked and anything is known. What hinders it does not keep
// the incident from being opened: the list can be made later.
func ListNow(ctx context.Context, s School, i devices.Incident) devices.Incident {
	if i.Device == "" || !s.Unlocked() {
		return i
	}
	if listed, err := ListIncident(ctx, s, i); err == nil {
		return listed
	}
	return i
}

// IncidentListing is what was on an incident's device. Only the unlocked
// authority reads it, for a reason that is recorded before; it fails with [school.ErrLocked], [openings.ErrNoReason], and with
// devices.ErrNotFound if nothing was listed.
func IncidentListing(ctx context.Context, s School, incident, reason string) (backup.Listing, error) {
	a, err := s.Authority()
	if err != nil {
		return backup.Listing{}, err
	}
	i, err := s.Register().Incident(ctx, incident)
	if err != nil {
		return backup.Listing{}, err
	}
	if i.Listing == "" {
		return backup.Listing{}, fmt.Errorf("what was on it: %w", devices.ErrNotFound)
	}
	err = openings.Record(ctx, s, devices.Opening{What: devices.OpenedListing, Device: i.Device, Holder: i.Holder, Reason: reason})
	if err != nil {
		return backup.Listing{}, err
	}
	sealed, err := s.Register().Listing(ctx, incident)
	if err != nil {
		return backup.Listing{}, err
	}
	l, err := backup.OpenListing(ctx, sealed, a)
	if err != nil {
		return backup.Listing{}, fmt.Errorf("read what was on it: %w", err)
	}
	return l, nil
}

// ListOpen lists what was on the devices of open incidents that have no list yet,
// since the authority was locked when they were opened: as far as they are still
// missing, for what is checked in afterwards says nothing of the loss.
func ListOpen(ctx context.Context, s School) {
	open, err := s.Register().Incidents(ctx, devices.IncidentQuery{States: []devices.IncidentState{devices.IncidentOpen}, Limit: -1})
	if err != nil {
		return // whoever needs the register sees the error then
	}
	for _, i := range open {
		if i.Device == "" || i.Listing != "" || ctx.Err() != nil {
			continue
		}
		if d, err := s.Register().Device(ctx, i.Device); err == nil && d.State.Missing() {
			ListNow(ctx, s, i)
		}
	}
}

// BreachFacts is what a summary of an incident needs beside it.
type BreachFacts struct {
	School string
	Device devices.Device // zero if the register does not know it
	Names  []string       // of the holder, to be left out of what is passed on
}

// ReadBreachFacts reads what a summary of an incident needs beside it.
func ReadBreachFacts(ctx context.Context, s School, i devices.Incident) (BreachFacts, error) {
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
