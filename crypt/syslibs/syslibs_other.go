//go:build !windows

package syslibs

// Only has nothing to do: there a library is sought where the system says, and not beside a program.
func Only() error { return nil }
