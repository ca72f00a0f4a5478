//go:build unix

package safefile

import "os"

// MkdirPrivate makes a folder in which nobody but this person reads or writes.
func MkdirPrivate(name string) error { return os.Mkdir(name, 0o700) }
