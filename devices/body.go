package devices

import "time"

// The bodies of events. What is written once stays readable for ever: fields
// may be added, with omitempty, but never renamed or given another meaning.

type (
	holderBody struct {
		Details HolderDetails `json:"details"`
	}
	deviceBody struct {
		Details DeviceDetails `json:"details"`
	}
	// importedBody is a device taken over from a file, with the state it was in.
	importedBody struct {
		Details    DeviceDetails `json:"details"`
		State      State         `json:"state"`
		Since      time.Time     `json:"since"`
		From       time.Time     `json:"from,omitzero"` // of the loan that the event names
		Due        time.Time     `json:"due,omitzero"`
		Encryption Verification  `json:"encryption,omitzero"`
		Seen       Sighting      `json:"seen,omitzero"`
	}
	issuedBody struct {
		From time.Time `json:"from"`
		Due  time.Time `json:"due,omitzero"`
		Note string    `json:"note,omitempty"`
	}
	extendedBody struct {
		Due  time.Time `json:"due"`
		Note string    `json:"note,omitempty"`
	}
	// actBody is any other action.
	actBody struct {
		Happened  time.Time `json:"happened,omitzero"` // if not at the time of the event
		Note      string    `json:"note,omitempty"`
		Condition string    `json:"condition,omitempty"`
		Method    string    `json:"method,omitempty"`
		Witness   string    `json:"witness,omitempty"`
	}
	noteBody struct {
		Note string `json:"note,omitempty"`
	}
	keyBody struct {
		Class     string `json:"class"`
		Recipient string `json:"recipient"`
		Replaces  string `json:"replaces,omitempty"`
	}
	reasonBody struct {
		Reason string `json:"reason,omitempty"`
		By     string `json:"by,omitempty"` // the key that replaces it
	}
	openedBody struct {
		What   Opened `json:"what"`
		Reason string `json:"reason"`
	}
	codeBody struct {
		Digest string `json:"digest"`
	}
	documentBody struct {
		Document  DocumentKind `json:"document"`
		Name      string       `json:"name"` // of who signed, as typed
		Signed    time.Time    `json:"signed"`
		Text      string       `json:"text"`                // digest of what was signed
		Signature string       `json:"signature,omitempty"` // digest of the picture
	}
	// incidentBody is anything that happened to an incident.
	incidentBody struct {
		Incident string           `json:"incident"`
		Details  *IncidentDetails `json:"details,omitempty"`
		Reports  []string         `json:"reports,omitempty"`
		Listing  string           `json:"listing,omitempty"`
		Listed   time.Time        `json:"listed,omitzero"`
		Decision *Decision        `json:"decision,omitempty"`
		Lessons  string           `json:"lessons,omitempty"`
		Why      string           `json:"why,omitempty"`
		Into     string           `json:"into,omitempty"`
	}
)
