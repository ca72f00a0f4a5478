package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"stowage/crypt/stick/portable"
	"stowage/gui"
	"stowage/gui/screens"
)

// inHome runs this program once more, in a private folder of its own, and removes that when it has
// ended, however it did. It returns its exit code.
func inHome(args []string, stderr io.Writer) (code int, err error) {
	wipe := func(private string) { _, _ = screens.WipeLeftovers(gui.Services{Private: private}) }
	home, err := portable.Open(wipe)
	if err != nil {
		return 1, err
	}
	defer func() {
		wipe(home.Private())
		_ = home.Close() // what cannot be removed now is, at the next start
	}()
	program, err := os.Executable()
	if err != nil {
		return 1, fmt.Errorf("find the program: %w", err)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = home.Environment(runtime.GOOS, os.Environ())
	cmd.Stdout, cmd.Stderr = stderr, stderr
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(asked)
	if err := cmd.Start(); err != nil {
		return 1, fmt.Errorf("start the window: %w", err)
	}
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case s := <-asked:
			_ = cmd.Process.Signal(s)
		case <-ended:
		}
	}()
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}
