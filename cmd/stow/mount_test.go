//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/smalldrive"
	"stowage/gui/explain"
)

// mounted runs stow stick mount, with more variables of the environment, and returns where
// the drive is. What it says is in cmd.Stderr.
func mounted(t *testing.T, dir string, variables ...string) (cmd *exec.Cmd, address string) {
	t.Helper()
	cmd = stow(t, dir, "stick", "mount", "stick", "--no-mount", "--json", "--passphrase-file", "alice.txt")
	cmd.Env = append(cmd.Env, variables...)
	cmd.Stderr = &bytes.Buffer{}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var where struct{ Address string }
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&where); err != nil {
		t.Fatal(err)
	}
	return cmd, where.Address
}

// TestInterruptedMount: Ctrl-C is how a drive ends, and what was stored is there.
func TestInterruptedMount(t *testing.T) {
	dir := week(t)
	cmd, address := mounted(t, dir)
	store := func(name, text string) {
		r, err := http.NewRequest(http.MethodPut, address+name, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusCreated {
			t.Fatal(answer.Status)
		}
	}
	for i := range 40 {
		store(fmt.Sprint("photo", i), "picture")
	}
	store("letter.txt", "Dear Bob")
	if out, err := stow(t, dir, "stick", "put", "stick", "slip.txt", "--passphrase-file", "alice.txt").CombinedOutput(); err == nil {
		t.Errorf("another program wrote to it meanwhile: %s", out)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if got := mustRun(t, dir, "stick", "get", "stick", "letter.txt", "--to", "-", "--passphrase-file", "alice.txt"); !strings.HasPrefix(got, "Dear Bob") {
		t.Errorf("it has %q", got)
	}
	layers, err := os.ReadDir(filepath.Join(dir, "stick", "stowage", "layers"))
	if err != nil || len(layers) > 10 {
		t.Errorf("%d layers are left of one for each file, %v", len(layers), err)
	}
	if _, err := http.Get(address); err == nil {
		t.Error("the drive is there still")
	}
}

// TestMountOnAFullComputer saves a large file while the computer's own temporary folder, on a
// real drive, is full: the console says whose disk it is, and so does the exit status.
func TestMountOnAFullComputer(t *testing.T) {
	dir := week(t)
	cmd, address := mounted(t, dir, "TMPDIR="+smalldrive.New(t, 1<<20))
	r, err := http.NewRequest(http.MethodPut, address+"film.mov", strings.NewReader(strings.Repeat("x", 5<<20)))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("it was answered with %s", answer.Status)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := explain.Code(cmd.ProcessState.ExitCode()); code != explain.Full {
		t.Errorf("it ended with %s", code.Name())
	}
	said := cmd.Stderr.(*bytes.Buffer).String()
	for _, want := range []string{"film.mov is not stored. This computer's own disk is full", "film.mov was saved by a program and is not stored"} {
		if !strings.Contains(said, want) {
			t.Errorf("it said %s, and not %q", said, want)
		}
	}
}
