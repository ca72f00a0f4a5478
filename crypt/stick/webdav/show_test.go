//go:build unix

package webdav

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestShow starts commands as file managers are: that one goes on is no error and is not waited for, and one that
// ends with an error after it was started may have shown the drive all the same.
func TestShow(t *testing.T) {
	for name, c := range map[string]struct {
		command, script string
		shown, perhaps  bool
	}{
		"it ends well":             {"xdg-open", "#!/bin/sh\nexit 0\n", true, false},
		"its program failed":       {"xdg-open", "#!/bin/sh\nexit 4\n", false, true},
		"there is no program":      {"xdg-open", "#!/bin/sh\nexit 3\n", false, false},
		"gio could not start one":  {"gio", "#!/bin/sh\nexit 2\n", false, false},
		"the command is not there": {"open", "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			command := filepath.Join(t.TempDir(), c.command)
			if c.script != "" {
				writeProgram(t, command, c.script)
			}
			err := (&Mounted{show: []string{command, "/somewhere"}}).Show(t.Context())
			e, ok := errors.AsType[*ShowError](err)
			if (err == nil) != c.shown || ok == c.shown || ok && e.Perhaps != c.perhaps {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestShowDoesNotWait starts a file manager that runs until its window is closed.
func TestShowDoesNotWait(t *testing.T) {
	dir := t.TempDir()
	command, started := filepath.Join(dir, "xdg-open"), filepath.Join(dir, "started")
	if err := syscall.Mkfifo(started, 0o600); err != nil {
		t.Skip(err) // a system without pipes of names
	}
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip(err)
	}
	writeProgram(t, command, "#!/bin/sh\necho $$ >\""+started+"\"\nexec "+sleep+" 1000\n")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- (&Mounted{show: []string{command, "/somewhere"}}).Show(ctx) }()
	line, err := os.ReadFile(started) // it runs now
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(line), &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("it was ended with the waiting: %v", err)
	}
}

func writeProgram(t *testing.T, path, script string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
}
