package smalldrive

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Exfat mounts a memory stick of 16 MB as they are sold: exFAT, which knows no case and
// refuses some characters.
func Exfat(t testing.TB) string {
	t.Helper()
	mkfs, mount := tool(t, "mkfs.exfat"), tool(t, "mount.exfat-fuse")
	image := filepath.Join(t.TempDir(), "exfat.img")
	must(t, os.WriteFile(image, nil, 0o600))
	must(t, os.Truncate(image, 16<<20))
	loop, err := exec.Command(tool(t, "losetup"), "-f", "--show", image).Output()
	if err != nil {
		t.Skipf("no loop device can be had here: %v", err)
	}
	device := strings.TrimSpace(string(loop))
	t.Cleanup(func() { run(t, "losetup", "-d", device) })
	run(t, mkfs, device)
	dir := t.TempDir()
	if out, err := exec.Command(mount, device, dir).CombinedOutput(); err != nil {
		t.Skipf("no exFAT can be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() { unmount(t, dir) })
	return dir
}

// ShortNames mounts a folder whose names have at most about 170 bytes: an encrypted one of
// EncFS.
func ShortNames(t testing.TB) string {
	t.Helper()
	sealed, dir := t.TempDir(), t.TempDir()
	mount := exec.Command(tool(t, "encfs"), "--standard", "--stdinpass", sealed, dir)
	mount.Stdin = strings.NewReader("any passphrase\n")
	if out, err := mount.CombinedOutput(); err != nil {
		t.Skipf("no EncFS can be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() { unmount(t, dir) })
	return dir
}

// tool is a program of the system, without which the test is skipped.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}

func run(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v: %s", name, err, out)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// unmount takes a file system away, at the latest when the last request to it has ended.
func unmount(t testing.TB, dir string) {
	t.Helper()
	run(t, "umount", "-l", dir)
}
