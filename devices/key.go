package devices

import "time"

// KeyStatus says whether a key is in use.
type KeyStatus string

// The statuses of a key. Replaced and revoked are final.
const (
	KeyIssued   KeyStatus = "issued"
	KeyReplaced KeyStatus = "replaced" // the holder has a newer one
	KeyRevoked  KeyStatus = "revoked"  // not to be trusted any more
)

// KeyStatuses lists every status.
func KeyStatuses() []KeyStatus { return []KeyStatus{KeyIssued, KeyReplaced, KeyRevoked} }

// KeyDetails is what is written down when a key is issued.
type KeyDetails struct {
	Holder    string // the holder's id
	Class     string // as the caller names it: "hybrid", "x25519"
	Recipient string // the public half; no two keys share one
	Replaces  string // the id of the key that this one replaces, or empty
	Reason    string // why that one is replaced
}

// A Key is an age identity that ICT issued to a holder, known by its public
// half. The register never sees the secret one.
type Key struct {
	ID        string    `json:"id"`      // UUID
	Version   int64     `json:"version"` // the number of the last event that changed it
	Holder    string    `json:"holder"`  // the holder's id
	Class     string    `json:"class"`
	Recipient string    `json:"recipient"`
	Status    KeyStatus `json:"status"`
	Reason    string    `json:"reason,omitempty"` // why it was replaced or revoked
	Issued    time.Time `json:"issued"`
	Ended     time.Time `json:"ended,omitzero"`    // when it was replaced or revoked
	Devices   []string  `json:"devices,omitempty"` // ids of the devices it lies on, sorted
}
