// Package smalldrive gives tests a real drive that is soon full, or that does not take
// every name, where the system lets them have one: mounted under Linux for the test.
// Elsewhere, and without the right to mount, such a test is skipped. It is for tests only.
package smalldrive
