//go:build !unix

package main

// noCoreDumps has nothing to do: there a crash writes no memory unless the computer's
// owner asked for it.
func noCoreDumps() {}
