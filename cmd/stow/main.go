// Command stow is the command line of Stowage: keys, files, sticks and the
// register of one school. It is pure Go and needs nothing beside it.
//
// What it does is in the packages it joins; here are only its flags, its words
// and its exit codes (exit.go).
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"stowage/crypt/nodump"
	"stowage/crypt/syslibs"
)

func main() {
	if err := syslibs.Only(); err != nil {
		fmt.Fprintln(os.Stderr, "stow:", err)
		os.Exit(int(exitFailed))
	}
	nodump.Set()
	spareMemory()
	os.Exit(newApp().run(os.Args[1:]))
}

// spareMemory has the garbage collector run three times as often as by itself: what is on a stick may
// take a few hundred megabytes, and the collector by itself leaves as much again unused.
func spareMemory() { debug.SetGCPercent(30) }
