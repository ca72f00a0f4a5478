//go:build !cgo

package main

import "stowage/gui"

// window says that this build has none.
func window(gui.Options, func()) int {
	say("This stowage was built without its window (CGO_ENABLED=0). Use stow, which does the same in a terminal: \"stow --help\" says how.")
	return 1
}
