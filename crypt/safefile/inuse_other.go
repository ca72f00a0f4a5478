//go:build !windows

package safefile

import "errors"

// What Windows says of a file that another program has open and does not share. Other
// systems share files, and never say these.
var (
	// ErrInUse: the whole file.
	ErrInUse = errors.New("the file is open in another program")
	// ErrPartInUse: some of its bytes.
	ErrPartInUse = errors.New("a part of the file is locked by another program")
)

// busy and denied are about files that others have open, which only Windows minds.
func busy(error) bool { return false }

func denied(error) bool { return false }
