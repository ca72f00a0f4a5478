package drives

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// mac finds the drives of macOS in what its own programs print: diskutil(8) and
// ioreg(8), both as property lists.
type mac struct {
	run   func(ctx context.Context, name string, args ...string) ([]byte, error)
	space func(point string) (size, free int64, err error)
}

// macList is what "diskutil list -plist" prints.
type macList struct {
	Disks []macEntry `plist:"AllDisksAndPartitions"`
}

// macEntry is a whole disk, a partition or an APFS volume.
type macEntry struct {
	ID         string `plist:"DeviceIdentifier"`
	MountPoint string
	OSInternal bool
	Partitions []macEntry
	Volumes    []macEntry `plist:"APFSVolumes"`
	Stores     []macEntry `plist:"APFSPhysicalStores"` // what an APFS container lies on
}

// macInfo is what "diskutil info -plist" prints of a disk or a volume.
type macInfo struct {
	ID             string `plist:"DeviceIdentifier"`
	Node           string `plist:"DeviceNode"`
	MountPoint     string
	VolumeName     string
	VolumeUUID     string
	FilesystemType string
	BusProtocol    string
	MediaName      string // the product
	RegistryName   string `plist:"IORegistryEntryName"` // maker, product and "Media"
	Internal       bool
	RemovableMedia bool
	Removable      bool   `plist:"RemovableMediaOrExternalDevice"`
	OSInternal     bool   `plist:"OSInternalMedia"`
	OpticalMedia   string `plist:"OpticalMediaType"`
	OpticalDrive   string `plist:"OpticalDeviceType"`
	Writable       bool   `plist:"WritableVolume"`
}

// leaves gives what of a disk may be mounted: the disk itself, when it is
// formatted without partitions, its partitions and its volumes.
func (e macEntry) leaves() []macEntry {
	return slices.Concat([]macEntry{e}, e.Partitions, e.Volumes)
}

// wholeDisk gives disk4 for disk4s1s1.
func wholeDisk(id string) string {
	rest, ok := strings.CutPrefix(id, "disk")
	if !ok {
		return id
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		return id
	}
	return id[:len("disk")+end]
}

// physical gives the whole disks that a device lies on: its own, or under an
// APFS container those of its stores.
func (l macList) physical(id string) []string {
	disk := wholeDisk(id)
	for _, e := range l.Disks {
		if e.ID == disk && len(e.Stores) > 0 {
			var disks []string
			for _, store := range e.Stores {
				disks = append(disks, wholeDisk(store.ID))
			}
			return disks
		}
	}
	return []string{disk}
}

// systemDisks gives the physical disks that macOS runs from.
func (l macList) systemDisks() map[string]bool {
	system := map[string]bool{}
	for _, disk := range l.Disks {
		for _, leaf := range disk.leaves() {
			if disk.OSInternal || leaf.OSInternal || macSystemMount(leaf.MountPoint) {
				system[disk.ID] = true
				for _, id := range l.physical(disk.ID) {
					system[id] = true
				}
			}
		}
	}
	return system
}

// macSystemMount tells whether macOS itself mounts something at a point.
func macSystemMount(point string) bool {
	return point == "/" || strings.HasPrefix(point, "/System/") || strings.HasPrefix(point, "/private/")
}

// list gives the drives that are offered, sorted by path.
func (m mac) list(ctx context.Context) ([]Drive, error) {
	l, err := m.disks(ctx)
	if err != nil {
		return nil, fmt.Errorf("list drives: %w", err)
	}
	system := l.systemDisks()
	var found []Drive
	for _, disk := range l.Disks {
		for _, leaf := range disk.leaves() {
			if leaf.MountPoint == "" || system[disk.ID] || macSystemMount(leaf.MountPoint) {
				continue
			}
			d, err := m.drive(ctx, l, leaf.ID)
			if ctx.Err() != nil {
				return nil, fmt.Errorf("list drives: %w", ctx.Err())
			}
			if err == nil && d.Offered() { // else it went, or is not for us
				found = append(found, d)
			}
		}
	}
	m.addSerials(ctx, found)
	slices.SortFunc(found, func(a, b Drive) int { return cmp.Compare(a.Path, b.Path) })
	return found, nil
}

// disks asks for all disks; those in built-in card readers are not "external".
func (m mac) disks(ctx context.Context) (macList, error) {
	var l macList
	data, err := m.run(ctx, "/usr/sbin/diskutil", "list", "-plist")
	if err != nil {
		return l, err
	}
	return l, decode(data, &l)
}

func (m mac) info(ctx context.Context, id string) (macInfo, error) {
	var i macInfo
	data, err := m.run(ctx, "/usr/sbin/diskutil", "info", "-plist", id)
	if err != nil {
		return i, err
	}
	return i, decode(data, &i)
}

// drive describes a mounted volume, but for its serial.
func (m mac) drive(ctx context.Context, l macList, id string) (Drive, error) {
	v, err := m.info(ctx, id)
	if err != nil {
		return Drive{}, err
	}
	if v.MountPoint == "" {
		return Drive{}, ErrGone
	}
	disks := l.physical(v.ID)
	hw, err := m.info(ctx, disks[0])
	if err != nil {
		return Drive{}, err
	}
	d := Drive{
		Path:       v.MountPoint,
		Label:      clean(v.VolumeName),
		VolumeID:   clean(v.VolumeUUID),
		FileSystem: plainType(v.FilesystemType),
		Make:       macMaker(hw),
		Model:      clean(hw.MediaName),
		Bus:        macBus(hw.BusProtocol),
		Device:     clean(v.Node),
		Disk:       "/dev/" + disks[0],
		ReadOnly:   !v.Writable,
	}
	d.Removable = (hw.Removable || hw.RemovableMedia || looseBus(d.Bus)) &&
		(!hw.Internal || d.Bus == BusSD) && hw.OpticalMedia == "" && hw.OpticalDrive == ""
	system := l.systemDisks()
	d.System = v.OSInternal || macSystemMount(v.MountPoint) ||
		slices.ContainsFunc(disks, func(id string) bool { return system[id] })
	if d.Size, d.Free, err = m.space(v.MountPoint); err != nil {
		return Drive{}, fmt.Errorf("space of %s: %w", v.MountPoint, err)
	}
	return d, nil
}

// macMaker finds the maker, which diskutil tells only before the product in the
// registry's name of the medium: "SanDisk Ultra Media".
func macMaker(i macInfo) string {
	name := clean(strings.TrimSuffix(i.RegistryName, " Media"))
	before, ok := strings.CutSuffix(name, clean(i.MediaName))
	if !ok || i.MediaName == "" {
		return ""
	}
	return maker(before)
}

// macBus translates diskutil's bus protocol.
func macBus(protocol string) Bus {
	switch protocol {
	case "USB":
		return BusUSB
	case "Secure Digital":
		return BusSD
	case "FireWire":
		return BusFireWire
	case "SATA", "ATA", "ATAPI":
		return BusATA
	case "PCI", "PCI-Express", "Apple Fabric", "NVMe":
		return BusNVMe
	case "SAS", "SCSI", "Fibre Channel Interface":
		return BusSCSI
	case "Disk Image", "Virtual Interface":
		return BusImage
	}
	return BusUnknown
}

// addSerials fills in the serials of drives on USB, which only the registry of
// devices tells. Without it they stay empty.
func (m mac) addSerials(ctx context.Context, found []Drive) {
	if !slices.ContainsFunc(found, func(d Drive) bool { return d.Bus == BusUSB }) {
		return
	}
	data, err := m.run(ctx, "/usr/sbin/ioreg", "-a", "-r", "-l", "-c", "IOUSBHostDevice")
	if err != nil {
		return
	}
	serials := parseSerials(data)
	for i, d := range found {
		if d.Bus == BusUSB {
			found[i].Serial = serials[strings.TrimPrefix(d.Disk, "/dev/")]
		}
	}
}
