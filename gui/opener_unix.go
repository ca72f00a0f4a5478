//go:build unix

package gui

import (
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// changed is an environment with some variables as they are given.
func changed(environment []string, give map[string]*string) []string {
	environment = slices.DeleteFunc(environment, func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		_, given := give[name]
		return given
	})
	for name, value := range give {
		if value != nil {
			environment = append(environment, name+"="+*value)
		}
	}
	return environment
}

// openPath hands an absolute path to the desktop, as an argument of its own.
func openPath(path string, environment map[string]*string) error {
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	}
	cmd := exec.Command(name, path)
	if len(environment) > 0 {
		cmd.Env = changed(os.Environ(), environment)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // the desktop says to the person what goes wrong
	return nil
}
