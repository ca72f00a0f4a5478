package devices_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"stowage/devices"
)

// BenchmarkGrowth measures what people wait for on registers of 1,000, 10,000 and
// 100,000 devices with ten times as many events, to show how it grows.
func BenchmarkGrowth(b *testing.B) {
	for _, size := range []int{1_000, 10_000, manyDevices} {
		r, ctx := big(b, size), b.Context()
		if r == nil {
			continue
		}
		device := must[devices.Device](b)(r.FindDevice(ctx, "MS-00471"))
		for _, work := range []struct {
			name string
			run  func() error
		}{
			{"page", page(ctx, r, devices.DeviceQuery{Sort: devices.ByHolder})},
			{"search one device", page(ctx, r, devices.DeviceQuery{Search: "MS-00471"})},
			{"search a common word", page(ctx, r, devices.DeviceQuery{Search: "sand", Sort: devices.ByDue, Descending: true})},
			{"filter", page(ctx, r, devices.DeviceQuery{Overdue: true, Sort: devices.ByHolder})},
			{"count", func() error { _, err := r.CountDevices(ctx, devices.DeviceQuery{Search: "sand"}); return err }},
			{"dashboard", func() error { return dashboard(ctx, r) }},
			{"history of a device", func() error {
				_, err := r.Events(ctx, devices.EventQuery{Device: device.ID})
				return err
			}},
			{"write one event", func() error {
				_, err := r.CheckIn(ctx, ict, device.ID, devices.Sighting{Place: "desk"})
				return err
			}},
			{"checkpoint", func() error { _, err := r.Tree(ctx); return err }},
			{"verify", func() error { _, err := r.VerifyLog(ctx, nil, nil); return err }},
			{"export CSV", func() error { return r.Export(ctx, io.Discard, devices.DeviceQuery{}) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", work.name, size), func(b *testing.B) {
				for b.Loop() {
					if err := work.run(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func page(ctx context.Context, r *devices.Register, q devices.DeviceQuery) func() error {
	return func() error { _, err := r.Devices(ctx, q); return err }
}

// dashboard reads what the window's dashboard shows of the register.
func dashboard(ctx context.Context, r *devices.Register) error {
	queries := []devices.DeviceQuery{
		{},
		{Overdue: true},
		{NotSeenSince: bigNow.AddDate(0, 0, -90)},
		{Unverified: true, States: []devices.State{devices.InStock, devices.Issued, devices.Returned, devices.Found, devices.Damaged}},
	}
	for _, kind := range devices.Kinds() {
		queries = append(queries, devices.DeviceQuery{Kinds: []devices.Kind{kind}})
	}
	for _, q := range queries {
		if _, err := r.CountDevices(ctx, q); err != nil {
			return err
		}
	}
	_, err := r.Incidents(ctx, devices.IncidentQuery{})
	return err
}
