package syslibs

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// Only must come before anything loads a library: first in main. It holds for the whole process, for what it loads by name.
func Only() error {
	if err := windows.SetDefaultDllDirectories(windows.LOAD_LIBRARY_SEARCH_SYSTEM32); err != nil {
		return fmt.Errorf("load libraries from the system's folder only: %w", err)
	}
	if err := windows.SetDllDirectory(""); err != nil { // not from where it was started, in the programs that it starts
		return fmt.Errorf("load no libraries from the working folder: %w", err)
	}
	return nil
}
