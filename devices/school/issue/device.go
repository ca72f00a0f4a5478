package issue

import (
	"cmp"
	"context"

	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school/known"
)

// The register knows a stick by its id, and after its layers were encrypted
// again by "ID.GENERATION": their digests are others then, under the numbers
// that they had.

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
	byLabel, labelled, err := known.Find(ctx, r, details.Label)
	if err != nil {
		return devices.Device{}, err
	}
	bySerial, known, err := known.Find(ctx, r, details.Serial)
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
