package gui

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// ErrProgram: what was to be opened would be run.
var ErrProgram = errors.New("a program is not opened")

// SystemOpener opens files with the desktop's own programs. No shell is asked, and
// what the desktop would run instead of show is refused with ErrProgram.
type SystemOpener struct {
	// Environment is what the programs that open files are told in place of what this process's
	// environment says: by name, nil for a variable that is not set.
	Environment map[string]*string
}

// Open is part of Opener.
func (o SystemOpener) Open(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if runs(path) {
		return fmt.Errorf("open %s: %w", path, ErrProgram)
	}
	if err := openPath(path, o.Environment); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	return nil
}

// programs are the endings of files that desktops run.
var programs = []string{
	"appimage", "application", "bat", "chm", "cmd", "com", "command", "cpl", "desktop", "exe", "gadget", "hta", "inf", "jar", "js", "jse",
	"lnk", "msc", "msi", "msp", "pif", "ps1", "ps1xml", "ps2", "psc1", "reg", "scf", "scr", "sct", "sh", "url", "vb", "vbe", "vbs", "workflow",
	"ws", "wsc", "wsf", "wsh",
}

// runs reports whether the desktop would run a file. Windows ignores dots and spaces
// at the end of a name.
func runs(path string) bool {
	name := strings.TrimRight(strings.ToLower(filepath.Base(path)), ". ")
	return slices.Contains(programs, strings.TrimPrefix(filepath.Ext(name), "."))
}
