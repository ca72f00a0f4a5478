package drives

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// sysfs reads what the kernel tells of block devices, below the root folder of
// a machine or of a recording of one. The tree is described in the kernel's
// Documentation/ABI, testing/sysfs-block and testing/sysfs-bus-usb.
type sysfs struct {
	root fs.FS
}

// block is a block device: the folder of a disk or partition below sys/devices.
type block string

// name is the device's name, such as sdb1.
func (b block) name() string { return path.Base(string(b)) }

// node is the device's file; sysfs writes ! for a slash within a name.
func (b block) node() string { return "/dev/" + strings.ReplaceAll(b.name(), "!", "/") }

// text reads a short file, "" where it cannot be read.
func (s sysfs) text(name string) string {
	f, err := s.root.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

func (s sysfs) exists(name string) bool {
	_, err := fs.Stat(s.root, name)
	return err == nil
}

// link follows one symbolic link to a name below the root.
func (s sysfs) link(name string) (string, bool) {
	target, err := fs.ReadLink(s.root, name)
	if err != nil {
		return "", false
	}
	if path.IsAbs(target) {
		target = strings.TrimPrefix(path.Clean(target), "/")
	} else {
		target = path.Join(path.Dir(name), target)
	}
	return target, fs.ValidPath(target)
}

// byNumber finds the block device major:minor.
func (s sysfs) byNumber(number string) (block, bool) {
	dir, ok := s.link("sys/dev/block/" + number)
	return block(dir), ok && s.exists(dir)
}

// byName finds a block device by its name in sysfs.
func (s sysfs) byName(name string) (block, bool) {
	if name == "" || strings.Contains(name, "/") {
		return "", false
	}
	dir, ok := s.link("sys/class/block/" + name)
	return block(dir), ok && s.exists(dir)
}

// byNode finds the block device of a file in /dev, through the links that udev
// makes, or by the name that device-mapper gave it where there are none.
func (s sysfs) byNode(node string) (block, bool) {
	name := strings.TrimPrefix(path.Clean(node), "/")
	for range 8 {
		target, ok := s.link(name)
		if !ok {
			break
		}
		name = target
	}
	rest, ok := strings.CutPrefix(name, "dev/")
	if !ok {
		return "", false
	}
	if b, ok := s.byName(strings.ReplaceAll(rest, "/", "!")); ok {
		return b, true
	}
	mapped, ok := strings.CutPrefix(rest, "mapper/")
	if !ok {
		return "", false
	}
	for _, n := range s.names("sys/class/block") {
		if strings.HasPrefix(n, "dm-") && s.text("sys/class/block/"+n+"/dm/name") == mapped {
			return s.byName(n)
		}
	}
	return "", false
}

// names lists a folder, nothing where it cannot be read.
func (s sysfs) names(dir string) []string {
	entries, err := fs.ReadDir(s.root, dir)
	if err != nil {
		return nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names
}

// whole is the disk that a partition is part of, or the device itself.
func (s sysfs) whole(b block) block {
	if s.exists(string(b) + "/partition") {
		return block(path.Dir(string(b)))
	}
	return b
}

// disks returns the whole disks at the bottom of a device: its own disk, or,
// where that is put together by device-mapper, LVM, LUKS or RAID, the disks of
// its parts, and theirs.
func (s sysfs) disks(b block) []block {
	var found []block
	seen := map[block]bool{}
	var walk func(b block)
	walk = func(b block) {
		disk := s.whole(b)
		if seen[disk] {
			return
		}
		seen[disk] = true
		parts := s.names(string(disk) + "/slaves")
		for _, name := range parts {
			if part, ok := s.byName(name); ok {
				walk(part)
			}
		}
		if len(parts) == 0 {
			found = append(found, disk)
		}
	}
	walk(b)
	return found
}

// pool returns all devices of the btrfs file system that b is one of.
func (s sysfs) pool(b block) []block {
	for _, id := range s.names("sys/fs/btrfs") {
		members := s.names("sys/fs/btrfs/" + id + "/devices")
		if !slices.Contains(members, b.name()) {
			continue
		}
		var all []block
		for _, name := range members {
			if member, ok := s.byName(name); ok {
				all = append(all, member)
			}
		}
		return all
	}
	return []block{b}
}

// above finds the nearest folder at or above b that has the given file.
func (s sysfs) above(b block, file string) (string, bool) {
	for dir := string(b); strings.HasPrefix(dir, "sys/devices/"); dir = path.Dir(dir) {
		if s.exists(dir + "/" + file) {
			return dir, true
		}
	}
	return "", false
}
