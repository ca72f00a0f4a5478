// Command stow is the command line of Stowage: keys, files, sticks and the
// register of one school. It is pure Go and needs nothing beside it.
//
// What it does is in the packages it joins, exit codes and sentences for their errors
// are in gui/explain; its flags and its words are here, in a package for each group of commands.
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"stowage/crypt/nodump"
	"stowage/crypt/syslibs"
	"stowage/gui/explain"
)

func main() {
	if err := syslibs.Only(); err != nil {
		fmt.Fprintln(os.Stderr, "stow:", err)
		os.Exit(int(explain.Failed))
	}
	nodump.Set()
	spareMemory()
	os.Exit(run(program(), os.Args[1:]))
}

// spareMemory has the garbage collector run three times as often as by itself: what is on a stick may
// take a few hundred megabytes, and the collector by itself leaves as much again unused.
func spareMemory() { debug.SetGCPercent(30) }
