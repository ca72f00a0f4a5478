package store_test

import (
	"fmt"
	"slices"
	"testing"

	"stowage/devices"
)

// Conformance of what is asked of a store: search, filters, order and pages.

// fill adds devices in various states, all with a history.
func fill(t testing.TB, r *devices.Register, n int) {
	t.Helper()
	ctx := t.Context()
	people := make([]devices.Holder, 3)
	for i, name := range []string{"Ann Lee", "bob Roy", "Zoë Smith"} {
		people[i] = must[devices.Holder](t)(r.AddHolder(ctx, ict, devices.HolderDetails{Name: name}))
	}
	for i := range n {
		d := add(t, r, devices.DeviceDetails{
			Kind: devices.Kinds()[i%5], Label: fmt.Sprintf("MS-%d", i), Serial: fmt.Sprintf("S%07d", i*7919%n),
			Make: []string{"SanDisk", "kingston"}[i%2], Model: fmt.Sprint("M", i%7), Capacity: int64(i%4) * 16e9, Site: []string{"", "North", "South"}[i%3],
		})
		if i%4 == 0 {
			continue
		}
		must[devices.Device](t)(r.Issue(ctx, ict, d.ID, devices.LoanDetails{Holder: people[i%3].ID, From: start.AddDate(0, 0, -i-1), Due: start.AddDate(0, 0, 10-i)}))
		switch i % 6 {
		case 1:
			must[devices.Device](t)(r.Act(ctx, ict, d.ID, devices.Lose, devices.Facts{Note: "left on the bus", Happened: start.AddDate(0, 0, -i)}))
		case 2:
			must[devices.Device](t)(r.Act(ctx, ict, d.ID, devices.Return, devices.Facts{Condition: "scratched"}))
		case 3:
			must[devices.Device](t)(r.CheckIn(ctx, ict, d.ID, devices.Sighting{At: start.AddDate(0, 0, -i), Place: "library"}))
			must[devices.Device](t)(r.RecordVerification(ctx, ict, d.ID, devices.Verification{Method: devices.LUKS, By: "X", At: start.AddDate(0, 0, -i), Encrypted: i%2 == 1}))
		}
	}
}

// every reads all devices, to compare with what a query finds.
func every(t testing.TB, r *devices.Register) []devices.Device {
	return must[devices.DevicePage](t)(r.Devices(t.Context(), devices.DeviceQuery{Limit: devices.MaxPage})).Devices
}

func filters(t *testing.T, one, _ devices.Store) {
	r := registerOn(one)
	fill(t, r, 60)
	bob := must[devices.Holder](t)(r.FindHolder(t.Context(), "bob"))
	since := start.AddDate(0, 0, -20)
	for name, test := range map[string]struct {
		q    devices.DeviceQuery
		fits func(devices.Device) bool
	}{
		"state":             {devices.DeviceQuery{States: []devices.State{devices.Lost}}, func(d devices.Device) bool { return d.State == devices.Lost }},
		"states":            {devices.DeviceQuery{States: []devices.State{devices.Issued, devices.InStock}}, func(d devices.Device) bool { return d.State == devices.Issued || d.State == devices.InStock }},
		"kind":              {devices.DeviceQuery{Kinds: []devices.Kind{devices.Laptop}}, func(d devices.Device) bool { return d.Kind == devices.Laptop }},
		"site":              {devices.DeviceQuery{Sites: []string{"North"}}, func(d devices.Device) bool { return d.Site == "North" }},
		"no site":           {devices.DeviceQuery{Sites: []string{""}}, func(d devices.Device) bool { return d.Site == "" }},
		"holder":            {devices.DeviceQuery{Holder: bob.ID}, func(d devices.Device) bool { return d.Holder == bob.ID }},
		"overdue":           {devices.DeviceQuery{Overdue: true}, func(d devices.Device) bool { return d.Overdue(start) }},
		"not seen":          {devices.DeviceQuery{NotSeenSince: since}, func(d devices.Device) bool { return d.Seen.At.Before(since) }},
		"unverified":        {devices.DeviceQuery{Unverified: true}, func(d devices.Device) bool { return !d.Encryption.Encrypted }},
		"verified long ago": {devices.DeviceQuery{VerifiedBefore: since}, func(d devices.Device) bool { return !d.Encryption.Encrypted || d.Encryption.At.Before(since) }},
		"together": {
			devices.DeviceQuery{Search: "kingston", States: []devices.State{devices.Lost}, Holder: bob.ID, Unverified: true},
			func(d devices.Device) bool {
				return d.Make == "kingston" && d.State == devices.Lost && d.Holder == bob.ID
			},
		},
		"overdue at a site": {devices.DeviceQuery{Overdue: true, Sites: []string{"South", ""}}, func(d devices.Device) bool { return d.Overdue(start) && d.Site != "North" }},
		"no such state":     {devices.DeviceQuery{States: []devices.State{"melted"}}, func(devices.Device) bool { return false }},
	} {
		var want []string
		for _, d := range every(t, r) {
			if test.fits(d) {
				want = append(want, d.Label)
			}
		}
		if len(want) == 0 && name != "no such state" {
			t.Errorf("%s: nothing to find", name)
		}
		test.q.Limit = 7
		if got := find(t, r, test.q); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	counts := must[map[devices.State]int](t)(r.CountDevices(t.Context(), devices.DeviceQuery{Search: "sand", Sort: devices.ByDue, Limit: 1}))
	for _, state := range devices.States() {
		n := len(find(t, r, devices.DeviceQuery{Search: "sand", States: []devices.State{state}}))
		if counts[state] != n {
			t.Errorf("%d are %s, counted %d", n, state, counts[state])
		}
	}
	if sites := must[[]string](t)(r.Sites(t.Context())); !slices.Equal(sites, []string{"North", "South"}) {
		t.Errorf("%q", sites)
	}
}
