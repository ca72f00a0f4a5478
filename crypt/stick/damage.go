package stick

import (
	"errors"
	"fmt"

	"stowage/crypt"
)

// damaged adds [ErrDamaged] to what package crypt says of a damaged age file.
// Other errors it leaves as they are.
func damaged(err error) error {
	if errors.Is(err, crypt.ErrDamaged) || errors.Is(err, crypt.ErrNotAge) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
