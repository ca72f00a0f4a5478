//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// davfsMounted mounts the stick with davfs2, and says where; it reads what is said besides.
func davfsMounted(t *testing.T, dir string) (cmd *exec.Cmd, where string, said *bufio.Reader) {
	t.Helper()
	if _, err := exec.LookPath("mount.davfs"); err != nil || os.Geteuid() != 0 {
		t.Skip("davfs2 needs root")
	}
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skip("davfs2 needs /dev/fuse")
	}
	cmd = stow(t, dir, "stick", "mount", "stick", "--json", "--passphrase-file", "alice.txt")
	cmd.Env = append(cmd.Environ(), "DBUS_SESSION_BUS_ADDRESS=") // not by gio
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	errors, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var m struct{ Where string }
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&m); err != nil || m.Where == "" {
		said, _ := io.ReadAll(errors)
		t.Fatalf("%v, %s", err, said)
	}
	return cmd, m.Where, bufio.NewReader(errors)
}

// TestDriveInUseStays: while a program has a file open, neither a closed terminal nor Ctrl-C
// takes the drive away, and what it saves then is stored.
func TestDriveInUseStays(t *testing.T) {
	dir := week(t)
	cmd, where, said := davfsMounted(t, dir)
	f, err := os.Create(filepath.Join(where, "held.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("half of it"); err != nil {
		t.Fatal(err)
	}
	for _, s := range []os.Signal{syscall.SIGHUP, os.Interrupt, syscall.SIGTERM} {
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	for {
		line, err := said.ReadString('\n')
		if strings.Contains(line, "held.txt") {
			break
		}
		if err != nil {
			t.Fatal("it did not say what is open: ", err)
		}
	}
	if _, err := f.WriteString(", and the rest"); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	_, _ = io.Copy(io.Discard, said)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if got := mustRun(t, dir, "stick", "get", "stick", "held.txt", "--to", "-", "--passphrase-file", "alice.txt"); got != "half of it, and the rest" {
		t.Errorf("it has %q", got)
	}
}

// TestKilledMountIsTakenAway: what davfs2 held for a program that was killed is gone when
// the next one starts.
func TestKilledMountIsTakenAway(t *testing.T) {
	dir := week(t)
	cmd, where, _ := davfsMounted(t, dir)
	if err := os.WriteFile(filepath.Join(where, "a.txt"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	cmd, _, said := davfsMounted(t, dir)
	if _, err := os.Lstat(filepath.Dir(where)); err == nil {
		t.Errorf("%s is there still", filepath.Dir(where))
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, said)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
