//go:build unix

package gui

import (
	"os/exec"
	"runtime"
)

// openPath hands an absolute path to the desktop, as an argument of its own.
func openPath(path string) error {
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	}
	cmd := exec.Command(name, path)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // the desktop says to the person what goes wrong
	return nil
}
