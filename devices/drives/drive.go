package drives

import (
	"context"
	"errors"
	"fmt"
)

// What callers decide on; match with errors.Is.
var (
	// ErrSystem means that the drive is a system disk, or part of one.
	ErrSystem = errors.New("drive is part of the system disk")
	// ErrBusy means that a program still uses the drive.
	ErrBusy = errors.New("drive is in use")
	// ErrGone means that the drive is no longer there.
	ErrGone = errors.New("drive is no longer there")
	// ErrNotAllowed means that the system refuses this user to eject the drive.
	ErrNotAllowed = errors.New("not allowed to eject the drive")
)

// Bus is how a drive is attached.
type Bus string

// The buses that are told apart.
const (
	BusUnknown  Bus = ""
	BusUSB      Bus = "usb"
	BusSD       Bus = "sd"
	BusFireWire Bus = "firewire"
	BusMMC      Bus = "mmc" // memory soldered in
	BusATA      Bus = "ata"
	BusNVMe     Bus = "nvme"
	BusSCSI     Bus = "scsi"
	BusVirtual  Bus = "virtual" // the disk of a virtual machine
	BusImage    Bus = "image"   // a file attached as a disk
	BusNetwork  Bus = "network"
	BusMemory   Bus = "memory"
)

// Drive is one mounted file system and the hardware it lies on. Text that is
// not known is empty. A Drive can be compared with ==.
type Drive struct {
	// Path is where the drive is mounted: /run/media/ann/WORK, E:\ or
	// /Volumes/WORK.
	Path string
	// Label is the volume's name.
	Label string
	// VolumeID is the volume's identifier as this system tells it; it changes
	// with formatting and cannot be compared between systems.
	VolumeID string
	// FileSystem is the kind, in lower case: vfat, exfat, ntfs, ext4, apfs …
	FileSystem string
	// Size and Free are in bytes: the whole file system, and what this user can
	// still write.
	Size, Free int64
	// Make, Model and Serial are what the hardware says of itself.
	Make, Model, Serial string
	// Bus is how the hardware is attached.
	Bus Bus
	// Device is the partition: /dev/sdb1, \\.\E: or /dev/disk4s1.
	Device string
	// Disk is the whole disk it is part of: /dev/sdb, \\.\PhysicalDrive2 or
	// /dev/disk4. Drives with the same Disk leave together.
	Disk string
	// ReadOnly is set when nothing can be written.
	ReadOnly bool
	// Removable is set when the drive or its medium is made to be taken out.
	Removable bool
	// System is set when the drive is a system disk or shares one.
	System bool
}

// Usable returns an error that wraps [ErrSystem] when the drive must not be
// made a stick or be ejected.
func (d Drive) Usable() error {
	if d.System {
		return fmt.Errorf("%s: %w", d.Path, ErrSystem)
	}
	return nil
}

// Name is what a person would call the drive: its label, else its make and
// model, else its path.
func (d Drive) Name() string {
	switch {
	case d.Label != "":
		return d.Label
	case d.Model != "" && d.Make != "":
		return d.Make + " " + d.Model
	case d.Model != "":
		return d.Model
	}
	return d.Path
}

// List returns the removable drives that are mounted now, sorted by path; no
// drive gives an empty list and no error. The context is looked at between
// drives. It may be called from several goroutines.
func List(ctx context.Context) ([]Drive, error) {
	return list(ctx)
}

// At returns the drive that holds path, which must exist, whatever kind of
// drive it is. Callers that mean to write to the drive ask [Drive.Usable].
func At(ctx context.Context, path string) (Drive, error) {
	d, err := at(ctx, path)
	if err != nil {
		return Drive{}, fmt.Errorf("find the drive that holds %s: %w", path, err)
	}
	return d, nil
}

// Eject writes out what is pending, unmounts every file system on the drive's
// disk and, where the system can, lets go of the disk itself. When it returns
// nil the drive can be pulled out safely; its light may stay on.
//
// It closes no file of any program: a drive in use fails with [ErrBusy], and
// some of its file systems may then be unmounted already. Other errors wrap
// [ErrSystem], [ErrGone] or [ErrNotAllowed].
func Eject(ctx context.Context, d Drive) error {
	if err := d.Usable(); err != nil {
		return fmt.Errorf("eject: %w", err)
	}
	if err := eject(ctx, d); err != nil {
		return fmt.Errorf("eject %s: %w", d.Path, err)
	}
	return nil
}
