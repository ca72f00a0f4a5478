package devices_test

import (
	"errors"
	"strings"
	"testing"

	"stowage/devices"
)

func TestDevices(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	stick := must[devices.Device](t)(d.AddDevice(ctx, ict, devices.DeviceDetails{
		Kind: devices.MemoryStick, Make: " SanDisk ", Serial: "ABC 123", Capacity: 64_000_000_000, Label: "MS-0001", Notes: "blue",
	}))
	if stick.State != devices.InStock || stick.Make != "SanDisk" || !stick.Added.Equal(monday) || stick.Name() != "MS-0001" {
		t.Errorf("added %+v", stick)
	}
	details := stick.DeviceDetails
	details.Label = "MS-0007"
	stick = must[devices.Device](t)(d.EditDevice(ctx, ict, stick.ID, stick.Version, details))
	if stick.Label != "MS-0007" || stick.Version != 2 {
		t.Errorf("edited %+v", stick)
	}
	must[devices.Device](t)(d.EditDevice(ctx, ict, stick.ID, stick.Version, details))
	if d.events(t) != 2 {
		t.Error("an edit that changes nothing is an event")
	}
	for _, text := range []string{stick.ID, "ms-0007", " ABC  123 "} {
		if got, err := d.FindDevice(ctx, text); err != nil || got.ID != stick.ID {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "MS-0001", "ABC"} {
		if got, err := d.FindDevice(ctx, text); !errors.Is(err, devices.ErrNotFound) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	other := must[devices.Device](t)(d.AddDevice(ctx, ict, devices.DeviceDetails{Kind: devices.Laptop, Label: "abc 123"}))
	if other.Name() != "abc 123" {
		t.Error(other.Name())
	}
	if _, err := d.FindDevice(ctx, "abc 123"); as[*devices.InvalidError](err) == nil {
		t.Errorf("label of one, serial of another: %v", err)
	}
	d.check(t)
}

func TestDeviceRefused(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	known := must[devices.Device](t)(d.AddDevice(ctx, ict, devices.DeviceDetails{Kind: devices.MemoryStick, Label: "Über-1", Serial: "S1"}))
	for field, bad := range map[string]devices.DeviceDetails{
		"kind":     {Kind: "toaster", Label: "X"},
		"label":    {Kind: devices.Phone},
		"serial":   {Kind: devices.Phone, Serial: "--"},
		"capacity": {Kind: devices.Phone, Label: "X", Capacity: -1},
		"make":     {Kind: devices.Phone, Label: "X", Make: strings.Repeat("é", 201)},
		"site":     {Kind: devices.Phone, Label: "X", Site: "\xff"},
		"notes":    {Kind: devices.Phone, Label: "X", Notes: "\x00"},
	} {
		if _, err := d.AddDevice(ctx, ict, bad); as[*devices.InvalidError](err) == nil || as[*devices.InvalidError](err).Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for field, taken := range map[string]devices.DeviceDetails{
		"label":  {Kind: devices.Phone, Label: "UBER-1"},
		"serial": {Kind: devices.Phone, Label: "X", Serial: "s1"},
	} {
		_, err := d.AddDevice(ctx, ict, taken)
		if dup := as[*devices.DuplicateError](err); dup == nil || dup.Field != field || dup.Existing != known.ID {
			t.Errorf("%s: %v", field, err)
		}
	}
	if d.events(t) != 1 {
		t.Error("a refusal left an event")
	}
}

func TestNextLabel(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	next := func(prefix string) string { return must[string](t)(d.NextLabel(ctx, prefix)) }
	if got := next("MS-"); got != "MS-0001" {
		t.Error(got)
	}
	for _, label := range []string{"MS-0009", "ms-0041", "MS-007", "MS-0100-spare", "XMS-9999", "LT-0500", "MS-"} {
		d.stick(t, label+" ")
	}
	d.stick(t, "other MS-9000")
	if got := next("MS-"); got != "MS-0042" {
		t.Error(got)
	}
	if got := next("LT-"); got != "LT-0501" {
		t.Error(got)
	}
	d.stick(t, "LT-9999")
	if got := next("LT-"); got != "LT-10000" {
		t.Error(got)
	}
}

func TestAtomically(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	enough := errors.New("enough")
	err := d.Atomically(ctx, func(r *devices.Register) error {
		h, err := r.AddHolder(ctx, ict, devices.HolderDetails{Name: "Ann Lee"})
		if err != nil {
			return err
		}
		if _, err := r.FindHolder(ctx, "ann"); err != nil {
			t.Errorf("what was just added: %v", err)
		}
		if _, err := r.AddDevice(ctx, ict, devices.DeviceDetails{}); as[*devices.InvalidError](err) == nil {
			t.Error(err)
		}
		_ = h
		return enough
	})
	if !errors.Is(err, enough) || d.events(t) != 0 {
		t.Errorf("%v after %d events", err, d.events(t))
	}
	err = d.Atomically(ctx, func(r *devices.Register) error {
		h, err := r.AddHolder(ctx, ict, devices.HolderDetails{Name: "Ann Lee"})
		if err != nil {
			return err
		}
		if _, err = r.AddDevice(ctx, ict, devices.DeviceDetails{Kind: devices.Phone}); err == nil {
			t.Error("a device without a name")
		}
		stick, err := r.AddDevice(ctx, ict, devices.DeviceDetails{Kind: devices.Phone, Label: "PH-1"})
		if err != nil {
			return err
		}
		_, err = r.Issue(ctx, ict, stick.ID, devices.LoanDetails{Holder: h.ID})
		return err
	})
	if err != nil || d.events(t) != 3 {
		t.Errorf("%v after %d events", err, d.events(t))
	}

	// An import that fails half-way has written within the transaction, so the
	// whole must fail even if fn does not say so.
	err = d.Atomically(ctx, func(r *devices.Register) error {
		_, err := r.Import(ctx, ict, strings.NewReader("label,kind\nA,phone\nB,toaster\n"), devices.ImportOptions{})
		if err == nil {
			t.Error("a toaster was imported")
		}
		return nil
	})
	if as[*devices.ImportError](err) == nil || d.events(t) != 3 {
		t.Errorf("%v after %d events", err, d.events(t))
	}
	d.check(t)
}
