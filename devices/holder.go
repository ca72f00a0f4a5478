package devices

import "time"

// HolderDetails is what ICT writes down about a holder and may correct later.
type HolderDetails struct {
	Name  string `json:"name"`
	Email string `json:"email,omitempty"` // no two present holders share one
	Site  string `json:"site,omitempty"`
	Notes string `json:"notes,omitempty"` // may have several lines
}

// A Holder is a person to whom keys and devices are issued.
type Holder struct {
	ID      string `json:"id"`      // UUID
	Version int64  `json:"version"` // the number of the last event that changed it
	HolderDetails
	Added time.Time `json:"added"`
	Left  time.Time `json:"left,omitzero"` // zero while the person is at the school
}

// Holdings is everything a person has.
type Holdings struct {
	Holder  Holder   `json:"holder"`
	Devices []Device `json:"devices"` // on loan and not back yet, the lost ones included
	Keys    []Key    `json:"keys"`    // issued, not replaced or revoked
}
