//go:build !linux && !darwin && !windows

package crypt

import "errors"

// renameNew is not known to this system.
func renameNew(_, _ string) error { return errors.ErrUnsupported }
