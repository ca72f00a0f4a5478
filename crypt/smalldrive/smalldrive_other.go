//go:build !linux

package smalldrive

import "testing"

// New skips the test.
func New(t testing.TB, _ int64) string {
	t.Helper()
	t.Skip("only Linux has drives for tests")
	return ""
}

// ReadOnly is never reached.
func ReadOnly(testing.TB, string, bool) {}

// Fill is never reached.
func Fill(testing.TB, string, int64) (undo func()) { return func() {} }
