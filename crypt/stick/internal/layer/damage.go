package layer

import (
	"errors"
	"fmt"

	"stowage/crypt"
)

// AsDamaged adds [ErrDamaged] to what package crypt says of a damaged age file.
// Other errors it leaves as they are.
func AsDamaged(err error) error {
	if errors.Is(err, crypt.ErrDamaged) || errors.Is(err, crypt.ErrNotAge) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// IsDamage reports whether an error says that what is on the stick cannot be
// read as it was written, rather than that the drive failed.
func IsDamage(err error) bool {
	return errors.Is(err, ErrDamaged) || errors.Is(err, ErrForged) || errors.Is(err, ErrMissing)
}
