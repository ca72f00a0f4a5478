package keys

import (
	"fmt"
	"time"

	"filippo.io/age"
)

// StickIdentity is the identity that a stick's layers are encrypted to. Wipe it
// after use.
type StickIdentity struct {
	Stick    string    // the stick's id
	School   string    // name of the school that issued it
	Verifier string    // that school's note verifier key
	Created  time.Time // UTC

	secret *secret
	more   []field // what a later version wrote into its file
}

// NewStickIdentity makes the identity of a new stick.
func NewStickIdentity(school, verifier, stick string, class Class, now time.Time) (*StickIdentity, error) {
	if school == "" || stick == "" {
		return nil, fmt.Errorf("%w: a stick needs a school and an id", ErrValue)
	}
	for _, v := range []string{school, stick} {
		if err := CheckValue(v); err != nil {
			return nil, err
		}
	}
	if err := CheckVerifier(verifier); err != nil {
		return nil, err
	}
	s, err := newSecret(class)
	if err != nil {
		return nil, err
	}
	return &StickIdentity{Stick: stick, School: school, Verifier: verifier, Created: now.UTC().Truncate(time.Second), secret: s}, nil
}

// Recipient is what layers are encrypted to.
func (i *StickIdentity) Recipient() string { return i.secret.recipient }

// Class is the class of the identity.
func (i *StickIdentity) Class() Class { return i.secret.class }

// Identity opens the layers.
func (i *StickIdentity) Identity() age.Identity { return i.secret.identity }

// Secret is the identity's line in its file, from which other keys are
// derived. The caller must not keep or change it; it is gone after Wipe.
func (i *StickIdentity) Secret() []byte { return i.secret.text }

// Marshal writes the plain age identity file, to be protected with [WrapFor] or
// [SealWithCode]. The caller wipes it.
func (i *StickIdentity) Marshal() ([]byte, error) {
	f := &identityFile{kind: kindStick, secrets: []*secret{i.secret}, fields: []field{
		{"school", i.School},
		{"school key", i.Verifier},
		{"stick", i.Stick},
		{"created", stamp(i.Created)},
	}}
	f.fields = append(f.fields, i.more...)
	plain, err := f.marshal()
	if err != nil {
		return nil, fmt.Errorf("write a stick's identity: %w", err)
	}
	again, err := ParseStickIdentity(plain) // nothing is written that could not be read
	if err != nil {
		clear(plain)
		return nil, err
	}
	again.Wipe()
	return plain, nil
}

// ParseStickIdentity reads what Marshal wrote. It fails with [ErrDamagedKey] or
// [ErrNewer].
func ParseStickIdentity(plain []byte) (*StickIdentity, error) {
	f, err := parseIdentityFile(plain, kindStick)
	if err != nil {
		return nil, fmt.Errorf("read a stick's identity: %w", err)
	}
	i := &StickIdentity{Stick: f.get("stick"), School: f.get("school"), Verifier: f.get("school key"), Created: f.time("created"), more: f.rest("school", "school key", "stick", "created")}
	err = f.err
	if err == nil && (len(f.secrets) != 1 || i.Stick == "" || i.School == "" || CheckVerifier(i.Verifier) != nil) {
		err = fmt.Errorf("%w: it needs a stick, a school and one identity", ErrDamagedKey)
	}
	if err != nil {
		f.wipe()
		return nil, fmt.Errorf("read a stick's identity: %w", err)
	}
	i.secret = f.secrets[0]
	return i, nil
}

// Wipe clears what can be cleared. The identity cannot be written afterwards.
func (i *StickIdentity) Wipe() { i.secret.wipe() }
