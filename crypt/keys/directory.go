package keys

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A directory is one signed note. Its text is a line that says so, with the
// version, and then JSON.
const (
	directoryTitle   = "stowage directory v"
	directoryVersion = 1
)

// Directory is what a school publishes: who can be encrypted to, which keys are
// blocked, which devices are lost, and the policy. It holds names and public
// keys only and is safe to publish. It is not safe for concurrent changes.
type Directory struct {
	School    string       `json:"school"`
	Verifier  string       `json:"school_key"` // the school's note verifier key
	Serial    int64        `json:"serial"`     // 1 or more; grows with each one published
	Published time.Time    `json:"published"`  // UTC
	Policy    Policy       `json:"policy"`
	Recovery  []string     `json:"recovery"` // recipients of the recovery key, one a class
	People    []Person     `json:"people"`
	Lost      []LostDevice `json:"lost"`
	// Contact is how ICT is reached, lines; directories before it was asked for have none.
	Contact string `json:"contact,omitempty"`

	more bool // it was read from a text that says more than this version knows
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

func (s KeyStatus) known() bool { return s == KeyCurrent || s == KeyReplaced || s == KeyRevoked }

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

// Sign writes the directory as a signed note. It fails with [ErrOtherSchool]
// when it is another school's, and with the errors of [Directory.Complete] and
// [Directory.Check].
func (d *Directory) Sign(a *Authority) ([]byte, error) {
	if a.Verifier() != d.Verifier {
		return nil, fmt.Errorf("sign the directory: %w", ErrOtherSchool)
	}
	if err := d.Complete(); err != nil {
		return nil, fmt.Errorf("sign the directory: %w", err)
	}
	if err := d.Check(); err != nil {
		return nil, fmt.Errorf("sign the directory: %w", err)
	}
	text, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		return nil, fmt.Errorf("sign the directory: %w", err)
	}
	msg, err := a.Sign(fmt.Sprintf("%s%d\n%s\n", directoryTitle, directoryVersion, text))
	switch {
	case err != nil:
		return nil, fmt.Errorf("sign the directory: %w", err)
	case len(msg) > maxNote:
		return nil, fmt.Errorf("sign the directory: %w: it has %d bytes, and %d are too many", ErrValue, len(msg), maxNote)
	}
	return msg, nil
}

// OpenDirectory reads a directory signed by the verifier key. An empty verifier
// takes the key that the directory itself names: that proves only that the text
// is whole, and is for the first time that a computer meets a school. It fails
// with [ErrOtherSchool], [ErrForged], [ErrNewer] or [ErrValue]. A word that this
// version does not know decides something, and so is ErrNewer; a field that it
// does not know is passed over, see [Directory.Complete].
func OpenDirectory(msg []byte, verifier string) (*Directory, error) {
	d, err := openDirectory(msg, verifier)
	if err != nil {
		return nil, fmt.Errorf("open the directory: %w", err)
	}
	return d, nil
}

func openDirectory(msg []byte, verifier string) (*Directory, error) {
	trusted := verifier != ""
	if !trusted {
		var err error
		if verifier, err = claimedVerifier(msg); err != nil {
			return nil, err
		}
	}
	text, err := OpenNote(msg, verifier)
	if err != nil {
		return nil, err
	}
	body, err := directoryBody(text)
	if err != nil {
		return nil, err
	}
	read, more, err := ReadJSON([]byte(body), Directory{Policy: DefaultPolicy()})
	if err != nil {
		return nil, err
	}
	d := &read
	d.more = more
	if d.Verifier != verifier {
		return nil, fmt.Errorf("%w: it names another key than the one it is signed with", ErrOtherSchool)
	}
	// The school parsed every recipient before it signed, and whoever is encrypted
	// to is parsed again; with thousands of hybrid keys that takes a second.
	if err := d.checkWords(); err != nil {
		return nil, err
	}
	if err := d.check(!trusted); err != nil {
		return nil, err
	}
	return d, nil
}

// Complete fails with [ErrNewer] if the directory was read from a text that says more than
// this version knows: whoever signed a directory in its place would lose that.
func (d *Directory) Complete() error {
	if d.more {
		return fmt.Errorf("directory %d says more than this version knows: %w", d.Serial, ErrNewer)
	}
	return nil
}

// directoryBody takes off the first line and checks the version.
func directoryBody(text string) (string, error) {
	first, body, _ := strings.Cut(text, "\n")
	digits, ok := strings.CutPrefix(first, directoryTitle)
	version, err := strconv.Atoi(digits)
	switch {
	case ok && err == nil && version > directoryVersion:
		return "", fmt.Errorf("version %d: %w", version, ErrNewer)
	case !ok || digits != strconv.Itoa(directoryVersion):
		return "", fmt.Errorf("%w: it is no directory", ErrForged)
	}
	return body, nil
}

// claimedVerifier is the key that an unverified note names.
func claimedVerifier(msg []byte) (string, error) {
	if len(msg) > maxNote {
		return "", fmt.Errorf("%w: a note of %d bytes", ErrForged, len(msg))
	}
	body, err := directoryBody(string(AsSigned(msg)))
	if err != nil {
		return "", err
	}
	var claim struct {
		Verifier string `json:"school_key"`
	}
	if err := json.NewDecoder(strings.NewReader(body)).Decode(&claim); err != nil {
		return "", fmt.Errorf("%w: %w", ErrForged, err)
	}
	if err := CheckVerifier(claim.Verifier); err != nil {
		return "", fmt.Errorf("%w: %w", ErrForged, err)
	}
	return claim.Verifier, nil
}

// Newer returns [ErrOlder] when d is older than another directory of the same
// school that was seen before: somebody offers one from before a key was
// blocked.
func (d *Directory) Newer(seenSerial int64) error {
	if d.Serial < seenSerial {
		return fmt.Errorf("%w: number %d after number %d", ErrOlder, d.Serial, seenSerial)
	}
	return nil
}

// Age is how long ago the directory was published, or 0 where the clock says
// that it is still to come.
func (d *Directory) Age(now time.Time) time.Duration { return max(0, now.Sub(d.Published)) }

// AddKey enters a new key of a person, who is added or brought up to date. The
// keys that the person had in force are replaced by it: so a forgotten
// passphrase is recovered from, and a key rotated. One that may be misused is
// revoked first, with SetStatus.
func (d *Directory) AddKey(id, name, email, recipient string, now time.Time) {
	now = now.UTC().Truncate(time.Second)
	i := slices.IndexFunc(d.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		d.People = append(d.People, Person{ID: id})
		i = len(d.People) - 1
	}
	p := &d.People[i]
	p.Name, p.Email = name, email
	for j := range p.Keys {
		if k := &p.Keys[j]; k.Status == KeyCurrent {
			k.Status, k.Changed = KeyReplaced, now
		}
	}
	p.Keys = append(p.Keys, PersonKey{Recipient: recipient, Status: KeyCurrent, Changed: now})
}

// SetStatus changes the status of a key; KeyRevoked blocks it, with the reason
// that everyone may read. It fails with [ErrUnknown].
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
