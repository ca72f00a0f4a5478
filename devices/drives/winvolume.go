package drives

import (
	"fmt"
	"slices"
	"strings"
)

// What GetDriveType answers.
const (
	winRemovable = 2
	winFixed     = 3
	winRemote    = 4
	winOptical   = 5
	winMemory    = 6
)

// winReadOnly is FILE_READ_ONLY_VOLUME of GetVolumeInformation.
const winReadOnly = 0x00080000

// winVolume is what Windows' calls answer about one volume.
type winVolume struct {
	root       string // E:\ or a folder that a volume is mounted at
	device     string // \\.\E: or \\?\Volume{…}
	kind       uint32
	label      string
	fsType     string
	serial     uint32
	flags      uint32
	size, free uint64
	descriptor []byte   // STORAGE_DEVICE_DESCRIPTOR, empty where it was refused
	disks      []uint32 // numbers of the physical disks, empty where not told
}

// winSystem is what the system lies on: the roots of the volumes that hold the
// Windows folder, the programs and the user's profile, and their disks.
type winSystem struct {
	roots []string
	disks []uint32
}

// drive puts the answers together.
func (v winVolume) drive(system winSystem) Drive {
	h, err := parseDescriptor(v.descriptor)
	if err != nil { // the driver, or Wine, tells nothing: the drive's kind must do
		h = hardware{}
	}
	d := Drive{
		Path:       v.root,
		Label:      clean(v.label),
		FileSystem: winType(v.fsType),
		Size:       bytesOf(v.size),
		Free:       bytesOf(v.free),
		Make:       h.make,
		Model:      h.model,
		Serial:     h.serial,
		Bus:        h.bus,
		Device:     v.device,
		ReadOnly:   v.flags&winReadOnly != 0,
		Removable:  (v.kind == winRemovable || h.removable) && v.kind != winOptical && !h.optical,
		System:     v.onSystem(system),
	}
	if v.serial != 0 {
		d.VolumeID = fmt.Sprintf("%04X-%04X", v.serial>>16, v.serial&0xFFFF)
	}
	switch v.kind {
	case winRemote:
		d.Bus, d.Removable = BusNetwork, false
	case winMemory:
		d.Bus, d.Removable = BusMemory, false
	}
	switch {
	case len(v.disks) > 0:
		d.Disk = fmt.Sprintf(`\\.\PhysicalDrive%d`, v.disks[0])
	case v.kind == winRemovable || v.kind == winFixed:
		d.Disk = v.device
	}
	return d
}

// onSystem tells whether a volume is one of the system's, or shares a disk.
func (v winVolume) onSystem(system winSystem) bool {
	for _, root := range system.roots {
		if strings.EqualFold(root, v.root) {
			return true
		}
	}
	return slices.ContainsFunc(v.disks, func(n uint32) bool { return slices.Contains(system.disks, n) })
}

// winType gives the usual name of what Windows calls a file system.
func winType(name string) string {
	switch name = strings.ToLower(clean(name)); name {
	case "fat", "fat12", "fat16", "fat32":
		return "vfat"
	}
	return name
}

// instanceID turns the path of a device interface into the identifier of the
// device that has it:
//
//	\\?\USBSTOR#Disk&Ven_Kingston&Prod_DT#0019E06B&0#{53f56307-…}
//	USBSTOR\Disk&Ven_Kingston&Prod_DT\0019E06B&0
func instanceID(interfacePath string) (string, bool) {
	rest, ok := strings.CutPrefix(interfacePath, `\\?\`)
	end := strings.LastIndex(rest, "#{")
	if !ok || end <= 0 {
		return "", false
	}
	return strings.ReplaceAll(rest[:end], "#", `\`), true
}

// substituted gives the folder, C:\plans, that the name of a device made by
// subst stands for: \??\C:\plans.
func substituted(device string) (string, bool) {
	folder, ok := strings.CutPrefix(device, `\??\`)
	if !ok || len(folder) < 3 || folder[1:3] != `:\` {
		return "", false
	}
	return strings.TrimSuffix(folder, `\`), true
}
