//go:build !windows && !darwin

package runnable

func mark(string) {}
