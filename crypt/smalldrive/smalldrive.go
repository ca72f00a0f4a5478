// Package smalldrive gives tests a real drive that is soon full, where the system lets
// them have one: a tmpfs of Linux, mounted for the test. Elsewhere, and without the
// right to mount, such a test is skipped. It is for tests only.
package smalldrive
