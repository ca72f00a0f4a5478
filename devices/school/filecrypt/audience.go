package filecrypt

import (
	"fmt"
	"slices"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/devices/school"
)

// Audience is everyone who is to open an encrypted file, of one class of keys:
// the two classes cannot share an age file. ICT's recovery key is always in.
type Audience struct {
	Class      keys.Class
	Recipients []age.Recipient
	Names      []string // of the people in it, without the recovery key
}

// Audiences are the recipients for people in the directory, by id, name or
// e-mail address: one audience, or one for each class of their keys. Nobody
// means the recovery key alone. It fails with keys.ErrBlocked, keys.ErrNoKey,
// keys.ErrUnknown or keys.ErrAmbiguous, and then nothing must be encrypted.
func Audiences(d *keys.Directory, people []string) ([]Audience, error) {
	byClass := map[keys.Class]*Audience{}
	var seen []string
	for _, who := range people {
		person, err := d.Find(who)
		if err != nil {
			return nil, fmt.Errorf("encrypt: %w", school.AboutPerson(who, err))
		}
		current, err := person.Current()
		if err != nil {
			return nil, fmt.Errorf("encrypt: %w", school.AboutPerson(person.Name, err))
		}
		for _, recipient := range current {
			if slices.Contains(seen, recipient) {
				continue
			}
			seen = append(seen, recipient)
			if err := join(byClass, recipient, person.Name); err != nil {
				return nil, err
			}
		}
	}
	if len(byClass) == 0 {
		byClass[d.Policy.Class] = &Audience{Class: d.Policy.Class}
	}
	return withRecovery(d, byClass)
}

// join adds a recipient to the audience of its class.
func join(byClass map[keys.Class]*Audience, recipient, name string) error {
	class, err := keys.ClassOf(recipient)
	if err != nil {
		return err
	}
	r, err := keys.ParseRecipient(recipient)
	if err != nil {
		return err
	}
	if byClass[class] == nil {
		byClass[class] = &Audience{Class: class}
	}
	a := byClass[class]
	a.Recipients = append(a.Recipients, r)
	if !slices.Contains(a.Names, name) {
		a.Names = append(a.Names, name)
	}
	return nil
}

// withRecovery adds the recovery key to every audience.
func withRecovery(d *keys.Directory, byClass map[keys.Class]*Audience) ([]Audience, error) {
	var all []Audience
	for _, class := range keys.Classes() {
		a := byClass[class]
		if a == nil {
			continue
		}
		recovered := false
		for _, recipient := range d.Recovery {
			if c, err := keys.ClassOf(recipient); err != nil || c != class {
				continue
			}
			r, err := keys.ParseRecipient(recipient)
			if err != nil {
				return nil, err
			}
			a.Recipients, recovered = append(a.Recipients, r), true
		}
		if !recovered {
			return nil, fmt.Errorf("%w: no recovery key of class %s", keys.ErrValue, class)
		}
		all = append(all, *a)
	}
	return all, nil
}

// Suffix distinguishes the files of two audiences: it is empty for the class of
// the policy, and otherwise goes before the extension.
func (a Audience) Suffix(p keys.Policy) string {
	if a.Class == p.Class {
		return ""
	}
	return "." + string(a.Class)
}
