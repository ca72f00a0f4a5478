package main

import (
	"context"
	"fmt"
	"os"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices/school/keyfiles"
)

// keySource says where a holder's key is: in a file, or on a stick.
type keySource struct {
	key    string
	stick  string
	secret passphraseFlag
}

// readKeys reads the key file, or what the stick carries.
func (a *app) readKeys(from keySource) (copies keyfiles.Copies, name string, err error) {
	if from.stick == "" {
		copies, err = keyfiles.FromFile(from.key)
		return copies, from.key, on(from.key, err)
	}
	name = "the stick at " + from.stick
	err = a.withDrive(from.stick, func(drive driveFS) error {
		copies, err = keyfiles.FromStick(drive)
		return on(name, err)
	})
	return copies, name, err
}

// unlockKey asks for the passphrase of a key and unlocks it. Of several copies,
// left by an interrupted change, one opens.
func (a *app) unlockKey(ctx context.Context, copies keyfiles.Copies, name string, from passphraseFlag) (*keys.HolderKey, error) {
	passphrase, err := a.passphrase(ctx, from, name)
	if err != nil {
		return nil, err
	}
	defer clear(passphrase)
	defer giveBack()
	k, err := copies.Unlock(passphrase)
	return k, on(name, err)
}

// readSmallFile reads a key file; a large file is none.
func readSmallFile(path string) ([]byte, error) {
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

// writeNew writes a small new file that only its owner can read.
func writeNew(path string, content []byte) error {
	return on(path, safefile.Write(path, content, false))
}
