package drives

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/sys/unix"
)

// desk is an ejector that writes down what it is asked and answers as told.
type desk struct {
	done    []string
	syncErr error
	// unmountErr is the system call's answer.
	unmountErr error
	// says is what a helper says when it fails; one that is not here works, but
	// for those in missing.
	says    map[string]string
	missing []string
}

func (d *desk) ejector() ejector {
	return ejector{
		sync: func(point string) error {
			d.done = append(d.done, "sync "+point)
			return d.syncErr
		},
		unmount: func(point string) error {
			d.done = append(d.done, "unmount "+point)
			return d.unmountErr
		},
		run: func(_ context.Context, name string, args ...string) (string, error) {
			if slices.Contains(d.missing, name) {
				return "", exec.ErrNotFound
			}
			d.done = append(d.done, name+" "+strings.Join(args, " "))
			if text, ok := d.says[name]; ok {
				return text, errors.New("exit status 1")
			}
			return "", nil
		},
	}
}

// offeredAt gives the drive that the recorded laptop lists at a path.
func offeredAt(t *testing.T, m machine, point string) Drive {
	t.Helper()
	found, err := m.list(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if d.Path == point {
			return d
		}
	}
	t.Fatalf("%s is not listed", point)
	return Drive{}
}

func TestEject(t *testing.T) {
	const stick, card, tight = "/media/ann/WORK STICK", "/media/ann/0403-0201", `/media/ann/locked\tight`
	const busy = "Error unmounting /dev/sdb1: GDBus.Error:org.freedesktop.UDisks2.Error.DeviceBusy: target is busy"
	all := []string{"udisksctl", "gio", "umount", "fusermount", "fusermount3"}
	for _, test := range []struct {
		name, path string
		desk       desk
		want       error
		done       []string
	}{
		{"everything on the disk, then its power", stick, desk{}, nil, []string{
			"sync /srv/plans", "unmount /srv/plans",
			"sync /media/ann/SECOND", "unmount /media/ann/SECOND",
			"sync " + stick, "unmount " + stick,
			"udisksctl power-off --no-user-interaction -b /dev/sdb",
		}},
		{"a card's reader keeps its power", card, desk{}, nil, []string{"sync " + card, "unmount " + card}},
		{"power-off refused is no failure", tight, desk{says: map[string]string{"udisksctl": "no"}}, nil, []string{
			"sync " + tight, "unmount " + tight, "udisksctl power-off --no-user-interaction -b /dev/sdf",
		}},
		{"an ordinary user", card, desk{unmountErr: unix.EPERM}, nil, []string{
			"sync " + card, "unmount " + card, "udisksctl unmount --no-user-interaction -b /dev/mmcblk0p1",
		}},
		{"an ordinary user without udisks", card, desk{unmountErr: unix.EPERM, missing: []string{"udisksctl"}}, nil, []string{
			"sync " + card, "unmount " + card, "gio mount -u " + card,
		}},
		{"no helper at all", card, desk{unmountErr: unix.EPERM, missing: all}, ErrNotAllowed, []string{
			"sync " + card, "unmount " + card,
		}},
		{"helpers refuse", card, desk{unmountErr: unix.EPERM, missing: []string{"udisksctl", "gio"}, says: map[string]string{
			"umount": "umount: /media/ann/0403-0201: must be superuser to unmount.",
		}}, ErrNotAllowed, []string{"sync " + card, "unmount " + card, "umount -- " + card}},
		{"in use", stick, desk{unmountErr: unix.EBUSY}, ErrBusy, []string{"sync /srv/plans", "unmount /srv/plans"}},
		{"in use, says the helper", card, desk{unmountErr: unix.EPERM, says: map[string]string{"udisksctl": busy}}, ErrBusy, []string{
			"sync " + card, "unmount " + card, "udisksctl unmount --no-user-interaction -b /dev/mmcblk0p1",
		}},
		{"what is pending cannot be written", card, desk{syncErr: unix.EIO}, unix.EIO, []string{"sync " + card}},
		{"an odd failure", card, desk{unmountErr: unix.EINVAL}, unix.EINVAL, []string{"sync " + card, "unmount " + card}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := recorded(readRecording(t, "laptop.txtar"))
			err := test.desk.ejector().eject(t.Context(), m, offeredAt(t, m, test.path))
			if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if !slices.Equal(test.desk.done, test.done) {
				t.Errorf("did %q\nwant %q", test.desk.done, test.done)
			}
		})
	}
}

// A drive that was replaced, is gone or belongs to the system is left alone,
// whatever the caller holds.
func TestEjectLooksAgain(t *testing.T) {
	r := readRecording(t, "laptop.txtar")
	m := recorded(r)
	stick := offeredAt(t, m, "/media/ann/WORK STICK")
	r.sizes["/"] = [2]int64{2, 1}

	other := stick
	other.VolumeID = "0000-0000"
	below := stick
	below.Path += "/folder"
	tmpfs := Drive{Path: "/run/user/1000", Device: "tmpfs"}
	root := Drive{Path: "/", Device: "/dev/mapper/vgubuntu-root", Disk: "/dev/nvme0n1"}
	for name, test := range map[string]struct {
		drive Drive
		want  error
	}{
		"another stick at that path": {other, ErrGone},
		"not a mount point":          {below, ErrGone},
		"pulled out":                 {Drive{Path: "/media/ann/PULLED", Device: "/dev/sde1", Disk: "/dev/sde"}, ErrGone},
		"the system, not marked":     {root, ErrSystem},
		"no disk":                    {tmpfs, errors.ErrUnsupported},
	} {
		var d desk
		if err := d.ejector().eject(t.Context(), m, test.drive); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", name, err, test.want)
		}
		if len(d.done) != 0 {
			t.Errorf("%s: did %q", name, d.done)
		}
	}
	r.files["proc/self/mountinfo"] = &fstest.MapFile{Data: []byte("garbage\n")}
	if err := new(desk).ejector().eject(t.Context(), m, stick); !errors.Is(err, errMountinfo) {
		t.Errorf("malformed table: %v", err)
	}
}

func TestHelpersOfFUSE(t *testing.T) {
	m := recorded(readRecording(t, "laptop.txtar"))
	d := desk{unmountErr: unix.EPERM, missing: []string{"fusermount3"}, says: map[string]string{"udisksctl": "no"}}
	if err := d.ejector().eject(t.Context(), m, offeredAt(t, m, "/home/ann/kingston")); err != nil {
		t.Fatal(err)
	}
	if want := "fusermount -u -- /home/ann/kingston"; !slices.Contains(d.done, want) {
		t.Errorf("did %q without %q", d.done, want)
	}
}
