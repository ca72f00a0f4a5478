// Command stow is the command line of Stowage: keys, files, sticks and the
// register of one school. It is pure Go and needs nothing beside it.
//
// What it does is in the packages it joins; here are only its flags, its words
// and its exit codes (exit.go).
package main

import (
	"fmt"
	"os"

	"stowage/crypt/nodump"
	"stowage/crypt/syslibs"
)

func main() {
	if err := syslibs.Only(); err != nil {
		fmt.Fprintln(os.Stderr, "stow:", err)
		os.Exit(int(exitFailed))
	}
	nodump.Set()
	os.Exit(newApp().run(os.Args[1:]))
}
