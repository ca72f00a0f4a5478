package keys

import (
	"fmt"
	"slices"
)

// Bounds on a directory, besides that of the note that it is.
const (
	maxPeople        = 100_000
	maxKeysPerPerson = 100
	maxRecipient     = 4096 // bytes; a hybrid one has about 2000
)

// Check refuses with [ErrValue] or [ErrWorkFactor] a directory that is
// incomplete, contradicts itself or exceeds the bounds. It parses every
// recipient, which takes about a second for 5,000 hybrid ones.
func (d *Directory) Check() error { return d.check(true) }

// check is Check, parsing the people's recipients only when asked to.
func (d *Directory) check(parse bool) error {
	switch {
	case d.School == "" || d.Serial < 1 || d.Published.IsZero():
		return fmt.Errorf("%w: directory: school, serial and time are needed", ErrValue)
	case len(d.People) > maxPeople || len(d.Lost) > maxPeople:
		return fmt.Errorf("%w: directory: too many people or devices", ErrValue)
	}
	for _, err := range []error{CheckValue(d.School), CheckVerifier(d.Verifier), d.Policy.Check(), checkRecovery(d.Recovery), CheckLines(d.Contact)} {
		if err != nil {
			return fmt.Errorf("directory: %w", err)
		}
	}
	ids, recipients := map[string]bool{}, map[string]bool{}
	for _, p := range d.People {
		if p.ID == "" || ids[p.ID] {
			return fmt.Errorf("%w: directory: id %q is empty or stands twice", ErrValue, p.ID)
		}
		ids[p.ID] = true
		if err := p.check(recipients, parse); err != nil {
			return fmt.Errorf("directory: %q: %w", p.ID, err)
		}
	}
	return d.checkLost()
}

// checkWords refuses with [ErrNewer] a directory that was signed with a word that this version
// does not know: of a policy, of a key's status or of a class of keys.
func (d *Directory) checkWords() error {
	if c := d.Policy.Class; c != "" && !slices.Contains(Classes(), c) {
		return fmt.Errorf("policy: class %q: %w", c, ErrNewer)
	}
	for _, r := range d.Recovery {
		if unknownClass(r) {
			return fmt.Errorf("recovery key: %w", errUnknownClass)
		}
	}
	for _, p := range d.People {
		for _, k := range p.Keys {
			if k.Status != "" && !k.Status.known() {
				return fmt.Errorf("key status %q: %w", k.Status, ErrNewer)
			}
		}
	}
	return nil
}

// checkLost is lenient: what a lost device is called must not keep the school
// from publishing that its key is blocked.
func (d *Directory) checkLost() error {
	for _, l := range d.Lost {
		if l.ID == "" || len(l.ID) > maxValue || len(l.Label) > maxValue {
			return fmt.Errorf("%w: directory: a lost device's id or label is missing or too long", ErrValue)
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

func (p Person) check(recipients map[string]bool, parse bool) error {
	for _, v := range []string{p.ID, p.Name, p.Email} {
		if err := CheckValue(v); err != nil {
			return err
		}
	}
	if len(p.Keys) > maxKeysPerPerson {
		return fmt.Errorf("%w: %d keys", ErrValue, len(p.Keys))
	}
	for _, k := range p.Keys {
		if err := k.check(parse); err != nil {
			return err
		}
		if recipients[k.Recipient] {
			return fmt.Errorf("%w: a key stands twice", ErrValue)
		}
		recipients[k.Recipient] = true
	}
	return nil
}

func (k PersonKey) check(parse bool) error {
	switch {
	case !k.Status.known():
		return fmt.Errorf("%w: key status %q", ErrValue, k.Status)
	case len(k.Recipient) > maxRecipient:
		return errNoRecipient
	}
	if parse {
		if err := checkPublished(k.Recipient); err != nil {
			return err
		}
	}
	return CheckValue(k.Reason)
}
