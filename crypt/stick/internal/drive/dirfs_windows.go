package drive

import (
	"os"

	"golang.org/x/sys/windows"
)

// What this system says of files that are too large, and of locks.
var (
	TooLarge = []error{windows.ERROR_FILE_TOO_LARGE}
	Locked   = []error{windows.ERROR_LOCK_VIOLATION, windows.ERROR_SHARING_VIOLATION}
)

// lockFile locks the first byte of the file, which is always empty.
func lockFile(f *os.File, exclusive bool) error {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
}

// syncDir does nothing: Windows offers no way to flush a folder, and writes
// the folders of removable drives through ("quick removal").
func syncDir(*os.Root, string) error { return nil }

func FreeSpace(_ *os.Root, path string) (free, total int64, err error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, 0, err
	}
	var avail, size uint64
	if err := windows.GetDiskFreeSpaceEx(name, &avail, &size, nil); err != nil {
		return 0, 0, &os.PathError{Op: "free space", Path: path, Err: err}
	}
	return int64(avail), int64(size), nil
}
