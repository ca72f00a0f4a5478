//go:build !cgo

package main

// window says that this build has none.
func window(func()) int {
	sayNoWindow("This stowage was built without its window (CGO_ENABLED=0). Use stow, which does the same in a terminal: \"stow --help\" says how.")
	return 1
}
