package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/devices"
)

func search(t *testing.T, one, _ devices.Store) {
	r, ctx := registerOn(one), t.Context()
	zoe := must[devices.Holder](t)(r.AddHolder(ctx, ict, devices.HolderDetails{Name: "Zoë O'Smith", Email: "zoe.smith@school.example"}))
	a := add(t, r, devices.DeviceDetails{Label: "MS-0042", Serial: "4C530001230512345678", Make: "SanDisk", Model: "Ultra", Site: "North", Notes: "blue lanyard"})
	add(t, r, devices.DeviceDetails{Label: "LT/7", Serial: "ABC-123-XYZ", Kind: devices.Laptop, Make: "Lenovo"})
	must[devices.Device](t)(r.Issue(ctx, ict, a.ID, devices.LoanDetails{Holder: zoe.ID, Note: "for the trip to Ypres"}))

	both, stick, laptop, neither := []string{"LT/7", "MS-0042"}, []string{"MS-0042"}, []string{"LT/7"}, []string(nil)
	for typed, want := range map[string][]string{
		"": both, " ": both, "-": both,
		"ms": stick, "MS-0042": stick, "ms 0042": stick, "042": stick, "42": neither, "0042 ms": stick, "ms0042": stick,
		"4c53": stick, "345678": stick, "3051": stick, "530001230512345678": stick,
		"san": stick, "ult": stick, "Nor": stick, "lany": stick, "memory sti": stick, "issued": stick,
		"zoe": stick, "ZOË": stick, "o smith": stick, "ypres": stick, "trip zoe ultra": stick, "zoe.smith@school": stick,
		"abc-123": laptop, "abc123": laptop, "123xyz": laptop, "c-123": both, "c123": laptop, "lt/7": laptop, "laptop": laptop, "in stock": laptop,
		"andisk": neither, "zoe lenovo": neither, "yprestrip": neither, `"`: both, `ms"`: stick, "ms*": stick, "NOT ms": neither,
		"ms OR lt": neither, "present:ms": neither, "(ms": stick, "ms'; DROP TABLE devices": neither, "\x00": both, strings.Repeat("x", 10_000): neither,
		"zoe zoe zoe zoe zoe zoe zoe zoe zoe zoe": stick, "l": both, "le": laptop, "q": neither, "ë": stick,
	} {
		if got := find(t, r, devices.DeviceQuery{Search: typed}); !slices.Equal(got, want) {
			t.Errorf("%.40q finds %q, want %q", typed, got, want)
		}
	}

	must[devices.Device](t)(r.Act(ctx, ict, a.ID, devices.Return, devices.Facts{Condition: "cap missing"}))
	details := a.DeviceDetails
	details.Label = "MS-0099"
	must[devices.Device](t)(r.EditDevice(ctx, ict, a.ID, 0, details))
	for typed, want := range map[string][2][]string{ // with and without the past
		"zoe": {{"MS-0099"}, nil}, "cap miss": {{"MS-0099"}, nil}, "0042": {{"MS-0099"}, nil}, "0099": {{"MS-0099"}, {"MS-0099"}}, "returned": {{"MS-0099"}, {"MS-0099"}}, "issued": {nil, nil},
		"zoe 0099": {{"MS-0099"}, nil},
	} {
		for i, presentOnly := range []bool{false, true} {
			if got := find(t, r, devices.DeviceQuery{Search: typed, PresentOnly: presentOnly}); !slices.Equal(got, want[i]) {
				t.Errorf("%q (present only: %v) finds %q, want %q", typed, presentOnly, got, want[i])
			}
		}
	}
}

// longHistory gives a device more words than are kept: the latest are found.
func longHistory(t *testing.T, one, _ devices.Store) {
	ctx := t.Context()
	d := add(t, registerOn(one), devices.DeviceDetails{Label: "MS-1"})
	if err := one.Update(ctx, func(tx devices.Tx) error {
		for i := range 100 {
			var text strings.Builder
			for j := range 100 {
				fmt.Fprintf(&text, "w%dx%d ", i, j)
			}
			if err := tx.AddText(ctx, d.ID, text.String()); err != nil {
				return err
			}
		}
		return tx.AddText(ctx, d.ID, "w99x99 again")
	}); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]int{"w99x99": 1, "w95x7": 1, "again": 1, "w0x0": 0, "w3x50": 0, "ms-1": 1} {
		if got := find(t, registerOn(one), devices.DeviceQuery{Search: typed}); len(got) != want {
			t.Errorf("%q finds %q", typed, got)
		}
	}
}

// searchInBulk searches among more than can be collected and sorted, so that the
// other ways to find devices are taken; all must agree with plain reasoning.
func searchInBulk(t *testing.T, one, _ devices.Store) {
	if testing.Short() {
		t.Skip("slow under the race detector")
	}
	const n = 5000
	ctx := t.Context()
	if err := one.Update(ctx, func(tx devices.Tx) error {
		for i := range n {
			d := devices.Device{
				ID: fmt.Sprintf("d%05d", i), Version: 1, State: devices.InStock, Since: start, Added: start.Add(time.Duration(i) * time.Second),
				DeviceDetails: devices.DeviceDetails{Kind: devices.Kinds()[i*5/n], Label: fmt.Sprintf("L%d", i), Make: []string{"Old", "New"}[i*2/n], Site: "North"},
			}
			if err := tx.PutDevice(ctx, d); err != nil {
				return err
			}
			if i%10 == 0 {
				if err := tx.AddText(ctx, d.ID, "tenth event"); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	r := registerOn(one)
	for name, test := range map[string]struct {
		q           devices.DeviceQuery
		total       int
		first, last string
	}{
		"all":                 {devices.DeviceQuery{}, n, "L0", "L4999"},
		"all found":           {devices.DeviceQuery{Search: "l nor"}, n, "L0", "L4999"},
		"half, late in order": {devices.DeviceQuery{Search: "new"}, n / 2, "L2500", "L4999"},
		"half, early":         {devices.DeviceQuery{Search: "old"}, n / 2, "L0", "L2499"},
		"downwards":           {devices.DeviceQuery{Search: "old", Sort: devices.ByAdded, Descending: true}, n / 2, "L2499", "L0"},
		"few found":           {devices.DeviceQuery{Search: "tenth"}, n / 10, "L0", "L4990"},
		"few found in bulk":   {devices.DeviceQuery{Search: "tenth new", Sort: devices.ByAdded, Descending: true}, n / 20, "L4990", "L2500"},
		"filtered":            {devices.DeviceQuery{Kinds: []devices.Kind{devices.Tablet, devices.Phone}, Sites: []string{"North"}}, n * 2 / 5, "L3000", "L4999"},
		"both":                {devices.DeviceQuery{Search: "new", Kinds: []devices.Kind{devices.Laptop, devices.Tablet}}, 1500, "L2500", "L3999"},
		"both many":           {devices.DeviceQuery{Search: "new", Sites: []string{"North"}}, n / 2, "L2500", "L4999"},
		"both, none":          {devices.DeviceQuery{Search: "old", Kinds: []devices.Kind{devices.Tablet, devices.Phone}}, 0, "", ""},
	} {
		test.q.Limit = 700
		got := find(t, r, test.q)
		if len(got) != test.total {
			t.Errorf("%s: %d found, want %d", name, len(got), test.total)
			continue
		}
		if test.total > 0 && (got[0] != test.first || got[len(got)-1] != test.last) {
			t.Errorf("%s: from %s to %s, want %s to %s", name, got[0], got[len(got)-1], test.first, test.last)
		}
		slices.Sort(got)
		if len(slices.Compact(got)) != test.total {
			t.Errorf("%s: pages repeat devices", name)
		}
	}
}
