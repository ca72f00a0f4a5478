//go:build windows

package main

import "golang.org/x/sys/windows"

// say says a text in a message box, since the program has no terminal there.
func say(text string) {
	message, err := windows.UTF16PtrFromString(text)
	if err != nil {
		return // a NUL in what a driver said
	}
	title, _ := windows.UTF16PtrFromString("Stowage")
	_, _ = windows.MessageBox(0, message, title, windows.MB_OK|windows.MB_ICONERROR)
}
