package drives_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"stowage/devices/drives"
)

// command runs a program of the system and gives what it says.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// mountStick makes an image of a stick with exFAT, attaches it as a disk and
// mounts it through FUSE, as a real stick is where the kernel knows no exFAT.
// It skips the test where this computer cannot.
func mountStick(t *testing.T) (point, device string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("attaching a disk image needs root")
	}
	for _, tool := range []string{"losetup", "mkfs.exfat", "mount.exfat-fuse", "blkid"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skipf("no FUSE: %v", err)
	}
	dir := t.TempDir()
	image := filepath.Join(dir, "stick.img")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, 64<<20); err != nil {
		t.Fatal(err)
	}
	command(t, "mkfs.exfat", "-L", "Ann's É 1", image)
	out, err := exec.Command("losetup", "--find", "--show", image).CombinedOutput()
	if err != nil {
		t.Skipf("no loop device can be had: %v: %s", err, out)
	}
	device = strings.TrimSpace(string(out))
	t.Cleanup(func() { command(t, "losetup", "--detach", device) })
	point = filepath.Join(dir, "mount point")
	if err := os.Mkdir(point, 0o700); err != nil {
		t.Fatal(err)
	}
	command(t, "mount.exfat-fuse", device, point)
	t.Cleanup(func() {
		// Nothing is mounted any more once the test has ejected it.
		if err := unix.Unmount(point, unix.MNT_DETACH); err != nil && !errors.Is(err, unix.EINVAL) {
			t.Errorf("unmount %s: %v", point, err)
		}
	})
	return point, device
}

// listed gives the drive that List has at a path.
func listed(t *testing.T, path string) (drives.Drive, bool) {
	t.Helper()
	found, err := drives.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if d.System {
			t.Errorf("the system's %s is offered", d.Path)
		}
		if d.Path == path {
			return d, true
		}
	}
	return drives.Drive{}, false
}

func TestRealStick(t *testing.T) {
	point, device := mountStick(t)
	file := filepath.Join(point, "folder", "file")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}

	at, err := drives.At(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	want := drives.Drive{
		Path: point, Label: "Ann's É 1", VolumeID: at.VolumeID, FileSystem: "exfat", Size: at.Size, Free: at.Free,
		Bus: drives.BusImage, Device: device, Disk: device,
	}
	if at != want {
		t.Errorf("At: %+v\nwant %+v", at, want)
	}
	if len(at.VolumeID) != len("0000-0000") {
		t.Errorf("volume id %q", at.VolumeID)
	}
	if used := at.Size - at.Free; at.Size < 60<<20 || at.Size > 64<<20 || used < 8<<20 || used > 16<<20 {
		t.Errorf("size %d, free %d", at.Size, at.Free)
	}
	if d, ok := listed(t, point); !ok || d != at {
		t.Errorf("List: %+v\nAt: %+v", d, at)
	}

	open, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if err := drives.Eject(t.Context(), at); !errors.Is(err, drives.ErrBusy) {
		t.Errorf("eject with an open file: %v", err)
	}
	if err := open.Close(); err != nil {
		t.Fatal(err)
	}
	if err := drives.Eject(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	if _, ok := listed(t, point); ok {
		t.Error("listed after it was ejected")
	}
	if err := drives.Eject(t.Context(), at); !errors.Is(err, drives.ErrGone) {
		t.Errorf("ejected twice: %v", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestRealSystemDisk(t *testing.T) {
	d, err := drives.At(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	if !d.System || !errors.Is(d.Usable(), drives.ErrSystem) || d.Path != "/" || d.Size <= 0 || d.Free > d.Size {
		t.Errorf("%+v", d)
	}
	if _, ok := listed(t, "/"); ok {
		t.Error("/ is offered")
	}
	if _, err := drives.At(t.Context(), filepath.Join(t.TempDir(), "nothing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a path that is not there: %v", err)
	}
}
