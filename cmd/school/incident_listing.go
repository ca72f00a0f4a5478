package school

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/devices"
)

// ListedFile is a file that was on a lost device.
type ListedFile struct {
	Path  string    `json:"path"`
	Size  int64     `json:"size"`
	Saved time.Time `json:"saved,omitzero"`
}

// Listing is what was on a lost device, as far as the school knows.
type Listing struct {
	From  string       `json:"from"` // where that is known from: "backup" or "check-in"
	At    time.Time    `json:"at"`   // when that was so
	Files []ListedFile `json:"files"`
}

// KeepListing keeps what was on an incident's device, encrypted to the recovery
// key: file names can say much about people. It takes the place of the list
// before.
func (s *School) KeepListing(ctx context.Context, incident string, l Listing) (devices.Incident, error) {
	plain, err := json.Marshal(l)
	if err != nil {
		return devices.Incident{}, fmt.Errorf("keep what was on it: %w", err)
	}
	defer clear(plain)
	d, err := s.Directory()
	if err != nil {
		return devices.Incident{}, fmt.Errorf("keep what was on it: %w", err)
	}
	sealed, err := keys.WrapFor(plain, d.Recovery)
	if err != nil {
		return devices.Incident{}, fmt.Errorf("keep what was on it: %w", err)
	}
	return s.register.SetListing(ctx, s.options.Actor, incident, sealed[d.Policy.Class], l.At)
}

// ListIncident lists what was on an incident's device, from the stick's backup,
// and keeps the list with the incident. It fails as [School.ContentsOf] does.
func (s *School) ListIncident(ctx context.Context, i devices.Incident) (devices.Incident, error) {
	c, err := s.ContentsOf(ctx, i.Device)
	if err != nil {
		return i, err
	}
	l := Listing{From: "backup", At: c.At.UTC().Truncate(time.Second)}
	for _, e := range c.Entries {
		if !e.IsFolder() {
			l.Files = append(l.Files, ListedFile{Path: e.Path, Size: e.Size, Saved: e.Stored.UTC()})
		}
	}
	return s.KeepListing(ctx, i.ID, l)
}

// listNow lists what was on the device of an incident that was just opened, if
// the authority is unlocked and there is a backup. What hinders it does not keep
// the incident from being opened: the list can be made later.
func (s *School) listNow(ctx context.Context, i devices.Incident) devices.Incident {
	if i.Device == "" || s.authority.Load() == nil {
		return i
	}
	if listed, err := s.ListIncident(ctx, i); err == nil {
		return listed
	}
	return i
}

// IncidentListing is what was on an incident's device. Only the unlocked
// authority reads it; it fails with [ErrLocked], and with devices.ErrNotFound if
// nothing was listed.
func (s *School) IncidentListing(ctx context.Context, incident string) (Listing, error) {
	a, err := s.Authority()
	if err != nil {
		return Listing{}, err
	}
	sealed, err := s.register.Listing(ctx, incident)
	if err != nil {
		return Listing{}, err
	}
	var plain bytes.Buffer
	defer func() { clear(plain.Bytes()) }()
	if err := crypt.Decrypt(ctx, &plain, bytes.NewReader(sealed), nil, a.Identities()...); err != nil {
		return Listing{}, fmt.Errorf("read what was on it: %w", err)
	}
	var l Listing
	if err := json.Unmarshal(plain.Bytes(), &l); err != nil {
		return Listing{}, fmt.Errorf("read what was on it: %w", err)
	}
	return l, nil
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
		if f.Device, err = s.register.Device(ctx, i.Device); err != nil {
			return f, err
		}
	}
	if i.Holder != "" {
		h, err := s.register.Holder(ctx, i.Holder)
		if err != nil {
			return f, err
		}
		f.Names = []string{h.Name}
	}
	return f, nil
}
