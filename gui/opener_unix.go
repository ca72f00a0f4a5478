//go:build unix

package gui

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
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

// answerWithin is how long the desktop is waited for: what it starts may run for hours.
const answerWithin = 3 * time.Second

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
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // later the desktop says to the person what goes wrong
	select {
	case err := <-ended:
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && noProgram(exit.ExitCode()) {
			return ErrNoProgram
		}
	case <-time.After(answerWithin):
	}
	return nil
}

// noProgram reports whether the desktop says by its exit code that it has no program:
// xdg-open when it finds no tool (3) or that failed (4), and open, which has one code for all.
func noProgram(code int) bool {
	if runtime.GOOS == "darwin" {
		return code == 1
	}
	return code == 3 || code == 4
}
