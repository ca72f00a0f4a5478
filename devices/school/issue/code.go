package issue

import (
	"context"
	"fmt"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
)

// ReplaceCode puts a new recovery code on an opened stick and into the
// register. The stick is changed last before the register commits, and a code
// that was used counts as used until then, so that a program that dies leaves
// nothing that the next check-in does not put right.
func ReplaceCode(ctx context.Context, s School, opened *stick.Stick, d devices.Device) error {
	directory, err := s.Directory()
	if err != nil {
		return err
	}
	code, sealed, err := newCode(directory.Recovery, directory.Policy.Class)
	if err != nil {
		return err
	}
	defer clear(code)
	err = s.Register().Atomically(ctx, func(r *devices.Register) error {
		if _, err := r.StoreRecoveryCode(ctx, s.Actor(), d.ID, sealed); err != nil {
			return err
		}
		return opened.ReplaceCode(code)
	})
	if err != nil {
		return fmt.Errorf("replace the recovery code: %w", err)
	}
	return nil
}

// newCode makes a recovery code and seals it to the recovery key of a class.
// The caller wipes the code.
func newCode(recovery []string, class keys.Class) (code, sealed []byte, err error) {
	if code, err = keys.GenerateCode(); err != nil {
		return nil, nil, err
	}
	files, err := keys.WrapFor(code, recovery)
	if err != nil {
		clear(code)
		return nil, nil, err
	}
	return code, files[class], nil
}
