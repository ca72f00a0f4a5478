package safefile

import (
	"os"
	"time"
)

// How long to wait for a file that another program is about to let go of. Whoever replaces a file has the new one ready,
// and waits for as long as others read the old one; a reader waits for the moment only in which it is replaced.
const (
	replaceWait = 2 * time.Second
	openWait    = 500 * time.Millisecond
)

// Rename is [os.Rename] for a file that others may read or replace at the same moment, which Windows does not allow: it tries
// again for about two seconds.
func Rename(from, to string) error {
	return rename(from, to, os.Rename, os.Lstat)
}

// RenameIn is [Rename] for names below root.
func RenameIn(root *os.Root, from, to string) error {
	return rename(from, to, root.Rename, root.Lstat)
}

func rename(from, to string, rename func(from, to string) error, lstat func(string) (os.FileInfo, error)) error {
	return whileBusy(replaceWait, func() error { return rename(from, to) }, func(err error) bool {
		return busy(err) || denied(err) && replaceable(lstat(to))
	})
}

// replaceable reports whether only another program can be why a file cannot be replaced.
func replaceable(info os.FileInfo, err error) bool {
	return err != nil || info.Mode().IsRegular() && info.Mode()&0o200 != 0
}

// whileBusy repeats what fails in a passing way, with growing pauses, for about so long.
func whileBusy(wait time.Duration, do func() error, passes func(error) bool) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 10*time.Millisecond) {
		err := do()
		if err == nil || wait <= 0 || !passes(err) {
			return err
		}
		time.Sleep(pause)
		wait -= pause
	}
}
