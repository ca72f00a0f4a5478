package drives

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// errDescriptor means that Windows' answer about a drive is too short to be one.
var errDescriptor = errors.New("malformed storage descriptor")

// Where the fields of STORAGE_DEVICE_DESCRIPTOR lie, as winioctl.h has them.
const (
	deviceTypeAt     = 8
	removableMediaAt = 10
	vendorIDAt       = 12
	productIDAt      = 16
	serialNumberAt   = 24
	busTypeAt        = 28
	descriptorHeader = 36 // text may begin here
)

// parseDescriptor reads the STORAGE_DEVICE_DESCRIPTOR that
// IOCTL_STORAGE_QUERY_PROPERTY gives. The texts in it come from the drive; an
// offset that leads outside the descriptor gives an empty text.
func parseDescriptor(data []byte) (hardware, error) {
	if len(data) < descriptorHeader {
		return hardware{}, fmt.Errorf("%d bytes: %w", len(data), errDescriptor)
	}
	if size := binary.LittleEndian.Uint32(data[4:]); size < uint32(len(data)) {
		data = data[:max(size, descriptorHeader)]
	}
	h := hardware{
		make:    maker(textAt(data, vendorIDAt)),
		model:   clean(textAt(data, productIDAt)),
		serial:  clean(textAt(data, serialNumberAt)),
		bus:     windowsBus(binary.LittleEndian.Uint32(data[busTypeAt:])),
		optical: data[deviceTypeAt] == 5, // SCSI's number for a CD-ROM device
	}
	h.removable = data[removableMediaAt] != 0 || looseBus(h.bus)
	return h, nil
}

// textAt reads the text whose offset is kept at field; it ends at a zero byte or
// with the descriptor.
func textAt(data []byte, field int) string {
	offset := binary.LittleEndian.Uint32(data[field:])
	if offset < descriptorHeader || uint64(offset) >= uint64(len(data)) {
		return ""
	}
	text, _, _ := bytes.Cut(data[offset:], []byte{0})
	return string(text)
}

// windowsBus translates STORAGE_BUS_TYPE.
func windowsBus(n uint32) Bus {
	switch n {
	case 0x01, 0x06, 0x0A: // SCSI, fibre, SAS
		return BusSCSI
	case 0x02, 0x03, 0x0B: // ATAPI, ATA, SATA
		return BusATA
	case 0x04:
		return BusFireWire
	case 0x07:
		return BusUSB
	case 0x09: // iSCSI
		return BusNetwork
	case 0x0C:
		return BusSD
	case 0x0D:
		return BusMMC
	case 0x0E:
		return BusVirtual
	case 0x0F: // file-backed virtual: a mounted VHD
		return BusImage
	case 0x11:
		return BusNVMe
	}
	return BusUnknown
}

// parseDeviceNumber reads STORAGE_DEVICE_NUMBER: which physical disk a volume
// is on. A volume spread over several has no one number.
func parseDeviceNumber(data []byte) (uint32, bool) {
	if len(data) < 12 {
		return 0, false
	}
	n := binary.LittleEndian.Uint32(data[4:])
	return n, n != 0xFFFFFFFF
}

// parseExtents reads VOLUME_DISK_EXTENTS: all physical disks a volume is on.
func parseExtents(data []byte) []uint32 {
	const header, extent = 8, 24
	if len(data) < header {
		return nil
	}
	count := uint64(binary.LittleEndian.Uint32(data))
	count = min(count, uint64(len(data)-header)/extent)
	disks := make([]uint32, 0, count)
	for i := range count {
		disks = append(disks, binary.LittleEndian.Uint32(data[header+i*extent:]))
	}
	return disks
}
