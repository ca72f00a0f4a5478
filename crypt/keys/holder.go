package keys

import (
	"crypto/sha256"
	"fmt"
	"time"

	"filippo.io/age"
)

// Holder is who a key is issued to.
type Holder struct {
	ID   string // the register's id
	Name string // what people call them
}

// HolderKey is a holder's key, unlocked. Wipe it after use.
type HolderKey struct {
	Holder   Holder
	School   string    // name of the school that issued it
	Verifier string    // that school's note verifier key: whom to believe
	Created  time.Time // UTC
	// PassphraseSet is when the passphrase of this copy was set, UTC. Of several
	// copies of one key, the newest is the one whose passphrase holds.
	PassphraseSet time.Time
	// Temporary: ICT knows the passphrase, so the holder must change it before
	// anything else.
	Temporary bool

	secret *secret
	more   []field           // what a later version wrote into its file
	from   [sha256.Size]byte // of the file that it was unlocked from
}

// NewHolderKey makes a key for a holder. Its passphrase counts as temporary
// until [HolderKey.Chosen] says otherwise.
func NewHolderKey(school, verifier string, holder Holder, class Class, now time.Time) (*HolderKey, error) {
	if school == "" || holder.ID == "" {
		return nil, fmt.Errorf("%w: a key needs a school and a holder", ErrValue)
	}
	for _, v := range []string{school, holder.ID, holder.Name} {
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
	now = now.UTC().Truncate(time.Second)
	return &HolderKey{
		Holder: holder, School: school, Verifier: verifier,
		Created: now, PassphraseSet: now, Temporary: true, secret: s,
	}, nil
}

// Recipient is the public half, which others encrypt to.
func (k *HolderKey) Recipient() string { return k.secret.recipient }

// Class is the class of the key.
func (k *HolderKey) Class() Class { return k.secret.class }

// Identity opens what was encrypted to the key.
func (k *HolderKey) Identity() age.Identity { return k.secret.identity }

// Chosen records that the holder has chosen a passphrase of their own.
func (k *HolderKey) Chosen(now time.Time) { k.setPassphrase(now, false) }

// Issued records that ICT has set a passphrase, which the holder must change.
func (k *HolderKey) Issued(now time.Time) { k.setPassphrase(now, true) }

// setPassphrase keeps PassphraseSet growing, whatever the computer's clock says:
// the newer copy must win over the one that it was made from.
func (k *HolderKey) setPassphrase(now time.Time, temporary bool) {
	now = now.UTC().Truncate(time.Second)
	if !now.After(k.PassphraseSet) {
		now = k.PassphraseSet.Add(time.Second)
	}
	k.PassphraseSet, k.Temporary = now, temporary
}

// Plain writes the key as a plain age identity file, as "age -d" prints it. The
// caller wipes it.
func (k *HolderKey) Plain() ([]byte, error) {
	state := "chosen"
	if k.Temporary {
		state = "temporary"
	}
	f := &identityFile{kind: kindHolder, secrets: []*secret{k.secret}, fields: []field{
		{"school", k.School},
		{"school key", k.Verifier},
		{"holder", k.Holder.ID},
		{"created", stamp(k.Created)},
		{"passphrase set", stamp(k.PassphraseSet)},
		{"passphrase", state},
	}}
	if k.Holder.Name != "" {
		f.fields = append(f.fields, field{"name", k.Holder.Name})
	}
	f.fields = append(f.fields, k.more...)
	plain, err := f.marshal()
	if err != nil {
		return nil, err
	}
	again, err := ParseHolderKey(plain) // nothing is written that could not be read
	if err != nil {
		clear(plain)
		return nil, err
	}
	again.Wipe()
	return plain, nil
}

// Seal writes the key as an age identity file protected by a passphrase. Say
// first with Chosen or Issued whose passphrase it is. It fails with
// [ErrWorkFactor], or with [ErrTooWeak] for what no passphrase can be; how
// strong it is, [Judge] tells.
func (k *HolderKey) Seal(passphrase []byte, w WorkFactor) ([]byte, error) {
	plain, err := k.Plain()
	if err != nil {
		return nil, fmt.Errorf("write a holder's key: %w", err)
	}
	defer clear(plain)
	return sealWith(plain, passphrase, w)
}

// OpenHolderKey unlocks a holder's key file. It fails with [ErrPassphrase],
// [ErrDamagedKey] or [ErrNewer].
func OpenHolderKey(sealed, passphrase []byte) (*HolderKey, error) {
	plain, err := openWith(sealed, passphrase)
	if err != nil {
		return nil, fmt.Errorf("unlock the key: %w", err)
	}
	defer clear(plain)
	k, err := ParseHolderKey(plain)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	k.from = sha256.Sum256(sealed)
	return k, nil
}

// IsFrom reports whether the key was unlocked from this key file, rather than from another copy of it.
func (k *HolderKey) IsFrom(sealed []byte) bool { return k.from == sha256.Sum256(sealed) }

// ParseHolderKey reads a holder's key from its plain identity file.
func ParseHolderKey(plain []byte) (*HolderKey, error) {
	f, err := parseIdentityFile(plain, kindHolder)
	if err != nil {
		return nil, err
	}
	k, err := holderKeyOf(f)
	if err != nil {
		f.wipe()
	}
	return k, err
}

func holderKeyOf(f *identityFile) (*HolderKey, error) {
	k := &HolderKey{
		Holder: Holder{f.get("holder"), f.get("name")},
		School: f.get("school"), Verifier: f.get("school key"),
		Created: f.time("created"), PassphraseSet: f.time("passphrase set"),
		more: f.rest("school", "school key", "holder", "created", "passphrase set", "passphrase", "name"),
	}
	state := f.get("passphrase")
	if f.err != nil {
		return nil, f.err
	}
	if len(f.secrets) != 1 || k.School == "" || k.Holder.ID == "" {
		return nil, fmt.Errorf("%w: it needs a school, a holder and one identity", ErrDamagedKey)
	}
	k.secret = f.secrets[0]
	if err := CheckVerifier(k.Verifier); err != nil {
		return nil, fmt.Errorf("%w: school key", ErrDamagedKey)
	}
	switch state {
	case "temporary":
		k.Temporary = true
	case "chosen":
	default:
		if isLower(state) {
			return nil, fmt.Errorf("the passphrase is %q: %w", state, ErrNewer)
		}
		return nil, fmt.Errorf("%w: it does not say whose the passphrase is", ErrDamagedKey)
	}
	return k, nil
}

// Wipe clears what can be cleared. The key cannot be written afterwards.
func (k *HolderKey) Wipe() { k.secret.wipe() }

// Choose writes the key under a passphrase that the holder has chosen in place of the current one. The caller has
// judged next; see [Judge]. It fails with a [*WeakError] when next is the same, since ICT may know that one.
func (k *HolderKey) Choose(current, next []byte, w WorkFactor, now time.Time) ([]byte, error) {
	if samePassphrase(current, next) {
		return nil, &WeakError{Reason: ReasonSame}
	}
	k.Chosen(now)
	return k.Seal(next, w)
}
