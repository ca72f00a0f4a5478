package crypt

import "golang.org/x/sys/unix"

// renameNew renames a file unless to exists.
func renameNew(from, to string) error { return unix.RenamexNp(from, to, unix.RENAME_EXCL) }
