package drives

import (
	"errors"
	"slices"
	"testing"
)

func TestParseMountinfo(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       mount
	}{
		{
			"the kernel's example",
			"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue",
			mount{36, "98:0", "/mnt1", "/mnt2", "ext3", "/dev/root", false},
		},
		{
			"no optional field", `42 27 7:0 / /tmp/m\0401 rw,nosuid,nodev - fuseblk /dev/loop0 rw,user_id=0`,
			mount{42, "7:0", "/", "/tmp/m 1", "fuseblk", "/dev/loop0", false},
		},
		{
			"several optional fields", "43 27 8:17 / /m rw shared:1 master:2 unbindable - vfat /dev/sdb1 ro",
			mount{43, "8:17", "/", "/m", "vfat", "/dev/sdb1", true},
		},
		{
			"read-only here alone", "44 27 8:17 / /m ro,nosuid - vfat /dev/sdb1 rw",
			mount{44, "8:17", "/", "/m", "vfat", "/dev/sdb1", true},
		},
		{
			"no source", "45 27 0:30 / /m rw - tmpfs  rw,size=1k", mount{45, "0:30", "/", "/m", "tmpfs", "", false},
		},
		{
			"all escapes", `46 27 8:1 /a\011b /t\011n\012s\040b\134h\043 rw - vfat /dev/x\040y rw`,
			mount{46, "8:1", "/a\tb", "/t\tn\ns b\\h#", "vfat", "/dev/x y", false},
		},
		{
			"ro within a word", "47 27 8:1 / /m rw,errors=remount-ro - vfat /dev/a rw,pro,robust",
			mount{47, "8:1", "/", "/m", "vfat", "/dev/a", false},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseMountinfo([]byte(test.line + "\n"))
			if err != nil || len(got) != 1 || got[0] != test.want {
				t.Errorf("%+v, error %v", got, err)
			}
		})
	}
	for _, bad := range []string{
		"36 35 98:0 /mnt1 /mnt2 rw,noatime ext3 /dev/root rw", // no separator
		"36 35 98:0 /mnt1 - ext3 /dev/root rw",                // too few fields
		"36 35 98:0 / /mnt2 rw - ext3 /dev/root",              // too few after it
		"x 35 98:0 / /mnt2 rw - ext3 /dev/root rw",
		"36 35 98 / /mnt2 rw - ext3 /dev/root rw",
		"36 35 a:b / /mnt2 rw - ext3 /dev/root rw",
		"36 35 98:0 / mnt2 rw - ext3 /dev/root rw",
	} {
		if got, err := parseMountinfo([]byte(bad)); !errors.Is(err, errMountinfo) {
			t.Errorf("%q: %+v, error %v", bad, got, err)
		}
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		``: ``, `plain`: `plain`, `a\040b`: `a b`, `\134040`: `\040`, `\04`: `\04`, `end\`: `end\`, `\999`: `\999`,
		`\400`: `\400`, `\303\251`: "é",
	} {
		if got := unescape(in); got != want {
			t.Errorf("unescape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParseSwaps(t *testing.T) {
	const table = "Filename\tType\tSize\tUsed\tPriority\n" +
		"/dev/dm-2                               partition\t1998844\t0\t-2\n" +
		"/swap\\040file                          file\t1998844\t0\t-3\n" +
		"/old\\040(deleted) file\t10\t0\t-4\n"
	want := []string{"/dev/dm-2", "/swap file", "/old"}
	if got := parseSwaps([]byte(table)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := parseSwaps(nil); len(got) != 0 {
		t.Errorf("from nothing: %q", got)
	}
}

func TestHolder(t *testing.T) {
	mounts := []mount{
		{id: 1, point: "/"},
		{id: 2, point: "/media/a"},
		{id: 3, point: "/media/a/b"},
		{id: 4, point: "/media/a"}, // mounted over the other
	}
	for name, want := range map[string]int{
		"/": 1, "/media": 1, "/media/ab": 1, "/media/a": 4, "/media/a/x": 4, "/media/a/b/c": 3,
	} {
		if m, ok := holder(mounts, name); !ok || m.id != want {
			t.Errorf("%s is held by %d, want %d", name, m.id, want)
		}
	}
	if _, ok := holder(nil, "/"); ok {
		t.Error("nothing holds /")
	}
}

func TestSystemMount(t *testing.T) {
	for point, want := range map[string]bool{
		"/": true, "/boot": true, "/boot/efi": true, "/boot/firmware": true, "/efi": true, "/home": true,
		"/home/ann": true, "/var/home/ann": true, "/usr": true, "/usr/local": true, "/var": true, "/etc/hosts": true,
		"/tmp": true, "/nix/store": true, "/run/live/medium": true, "/cdrom": true, "/root/x": true,

		"/home/ann/stick": false, "/media/ann/WORK": false, "/run/media/ann/WORK": false, "/mnt": false, "/mnt/x": false,
		"/tmp/x": false, "/var/mnt/x": false, "/bootleg": false, "/data": false, "/var/run/media/x": false,
	} {
		if got := systemMount(point); got != want {
			t.Errorf("systemMount(%q) = %v", point, got)
		}
	}
}

func TestPlainType(t *testing.T) {
	for in, want := range map[string]string{
		"vfat": "vfat", "msdos": "vfat", "fuse.exfat": "exfat", "fuseblk": "fuseblk", "ntfs3": "ntfs", "exFAT": "exfat",
		"fuse.sshfs": "sshfs", "fuse.exfat-fuse": "exfat", "ext4": "ext4", "": "",
	} {
		if got := plainType(in); got != want {
			t.Errorf("plainType(%q) = %q", in, got)
		}
	}
}
