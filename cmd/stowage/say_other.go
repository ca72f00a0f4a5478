//go:build !windows

package main

import (
	"fmt"
	"os"
)

// sayNoWindow says a text where the person can see it without a window.
func sayNoWindow(text string) { fmt.Fprintln(os.Stderr, text) }
