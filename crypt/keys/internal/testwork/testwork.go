// Package testwork is the hook through which package keystest, and it alone, has
// a work factor taken that every product refuses. It promises nothing else.
package testwork

import "sync/atomic"

// Factor is that work factor: it costs next to nothing.
const Factor = 2

var allowed atomic.Bool

// Allow has it taken, in this process, from now on.
func Allow() { allowed.Store(true) }

// Allowed reports whether it is taken.
func Allowed() bool { return allowed.Load() }
