package drives

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// here is the machine that the program runs on.
func here() machine {
	return machine{sysfs: sysfs{os.DirFS("/")}, space: space, probe: probe}
}

func list(ctx context.Context) ([]Drive, error) { return here().list(ctx) }

func fingerprint() (string, error) { return here().fingerprint() }

func at(ctx context.Context, path string) (Drive, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Drive{}, err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return Drive{}, err
	}
	m := here()
	t, err := m.tables()
	if err != nil {
		return Drive{}, err
	}
	mt, ok := mountAt(t.mounts, path)
	if !ok {
		return Drive{}, ErrGone
	}
	return m.drive(ctx, t, mt)
}

// mountAt finds the mount that holds path by the kernel's number for it, or by
// name on kernels before 5.8, which tell no number.
func mountAt(mounts []mount, path string) (mount, bool) {
	var stat unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_MNT_ID, &stat)
	if err == nil && stat.Mask&unix.STATX_MNT_ID != 0 {
		for _, m := range mounts {
			if uint64(m.id) == stat.Mnt_id {
				return m, true
			}
		}
	}
	return holder(mounts, path)
}

// space asks the file system at a mount point.
func space(point string) (size, free int64, err error) {
	var st unix.Statfs_t
	for {
		err = unix.Statfs(point, &st)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		return 0, 0, err
	}
	unit := uint64(max(st.Frsize, 0))
	if unit == 0 {
		unit = uint64(max(st.Bsize, 0))
	}
	return bytesOf(st.Blocks * unit), bytesOf(st.Bavail * unit), nil
}

// probe asks util-linux's blkid to read a device. That serves systems without
// udev, and needs the right to read the device; without it nothing is known.
func probe(ctx context.Context, node string) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "blkid", "-p", "-o", "udev", node).Output()
	if err != nil {
		return ""
	}
	return string(out)
}
