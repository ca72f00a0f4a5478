package stick

import (
	"errors"
	"fmt"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/sticknote"
)

// Unlock says what a stick is to be opened with. The functions that begin with
// "With" make one; secrets in it stay the caller's, to be wiped after [Open].
type Unlock interface {
	unlock(fsys FS) (*unlocked, error)
}

// unlocked is what opens the files of the stick's identity.
type unlocked struct {
	identities []age.Identity
	keyring    *keyring        // already open, with a recovery code
	verifier   string          // whose signature to expect; empty: the keyring says
	holder     *keys.HolderKey // with a holder's key
	own        bool            // holder is ours to wipe
	slot       string          // where on the stick the holder's key was found
}

func (u *unlocked) wipe() {
	if u.own {
		u.holder.Wipe()
	}
}

type unlockFunc func(FS) (*unlocked, error)

func (f unlockFunc) unlock(fsys FS) (*unlocked, error) { return f(fsys) }

// WithPassphrase opens the stick with the holder's key that it carries.
func WithPassphrase(passphrase []byte) Unlock {
	return unlockFunc(func(fsys FS) (*unlocked, error) {
		files, err := readSlots(fsys, holderSlot)
		if err != nil {
			return nil, err
		}
		err = ErrNoKey
		for _, f := range files {
			var k *keys.HolderKey
			var keyErr error
			if k, keyErr = keys.OpenHolderKey(f.Data, passphrase); keyErr == nil {
				u := unlockedHolder(k)
				u.own, u.slot = true, f.Name
				return u, nil
			}
			// A wrong passphrase says more than a torn file beside it.
			if !errors.Is(err, keys.ErrPassphrase) {
				err = keyErr
			}
		}
		return nil, fmt.Errorf("unlock the holder's key on the stick: %w", err)
	})
}

// WithKeyFile opens the stick with a holder's protected key file from elsewhere.
func WithKeyFile(sealed, passphrase []byte) Unlock {
	return unlockFunc(func(fsys FS) (*unlocked, error) {
		k, err := keys.OpenHolderKey(sealed, passphrase)
		if err != nil {
			return nil, fmt.Errorf("unlock the holder's key: %w", err)
		}
		u := unlockedHolder(k)
		u.own, u.slot = true, slotOf(fsys, k)
		return u, nil
	})
}

// WithHolderKey opens the stick with an unlocked holder's key, which stays the caller's.
func WithHolderKey(k *keys.HolderKey) Unlock {
	return unlockFunc(func(fsys FS) (*unlocked, error) {
		u := unlockedHolder(k)
		u.slot = slotOf(fsys, k)
		return u, nil
	})
}

func unlockedHolder(k *keys.HolderKey) *unlocked {
	return &unlocked{identities: []age.Identity{k.Identity()}, verifier: k.Verifier, holder: k}
}

// WithRecovery opens the stick with the school's recovery key; verifier is the
// school's note verifier key. Both come from the authority.
func WithRecovery(identities []age.Identity, verifier string) Unlock {
	return unlockFunc(func(FS) (*unlocked, error) {
		return &unlocked{identities: identities, verifier: verifier}, nil
	})
}

// WithCode opens the stick with the recovery code that ICT read out, as typed.
// The code is known to ICT alone, so what it opens says whose signature to expect. Opening for writing
// removes it from the stick, so that it opens once; a copy of the stick that somebody made before still has it.
// Where there is none, that is [ErrNoCode].
func WithCode(code []byte) Unlock {
	return unlockFunc(func(fsys FS) (*unlocked, error) {
		files, err := readSlots(fsys, codeSlot)
		if err != nil {
			return nil, err
		}
		err = fmt.Errorf("%w: %w", ErrNoCode, ErrNoKey)
		for _, f := range files {
			var plain []byte
			if plain, err = keys.OpenWithCode(f.Data, code); err != nil {
				continue
			}
			var ring *keyring
			ring, err = parseKeyring(plain)
			clear(plain)
			if err == nil {
				return &unlocked{keyring: ring, verifier: ring.current.Verifier}, nil
			}
		}
		return nil, fmt.Errorf("unlock with the recovery code: %w", err)
	})
}

// ringFile is an opened file of the stick's identity.
type ringFile struct {
	*keyring
	name string // empty when it was opened with a recovery code
}

// openKeyrings opens every file of the stick's identity that it can.
func openKeyrings(fsys FS, u *unlocked) ([]ringFile, error) {
	if u.keyring != nil {
		return []ringFile{{keyring: u.keyring}}, nil
	}
	var opened []ringFile
	failed, bad := ErrNoKey, error(nil)
	for _, class := range keys.Classes() {
		files, err := readSlots(fsys, stickSlot(class))
		if drive.IsBadSector(err) { // the file of the other class may do
			bad = err
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			plain, err := keys.Unwrap(f.Data, u.identities...)
			if err != nil {
				failed = err
				continue
			}
			ring, err := parseKeyring(plain)
			clear(plain)
			if err != nil {
				failed = err
				continue
			}
			opened = append(opened, ringFile{ring, f.Name})
		}
	}
	if len(opened) == 0 && bad != nil {
		failed = bad
	}
	if len(opened) == 0 {
		return nil, fmt.Errorf("open the stick's identity: %w", failed)
	}
	return opened, nil
}

// chooseNote returns the newest note that the school signed, and the keyring
// that it vouches for. There are two notes or keyrings only when replacing them
// was interrupted; the keyrings of a note are written before it.
func chooseNote(notes []sticknote.File, rings []ringFile, verifier string) (note *Note, name string, ring ringFile, err error) {
	for _, f := range notes {
		n, noteErr := f.Open(verifier)
		if noteErr != nil {
			err = noteErr
		} else if note == nil || n.Generation > note.Generation {
			note, name = n, f.Name
		}
	}
	if note == nil {
		return nil, "", ring, err
	}
	for _, r := range rings {
		if r.current.Stick != note.ID || sticknote.RecipientDigest(r.current.Recipient()) != note.Recipient {
			continue
		}
		// One that still knows the retired identity opens more.
		if ring.keyring == nil || r.retired != nil {
			ring = r
		}
	}
	if ring.keyring == nil {
		return nil, "", ring, ErrSwapped
	}
	return note, name, ring, nil
}
