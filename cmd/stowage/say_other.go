//go:build !windows

package main

import (
	"fmt"
	"os"
)

// say says a text where the person can see it without a window.
func say(text string) { fmt.Fprintln(os.Stderr, text) }
