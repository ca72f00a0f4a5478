package fault

import "golang.org/x/sys/windows"

// meanings: "System Error Codes" of the Windows API. The network's are what a
// server's folder says.
var meanings = []meaning{
	{ErrFull, []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED}},
	{ErrReadOnly, []error{windows.ERROR_WRITE_PROTECT}},
	{ErrGone, []error{
		windows.ERROR_NOT_READY, windows.ERROR_DEV_NOT_EXIST, windows.ERROR_NO_SUCH_DEVICE,
		windows.ERROR_DEVICE_NOT_CONNECTED, windows.ERROR_DEVICE_REMOVED, windows.ERROR_NO_MEDIA_IN_DRIVE,
		windows.ERROR_WRONG_DISK, windows.ERROR_FILE_INVALID,
		windows.ERROR_BAD_NETPATH, windows.ERROR_BAD_NET_NAME, windows.ERROR_NETNAME_DELETED,
		windows.ERROR_UNEXP_NET_ERR, windows.ERROR_NETWORK_UNREACHABLE, windows.ERROR_HOST_UNREACHABLE, windows.ERROR_SEM_TIMEOUT,
	}},
	{ErrFailing, []error{
		windows.ERROR_CRC, windows.ERROR_IO_DEVICE, windows.ERROR_SECTOR_NOT_FOUND, windows.ERROR_SEEK,
		windows.ERROR_WRITE_FAULT, windows.ERROR_READ_FAULT, windows.ERROR_GEN_FAILURE, windows.ERROR_DISK_OPERATION_FAILED,
		windows.ERROR_FILE_CORRUPT, windows.ERROR_DISK_CORRUPT,
	}},
}
