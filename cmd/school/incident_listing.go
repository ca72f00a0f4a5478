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
