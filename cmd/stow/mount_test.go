//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mounted runs stow stick mount and returns where the drive is.
func mounted(t *testing.T, dir string) (cmd *exec.Cmd, address string) {
	t.Helper()
	cmd = stow(t, dir, "stick", "mount", "stick", "--no-mount", "--json", "--passphrase-file", "alice.txt")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var where jsonMounted
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
