//go:build !linux

package main

// measure is for Linux alone.
func measure() {}
