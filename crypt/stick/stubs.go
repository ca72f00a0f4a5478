package stick

import (
	"context"

	"stowage/crypt"
)

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
