package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"stowage/gui/explain"
)

// measure runs a program and, when it has ended, writes the most memory that it had to the file named first. It is a
// process of its own, as a process begins with the memory of the one that starts it.
func measure() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	most := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	err = errors.Join(err, os.WriteFile(os.Args[1], []byte(strconv.FormatInt(most, 10)), 0o600))
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(exit.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(int(explain.Failed))
	}
}

// measured is what a run of stow came to, seen from outside.
type measured struct {
	exit   explain.Code
	output string
	memory int64 // bytes, at most
}

func (m measured) String() string {
	return fmt.Sprintf("exit %d (%s), %d MB: %.300s", m.exit, m.exit.Name(), m.memory/1_000_000, m.output)
}

// runMeasured runs stow and measures it.
func runMeasured(t *testing.T, dir string, args ...string) measured {
	t.Helper()
	file := filepath.Join(t.TempDir(), "memory")
	cmd := stow(t, dir)
	measuring := exec.Command("measure", append([]string{file, cmd.Path}, args...)...)
	measuring.Dir, measuring.Env = cmd.Dir, cmd.Env
	var out tail
	measuring.Stdout, measuring.Stderr = &out, &out
	err := measuring.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	memory, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return measured{explain.Code(measuring.ProcessState.ExitCode()), string(out), memory}
}

// tail is the end of what was written.
type tail []byte

func (b *tail) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	if over := len(*b) - 4096; over > 0 {
		*b = append((*b)[:0], (*b)[over:]...)
	}
	return len(p), nil
}
