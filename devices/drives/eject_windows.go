package drives

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Control codes of winioctl.h.
const (
	fsctlLockVolume          = 0x00090018
	fsctlUnlockVolume        = 0x0009001C
	fsctlDismountVolume      = 0x00090020
	ioctlStorageMediaRemoval = 0x002D4804
	ioctlStorageEjectMedia   = 0x002D4808
)

// Locking is tried again for a while, as an indexer or virus scanner may be
// looking at the files that were written last.
const (
	lockTries = 10
	lockPause = 300 * time.Millisecond
)

func eject(ctx context.Context, d Drive) error {
	now, err := ask(d.Path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	current := now.drive(systemVolumes())
	if current.Device != d.Device || current.VolumeID != d.VolumeID {
		return ErrGone
	}
	if err := current.Usable(); err != nil {
		return err
	}
	if now.kind != winRemovable && now.kind != winFixed {
		return fmt.Errorf("a drive without a disk: %w", errors.ErrUnsupported)
	}
	ejected, err := ejectMedia(ctx, onSameDisk(now))
	if err == nil && ejected {
		return nil
	}
	if err != nil && !errors.Is(err, ErrNotAllowed) {
		return err
	}
	// An external hard disk's volume may be locked by administrators only, and
	// it has no medium to eject; but any user may ask for the device to go.
	if current.Bus == BusUSB && len(now.disks) == 1 {
		if e := ejectDevice(now.disks[0]); e == nil || errors.Is(e, ErrBusy) {
			return e
		}
	}
	return err // nil when everything was written out and dismounted
}

// onSameDisk gives the devices of all lettered volumes that leave together.
func onSameDisk(v winVolume) []string {
	devices := []string{v.device}
	roots, err := letters()
	if err != nil || len(v.disks) == 0 {
		return devices
	}
	for _, root := range roots {
		if kind := kindOf(root); kind != winRemovable && kind != winFixed {
			continue
		}
		other := winVolume{root: root}
		if other.askDevice() == nil && other.device != v.device && len(other.disks) > 0 && other.disks[0] == v.disks[0] {
			devices = append(devices, other.device)
		}
	}
	return devices
}

// ejectMedia locks all volumes before it dismounts any, so that a drive in use
// stays as it is. It tells whether the medium was ejected as well.
func ejectMedia(ctx context.Context, devices []string) (bool, error) {
	var handles []windows.Handle
	defer func() {
		for _, h := range handles {
			windows.CloseHandle(h) // which unlocks it as well
		}
	}()
	for _, device := range devices {
		h, err := open(device, windows.GENERIC_READ|windows.GENERIC_WRITE)
		if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
			h, err = open(device, windows.GENERIC_READ) // a read-only card
		}
		if err != nil {
			return false, windowsRefusal("open", device, err, ErrNotAllowed)
		}
		handles = append(handles, h)
		if err := lock(ctx, h); err != nil {
			return false, windowsRefusal("lock", device, err, ErrBusy)
		}
	}
	for i, h := range handles {
		if _, err := control(h, fsctlDismountVolume, nil, 0); err != nil {
			return false, windowsRefusal("dismount", devices[i], err, ErrBusy)
		}
	}
	allow := []byte{0} // PREVENT_MEDIA_REMOVAL: do not prevent it
	_, _ = control(handles[0], ioctlStorageMediaRemoval, allow, 0)
	_, err := control(handles[0], ioctlStorageEjectMedia, nil, 0)
	return err == nil, nil
}

// lock takes a volume for this program alone, which Windows grants only when
// no file on it is open, having written out everything.
func lock(ctx context.Context, h windows.Handle) error {
	var err error
	for range lockTries {
		if _, err = control(h, fsctlLockVolume, nil, 0); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPause):
		}
	}
	return err
}

// windowsRefusal says what a refusal means at this step.
func windowsRefusal(step, device string, err, denied error) error {
	switch {
	case errors.Is(err, windows.ERROR_ACCESS_DENIED), errors.Is(err, windows.ERROR_SHARING_VIOLATION):
		return fmt.Errorf("%s %s: %w", step, device, denied)
	case errors.Is(err, windows.ERROR_FILE_NOT_FOUND), errors.Is(err, windows.ERROR_PATH_NOT_FOUND),
		errors.Is(err, windows.ERROR_NOT_READY), errors.Is(err, windows.ERROR_NO_MEDIA_IN_DRIVE):
		return fmt.Errorf("%s %s: %w", step, device, ErrGone)
	}
	return fmt.Errorf("%s %s: %w", step, device, err)
}

// guidDisk is GUID_DEVINTERFACE_DISK.
var guidDisk = windows.GUID{
	Data1: 0x53f56307, Data2: 0xb6bf, Data3: 0x11d0,
	Data4: [8]byte{0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b},
}

// ejectDevice asks the configuration manager to let go of the USB device that
// has the disk of this number, as the taskbar's "Safely remove" does.
func ejectDevice(disk uint32) error {
	paths, err := windows.CM_Get_Device_Interface_List("", &guidDisk, windows.CM_GET_DEVICE_INTERFACE_LIST_PRESENT)
	if err != nil {
		return fmt.Errorf("list disks: %w", err)
	}
	for _, path := range paths {
		if n, ok := numberOf(path); !ok || n != disk {
			continue
		}
		if id, ok := instanceID(path); ok {
			return requestEject(id)
		}
	}
	return ErrGone
}

// numberOf asks the disk behind a device interface for its number.
func numberOf(path string) (uint32, bool) {
	h, err := open(path, 0)
	if err != nil {
		return 0, false
	}
	defer windows.CloseHandle(h)
	data, err := control(h, ioctlStorageGetDeviceNumber, nil, 12)
	if err != nil {
		return 0, false
	}
	return parseDeviceNumber(data)
}

// requestEject ejects the parent of a disk: the USB device.
func requestEject(id string) error {
	manager := windows.NewLazySystemDLL("cfgmgr32.dll")
	locate, parent := manager.NewProc("CM_Locate_DevNodeW"), manager.NewProc("CM_Get_Parent")
	request := manager.NewProc("CM_Request_Device_EjectW")
	for _, p := range []*windows.LazyProc{locate, parent, request} {
		if err := p.Find(); err != nil {
			return err
		}
	}
	name, err := windows.UTF16PtrFromString(id)
	if err != nil {
		return err
	}
	var disk, usb windows.DEVINST
	if r, _, _ := locate.Call(uintptr(unsafe.Pointer(&disk)), uintptr(unsafe.Pointer(name)), 0); r != 0 {
		return fmt.Errorf("find device %s: %w", id, windows.CONFIGRET(r))
	}
	if r, _, _ := parent.Call(uintptr(unsafe.Pointer(&usb)), uintptr(disk), 0); r != 0 {
		return fmt.Errorf("find what device %s hangs on: %w", id, windows.CONFIGRET(r))
	}
	// With room for a reason given, Windows shows no window of its own.
	var veto uint32
	var reason [windows.MAX_PATH]uint16
	r, _, _ := request.Call(uintptr(usb), uintptr(unsafe.Pointer(&veto)), uintptr(unsafe.Pointer(&reason[0])),
		uintptr(len(reason)), 0)
	switch windows.CONFIGRET(r) {
	case windows.CR_SUCCESS:
		return nil
	case windows.CR_REMOVE_VETOED:
		return fmt.Errorf("%w: %s", ErrBusy, clean(windows.UTF16ToString(reason[:])))
	}
	return fmt.Errorf("eject device %s: %w", id, windows.CONFIGRET(r))
}
