package safefile

import "golang.org/x/sys/unix"

// RenameNew renames a file unless to exists.
func RenameNew(from, to string) error {
	return unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
}
