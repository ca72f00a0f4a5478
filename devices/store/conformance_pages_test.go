package store_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/devices"
)

func sortingAndPages(t *testing.T, one, _ devices.Store) {
	r, ctx := registerOn(one), t.Context()
	fill(t, r, 60)
	fold := func(text string) string { return strings.ToLower(strings.ReplaceAll(text, "ë", "e")) }
	compare := map[devices.Column]func(a, b devices.Device) int{
		devices.ByLabel:    func(a, b devices.Device) int { return cmp.Compare(number(a.Label), number(b.Label)) },
		devices.BySerial:   func(a, b devices.Device) int { return cmp.Compare(a.Serial, b.Serial) },
		devices.ByKind:     func(a, b devices.Device) int { return cmp.Compare(a.Kind, b.Kind) },
		devices.ByMake:     func(a, b devices.Device) int { return cmp.Compare(fold(a.Make), fold(b.Make)) },
		devices.ByModel:    func(a, b devices.Device) int { return cmp.Compare(a.Model, b.Model) },
		devices.ByCapacity: func(a, b devices.Device) int { return cmp.Compare(a.Capacity, b.Capacity) },
		devices.BySite:     func(a, b devices.Device) int { return cmp.Compare(a.Site, b.Site) },
		devices.ByState: func(a, b devices.Device) int {
			return cmp.Compare(slices.Index(devices.States(), a.State), slices.Index(devices.States(), b.State))
		},
		devices.ByHolder:   func(a, b devices.Device) int { return cmp.Compare(fold(a.HolderName), fold(b.HolderName)) },
		devices.ByDue:      func(a, b devices.Device) int { return a.Due.Compare(b.Due) },
		devices.BySeen:     func(a, b devices.Device) int { return a.Seen.At.Compare(b.Seen.At) },
		devices.ByVerified: func(a, b devices.Device) int { return verifiedAt(a).Compare(verifiedAt(b)) },
		devices.ByAdded:    func(a, b devices.Device) int { return a.Added.Compare(b.Added) },
		devices.BySince:    func(a, b devices.Device) int { return a.Since.Compare(b.Since) },
	}
	added := every(t, r) // by label is as they were added
	for _, column := range devices.Columns() {
		for _, descending := range []bool{false, true} {
			want := slices.Clone(added)
			slices.SortStableFunc(want, compare[column])
			if descending {
				slices.Reverse(want)
			}
			for _, limit := range []int{1, 7, 59, 60, 61, 0} {
				if limit == 1 && column != devices.ByMake {
					continue
				}
				got := find(t, r, devices.DeviceQuery{Sort: column, Descending: descending, Limit: limit})
				if !slices.Equal(got, labels(want)) {
					t.Errorf("by %s (descending: %v), %d a page: %q, want %q", column, descending, limit, got, labels(want))
				}
			}
		}
	}
	page := must[devices.DevicePage](t)(r.Devices(ctx, devices.DeviceQuery{Limit: 5}))
	for name, q := range map[string]devices.DeviceQuery{
		"of another order":     {Sort: devices.ByDue, After: page.Next},
		"of another direction": {Descending: true, After: page.Next},
		"made up":              {After: "x"},
		"not base64":           {After: "{}"},
		"a column":             {Sort: "row; DROP TABLE devices"},
	} {
		var invalid *devices.InvalidError
		if _, err := r.Devices(ctx, q); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func number(label string) (n int) {
	_, _ = fmt.Sscanf(label, "MS-%d", &n)
	return n
}

func verifiedAt(d devices.Device) time.Time {
	if !d.Encryption.Encrypted {
		return time.Time{}
	}
	return d.Encryption.At
}

// pagesWhileChanging reads pages while others change the register: what is there
// all the time is seen exactly once.
func pagesWhileChanging(t *testing.T, one, two devices.Store) {
	r, other := registerOn(one), registerOn(two)
	for i := range 20 {
		add(t, r, devices.DeviceDetails{Label: fmt.Sprintf("MS-%d", i*10)})
	}
	var got []string
	q := devices.DeviceQuery{Limit: 3}
	for i := 0; ; i++ {
		page := must[devices.DevicePage](t)(r.Devices(t.Context(), q))
		got = append(got, labels(page.Devices)...)
		if q.After = page.Next; q.After == "" {
			break
		}
		add(t, other, devices.DeviceDetails{Label: fmt.Sprintf("MS-%d-new", i)})
	}
	for i := range 20 {
		want := fmt.Sprintf("MS-%d", i*10)
		if n := len(slices.DeleteFunc(slices.Clone(got), func(label string) bool { return label != want })); n != 1 {
			t.Errorf("%s was seen %d times", want, n)
		}
	}
}

func peoplePages(t *testing.T, one, _ devices.Store) {
	r, ctx := registerOn(one), t.Context()
	var want []string
	for i := range 25 {
		name := fmt.Sprintf("Person %d", i)
		h := must[devices.Holder](t)(r.AddHolder(ctx, ict, devices.HolderDetails{Name: name, Notes: "Chess club"}))
		if i%5 == 0 {
			must[devices.Holdings](t)(r.Leave(ctx, ict, h.ID, 0, ""))
			continue
		}
		want = append(want, name)
	}
	names := func(q devices.HolderQuery) (all []string) {
		for {
			page := must[devices.HolderPage](t)(r.Holders(ctx, q))
			for _, h := range page.Holders {
				all = append(all, h.Name)
			}
			if q.After = page.Next; q.After == "" {
				return all
			}
		}
	}
	for name, got := range map[string][]string{
		"all":    names(devices.HolderQuery{Limit: 4}),
		"search": names(devices.HolderQuery{Limit: 4, Search: "chess pers"}),
	} {
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if left := names(devices.HolderQuery{Leavers: true}); len(left) != 5 {
		t.Errorf("%q", left)
	}
	if all := names(devices.HolderQuery{All: true, Search: "person 2"}); len(all) != 6 {
		t.Errorf("%q", all)
	}
}

func naturalOrder(t *testing.T, one, _ devices.Store) {
	r := registerOn(one)
	want := []string{"", "A", "a 2", "A 10", "ä 11", "b", "MS-9", "MS-010", "ms-10b", "MS-11", "MS-100000000000000000000000000", "z"}
	for i, label := range want {
		add(t, r, devices.DeviceDetails{Label: label, Serial: fmt.Sprintf("S%d", (i*5)%len(want))})
	}
	if got := find(t, r, devices.DeviceQuery{}); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
