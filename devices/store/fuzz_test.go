package store_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"stowage/devices"
)

// FuzzSearch asks for anything: the answer is devices or an InvalidError.
func FuzzSearch(f *testing.F) {
	s := create(f, filepath.Join(f.TempDir(), "register.db"))
	r := registerOn(s)
	fill(f, r, 20)
	page := must[devices.DevicePage](f)(r.Devices(f.Context(), devices.DeviceQuery{Limit: 5}))
	f.Add("ms", string(page.Next), "North", true)
	f.Add(`"present : (`, "e30", "'", false)
	f.Add("zoë 鍵 \x00\xff", "", "", false)
	f.Fuzz(func(t *testing.T, typed, after, site string, presentOnly bool) {
		q := devices.DeviceQuery{Search: typed, After: devices.Cursor(after), Sites: []string{site, "", "North"}, PresentOnly: presentOnly}
		var invalid *devices.InvalidError
		if _, err := r.Devices(t.Context(), q); err != nil && !errors.As(err, &invalid) {
			t.Errorf("devices: %v", err)
		}
		if _, err := r.CountDevices(t.Context(), q); err != nil {
			t.Errorf("count: %v", err)
		}
		if _, err := r.Holders(t.Context(), devices.HolderQuery{Search: typed, After: q.After}); err != nil && !errors.As(err, &invalid) {
			t.Errorf("holders: %v", err)
		}
		var ambiguous *devices.AmbiguousError
		if _, err := r.FindHolder(t.Context(), typed); err != nil && !errors.As(err, &ambiguous) && !errors.Is(err, devices.ErrNotFound) {
			t.Errorf("find holder: %v", err)
		}
	})
}

// FuzzNames adds devices with any names: what is taken can be found by them.
func FuzzNames(f *testing.F) {
	s := create(f, filepath.Join(f.TempDir(), "register.db"))
	r := registerOn(s)
	f.Add("MS-0042", "4C53-0001", "blue")
	f.Add("Über ＡＢＣ", "ǆ İ ß", "two\nlines")
	f.Add("\u0301x", "ﷺ", "\u202e")
	undo := errors.New("undo")
	f.Fuzz(func(t *testing.T, label, serial, notes string) {
		ctx := t.Context()
		err := r.Atomically(ctx, func(r *devices.Register) error {
			d, err := r.AddDevice(ctx, ict, devices.DeviceDetails{Kind: devices.Phone, Label: label, Serial: serial, Notes: notes})
			if err != nil {
				return err
			}
			for _, name := range []string{d.Label, d.Serial} {
				if name == "" {
					continue
				}
				if got, err := r.FindDevice(ctx, name); err != nil || got.ID != d.ID {
					t.Errorf("FindDevice(%q): %v", name, err)
				}
				page, err := r.Devices(ctx, devices.DeviceQuery{Search: name})
				if err != nil || !slices.Contains(page.Devices, d) {
					t.Errorf("searching %q finds %d devices, %v", name, len(page.Devices), err)
				}
			}
			if err := r.Check(ctx, nil); err != nil {
				t.Error(err)
			}
			return undo
		})
		var invalid *devices.InvalidError
		if !errors.Is(err, undo) && !errors.As(err, &invalid) {
			t.Error(err)
		}
	})
}
