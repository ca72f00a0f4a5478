package stick

import (
	"context"

	"stowage/crypt"
)

// Versions returns the stored versions of a file, newest first, following it
// back through renames. The path need not exist now.
func (s *Stick) Versions(path string) ([]Version, error) { return nil, nil }

// OpenVersion opens a version for reading.
func (s *Stick) OpenVersion(v Version) (*Reader, error) { return nil, nil }

// Deleted returns the newest version of every file below a folder that is no longer there, sorted by path.
func (s *Stick) Deleted(folder string) ([]Version, error) { return nil, nil }

// Undelete brings back deleted files and folders with all they held when they
// were removed. Their data is stored again.
func (s *Stick) Undelete(ctx context.Context, paths []string, o PutOptions) (PutResult, error) {
	return PutResult{}, nil
}

// Restore stores a version again under a path.
func (s *Stick) Restore(ctx context.Context, v Version, path string, o PutOptions) (PutResult, error) {
	return PutResult{}, nil
}

// Usage says what the space is used for.
func (s *Stick) Usage() (Usage, error) { return Usage{}, nil }

// Tidy rewrites layers that are mostly dead or tiny and removes the old ones.
// Previous versions and deleted files in them are gone afterwards.
func (s *Stick) Tidy(ctx context.Context, o TidyOptions) (TidyResult, error) {
	return TidyResult{}, nil
}

// EraseForGood removes files and folders, deleted ones as well, with all their
// previous versions and names, by tidying the layers concerned at once. On
// flash memory it reduces traces and can promise no more.
func (s *Stick) EraseForGood(ctx context.Context, paths []string, p crypt.Progress) (TidyResult, error) {
	return TidyResult{}, nil
}

// ChangePassphrase protects the holder key on the stick with another passphrase.
func (s *Stick) ChangePassphrase(current, next []byte) error { return nil }

// RekeyOptions are the options of [Stick.Rekey].
type RekeyOptions struct {
	Holders   []string // age recipients of who may open the stick from now on
	HolderKey []byte   // their protected key file, to be carried on the stick; nil for none
}

// Rekey gives the stick to another holder, or to the same one with another
// key: the stick's identity is encrypted to the new recipients and to the
// school's recovery key. No layer is rewritten: who held the stick's identity
// before can still read an old copy; see [Stick.Rotate].
func (s *Stick) Rekey(ctx context.Context, o RekeyOptions) error { return nil }

// ReplaceCode protects the stick's identity with another recovery code, or
// with none when code is nil.
func (s *Stick) ReplaceCode(code []byte) error { return nil }

// Rotate gives the stick a new identity and encrypts every layer again, for
// when a key may be compromised. It can be interrupted at any point: the stick
// opens meanwhile as before, and Rotate called again finishes the work.
func (s *Stick) Rotate(ctx context.Context, signer Signer, p crypt.Progress) error { return nil }
