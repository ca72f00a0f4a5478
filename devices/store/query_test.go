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

// searchInBulk searches among more than can be collected and sorted, so that the
// other ways to find devices are taken; all must agree with plain reasoning.
func searchInBulk(t *testing.T, one, _ devices.Store) {
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
