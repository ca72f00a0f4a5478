//go:build unix

package drive

import (
	"os"

	"golang.org/x/sys/unix"
)

// What this system says of files that are too large, and of locks.
var (
	TooLarge = []error{unix.EFBIG}
	Locked   = []error{unix.EWOULDBLOCK}
)

// lockFile takes the lock of flock(2), which belongs to this opening of the
// file: two openings in one process exclude each other as well.
func lockFile(f *os.File, exclusive bool) error {
	how := unix.LOCK_SH
	if exclusive {
		how = unix.LOCK_EX
	}
	for {
		err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
		if err != unix.EINTR {
			return err
		}
	}
}

func syncDir(root *os.Root, name string) error {
	d, err := root.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func FreeSpace(root *os.Root, path string) (free, total int64, err error) {
	d, err := root.Open(".")
	if err != nil {
		return 0, 0, err
	}
	defer d.Close()
	var st unix.Statfs_t
	if err := unix.Fstatfs(int(d.Fd()), &st); err != nil {
		return 0, 0, &os.PathError{Op: "statfs", Path: path, Err: err}
	}
	size := int64(st.Bsize)
	return int64(st.Bavail) * size, int64(st.Blocks) * size, nil
}
