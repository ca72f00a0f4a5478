package drives

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func recorded(r recording) machine {
	return machine{sysfs: sysfs{r.files}, space: r.space}
}

func TestRecordedMachines(t *testing.T) {
	for _, name := range []string{"laptop", "pi", "live"} {
		t.Run(name, func(t *testing.T) {
			r := readRecording(t, name+".txtar")
			found, err := recorded(r).list(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			diff(t, describe(found), r.want)
		})
	}
}

// What is not offered is described all the same when it is asked for by path.
func TestRecordedMounts(t *testing.T) {
	for _, test := range []struct {
		recording, path string
		bus             Bus
		disk            string
		system, gone    bool
	}{
		{"laptop", "/etc/passwd", BusNVMe, "/dev/nvme0n1", true, false},
		{"laptop", "/boot/efi/EFI", BusNVMe, "/dev/nvme0n1", true, false},
		{"laptop", "/home/ann/Documents", BusNVMe, "/dev/nvme0n1", true, false},
		{"laptop", "/data", BusATA, "/dev/sda", false, false},
		{"laptop", "/data2", BusNVMe, "/dev/nvme0n1", true, false}, // not below /data
		{"laptop", "/mnt/school/plans", BusNetwork, "", false, false},
		{"laptop", "/run/user/1000", BusMemory, "", false, false},
		{"laptop", "/snap/core22/1122", BusImage, "/dev/loop0", false, false},
		{"laptop", "/media/ann/WORK STICK/a", BusUSB, "/dev/sdb", false, false},
		{"laptop", "/media/ann/Office2010", BusUSB, "/dev/sr0", false, false},
		{"laptop", "/media/ann/PULLED", "", "", false, true},
		{"pi", "/", BusSD, "/dev/mmcblk0", true, false},
		{"pi", "/media/pi/SHARED", BusSD, "/dev/mmcblk0", true, false},
		{"pi", "/mnt/swapstick", BusUSB, "/dev/sdb", true, false},
		{"live", "/", BusUnknown, "", true, false},
		{"live", "/media/user/DATA", BusUSB, "/dev/sda", true, false},
		{"live", "/home/user", BusUSB, "/dev/sdc", true, false},
		{"live", "/media/user/BESIDE", BusUSB, "/dev/sdd", true, false},
		{"live", "/media/user/raid", BusUSB, "/dev/sdf", false, false},
	} {
		t.Run(test.recording+test.path, func(t *testing.T) {
			r := readRecording(t, test.recording+".txtar")
			r.sizes["/home"], r.sizes["/"] = [2]int64{2, 1}, [2]int64{2, 1}
			m := recorded(r)
			tables, err := m.tables()
			if err != nil {
				t.Fatal(err)
			}
			mt, ok := holder(tables.mounts, test.path)
			if !ok {
				t.Fatal("held by nothing")
			}
			d, err := m.drive(t.Context(), tables, mt)
			if test.gone {
				if !errors.Is(err, ErrGone) {
					t.Fatalf("error %v, want ErrGone", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d.Bus != test.bus || d.Disk != test.disk || d.System != test.system {
				t.Errorf("bus %q disk %q system %v", d.Bus, d.Disk, d.System)
			}
			if refused := errors.Is(d.Usable(), ErrSystem); refused != test.system {
				t.Errorf("Usable refuses: %v", refused)
			}
			if test.system && d.Offered() {
				t.Error("a system drive is offered")
			}
		})
	}
}

// A table that cannot be understood could hide the system disk: nothing is
// offered then.
func TestMalformedTableOffersNothing(t *testing.T) {
	r := readRecording(t, "laptop.txtar")
	table := r.files["proc/self/mountinfo"].Data
	r.files["proc/self/mountinfo"] = &fstest.MapFile{Data: append([]byte("28 1 ext4\n"), table...)}
	found, err := recorded(r).list(t.Context())
	if !errors.Is(err, errMountinfo) || len(found) != 0 {
		t.Errorf("%d drives, error %v", len(found), err)
	}
	delete(r.files, "proc/self/mountinfo")
	if _, err := recorded(r).list(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a table: error %v", err)
	}
}

func TestListStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := recorded(readRecording(t, "laptop.txtar")).list(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// Where udev tells nothing, the device is asked.
func TestProbe(t *testing.T) {
	r := readRecording(t, "laptop.txtar")
	delete(r.files, "run/udev/data/b8:17")
	m := recorded(r)
	var asked []string
	m.probe = func(_ context.Context, node string) string {
		asked = append(asked, node)
		if node != "/dev/sdb1" {
			return ""
		}
		return "ID_FS_LABEL=STICK_A\nID_FS_LABEL_ENC=STICK\\x20A\nID_FS_UUID_ENC=FB6D-C1DB\nID_FS_TYPE=exfat\n"
	}
	found, err := m.list(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if d.Device != "/dev/sdb1" {
			continue
		}
		if d.Label != "STICK A" || d.VolumeID != "FB6D-C1DB" || d.FileSystem != "exfat" {
			t.Errorf("%+v", d)
		}
		if strings.Contains(strings.Join(asked, " "), "sdb2") {
			t.Errorf("asked %v, though udev knew", asked)
		}
		return
	}
	t.Error("the stick is not listed")
}

func TestFingerprint(t *testing.T) {
	r := readRecording(t, "laptop.txtar")
	m := recorded(r)
	look := func() string {
		t.Helper()
		s, err := m.fingerprint()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := look()
	if look() != before {
		t.Error("changes by itself")
	}
	table := string(r.files["proc/self/mountinfo"].Data)
	r.files["proc/self/mountinfo"] = &fstest.MapFile{Data: []byte(table + "190 28 8:97 / /media/ann/NEW rw - vfat /dev/sdg1 rw\n")}
	mounted := look()
	if mounted == before {
		t.Error("a new mount is not noticed")
	}
	r.files["proc/partitions"] = &fstest.MapFile{Data: []byte("major minor  #blocks  name\n")}
	if look() == mounted {
		t.Error("a disk pulled out is not noticed")
	}
	delete(r.files, "proc/partitions")
	look()
}

// Everything on one disk is unmounted together, the newest mount first.
func TestOnDisk(t *testing.T) {
	m := recorded(readRecording(t, "laptop.txtar"))
	for _, test := range []struct {
		disk, points string
		luns         int
	}{
		{"/dev/sdb", "/srv/plans /media/ann/SECOND /media/ann/WORK STICK", 1},
		{"/dev/sdf", `/media/ann/locked\tight`, 1},
		{"/dev/mmcblk0", "/media/ann/0403-0201", 1},
	} {
		mounts, luns, err := m.onDisk(test.disk)
		if err != nil {
			t.Fatal(err)
		}
		var points []string
		for _, mt := range mounts {
			points = append(points, mt.point)
		}
		if got := strings.Join(points, " "); got != test.points || luns != test.luns {
			t.Errorf("%s: %s, %d disks on the device", test.disk, got, luns)
		}
	}
	if _, _, err := m.onDisk("/dev/sdz"); !errors.Is(err, ErrGone) {
		t.Errorf("a disk that is not there: %v", err)
	}
}

// A card reader shows one disk a slot, all on one USB device.
func TestOnDiskCountsSlots(t *testing.T) {
	r := readRecording(t, "laptop.txtar")
	usb := "sys/devices/pci0000:00/0000:00:14.0/usb2/2-3"
	dir := usb + "/2-3:1.0/host4/target4:0:0/4:0:0:1/block/sdh"
	r.files[dir+"/dev"] = &fstest.MapFile{Data: []byte("8:112\n")}
	r.files["sys/class/block/sdh"] = &fstest.MapFile{
		Data: []byte("../../" + strings.TrimPrefix(dir, "sys/")), Mode: fs.ModeSymlink | 0o777,
	}
	_, luns, err := recorded(r).onDisk("/dev/sdb")
	if err != nil || luns != 2 {
		t.Errorf("%d disks, error %v", luns, err)
	}
}
