package drives

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// mount is one line of /proc/self/mountinfo, described in proc_pid_mountinfo(5).
type mount struct {
	id       int
	dev      string // major:minor; 0:N where no block device is behind it
	root     string // the part of the file system that is mounted
	point    string
	fsType   string
	source   string
	readOnly bool
}

// errMountinfo means that the kernel's table is not as documented. It is never
// passed over, for the line in doubt may be that of the system disk.
var errMountinfo = errors.New("malformed mountinfo")

// parseMountinfo reads the whole table, in the kernel's order.
func parseMountinfo(data []byte) ([]mount, error) {
	var mounts []mount
	for n, line := range bytes.Split(data, []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		m, ok := parseMount(string(line))
		if !ok {
			return nil, fmt.Errorf("line %d: %w", n+1, errMountinfo)
		}
		mounts = append(mounts, m)
	}
	return mounts, nil
}

// parseMount reads one line:
//
//	36 35 98:0 /sub /mnt/x rw,noatime shared:1 - ext3 /dev/root rw,errors=continue
//
// Fields are split at single spaces, since the source may be empty.
func parseMount(line string) (mount, bool) {
	before, after, found := strings.Cut(line, " - ")
	left, right := strings.Split(before, " "), strings.Split(after, " ")
	if !found || len(left) < 6 || len(right) < 3 {
		return mount{}, false
	}
	id, err := strconv.Atoi(left[0])
	if err != nil || !validNumber(left[2]) {
		return mount{}, false
	}
	m := mount{
		id:       id,
		dev:      left[2],
		root:     unescape(left[3]),
		point:    unescape(left[4]),
		fsType:   unescape(right[0]),
		source:   unescape(right[1]),
		readOnly: hasOption(left[5], "ro") || hasOption(right[2], "ro"),
	}
	return m, path.IsAbs(m.point)
}

// validNumber tells whether s is a device number, major:minor.
func validNumber(s string) bool {
	major, minor, found := strings.Cut(s, ":")
	_, err1 := strconv.ParseUint(major, 10, 32)
	_, err2 := strconv.ParseUint(minor, 10, 32)
	return found && err1 == nil && err2 == nil
}

// hasOption looks for one of some options separated by commas.
func hasOption(options, want string) bool {
	for o := range strings.SplitSeq(options, ",") {
		if o == want {
			return true
		}
	}
	return false
}

// unescape undoes the kernel's octal escapes: \040 is a space.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+4 <= len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// parseSwaps reads /proc/swaps and gives the partitions and files that are
// swapped to.
func parseSwaps(data []byte) []string {
	var names []string
	for n, line := range strings.Split(string(data), "\n") {
		fields := strings.Fields(line)
		if n == 0 || len(fields) == 0 { // the first line is a heading
			continue
		}
		names = append(names, strings.TrimSuffix(unescape(fields[0]), " (deleted)"))
	}
	return names
}

// holder returns the mount that holds an absolute path: the longest mount point
// above it, and of several at one point the last, which hides the others.
func holder(mounts []mount, name string) (mount, bool) {
	var best mount
	found := false
	for _, m := range mounts {
		if within(m.point, name) && (!found || len(m.point) >= len(best.point)) {
			best, found = m, true
		}
	}
	return best, found
}

// within tells whether an absolute path is a folder or lies below it.
func within(folder, name string) bool {
	return folder == "/" || name == folder || strings.HasPrefix(name, folder+"/")
}

// systemTrees are folders that, with all below them, belong to the system
// wherever they are mounted from; the last ones are where a live system keeps
// the stick that it was started from.
var systemTrees = []string{
	"/bin", "/boot", "/efi", "/etc", "/gnu", "/lib", "/nix", "/ostree", "/root", "/sbin", "/sysroot", "/usr",
	"/cdrom", "/lib/live", "/rofs", "/run/archiso", "/run/initramfs", "/run/live", "/run/miso",
}

// systemPoints are mount points of the system below which others may lie.
var systemPoints = []string{
	"/", "/home", "/opt", "/srv", "/tmp", "/var", "/var/cache", "/var/home", "/var/lib", "/var/log", "/var/tmp",
}

// systemMount tells whether what is mounted at a point belongs to the system.
// A user's home folder does; a stick mounted within one does not.
func systemMount(point string) bool {
	for _, p := range systemPoints {
		if point == p {
			return true
		}
	}
	for _, tree := range systemTrees {
		if within(tree, point) {
			return true
		}
	}
	parent := path.Dir(point)
	return parent == "/home" || parent == "/var/home"
}
