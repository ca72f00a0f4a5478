package keys

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// BlockedError says whose key is blocked, why and since when. It is an
// [ErrBlocked].
type BlockedError struct {
	Person Person
	Reason string    // as the school published it; may be empty
	Since  time.Time // UTC
}

func (e *BlockedError) Error() string {
	text := fmt.Sprintf("%s: %v, since %s", e.Person.Name, ErrBlocked, e.Since.Format(time.DateOnly))
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

// Is makes a BlockedError an [ErrBlocked].
func (e *BlockedError) Is(target error) bool { return target == ErrBlocked }

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

// fold is how names are compared.
func fold(s string) string {
	return cases.Fold().String(norm.NFC.String(strings.TrimSpace(s)))
}

// Current returns the recipients of the person that are in force. Where there
// is none, it fails with a [*BlockedError] when one was revoked, and with
// [ErrNoKey] when there never was one or all were only replaced.
func (p Person) Current() ([]string, error) {
	var current []string
	var revoked *PersonKey
	for i := range p.Keys {
		k := &p.Keys[i]
		switch k.Status {
		case KeyCurrent:
			if err := checkPublished(k.Recipient); err != nil {
				return nil, fmt.Errorf("%s: %w", p.Name, err)
			}
			current = append(current, k.Recipient)
		case KeyRevoked:
			if revoked == nil || k.Changed.After(revoked.Changed) {
				revoked = k
			}
		case KeyReplaced:
		}
	}
	switch {
	case len(current) > 0:
		return current, nil
	case revoked != nil:
		return nil, p.blocked(*revoked)
	}
	return nil, fmt.Errorf("%s: %w", p.Name, ErrNoKey)
}

// Blocked returns a [*BlockedError] when a recipient was revoked.
func (d *Directory) Blocked(recipient string) error {
	for _, p := range d.People {
		for _, k := range p.Keys {
			if k.Recipient == recipient && k.Status == KeyRevoked {
				return p.blocked(k)
			}
		}
	}
	return nil
}

func (p Person) blocked(k PersonKey) error {
	return &BlockedError{p, k.Reason, k.Changed.UTC()}
}
