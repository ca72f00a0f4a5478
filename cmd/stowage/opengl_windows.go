//go:build cgo

package main

import "C" // so that opengl_windows.c is compiled
