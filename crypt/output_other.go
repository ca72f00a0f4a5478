//go:build !unix

package crypt

// isInvalid reports whether a file system has no such operation for folders.
func isInvalid(error) bool { return false }
