package school

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"filippo.io/age"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
)

// maxKeyFile bounds what is read as a key file.
const maxKeyFile = 1 << 20

// ErrNotEncrypted: the file's name does not say that it is encrypted, so that
// there is no name for the decrypted one.
var ErrNotEncrypted = errors.New("the name does not end in .age")

// Unsealing decrypts age files, each into a file beside it or in one folder.
// The encrypted ones stay.
type Unsealing struct {
	Identities []age.Identity
	OutDir     string         // where to write; "" is beside each
	Unpack     bool           // NAME.tar.age becomes the folder NAME
	Taken      Taken          // what is done about files that are there already
	Made       *Made          // what was made before in the same run, which is never written over; may be nil
	Progress   crypt.Progress // may be nil

	// Renamed, if not nil, is told what was unpacked under another name.
	Renamed func(stored, unpacked string)
}

// Dest is where the decrypted form of an age file goes, and whether it will be
// a folder. It fails with [ErrNotEncrypted].
func (u Unsealing) Dest(path string) (dest string, folder bool, err error) {
	plain, folder, ok := crypt.DecryptedName(path)
	if !ok {
		return "", false, aboutFile(path, ErrNotEncrypted)
	}
	if folder && !u.Unpack {
		plain, folder = plain+".tar", false
	}
	if u.OutDir != "" {
		plain = filepath.Join(u.OutDir, filepath.Base(plain))
	}
	return plain, folder, nil
}

// InTheWay lists what lies where the decrypted forms of the paths would go. A path whose
// name does not say that it is encrypted is passed over: [Unsealing.Unseal] says so.
func (u Unsealing) InTheWay(paths []string) []string {
	var taken []string
	for _, path := range paths {
		if dest, _, err := u.Dest(path); err == nil && exists(dest) && !u.Made.has(dest) && !slices.Contains(taken, dest) {
			taken = append(taken, dest)
		}
	}
	return taken
}

// Unseal decrypts one age file and returns what it made.
func (u Unsealing) Unseal(ctx context.Context, path string) (string, error) {
	dest, folder, err := u.Dest(path)
	if err != nil {
		return "", err
	}
	dest, replace := u.Taken.resolve(dest, u.Made)
	options := crypt.FileOptions{Replace: replace, Progress: u.Progress, Renamed: u.Renamed}
	if folder {
		err = crypt.DecryptFolder(ctx, path, dest, options, u.Identities...)
	} else {
		err = crypt.DecryptFile(ctx, path, dest, options, u.Identities...)
	}
	if err == nil {
		u.Made.add(dest)
	}
	return dest, blame(path, dest, err)
}

// KeyCopies is a holder's key as it lies somewhere: usually one file, but two on
// a stick while one takes the other's place.
type KeyCopies [][]byte

// KeyFileCopies reads a key file. One that is too large is keys.ErrDamagedKey.
func KeyFileCopies(path string) (KeyCopies, error) {
	sealed, err := readAtMost(path, maxKeyFile)
	if errors.Is(err, keys.ErrValue) {
		err = fmt.Errorf("read the key: %w", keys.ErrDamagedKey)
	}
	if err != nil {
		return nil, err
	}
	return KeyCopies{sealed}, nil
}

// StickCopies reads the holder's key that a stick carries. It fails with
// stick.ErrNotStick, and with stick.ErrNoKey when it carries none.
func StickCopies(drive stick.FS) (KeyCopies, error) {
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
// files; the caller wipes what it returns, and looks whether it is Temporary.
func (c KeyCopies) Unlock(passphrase []byte) (*keys.HolderKey, error) {
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
func (c KeyCopies) Plain() []age.Identity {
	if len(c) != 1 || crypt.BeginsAsAge(c[0]) {
		return nil
	}
	identities, err := age.ParseIdentities(bytes.NewReader(crypt.Text(c[0])))
	if err != nil {
		return nil
	}
	return identities
}
