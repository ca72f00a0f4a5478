package drives

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// here is the machine that the program runs on.
func here() mac { return mac{run: run, space: space} }

func list(ctx context.Context) ([]Drive, error) { return here().list(ctx) }

func at(ctx context.Context, path string) (Drive, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Drive{}, err
	}
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return Drive{}, err
	}
	m, source := here(), text(st.Mntfromname[:])
	if id, ok := strings.CutPrefix(source, "/dev/"); ok {
		l, err := m.disks(ctx)
		if err != nil {
			return Drive{}, err
		}
		d, err := m.drive(ctx, l, id)
		if err != nil {
			return Drive{}, err
		}
		one := []Drive{d}
		m.addSerials(ctx, one)
		return one[0], nil
	}
	d := Drive{
		Path:       text(st.Mntonname[:]),
		FileSystem: plainType(text(st.Fstypename[:])),
		Device:     clean(source),
		ReadOnly:   st.Flags&unix.MNT_RDONLY != 0,
	}
	if st.Flags&unix.MNT_LOCAL == 0 {
		d.Bus = BusNetwork
	}
	d.System = macSystemMount(d.Path)
	d.Size, d.Free = sizes(&st)
	return d, nil
}

// fingerprint changes when something is mounted or unmounted.
func fingerprint() (string, error) {
	n, err := unix.Getfsstat(nil, unix.MNT_NOWAIT)
	if err != nil {
		return "", err
	}
	mounts := make([]unix.Statfs_t, n+8)
	if n, err = unix.Getfsstat(mounts, unix.MNT_NOWAIT); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, m := range mounts[:min(n, len(mounts))] {
		fmt.Fprintln(&b, text(m.Mntonname[:]), text(m.Mntfromname[:]), m.Flags, m.Fsid)
	}
	return b.String(), nil
}

func eject(ctx context.Context, d Drive) error {
	now, err := at(ctx, d.Path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	if now.Path != d.Path || now.Device != d.Device || now.VolumeID != d.VolumeID {
		return ErrGone
	}
	if err := now.Usable(); err != nil {
		return err
	}
	if now.Disk == "" {
		return fmt.Errorf("a drive without a disk: %w", errors.ErrUnsupported)
	}
	out, err := exec.CommandContext(ctx, "/usr/sbin/diskutil", "eject", now.Disk).CombinedOutput()
	switch reason := refusal(string(out)); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case reason != nil:
		return fmt.Errorf("%w: %s", reason, clean(string(out)))
	default:
		return fmt.Errorf("diskutil: %w: %s", err, clean(string(out)))
	}
}

func run(ctx context.Context, name string, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", filepath.Base(name), args[0], err)
	}
	return out, nil
}

func space(point string) (size, free int64, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(point, &st); err != nil {
		return 0, 0, err
	}
	size, free = sizes(&st)
	return size, free, nil
}

func sizes(st *unix.Statfs_t) (size, free int64) {
	unit := uint64(st.Bsize)
	return bytesOf(st.Blocks * unit), bytesOf(st.Bavail * unit)
}

// text reads a fixed array that a zero byte ends.
func text(b []byte) string { return unix.ByteSliceToString(b) }
