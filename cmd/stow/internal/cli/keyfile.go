package cli

import (
	"context"
	"fmt"
	"os"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices/school/keyfiles"
)

// KeySource says where a holder's key is: in a file, or on a stick.
type KeySource struct {
	Key    string
	Stick  string
	Secret PassphraseFlag
}

// ReadKeys reads the key file, or what the stick carries.
func (a *App) ReadKeys(from KeySource) (copies keyfiles.Copies, name string, err error) {
	if from.Stick == "" {
		copies, err = keyfiles.FromFile(from.Key)
		return copies, from.Key, On(from.Key, err)
	}
	name = "the stick at " + from.Stick
	err = a.WithDrive(from.Stick, func(drive DriveFS) error {
		copies, err = keyfiles.FromStick(drive)
		return On(name, err)
	})
	return copies, name, err
}

// UnlockKey asks for the passphrase of a key and unlocks it. Of several copies,
// left by an interrupted change, one opens.
func (a *App) UnlockKey(ctx context.Context, copies keyfiles.Copies, name string, from PassphraseFlag) (*keys.HolderKey, error) {
	passphrase, err := a.Passphrase(ctx, from, name)
	if err != nil {
		return nil, err
	}
	defer clear(passphrase)
	defer GiveBack()
	k, err := copies.Unlock(passphrase)
	return k, On(name, err)
}

// ReadSmallFile reads a key file; a large file is none.
func ReadSmallFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	const limit = 1 << 20
	if info.Size() > limit {
		return nil, fmt.Errorf("%d bytes: %w", info.Size(), keys.ErrDamagedKey)
	}
	return os.ReadFile(path)
}

// WriteNew writes a small new file that only its owner can read.
func WriteNew(path string, content []byte) error {
	return On(path, safefile.Write(path, content, false))
}
