package drives

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readHex reads a recorded answer: lines of an offset and bytes.
func readHex(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var data []byte
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		_, digits, _ := strings.Cut(line, ": ")
		b, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, b...)
	}
	return data
}

func TestRecordedDescriptors(t *testing.T) {
	for name, want := range map[string]hardware{
		"kingston.hex": {make: "Kingston", model: "DataTraveler 3.0", serial: "60A44C413A8EF311C9A50142", bus: BusUSB, removable: true},
		"passport.hex": {make: "WD", model: "My Passport 25E2", serial: "WX31DC8KRFY9", bus: BusUSB, removable: true},
		"nvme.hex":     {model: "SAMSUNG MZVLB512HBJQ-000L7", serial: "0025_3881_91B0_1234.", bus: BusNVMe},
		"sdcard.hex":   {model: "SL64G", serial: "7a3b01c4", bus: BusSD, removable: true},
		"dvd.hex":      {make: "HL-DT-ST", model: "DVDRAM GP60NB50", serial: "KZUF5BF0106", bus: BusUSB, removable: true, optical: true},
		"vhd.hex":      {make: "Msft", model: "Virtual Disk", bus: BusImage},
	} {
		got, err := parseDescriptor(readHex(t, name))
		if err != nil || got != want {
			t.Errorf("%s: %+v, error %v", name, got, err)
		}
	}
}

// A drive may lie about where its texts are.
func TestHostileDescriptor(t *testing.T) {
	whole := readHex(t, "kingston.hex")
	for _, offset := range []uint32{0, 1, 35, uint32(len(whole)), 1 << 20, 1<<31 - 1, 1<<32 - 1} {
		data := slices.Clone(whole)
		binary.LittleEndian.PutUint32(data[serialNumberAt:], offset)
		h, err := parseDescriptor(data)
		if err != nil || h.serial != "" || h.make != "Kingston" {
			t.Errorf("offset %d: %+v, error %v", offset, h, err)
		}
	}
	// The size told is less than what was sent: the rest is not looked at.
	data := slices.Clone(whole)
	binary.LittleEndian.PutUint32(data[4:], 80)
	if h, err := parseDescriptor(data); err != nil || h.serial != "" || h.make != "King" {
		t.Errorf("cut at 80: %+v, error %v", h, err)
	}
	for n := range descriptorHeader {
		if _, err := parseDescriptor(whole[:n]); !errors.Is(err, errDescriptor) {
			t.Errorf("%d bytes: error %v", n, err)
		}
	}
}

func TestDeviceNumbers(t *testing.T) {
	number := []byte{7, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0}
	if n, ok := parseDeviceNumber(number); n != 2 || !ok {
		t.Errorf("%d %v", n, ok)
	}
	if _, ok := parseDeviceNumber(number[:11]); ok {
		t.Error("a short answer has a number")
	}
	copy(number[4:], []byte{0xFF, 0xFF, 0xFF, 0xFF})
	if _, ok := parseDeviceNumber(number); ok {
		t.Error("a spread volume has one number")
	}

	extents := make([]byte, 8+2*24)
	extents[0], extents[8], extents[8+24] = 2, 1, 3
	if got := parseExtents(extents); !slices.Equal(got, []uint32{1, 3}) {
		t.Errorf("%v", got)
	}
	binary.LittleEndian.PutUint32(extents, 1<<32-1)
	if got := parseExtents(extents); !slices.Equal(got, []uint32{1, 3}) {
		t.Errorf("with a count that cannot be: %v", got)
	}
	if got := parseExtents(extents[:7]); got != nil {
		t.Errorf("a short answer: %v", got)
	}
}

func TestWindowsVolumes(t *testing.T) {
	system := winSystem{roots: []string{`C:\`}, disks: []uint32{0}}
	for _, test := range []struct {
		name    string
		volume  winVolume
		want    string
		offered bool
	}{
		{"a stick", winVolume{
			root: `E:\`, device: `\\.\E:`, kind: winRemovable, label: "WORK", fsType: "exFAT", serial: 0x64A17B2F,
			size: 30742151168, free: 1 << 30, descriptor: readHex(t, "kingston.hex"), disks: []uint32{2, 2},
		}, `Path="E:\\" Label="WORK" VolumeID="64A1-7B2F" FileSystem="exfat" Size=30742151168 Free=1073741824 Make="Kingston" Model="DataTraveler 3.0" Serial="60A44C413A8EF311C9A50142" Bus="usb" Device="\\\\.\\E:" Disk="\\\\.\\PhysicalDrive2" Removable=true`, true},
		{"an external disk", winVolume{
			root: `F:\`, device: `\\.\F:`, kind: winFixed, fsType: "NTFS", flags: winReadOnly, descriptor: readHex(t, "passport.hex"), disks: []uint32{3},
		}, `Path="F:\\" FileSystem="ntfs" Make="WD" Model="My Passport 25E2" Serial="WX31DC8KRFY9" Bus="usb" Device="\\\\.\\F:" Disk="\\\\.\\PhysicalDrive3" ReadOnly=true Removable=true`, true},
		{"the system's", winVolume{
			root: `c:\`, device: `\\.\C:`, kind: winFixed, fsType: "NTFS", descriptor: readHex(t, "nvme.hex"), disks: []uint32{0},
		}, `Path="c:\\" FileSystem="ntfs" Model="SAMSUNG MZVLB512HBJQ-000L7" Serial="0025_3881_91B0_1234." Bus="nvme" Device="\\\\.\\C:" Disk="\\\\.\\PhysicalDrive0" System=true`, false},
		{"the system's disk, started from a stick", winVolume{
			root: `G:\`, device: `\\.\G:`, kind: winRemovable, fsType: "FAT32", descriptor: readHex(t, "kingston.hex"), disks: []uint32{5, 0},
		}, `Path="G:\\" FileSystem="vfat" Make="Kingston" Model="DataTraveler 3.0" Serial="60A44C413A8EF311C9A50142" Bus="usb" Device="\\\\.\\G:" Disk="\\\\.\\PhysicalDrive5" Removable=true System=true`, false},
		{"a second internal disk", winVolume{
			root: `D:\`, device: `\\.\D:`, kind: winFixed, fsType: "NTFS", descriptor: readHex(t, "nvme.hex"), disks: []uint32{1},
		}, `Path="D:\\" FileSystem="ntfs" Model="SAMSUNG MZVLB512HBJQ-000L7" Serial="0025_3881_91B0_1234." Bus="nvme" Device="\\\\.\\D:" Disk="\\\\.\\PhysicalDrive1"`, false},
		{"a network drive", winVolume{root: `H:\`, kind: winRemote, fsType: "NTFS"}, `Path="H:\\" FileSystem="ntfs" Bus="network"`, false},
		{"a DVD", winVolume{
			root: `I:\`, device: `\\.\I:`, kind: winOptical, fsType: "UDF", descriptor: readHex(t, "dvd.hex"), disks: []uint32{0},
		}, "", false},
		{"a DVD that claims to be a disk", winVolume{
			root: `I:\`, device: `\\.\I:`, kind: winRemovable, fsType: "UDF", descriptor: readHex(t, "dvd.hex"),
		}, "", false},
		{"a user's profile in a mounted file", winVolume{
			root: `J:\`, device: `\\.\J:`, kind: winFixed, fsType: "NTFS", descriptor: readHex(t, "vhd.hex"), disks: []uint32{4},
		}, "", false},
		{"an image of a stick", winVolume{
			root: `K:\`, device: `\\.\K:`, kind: winFixed, fsType: "FAT32", descriptor: readHex(t, "vhd.hex"), disks: []uint32{4},
		}, "", true},
		{"a drive whose driver tells nothing", winVolume{
			root: `L:\`, device: `\\.\L:`, kind: winRemovable, fsType: "FAT",
		}, `Path="L:\\" FileSystem="vfat" Device="\\\\.\\L:" Disk="\\\\.\\L:" Removable=true`, true},
		{"a fixed one whose driver tells nothing", winVolume{root: `M:\`, device: `\\.\M:`, kind: winFixed, fsType: "NTFS"}, "", false},
		{"a memory disk", winVolume{root: `R:\`, device: `\\.\R:`, kind: winMemory, fsType: "NTFS"}, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := test.volume.drive(system)
			if got := strings.TrimSpace(describe([]Drive{d})); test.want != "" && got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
			if d.Offered() != test.offered {
				t.Errorf("offered: %v", !test.offered)
			}
		})
	}
}

func TestInstanceID(t *testing.T) {
	const path = `\\?\USBSTOR#Disk&Ven_Kingston&Prod_DataTraveler_3.0&Rev_PMAP#60A44C413A8EF311C9A50142&0#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}`
	const want = `USBSTOR\Disk&Ven_Kingston&Prod_DataTraveler_3.0&Rev_PMAP\60A44C413A8EF311C9A50142&0`
	if got, ok := instanceID(path); got != want || !ok {
		t.Errorf("%q %v", got, ok)
	}
	for _, bad := range []string{"", `\\?\`, `\\?\#{}`, `USBSTOR#Disk#1#{53}`, `\\?\USBSTOR#Disk`} {
		if got, ok := instanceID(bad); ok {
			t.Errorf("%q gives %q", bad, got)
		}
	}
}

func TestSubstituted(t *testing.T) {
	for device, want := range map[string]string{
		`\??\C:\plans`: `C:\plans`, `\??\E:\`: `E:`, `\Device\HarddiskVolume3`: "", `\??\unix\home`: "", `\??\`: "",
		`\??\C:`: "", "": "",
	} {
		if got, ok := substituted(device); got != want || ok != (want != "") {
			t.Errorf("%q stands for %q, %v", device, got, ok)
		}
	}
}
