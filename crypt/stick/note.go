package stick

import (
	"encoding/json"
	"time"
)

// Note is what the school signed about a stick. It is readable by everyone
// who has the stick in hand, and so says nothing personal.
type Note struct {
	ID         string          `json:"id"`               // UUID of the stick
	Label      string          `json:"label"`            // asset label
	School     string          `json:"school"`           // name of the school
	Return     string          `json:"return"`           // where to return it, lines
	Class      string          `json:"class"`            // class of the stick's identity
	Recipient  string          `json:"recipient-sha256"` // SHA-256 of the stick's recipient, hexadecimal
	Generation int             `json:"generation"`       // counts notes of the stick, from 1
	Issued     time.Time       `json:"issued"`           // when this note was signed, UTC
	Recovery   []string        `json:"recovery"`         // the school's recovery recipients, one per class
	Policy     json.RawMessage `json:"policy,omitempty"` // the school's policy of that day
}

// Signer signs for the school; *keys.Authority is one.
type Signer interface {
	School() string
	Verifier() string // note verifier key
	Sign(text string) ([]byte, error)
}
