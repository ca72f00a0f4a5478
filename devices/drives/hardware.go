package drives

import (
	"path"
	"strings"
)

// hardware is what a whole disk tells of itself.
type hardware struct {
	make, model, serial string
	bus                 Bus
	removable           bool // the disk or its medium is made to be taken out
	optical             bool
	readOnly            bool
}

// hardware describes a whole disk.
func (s sysfs) hardware(disk block) hardware {
	dir := string(disk)
	device := dir + "/device"
	h := hardware{
		make:      maker(s.text(device + "/vendor")),
		model:     clean(s.text(device + "/model")),
		serial:    clean(s.text(device + "/serial")),
		bus:       s.bus(disk),
		removable: s.text(dir+"/removable") == "1",
		// 5 is SCSI's number for a CD-ROM device.
		optical:  strings.HasPrefix(disk.name(), "sr") || s.text(device+"/type") == "5",
		readOnly: s.text(dir+"/ro") == "1",
	}
	switch h.bus {
	case BusUSB:
		s.fromUSB(disk, &h)
	case BusSD, BusMMC:
		h.make = cardMakers[s.text(device+"/manfid")]
		h.model = clean(s.text(device + "/name"))
		h.serial = strings.TrimPrefix(h.serial, "0x")
	case BusVirtual:
		h.make = "" // virtio and Xen put a number there
		if h.serial == "" {
			h.serial = clean(s.text(dir + "/serial"))
		}
	}
	h.removable = h.removable || looseBus(h.bus) || s.external(disk)
	return h
}

// fromUSB fills in from the USB device's own strings what the disk behind it
// does not tell. The serial is always USB's, as Windows gives it.
func (s sysfs) fromUSB(disk block, h *hardware) {
	usb, ok := s.above(disk, "idVendor")
	if !ok {
		return
	}
	if h.make == "" {
		h.make = maker(s.text(usb + "/manufacturer"))
	}
	if h.model == "" {
		h.model = clean(s.text(usb + "/product"))
	}
	if serial := clean(s.text(usb + "/serial")); serial != "" {
		h.serial = serial
	}
}

// external tells whether firmware calls a device above the disk removable, as
// it does of what hangs on a Thunderbolt port.
func (s sysfs) external(disk block) bool {
	for dir := string(disk); strings.HasPrefix(dir, "sys/devices/"); dir = path.Dir(dir) {
		if s.text(dir+"/removable") == "removable" {
			return true
		}
	}
	return false
}

// bus tells how a disk is attached from the folders it lies in, of which the
// nearest counts: an SD card in a reader on USB is an SD card.
func (s sysfs) bus(disk block) Bus {
	name := disk.name()
	switch {
	case numbered(name, "loop"):
		return BusImage
	case numbered(name, "zram"), numbered(name, "ram"):
		return BusMemory
	case numbered(name, "nbd"), numbered(name, "rbd"):
		return BusNetwork
	}
	for dir := string(disk); strings.HasPrefix(dir, "sys/devices/"); dir = path.Dir(dir) {
		switch c := path.Base(dir); {
		case c == "mmc_host":
			if s.text(string(disk)+"/device/type") == "SD" {
				return BusSD
			}
			return BusMMC
		case c == "nvme", c == "nvme-subsystem":
			return BusNVMe
		case numbered(c, "usb"):
			return BusUSB
		case numbered(c, "fw"):
			return BusFireWire
		case numbered(c, "ata"):
			return BusATA
		case numbered(c, "session"): // of iSCSI
			return BusNetwork
		case numbered(c, "virtio"), strings.HasPrefix(c, "vbd-"), strings.HasPrefix(c, "VMBUS:"):
			return BusVirtual
		}
	}
	if strings.Contains(string(disk), "/target") {
		return BusSCSI
	}
	return BusUnknown
}

// numbered tells whether s is the prefix and a number.
func numbered(s, prefix string) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	return ok && rest != "" && strings.Trim(rest, "0123456789") == ""
}

// cardMakers are the makers of SD and MMC cards by the manufacturer's number in
// the card's register, as sysfs writes it. The numbers are not published by
// those who give them out; these are the ones widely seen.
var cardMakers = map[string]string{
	"0x000002": "Toshiba",
	"0x000003": "SanDisk",
	"0x00001b": "Samsung",
	"0x00001d": "ADATA",
	"0x000027": "Phison",
	"0x000028": "Lexar",
	"0x000041": "Kingston",
	"0x000074": "Transcend",
	"0x000082": "Sony",
	"0x00009f": "Kingston",
}
