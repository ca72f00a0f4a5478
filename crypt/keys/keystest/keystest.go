// Package keystest is for tests that make keys: scrypt is slow by design. No
// product imports it, which a test of the walls says.
package keystest

import (
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/keys/internal/testwork"
)

// WorkFactor is one that makes tests fast. Package keys takes it in the process
// that has called this, and fails with [keys.ErrWorkFactor] in any other.
func WorkFactor() keys.WorkFactor {
	testwork.Allow()
	return testwork.Factor
}

// ChangePassphrase unlocks a key file and has its holder choose a passphrase, as
// a stick does.
func ChangePassphrase(sealed, current, next []byte, now time.Time) ([]byte, error) {
	k, err := keys.OpenHolderKey(sealed, current)
	if err != nil {
		return nil, err
	}
	defer k.Wipe()
	return k.Choose(current, next, WorkFactor(), now)
}
