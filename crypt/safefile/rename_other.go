//go:build !linux && !darwin && !windows

package safefile

import "errors"

// RenameNew is not known to this system.
func RenameNew(_, _ string) error { return errors.ErrUnsupported }
