package drives

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"
)

// ejector is what ejecting asks of the system.
type ejector struct {
	sync    func(point string) error
	unmount func(point string) error
	// run runs a program and gives what it said; exec.ErrNotFound when it is
	// not installed.
	run func(ctx context.Context, name string, args ...string) (string, error)
}

func eject(ctx context.Context, d Drive) error {
	return ejector{syncFS, unmount, run}.eject(ctx, here(), d)
}

// eject unmounts everything on the drive's disk, if the drive is still the one
// that is meant, and then powers the disk off where that harms no other.
func (e ejector) eject(ctx context.Context, m machine, d Drive) error {
	now, err := m.mountedAt(ctx, d.Path)
	if err != nil {
		return err
	}
	if now.Device != d.Device || now.Disk != d.Disk || now.VolumeID != d.VolumeID {
		return ErrGone
	}
	if err := now.Usable(); err != nil {
		return err
	}
	if now.Disk == "" {
		return fmt.Errorf("a drive without a disk: %w", errors.ErrUnsupported)
	}
	mounts, luns, err := m.onDisk(now.Disk)
	if err != nil {
		return err
	}
	for _, mt := range mounts {
		if err := e.release(ctx, mt); err != nil {
			return fmt.Errorf("unmount %s: %w", mt.point, err)
		}
	}
	// All is written and unmounted, so it is safe already. A card reader stays
	// on: it would be of no use until it is plugged in again.
	if now.Bus == BusUSB && luns == 1 {
		_, _ = e.run(ctx, "udisksctl", "power-off", "--no-user-interaction", "-b", now.Disk)
	}
	return nil
}

// mountedAt describes what is mounted at exactly this point.
func (m machine) mountedAt(ctx context.Context, point string) (Drive, error) {
	t, err := m.tables()
	if err != nil {
		return Drive{}, err
	}
	mt, ok := holder(t.mounts, point)
	if !ok || mt.point != point {
		return Drive{}, ErrGone
	}
	return m.drive(ctx, t, mt)
}

// release writes out and unmounts one file system: by the system call where
// the user may, else through the helpers that let users unmount their own.
func (e ejector) release(ctx context.Context, mt mount) error {
	if err := e.sync(mt.point); err != nil {
		return fmt.Errorf("write out: %w", err)
	}
	err := e.unmount(mt.point)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EBUSY):
		return ErrBusy
	case !errors.Is(err, unix.EPERM):
		return err
	}
	said := ErrNotAllowed
	for _, helper := range helpers(mt) {
		text, err := e.run(ctx, helper[0], helper[1:]...)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if reason := refusal(text); errors.Is(reason, ErrBusy) {
			return reason
		} else if text != "" {
			said = fmt.Errorf("%w (%s: %s)", ErrNotAllowed, helper[0], clean(text))
		}
	}
	return said
}

// helpers are the commands by which a user may unmount, the likeliest first.
func helpers(mt mount) [][]string {
	var all [][]string
	if strings.HasPrefix(mt.source, "/dev/") {
		all = append(all, []string{"udisksctl", "unmount", "--no-user-interaction", "-b", mt.source})
	}
	if strings.HasPrefix(mt.fsType, "fuse") {
		all = append(all, []string{"fusermount3", "-u", "--", mt.point}, []string{"fusermount", "-u", "--", mt.point})
	}
	return append(all, []string{"gio", "mount", "-u", mt.point}, []string{"umount", "--", mt.point})
}

// syncFS writes out what is pending on the file system at a mount point, so
// that a failure is told. Unmounting writes out too, so it does not matter when
// this user may not look into the drive.
func syncFS(point string) error {
	fd, err := unix.Open(point, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Syncfs(fd)
}

func unmount(point string) error {
	return unix.Unmount(point, unix.UMOUNT_NOFOLLOW)
}

// run runs a helper in English, so that its refusals are understood.
func run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(cmd.Environ(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
