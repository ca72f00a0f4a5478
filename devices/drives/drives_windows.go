package drives

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Control codes of winioctl.h. None of these needs more than the right to ask,
// so volumes are opened with no access at all and no rights are needed.
const (
	ioctlStorageQueryProperty   = 0x002D1400
	ioctlStorageGetDeviceNumber = 0x002D1080
	ioctlVolumeGetDiskExtents   = 0x00560000
)

func list(ctx context.Context) ([]Drive, error) {
	roots, err := letters()
	if err != nil {
		return nil, fmt.Errorf("list drives: %w", err)
	}
	system := systemVolumes()
	var found []Drive
	for _, root := range roots {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("list drives: %w", err)
		}
		kind := kindOf(root)
		if kind != winRemovable && kind != winFixed {
			continue // asking a network drive could take long
		}
		if _, ok := substitute(root); ok {
			continue // a folder of another drive
		}
		v, err := ask(root)
		if err != nil {
			continue // a reader without a card, or locked by BitLocker
		}
		if d := v.drive(system); d.Offered() {
			found = append(found, d)
		}
	}
	return found, nil
}

func at(_ context.Context, path string) (Drive, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Drive{}, err
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return Drive{}, err
	}
	if _, err := windows.GetFileAttributes(name); err != nil {
		return Drive{}, err
	}
	root, err := volumeRoot(path)
	if err != nil {
		return Drive{}, err
	}
	v, err := ask(root)
	if err != nil {
		return Drive{}, err
	}
	return v.drive(systemVolumes()), nil
}

// fingerprint changes when a drive letter comes or goes or another medium is
// put in.
func fingerprint() (string, error) {
	roots, err := letters()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, root := range roots {
		kind := kindOf(root)
		fmt.Fprint(&b, root, kind)
		if kind == winRemovable || kind == winFixed {
			v := winVolume{root: root}
			_ = v.askVolume() // an empty reader has no medium, which is its state
			fmt.Fprint(&b, v.serial, v.label, v.flags)
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// letters gives the roots of all drive letters in use.
func letters() ([]string, error) {
	mask, err := windows.GetLogicalDrives()
	if err != nil {
		return nil, err
	}
	var roots []string
	for i := range 26 {
		if mask&(1<<i) != 0 {
			roots = append(roots, string(rune('A'+i))+`:\`)
		}
	}
	return roots, nil
}

func kindOf(root string) uint32 {
	name, err := windows.UTF16PtrFromString(root)
	if err != nil {
		return 0
	}
	return windows.GetDriveType(name)
}

// substitute gives the folder that stands behind a drive letter made by subst.
func substitute(root string) (string, bool) {
	letter := filepath.VolumeName(root)
	name, err := windows.UTF16PtrFromString(letter)
	if err != nil || len(letter) != 2 {
		return "", false
	}
	buf := make([]uint16, 4*windows.MAX_PATH)
	if _, err := windows.QueryDosDevice(name, &buf[0], uint32(len(buf))); err != nil {
		return "", false
	}
	return substituted(windows.UTF16ToString(buf))
}

// volumeRoot gives the root of the volume that holds a path.
func volumeRoot(path string) (string, error) {
	for range 8 { // letters may stand for folders behind letters
		folder, ok := substitute(path)
		if !ok {
			break
		}
		path = folder + path[2:]
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return "", err
	}
	buf := make([]uint16, len(path)+windows.MAX_PATH)
	if err := windows.GetVolumePathName(name, &buf[0], uint32(len(buf))); err != nil {
		return "", err
	}
	return windows.UTF16ToString(buf), nil
}

// systemVolumes finds what the system lies on.
func systemVolumes() winSystem {
	var folders []string
	if dir, err := windows.GetSystemWindowsDirectory(); err == nil {
		folders = append(folders, dir)
	}
	for _, id := range []*windows.KNOWNFOLDERID{windows.FOLDERID_ProgramFiles, windows.FOLDERID_Profile} {
		if dir, err := windows.KnownFolderPath(id, windows.KF_FLAG_DEFAULT); err == nil {
			folders = append(folders, dir)
		}
	}
	var s winSystem
	for _, folder := range folders {
		root, err := volumeRoot(folder)
		if err != nil {
			root = filepath.VolumeName(folder) + `\`
		}
		s.roots = append(s.roots, root)
		v := winVolume{root: root}
		if v.askDevice() == nil {
			s.disks = append(s.disks, v.disks...)
		}
	}
	return s
}

// ask asks Windows everything about the volume with this root. Hardware that
// tells nothing is no error; a volume that cannot be read is.
func ask(root string) (winVolume, error) {
	v := winVolume{root: root, kind: kindOf(root)}
	if err := v.askVolume(); err != nil {
		return v, err
	}
	name, err := windows.UTF16PtrFromString(root)
	if err != nil {
		return v, err
	}
	if err := windows.GetDiskFreeSpaceEx(name, &v.free, &v.size, nil); err != nil {
		return v, fmt.Errorf("space of %s: %w", root, err)
	}
	if v.kind != winRemote {
		_ = v.askDevice()
	}
	return v, nil
}

// askVolume asks the file system.
func (v *winVolume) askVolume() error {
	name, err := windows.UTF16PtrFromString(v.root)
	if err != nil {
		return err
	}
	var label, fsType [windows.MAX_PATH + 1]uint16
	err = windows.GetVolumeInformation(name, &label[0], uint32(len(label)), &v.serial, nil, &v.flags,
		&fsType[0], uint32(len(fsType)))
	if err != nil {
		return fmt.Errorf("volume %s: %w", v.root, err)
	}
	v.label, v.fsType = windows.UTF16ToString(label[:]), windows.UTF16ToString(fsType[:])
	return nil
}

// askDevice asks the storage driver.
func (v *winVolume) askDevice() error {
	var err error
	if v.device, err = deviceOf(v.root); err != nil {
		return err
	}
	h, err := open(v.device, 0)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(h)
	// STORAGE_PROPERTY_QUERY: StorageDeviceProperty, PropertyStandardQuery.
	v.descriptor, _ = control(h, ioctlStorageQueryProperty, make([]byte, 12), 4096)
	if number, _ := control(h, ioctlStorageGetDeviceNumber, nil, 12); number != nil {
		if n, ok := parseDeviceNumber(number); ok {
			v.disks = append(v.disks, n)
		}
	}
	extents, _ := control(h, ioctlVolumeGetDiskExtents, nil, 8+64*24)
	v.disks = append(v.disks, parseExtents(extents)...)
	return nil
}

// deviceOf gives the name by which a volume's device is opened.
func deviceOf(root string) (string, error) {
	if len(root) == 3 && root[1:] == `:\` {
		return `\\.\` + root[:2], nil
	}
	name, err := windows.UTF16PtrFromString(root)
	if err != nil {
		return "", err
	}
	var volume [64]uint16
	if err := windows.GetVolumeNameForVolumeMountPoint(name, &volume[0], uint32(len(volume))); err != nil {
		return "", err
	}
	return strings.TrimSuffix(windows.UTF16ToString(volume[:]), `\`), nil
}

// open opens a device; the caller closes it.
func open(device string, access uint32) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(device)
	if err != nil {
		return 0, err
	}
	return windows.CreateFile(name, access, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, nil,
		windows.OPEN_EXISTING, 0, 0)
}

// control sends a control code and gives at most limit bytes of answer.
func control(h windows.Handle, code uint32, in []byte, limit int) ([]byte, error) {
	var n uint32
	out := make([]byte, limit)
	err := windows.DeviceIoControl(h, code, unsafe.SliceData(in), uint32(len(in)),
		unsafe.SliceData(out), uint32(len(out)), &n, nil)
	if err != nil && !errors.Is(err, windows.ERROR_MORE_DATA) {
		return nil, err
	}
	return out[:min(int(n), len(out))], nil
}
