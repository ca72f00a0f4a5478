package webdav_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"stowage/crypt/stick"
)

// TestAttackAnotherUserOfTheComputer has another user's process ask for a file at the very
// address of an open drive, by IPv4 and by a socket that also speaks IPv6.
func TestAttackAnotherUserOfTheComputer(t *testing.T) {
	if address := os.Getenv("STOWAGE_TEST_PEER"); address != "" { // as the other user
		askAsPeer(t, address)
		return
	}
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "a.txt", "secret")
	d.wants(200, "GET", "a.txt", "")
	self, err := os.Executable()
	check(t, err)
	ask := func(uid int) string {
		cmd := exec.CommandContext(t.Context(), self, "-test.run", "^TestAttackAnotherUserOfTheComputer$", "-test.v")
		cmd.Env = append(os.Environ(), "STOWAGE_TEST_PEER="+d.drive.Address()+"a.txt")
		cmd.Dir = "/"
		if uid != os.Geteuid() {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
		}
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	if out := ask(os.Geteuid()); strings.Count(out, "it says secret") != 2 {
		t.Errorf("a process of the same user is not let in: %s", out)
	}
	if os.Geteuid() != 0 {
		t.Log("SKIPPED: another user, who only root can be")
		return
	}
	shared := fmt.Sprintf("%s/drive.test", worldReadable(t))
	program, err := os.ReadFile(self)
	check(t, err)
	check(t, os.WriteFile(shared, program, 0o755))
	self = shared
	if out := ask(65534); strings.Contains(out, "secret") || strings.Count(out, "refused: ") != 2 {
		t.Errorf("another user's process: %s", out)
	}
}

// worldReadable is a folder that every user can look into.
func worldReadable(t *testing.T) string {
	dir, err := os.MkdirTemp("/tmp", "stowage-peer-")
	check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	check(t, os.Chmod(dir, 0o755))
	return dir
}
