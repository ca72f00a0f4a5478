//go:build unix

package fault

import "golang.org/x/sys/unix"

// meanings: errno(3). ESTALE and the network's are what a server's folder says.
var meanings = []meaning{
	{ErrFull, []error{unix.ENOSPC, unix.EDQUOT}},
	{ErrReadOnly, []error{unix.EROFS}},
	{ErrGone, []error{
		unix.ENODEV, unix.ENXIO, unix.ESTALE, unix.ENOTCONN,
		unix.ENETDOWN, unix.ENETUNREACH, unix.EHOSTDOWN, unix.EHOSTUNREACH, unix.ETIMEDOUT,
	}},
	{ErrFailing, []error{unix.EIO}},
}
