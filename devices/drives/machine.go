package drives

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// machine finds the drives of a Linux system in its tables. What needs a system
// call is a function, so that recordings of other machines can be read.
type machine struct {
	sysfs
	// space gives a mounted file system's size and what is free, in bytes.
	space func(point string) (size, free int64, err error)
	// probe asks the device itself about its file system; see sysfs.volume.
	probe func(ctx context.Context, node string) string
}

// tables are a machine's mounts and the disks that its system lies on.
type tables struct {
	mounts []mount
	system map[block]bool
}

// tables reads what is mounted now.
func (m machine) tables() (tables, error) {
	data, err := fs.ReadFile(m.root, "proc/self/mountinfo")
	if err != nil {
		return tables{}, err
	}
	mounts, err := parseMountinfo(data)
	if err != nil {
		return tables{}, err
	}
	return tables{mounts, m.systemDisks(mounts)}, nil
}

// list gives the drives that are offered, sorted by path.
func (m machine) list(ctx context.Context) ([]Drive, error) {
	t, err := m.tables()
	if err != nil {
		return nil, fmt.Errorf("list drives: %w", err)
	}
	var found []Drive
	seen := map[string]bool{}
	for _, mt := range t.mounts {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("list drives: %w", err)
		}
		// A part of a file system is mounted a second time (btrfs apart, whose
		// file systems are parts of themselves), or belongs to the system.
		if mt.root != "/" && mt.fsType != "btrfs" || systemMount(mt.point) {
			continue
		}
		b, ok := m.blockOf(mt)
		if !ok || seen[b.node()] {
			continue
		}
		// Only what may be offered is asked, as asking can take long.
		d := m.mounted(t, mt)
		likely := d
		if isFUSE(mt) {
			likely.FileSystem = "exfat"
		}
		if !likely.Offered() {
			continue
		}
		if err := m.ask(ctx, &d, mt); err != nil || !d.Offered() { // it went, or is not for us
			continue
		}
		seen[b.node()] = true
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b Drive) int { return strings.Compare(a.Path, b.Path) })
	return found, nil
}

// drive describes what is mounted.
func (m machine) drive(ctx context.Context, t tables, mt mount) (Drive, error) {
	d := m.mounted(t, mt)
	// Pulled out and not yet unmounted; without sysfs nothing can be told.
	if d.Disk == "" && strings.HasPrefix(mt.source, "/dev/") && !d.System && m.exists("sys/dev/block") {
		return Drive{}, fmt.Errorf("%s: %w", mt.source, ErrGone)
	}
	if err := m.ask(ctx, &d, mt); err != nil {
		return Drive{}, err
	}
	return d, nil
}

// mounted describes a mount as far as the kernel's tables tell.
func (m machine) mounted(t tables, mt mount) Drive {
	d := Drive{
		Path:       mt.point,
		FileSystem: plainType(mt.fsType),
		Bus:        busOfType(mt.fsType),
		Device:     clean(mt.source),
		ReadOnly:   mt.readOnly,
		System:     systemMount(mt.point),
	}
	if b, ok := m.blockOf(mt); ok {
		m.describe(&d, t, b)
	}
	return d
}

// ask fills in what the file system and udev tell.
func (m machine) ask(ctx context.Context, d *Drive, mt mount) error {
	var err error
	if d.Size, d.Free, err = m.space(mt.point); err != nil {
		return fmt.Errorf("space of %s: %w", mt.point, err)
	}
	b, ok := m.blockOf(mt)
	if !ok {
		return nil
	}
	v := m.volume(ctx, b, m.probe)
	d.Label, d.VolumeID = v.label, v.id
	if v.fsType != "" && isFUSE(mt) {
		d.FileSystem = plainType(v.fsType)
	}
	return nil
}

// isFUSE tells whether a program reads the file system, so that the kernel does
// not know its kind for sure.
func isFUSE(mt mount) bool { return strings.HasPrefix(mt.fsType, "fuse") }

// describe fills in the hardware under a block device.
func (m machine) describe(d *Drive, t tables, b block) {
	if !strings.HasPrefix(d.Device, "/dev/") || d.Device == "/dev/root" {
		d.Device = b.node()
	}
	disks := m.disks(b)
	for i, disk := range disks {
		h := m.hardware(disk)
		if i == 0 {
			d.Disk, d.Bus = disk.node(), h.bus
			d.Make, d.Model, d.Serial = h.make, h.model, h.serial
			d.Removable = true
		}
		d.Removable = d.Removable && h.removable && !h.optical
		d.ReadOnly = d.ReadOnly || h.readOnly
		d.System = d.System || t.system[disk]
	}
}

// blockOf finds the block device behind a mount: by its number, or, where the
// file system has a number of its own (FUSE, btrfs), by its source.
func (m machine) blockOf(mt mount) (block, bool) {
	if !strings.HasPrefix(mt.dev, "0:") {
		return m.byNumber(mt.dev)
	}
	if !strings.HasPrefix(mt.source, "/dev/") {
		return "", false
	}
	return m.byNode(mt.source)
}

// systemDisks gives the whole disks under the system's mounts and swap.
func (m machine) systemDisks(mounts []mount) map[block]bool {
	system := map[block]bool{}
	var add func(b block)
	addHolder := func(file string) {
		if mt, ok := holder(mounts, file); ok {
			if b, ok := m.blockOf(mt); ok {
				add(b)
			}
		}
	}
	add = func(b block) {
		for _, member := range m.pool(b) {
			for _, disk := range m.disks(member) {
				if system[disk] {
					continue
				}
				system[disk] = true
				// A system on a loop device lies on what holds its file.
				if file := m.text(string(disk) + "/loop/backing_file"); file != "" {
					addHolder(file)
				}
			}
		}
	}
	for _, mt := range mounts {
		if b, ok := m.blockOf(mt); ok && systemMount(mt.point) {
			add(b)
		}
	}
	swaps, _ := fs.ReadFile(m.root, "proc/swaps") // absent where nothing can be swapped
	for _, swap := range parseSwaps(swaps) {
		if b, ok := m.byNode(swap); ok {
			add(b)
		} else if !strings.HasPrefix(swap, "/dev/") {
			addHolder(swap)
		}
	}
	return system
}

// onDisk gives every mount of a whole disk, the newest first, as they must be
// unmounted, and how many disks the same USB device has.
func (m machine) onDisk(node string) (mounts []mount, luns int, err error) {
	disk, ok := m.byNode(node)
	if !ok {
		return nil, 0, ErrGone
	}
	t, err := m.tables()
	if err != nil {
		return nil, 0, err
	}
	for _, mt := range slices.Backward(t.mounts) {
		if b, ok := m.blockOf(mt); ok && slices.Contains(m.disks(b), disk) {
			mounts = append(mounts, mt)
		}
	}
	usb, ok := m.above(disk, "idVendor")
	if !ok {
		return mounts, 1, nil
	}
	for _, name := range m.names("sys/class/block") {
		if b, ok := m.byName(name); ok && m.whole(b) == b && strings.HasPrefix(string(b), usb+"/") {
			luns++
		}
	}
	return mounts, luns, nil
}

// fingerprint changes when something is mounted, unmounted, plugged in or
// pulled out, or a card is put into a reader.
func (m machine) fingerprint() (string, error) {
	mounts, err := fs.ReadFile(m.root, "proc/self/mountinfo")
	if err != nil {
		return "", err
	}
	partitions, err := fs.ReadFile(m.root, "proc/partitions")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return string(mounts) + string(partitions), nil
}

// plainType gives the usual name of a kind of file system that several drivers
// read.
func plainType(fsType string) string {
	kind := strings.TrimPrefix(strings.ToLower(clean(fsType)), "fuse.")
	switch kind {
	case "ntfs3", "ntfs-3g":
		return "ntfs"
	case "exfat-fuse":
		return "exfat"
	case "msdos":
		return "vfat"
	}
	return kind
}

// busOfType tells what kinds of file system lie on no local disk.
func busOfType(fsType string) Bus {
	switch strings.TrimPrefix(fsType, "fuse.") {
	case "tmpfs", "ramfs":
		return BusMemory
	case "9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "gvfsd-fuse", "ncpfs", "nfs", "nfs4", "rclone", "smb3",
		"smbfs", "sshfs":
		return BusNetwork
	}
	return BusUnknown
}
