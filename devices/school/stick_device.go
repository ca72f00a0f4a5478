package school

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
)

// DeviceOf is the device that is the stick with this note. It fails with
// [ErrUnknownStick].
func (s *School) DeviceOf(ctx context.Context, n stick.Note) (devices.Device, error) {
	d, err := s.register.FindDevice(ctx, n.Label)
	if err == nil {
		if id, _ := knownStick(d); id == n.ID {
			return d, nil
		}
	}
	if err == nil || isNotFound(err) {
		return devices.Device{}, fmt.Errorf("%s: %w", n.Label, ErrUnknownStick)
	}
	return devices.Device{}, err
}

// The register knows a stick by its id, and after its layers were encrypted
// again by "ID.GENERATION": their digests are others then, under the numbers
// that they had.

// seenAs is what the register calls a stick.
func seenAs(n stick.Note) string {
	if n.Generation <= 1 {
		return n.ID
	}
	return fmt.Sprintf("%s.%d", n.ID, n.Generation)
}

// knownStick is the stick that a device was last seen as; id is empty for a
// device that never was one.
func knownStick(d devices.Device) (id string, generation int) {
	id, number, again := strings.Cut(d.Seen.Stick, ".")
	if !again {
		return id, 1
	}
	generation, err := strconv.Atoi(number)
	if err != nil {
		return "", 0
	}
	return id, generation
}

// A KnownAsError says that the register knows the stick, or its label, as
// something else than what was asked for.
type KnownAsError struct {
	Name   string // the device that has the label or the serial
	Serial bool   // the drive's serial is that device's; otherwise its label is
}

func (e *KnownAsError) Error() string {
	if e.Serial {
		return "the drive is in the register as " + e.Name
	}
	return "the label belongs to another device, " + e.Name
}

// device is the device in the register, which is added if it is not there.
func (i *issuing) device(ctx context.Context, r *devices.Register, actor string) (devices.Device, error) {
	details := i.plan.Device
	fromDrive(&details, i.plan.Drive)
	byLabel, labelled, err := find(ctx, r, details.Label)
	if err != nil {
		return devices.Device{}, err
	}
	bySerial, known, err := find(ctx, r, details.Serial)
	switch {
	case err != nil:
		return devices.Device{}, err
	case known && details.Label != "" && bySerial.ID != byLabel.ID:
		return devices.Device{}, &KnownAsError{Name: bySerial.Name(), Serial: true}
	case known:
		return bySerial, nil
	case labelled && byLabel.Serial != "" && details.Serial != "":
		return devices.Device{}, &KnownAsError{Name: byLabel.Name()}
	case labelled:
		return byLabel, nil
	}
	if details.Label == "" {
		if details.Label, err = r.NextLabel(ctx, cmp.Or(i.plan.Prefix, "MS-")); err != nil {
			return devices.Device{}, err
		}
	}
	return r.AddDevice(ctx, actor, details)
}

// find is FindDevice for a name that may be empty or unknown.
func find(ctx context.Context, r *devices.Register, name string) (d devices.Device, ok bool, err error) {
	if name == "" {
		return d, false, nil
	}
	d, err = r.FindDevice(ctx, name)
	if isNotFound(err) {
		return devices.Device{}, false, nil
	}
	return d, err == nil, err
}

// fromDrive fills in what the hardware says of itself.
func fromDrive(d *devices.DeviceDetails, drive drives.Drive) {
	for _, f := range []struct {
		to   *string
		from string
	}{{&d.Make, drive.Make}, {&d.Model, drive.Model}, {&d.Serial, drive.Serial}} {
		if *f.to == "" {
			*f.to = f.from
		}
	}
	if d.Capacity == 0 {
		d.Capacity = drive.Size
	}
	if d.Kind == "" {
		d.Kind = devices.MemoryStick
	}
}
