package devices

import (
	"encoding/json"
	"strings"
	"time"
)

// EventKind says what happened.
type EventKind string

// The kinds of event.
const (
	HolderAdded    EventKind = "holder added"
	HolderEdited   EventKind = "holder edited"
	HolderLeft     EventKind = "holder left"
	HolderRejoined EventKind = "holder rejoined"

	DeviceAdded     EventKind = "device added"
	DeviceImported  EventKind = "device imported" // taken over with its state, from a file
	DeviceEdited    EventKind = "device edited"
	DeviceIssued    EventKind = "device issued"
	DeviceReturned  EventKind = "device returned"
	DeviceRestocked EventKind = "device restocked"
	DeviceLost      EventKind = "device lost"
	DeviceStolen    EventKind = "device stolen"
	DeviceFound     EventKind = "device found"
	DeviceDamaged   EventKind = "device damaged"
	DeviceRetired   EventKind = "device retired"
	DeviceDestroyed EventKind = "device destroyed"
	DeviceVerified  EventKind = "device verified" // encryption was checked
	DeviceSeen      EventKind = "device seen"
	LoanExtended    EventKind = "loan extended"

	KeyWasIssued   EventKind = "key issued"
	KeyWasReplaced EventKind = "key replaced"
	KeyWasRevoked  EventKind = "key revoked"
	KeyPlaced      EventKind = "key placed"  // on a device
	KeyRemoved     EventKind = "key removed" // from a device

	CodeStored EventKind = "recovery code stored"
	CodeUsed   EventKind = "recovery code used"

	FilesOpened EventKind = "files opened" // somebody's files or their names, by ICT with the recovery key

	DocumentSigned EventKind = "document signed" // by a holder, for a device or for all

	IncidentWasOpened EventKind = "incident opened"
	IncidentWasEdited EventKind = "incident edited"
	IncidentReported  EventKind = "incident reported" // a loss report was added
	IncidentListed    EventKind = "incident listed"   // what was on the device
	IncidentDecided   EventKind = "incident decided"
	IncidentWasClosed EventKind = "incident closed"
	IncidentReopened  EventKind = "incident reopened"
	IncidentWasMerged EventKind = "incident merged"

	RegisterRestored EventKind = "register restored" // from a backup, in the place of another register
)

// EventKinds lists every kind.
func EventKinds() []EventKind {
	return []EventKind{
		HolderAdded, HolderEdited, HolderLeft, HolderRejoined,
		DeviceAdded, DeviceImported, DeviceEdited, DeviceIssued, DeviceReturned, DeviceRestocked, DeviceLost, DeviceStolen,
		DeviceFound, DeviceDamaged, DeviceRetired, DeviceDestroyed, DeviceVerified, DeviceSeen, LoanExtended,
		KeyWasIssued, KeyWasReplaced, KeyWasRevoked, KeyPlaced, KeyRemoved, CodeStored, CodeUsed, FilesOpened, DocumentSigned,
		IncidentWasOpened, IncidentWasEdited, IncidentReported, IncidentListed,
		IncidentDecided, IncidentWasClosed, IncidentReopened, IncidentWasMerged, RegisterRestored,
	}
}

// An Event is one entry of the register. Events are appended and never changed.
type Event struct {
	Number int64     `json:"number"` // from 1, without gaps
	Time   time.Time `json:"time"`   // UTC, to the second
	Actor  string    `json:"actor"`  // who did it, as claimed by whoever wrote it down
	// Login is who was logged in where it was written down: to the computer, or to the
	// database. Events of older programs have none.
	Login string    `json:"login,omitempty"`
	Kind  EventKind `json:"kind"`

	// Whom and what it is about; ids, empty where they do not apply.
	Device string `json:"device,omitempty"`
	Holder string `json:"holder,omitempty"`
	Key    string `json:"key,omitempty"`
	Loan   string `json:"loan,omitempty"`

	// Body is what happened, as a canonical JSON object: its names sorted, no
	// blanks, as encoding/json writes it.
	Body json.RawMessage `json:"body"`
}

// Claimed reports whether the actor is only a name that was given: another than the login's.
func (e Event) Claimed() bool { return e.Login != "" && !strings.EqualFold(e.Login, e.Actor) }
