//go:build !linux && !windows

package webdav

import "net"

// sameOwner cannot be told here without a C compiler: whoever has the address is let in.
func sameOwner(_, _ *net.TCPAddr) bool { return true }
