//go:build linux || darwin

package cli

import "golang.org/x/sys/unix"

// noEcho stops a terminal from showing what is typed.
func noEcho(fd int) error {
	t, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return err
	}
	t.Lflag &^= unix.ECHO
	return unix.IoctlSetTermios(fd, setTermios, t)
}
