package safefile

import "golang.org/x/sys/unix"

// RenameNew renames a file unless to exists.
func RenameNew(from, to string) error { return unix.RenamexNp(from, to, unix.RENAME_EXCL) }
