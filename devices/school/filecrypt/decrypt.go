package filecrypt

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"filippo.io/age"

	"stowage/crypt"
)

// ErrNotEncrypted: the file's name does not say that it is encrypted, so that
// there is no name for the decrypted one.
var ErrNotEncrypted = errors.New("the name does not end in .age")

// Decrypter decrypts age files, each into a file beside it or in one folder.
// The encrypted ones stay.
type Decrypter struct {
	Identities []age.Identity
	OutDir     string         // where to write; "" is beside each
	Unpack     bool           // NAME.tar.age becomes the folder NAME
	Taken      Conflict       // what is done about files that are there already
	Made       *Made          // what was made before in the same run, which is never written over; may be nil
	Progress   crypt.Progress // may be nil

	// Renamed, if not nil, is called for what was unpacked under another name.
	Renamed func(stored, unpacked string)
}

// Dest is where the decrypted form of an age file goes, and whether it will be
// a folder. It fails with [ErrNotEncrypted].
func (u Decrypter) Dest(path string) (dest string, folder bool, err error) {
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

// Conflicts lists what lies where the decrypted forms of the paths would go. A path whose
// name does not say that it is encrypted is passed over: [Decrypter.Decrypt] says so.
func (u Decrypter) Conflicts(paths []string) []string {
	var taken []string
	for _, path := range paths {
		if dest, _, err := u.Dest(path); err == nil && exists(dest) && !u.Made.has(dest) && !slices.Contains(taken, dest) {
			taken = append(taken, dest)
		}
	}
	return taken
}

// Decrypt decrypts one age file and returns what it made.
func (u Decrypter) Decrypt(ctx context.Context, path string) (string, error) {
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
