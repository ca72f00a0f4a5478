package keys

import (
	"fmt"
	"time"

	"filippo.io/age"
)

// Authority is a school's signing key and recovery key, unlocked. Wipe it after
// use. It is safe for concurrent use until then.
type Authority struct {
	school  string
	created time.Time
	signer  *signer
	secrets []*secret // one a class, in the order of Classes
	more    []field   // what a later version wrote into its file
}

// NewAuthority makes the authority of a new school.
func NewAuthority(school string, now time.Time) (*Authority, error) {
	if err := CheckValue(school); err != nil || school == "" {
		return nil, fmt.Errorf("%w: school name %q", ErrValue, school)
	}
	signer, err := newSigner(school)
	if err != nil {
		return nil, err
	}
	a := &Authority{school: school, created: now.UTC().Truncate(time.Second), signer: signer}
	for _, class := range Classes() {
		s, err := newSecret(class)
		if err != nil {
			return nil, err
		}
		a.secrets = append(a.secrets, s)
	}
	return a, nil
}

// Seal writes the authority as an age identity file protected by a passphrase.
func (a *Authority) Seal(passphrase []byte, w WorkFactor) ([]byte, error) {
	f := &identityFile{kind: kindAuthority, secrets: a.secrets, fields: []field{
		{"school", a.school},
		{"school key", a.signer.verifier},
		{"created", stamp(a.created)},
		{"signing key", string(a.signer.key)},
	}}
	f.fields = append(f.fields, a.more...)
	plain, err := f.marshal()
	if err != nil {
		return nil, fmt.Errorf("write the authority: %w", err)
	}
	defer clear(plain)
	again, err := parseAuthority(plain) // nothing is sealed that would not open
	if err != nil {
		return nil, fmt.Errorf("write the authority: %w", err)
	}
	defer again.Wipe()
	return sealWith(plain, passphrase, w)
}

// OpenAuthority unlocks what Seal wrote. It fails with [ErrPassphrase],
// [ErrDamagedKey] or [ErrNewer].
func OpenAuthority(sealed, passphrase []byte) (*Authority, error) {
	plain, err := openWith(sealed, passphrase)
	if err != nil {
		return nil, fmt.Errorf("unlock the authority: %w", err)
	}
	defer clear(plain)
	a, err := parseAuthority(plain)
	if err != nil {
		return nil, fmt.Errorf("read the authority: %w", err)
	}
	return a, nil
}

func parseAuthority(plain []byte) (*Authority, error) {
	f, err := parseIdentityFile(plain, kindAuthority)
	if err != nil {
		return nil, err
	}
	a, err := authorityOf(f)
	if err != nil {
		f.wipe()
		return nil, err
	}
	return a, nil
}

func authorityOf(f *identityFile) (*Authority, error) {
	a := &Authority{school: f.get("school"), created: f.time("created"), secrets: f.secrets, more: f.rest("school", "school key", "created", "signing key")}
	signingKey, verifier := f.get("signing key"), f.get("school key")
	if f.err != nil {
		return nil, f.err
	}
	seen := map[Class]bool{}
	for _, s := range f.secrets {
		seen[s.class] = true
	}
	if a.school == "" || len(f.secrets) != len(Classes()) || len(seen) != len(Classes()) {
		return nil, fmt.Errorf("%w: it needs a school and one identity of each class", ErrDamagedKey)
	}
	var err error
	a.signer, err = parseSigner(signingKey, verifier)
	return a, err
}

// School is the school's name.
func (a *Authority) School() string { return a.school }

// Verifier is the school's note verifier key, which is public.
func (a *Authority) Verifier() string { return a.signer.verifier }

// Sign signs a text as a C2SP signed note. The text is UTF-8, ends in a newline
// and holds no other control characters; otherwise it fails with [ErrValue].
func (a *Authority) Sign(text string) ([]byte, error) { return a.signer.sign(text) }

// Identities are the identities of the recovery key, one a class.
func (a *Authority) Identities() []age.Identity {
	var all []age.Identity
	for _, s := range a.secrets {
		all = append(all, s.identity)
	}
	return all
}

// RecoveryRecipients are the recipients of the recovery key, one a class.
func (a *Authority) RecoveryRecipients() []string {
	var all []string
	for _, s := range a.secrets {
		all = append(all, s.recipient)
	}
	return all
}

// Wipe clears what can be cleared. The authority is of no use afterwards.
func (a *Authority) Wipe() {
	for _, s := range a.secrets {
		s.wipe()
	}
	clear(a.signer.key)
	a.secrets, a.signer.key = nil, nil // what is used after it is wiped fails
}
