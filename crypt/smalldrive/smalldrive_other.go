//go:build !linux

package smalldrive

import "testing"

// New skips the test.
func New(t testing.TB, _ int64) string {
	t.Helper()
	t.Skip("only Linux has drives for tests")
	return ""
}

// Exfat skips the test.
func Exfat(t testing.TB) string { return New(t, 0) }

// ShortNames skips the test.
func ShortNames(t testing.TB) string { return New(t, 0) }

// ReadOnly is never reached.
func ReadOnly(testing.TB, string, bool) {}

// Fill is never reached.
func Fill(testing.TB, string, int64) (undo func()) { return func() {} }
