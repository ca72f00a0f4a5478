package keyfiles

import (
	"bytes"
	"errors"
	"fmt"

	"filippo.io/age"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school/internal/files"
)

// maxKeyFile bounds what is read as a key file.
const maxKeyFile = 1 << 20

// Copies is a holder's key as it lies somewhere: usually one file, but two on
// a stick while one takes the other's place.
type Copies [][]byte

// FromFile reads a key file. One that is too large is keys.ErrDamagedKey.
func FromFile(path string) (Copies, error) {
	sealed, err := files.ReadAtMost(path, maxKeyFile)
	if errors.Is(err, keys.ErrValue) {
		err = fmt.Errorf("read the key: %w", keys.ErrDamagedKey)
	}
	if err != nil {
		return nil, err
	}
	return Copies{sealed}, nil
}

// FromStick reads the holder's key that a stick carries. It fails with
// stick.ErrNotStick, and with stick.ErrNoKey when it carries none.
func FromStick(drive stick.FS) (Copies, error) {
	if _, err := stick.Inspect(drive, ""); err != nil {
		return nil, err
	}
	copies, err := stick.HolderKeys(drive)
	if err == nil && len(copies) == 0 {
		err = stick.ErrNoKey
	}
	return copies, err
}

// Unlock unlocks the key. It fails with keys.ErrPassphrase or an error of the
// files; the caller wipes what it returns, and checks whether it is Temporary.
func (c Copies) Unlock(passphrase []byte) (*keys.HolderKey, error) {
	var failed error
	for _, sealed := range c {
		k, err := keys.OpenHolderKey(sealed, passphrase)
		if err == nil {
			return k, nil
		}
		if !errors.Is(failed, keys.ErrPassphrase) { // a wrong passphrase says more than a torn copy
			failed = err
		}
	}
	return nil, failed
}

// Plain are the identities of an age identity file without a passphrase, as
// stock age makes them, or nil for anything else.
func (c Copies) Plain() []age.Identity {
	if len(c) != 1 || crypt.BeginsAsAge(c[0]) {
		return nil
	}
	identities, err := age.ParseIdentities(bytes.NewReader(crypt.Text(c[0])))
	if err != nil {
		return nil
	}
	return identities
}
