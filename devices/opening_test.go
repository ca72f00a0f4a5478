package devices_test

import (
	"errors"
	"testing"

	"stowage/devices"
)

func TestOpeningsAreRecordedWithAReason(t *testing.T) {
	d, ctx := week(t), t.Context()
	page := must[devices.DevicePage](t)(d.Devices(ctx, devices.DeviceQuery{Search: "MS-1", States: []devices.State{devices.Issued}}))
	if len(page.Devices) == 0 {
		t.Fatal("the week has no issued device")
	}
	stick := page.Devices[0]
	var invalid *devices.InvalidError
	for _, o := range []devices.Opening{
		{What: devices.OpenedStick, Device: stick.ID},
		{What: devices.OpenedStick, Device: stick.ID, Reason: " \t"},
		{What: "cupboard", Device: stick.ID, Reason: "x"},
	} {
		if err := d.RecordOpening(ctx, ict, o); !errors.As(err, &invalid) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if err := d.RecordOpening(ctx, ict, devices.Opening{What: devices.OpenedStick, Device: "none", Reason: "x"}); !errors.Is(err, devices.ErrNotFound) {
		t.Errorf("of no device: %v", err)
	}
	for _, o := range []devices.Opening{
		{What: devices.OpenedBackup, Device: stick.ID, Reason: "leaver handover"},
		{What: devices.OpenedFiles, Holder: stick.Holder, Reason: "asked by the head"},
		{What: devices.OpenedFiles, Reason: "nobody's"},
	} {
		if err := d.RecordOpening(ctx, ict, o); err != nil {
			t.Fatal(err)
		}
	}
	told := must[[]devices.RecordedOpening](t)(d.Openings(ctx, stick.Holder, stick.ID))
	if len(told) < 2 || told[0].Reason != "asked by the head" || told[1].Reason != "leaver handover" || told[1].What != devices.OpenedBackup {
		t.Errorf("told: %+v", told)
	}
	if now := must[devices.Device](t)(d.Device(ctx, stick.ID)); now.Version != stick.Version || now.Seen != stick.Seen {
		t.Errorf("opening changed the device: %+v", now)
	}
	d.check(t)
}
