package keys

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// directoryTitle is the first line of a directory; JSON follows.
const directoryTitle = "stowage directory v1\n"

// Bounds on a directory.
const (
	maxPeople        = 100_000
	maxKeysPerPerson = 100
)

// Directory is what a school publishes: who can be encrypted to, which keys are
// blocked, which devices are lost, and the policy. It holds names and public
// keys only and is safe to publish.
type Directory struct {
	School    string       `json:"school"`
	Verifier  string       `json:"school_key"` // the school's note verifier key
	Serial    int64        `json:"serial"`     // grows with each one published
	Published time.Time    `json:"published"`  // UTC
	Policy    Policy       `json:"policy"`
	Recovery  []string     `json:"recovery"` // recipients of the recovery key, one a class
	People    []Person     `json:"people"`
	Lost      []LostDevice `json:"lost"`
}

// Person is a holder as the directory shows them.
type Person struct {
	ID    string      `json:"id"`
	Name  string      `json:"name"`
	Email string      `json:"email,omitempty"`
	Keys  []PersonKey `json:"keys"`
}

// KeyStatus says whether a key is in force.
type KeyStatus string

// The states of a key in the directory.
const (
	KeyCurrent  KeyStatus = "current"
	KeyReplaced KeyStatus = "replaced" // another was issued; nothing suggests misuse
	KeyRevoked  KeyStatus = "revoked"  // blocked: nobody may encrypt to it
)

// PersonKey is one key of a person.
type PersonKey struct {
	Recipient string    `json:"recipient"`
	Status    KeyStatus `json:"status"`
	Reason    string    `json:"reason,omitempty"` // why it is no longer in force
	Changed   time.Time `json:"changed"`          // when it got this status, UTC
}

// LostDevice is a device that was reported lost or stolen.
type LostDevice struct {
	ID    string    `json:"id"`
	Label string    `json:"label"`
	Since time.Time `json:"since"`
}

// Check refuses a directory that is incomplete, contradicts itself or exceeds
// the bounds.
func (d *Directory) Check() error {
	if d.School == "" || d.Serial < 1 || d.Published.IsZero() {
		return fmt.Errorf("%w: directory: school, serial and time are needed", ErrValue)
	}
	if err := CheckVerifier(d.Verifier); err != nil {
		return fmt.Errorf("directory: %w", err)
	}
	if err := d.Policy.Check(); err != nil {
		return fmt.Errorf("directory: %w", err)
	}
	if err := checkRecovery(d.Recovery); err != nil {
		return fmt.Errorf("directory: %w", err)
	}
	if len(d.People) > maxPeople || len(d.Lost) > maxPeople {
		return fmt.Errorf("%w: directory: too many people or devices", ErrValue)
	}
	ids, recipients := map[string]bool{}, map[string]bool{}
	for _, p := range d.People {
		if p.ID == "" || ids[p.ID] {
			return fmt.Errorf("%w: directory: id %q is empty or stands twice", ErrValue, p.ID)
		}
		ids[p.ID] = true
		if err := p.check(recipients); err != nil {
			return fmt.Errorf("directory: %q: %w", p.ID, err)
		}
	}
	return nil
}

// checkRecovery wants one recipient of each class.
func checkRecovery(recipients []string) error {
	seen := map[Class]bool{}
	for _, r := range recipients {
		class, err := ClassOf(r)
		if err != nil {
			return err
		}
		seen[class] = true
	}
	if len(recipients) != len(Classes()) || len(seen) != len(Classes()) {
		return fmt.Errorf("%w: the recovery key needs one recipient of each class", ErrValue)
	}
	return nil
}

func (p Person) check(recipients map[string]bool) error {
	for _, v := range []string{p.ID, p.Name, p.Email} {
		if err := CheckValue(v); err != nil {
			return err
		}
	}
	if len(p.Keys) > maxKeysPerPerson {
		return fmt.Errorf("%w: %d keys", ErrValue, len(p.Keys))
	}
	for _, k := range p.Keys {
		if _, err := ParseRecipient(k.Recipient); err != nil {
			return err
		}
		if recipients[k.Recipient] {
			return fmt.Errorf("%w: a key stands twice", ErrValue)
		}
		recipients[k.Recipient] = true
		if k.Status != KeyCurrent && k.Status != KeyReplaced && k.Status != KeyRevoked {
			return fmt.Errorf("%w: key status %q", ErrValue, k.Status)
		}
	}
	return nil
}

// Sign writes the directory as a signed note.
func (d *Directory) Sign(a *Authority) ([]byte, error) {
	if a.Verifier() != d.Verifier {
		return nil, fmt.Errorf("sign the directory: %w", ErrOtherSchool)
	}
	if err := d.Check(); err != nil {
		return nil, fmt.Errorf("sign the directory: %w", err)
	}
	text, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		return nil, fmt.Errorf("sign the directory: %w", err)
	}
	return a.Sign(directoryTitle + string(text) + "\n")
}

// OpenDirectory reads a directory signed by the verifier key. An empty verifier
// takes the key that the directory itself names: that proves only that the text
// is whole, and is for the first time that a computer meets a school. It fails
// with [ErrOtherSchool], [ErrForged] or [ErrValue].
func OpenDirectory(msg []byte, verifier string) (*Directory, error) {
	if verifier == "" {
		claimed, err := parseDirectory(string(msg))
		if err != nil {
			return nil, err
		}
		verifier = claimed.Verifier
	}
	text, err := OpenNote(msg, verifier)
	if err != nil {
		return nil, fmt.Errorf("open the directory: %w", err)
	}
	d, err := parseDirectory(text)
	if err != nil {
		return nil, err
	}
	if d.Verifier != verifier {
		return nil, fmt.Errorf("open the directory: %w", ErrOtherSchool)
	}
	if err := d.Check(); err != nil {
		return nil, fmt.Errorf("open the directory: %w", err)
	}
	return d, nil
}

// parseDirectory reads the title and the JSON, and ignores what follows.
func parseDirectory(text string) (*Directory, error) {
	body, ok := strings.CutPrefix(text, directoryTitle)
	if !ok || len(text) > maxNote {
		return nil, fmt.Errorf("open the directory: %w: it is not one of this version", ErrForged)
	}
	var d Directory
	if err := json.NewDecoder(strings.NewReader(body)).Decode(&d); err != nil {
		return nil, fmt.Errorf("open the directory: %w: %w", ErrForged, err)
	}
	return &d, nil
}

// Newer returns [ErrOlder] when d is older than another directory of the same
// school that was seen before.
func (d *Directory) Newer(seenSerial int64) error {
	if d.Serial < seenSerial {
		return fmt.Errorf("%w: number %d after number %d", ErrOlder, d.Serial, seenSerial)
	}
	return nil
}

// fold is how names are compared.
func fold(s string) string {
	return cases.Fold().String(norm.NFC.String(strings.TrimSpace(s)))
}

// Find returns the person with that id, e-mail address or name, letter case
// ignored. It fails with [ErrUnknown] or [ErrAmbiguous].
func (d *Directory) Find(who string) (Person, error) {
	var found []Person
	for _, p := range d.People {
		if p.ID == who {
			return p, nil
		}
		if f := fold(who); f != "" && (fold(p.Name) == f || fold(p.Email) == f) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return Person{}, fmt.Errorf("%q: %w", who, ErrUnknown)
	case 1:
		return found[0], nil
	}
	return Person{}, fmt.Errorf("%q: %w", who, ErrAmbiguous)
}

// Current returns the recipients of the person that are in force. It fails with
// [ErrBlocked] when the last one was revoked, and with [ErrNoKey] when there
// never was one or all were only replaced.
func (p Person) Current() ([]string, error) {
	var current []string
	revoked := false
	for _, k := range p.Keys {
		switch k.Status {
		case KeyCurrent:
			current = append(current, k.Recipient)
		case KeyRevoked:
			revoked = true
		case KeyReplaced:
		}
	}
	switch {
	case len(current) > 0:
		return current, nil
	case revoked:
		return nil, fmt.Errorf("%s: %w", p.Name, ErrBlocked)
	}
	return nil, fmt.Errorf("%s: %w", p.Name, ErrNoKey)
}

// Blocked returns [ErrBlocked] with whose it is when a recipient was revoked.
func (d *Directory) Blocked(recipient string) error {
	for _, p := range d.People {
		for _, k := range p.Keys {
			if k.Recipient == recipient && k.Status == KeyRevoked {
				return fmt.Errorf("%s: %w", p.Name, ErrBlocked)
			}
		}
	}
	return nil
}

// AddKey enters a new key of a person, who is added or brought up to date.
func (d *Directory) AddKey(id, name, email, recipient string, now time.Time) {
	key := PersonKey{Recipient: recipient, Status: KeyCurrent, Changed: now.UTC().Truncate(time.Second)}
	i := slices.IndexFunc(d.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		d.People = append(d.People, Person{ID: id})
		i = len(d.People) - 1
	}
	p := &d.People[i]
	p.Name, p.Email, p.Keys = name, email, append(p.Keys, key)
}

// SetStatus changes the status of a key. It fails with [ErrUnknown].
func (d *Directory) SetStatus(recipient string, status KeyStatus, reason string, now time.Time) error {
	for i := range d.People {
		for j := range d.People[i].Keys {
			if k := &d.People[i].Keys[j]; k.Recipient == recipient {
				k.Status, k.Reason, k.Changed = status, reason, now.UTC().Truncate(time.Second)
				return nil
			}
		}
	}
	return fmt.Errorf("key: %w", ErrUnknown)
}
