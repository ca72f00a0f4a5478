package stick

import (
	"os"

	"golang.org/x/sys/windows"
)

// driveErrors says which errors of the system mean what.
var driveErrors = []struct {
	sentinel error
	errs     []error
}{
	{ErrFull, []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED}},
	{ErrReadOnly, []error{windows.ERROR_WRITE_PROTECT}},
	{ErrGone, []error{
		windows.ERROR_NOT_READY, windows.ERROR_DEV_NOT_EXIST, windows.ERROR_NO_SUCH_DEVICE,
		windows.ERROR_DEVICE_NOT_CONNECTED, windows.ERROR_DEVICE_REMOVED, windows.ERROR_NO_MEDIA_IN_DRIVE,
		windows.ERROR_WRONG_DISK, windows.ERROR_FILE_INVALID,
	}},
	{ErrTooLarge, []error{windows.ERROR_FILE_TOO_LARGE}},
	{ErrLocked, []error{windows.ERROR_LOCK_VIOLATION, windows.ERROR_SHARING_VIOLATION}},
}

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

func freeSpace(root *os.Root) (free, total int64, err error) {
	path, err := windows.UTF16PtrFromString(root.Name())
	if err != nil {
		return 0, 0, err
	}
	var avail, size uint64
	if err := windows.GetDiskFreeSpaceEx(path, &avail, &size, nil); err != nil {
		return 0, 0, &os.PathError{Op: "free space", Path: root.Name(), Err: err}
	}
	return int64(avail), int64(size), nil
}
