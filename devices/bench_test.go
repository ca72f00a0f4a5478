package devices_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"stowage/crypt/longtest"
	"stowage/devices"
)

func BenchmarkPage(b *testing.B) {
	r := big(b, manyDevices)
	for name, q := range map[string]devices.DeviceQuery{
		"All":              {},
		"AllBySerial":      {Sort: devices.BySerial},
		"AllByDueLast":     {Sort: devices.ByDue, Descending: true},
		"SearchLetter":     {Search: "s"},
		"SearchAll":        {Search: "ms"},
		"SearchMake":       {Search: "sand"},
		"SearchMakeByDue":  {Search: "sand", Sort: devices.ByDue, Descending: true},
		"SearchTwo":        {Search: "sand mor"},
		"SearchPart":       {Search: "4711"},
		"SearchLabel":      {Search: "MS-04711"},
		"SearchEventText":  {Search: "bus"},
		"SearchCommonText": {Search: "wiped"},
		"SearchNothing":    {Search: "xyzzy"},
		"StateCommon":      {States: []devices.State{devices.Issued}},
		"StateRare":        {States: []devices.State{devices.Lost}},
		"StateNone":        {States: []devices.State{devices.Destroyed}},
		"KindSite":         {Kinds: []devices.Kind{devices.Phone}, Sites: []string{"Lakeside"}},
		"KindSiteNone":     {Kinds: []devices.Kind{devices.Phone}, Sites: []string{"Nowhere"}},
		"Overdue":          {Overdue: true},
		"OverdueByHolder":  {Overdue: true, Sort: devices.ByHolder},
		"NotSeen":          {NotSeenSince: bigNow.AddDate(-1, 0, 0)},
		"Unverified":       {Unverified: true},
		"SearchRarePlace":  {Search: "pe", States: []devices.State{devices.Returned, devices.InStock}, Kinds: []devices.Kind{devices.Phone}, Sites: []string{"Lakeside"}},
		"InStockByHolder":  {States: []devices.State{devices.InStock}, Sort: devices.ByHolder, Descending: true},
		"OldByAdded":       {NotSeenSince: bigNow.AddDate(-2, 0, 0), Sort: devices.ByAdded, Descending: true},
		"SearchFiltered":   {Search: "sand", States: []devices.State{devices.Lost}, Kinds: []devices.Kind{devices.Laptop}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := r.Devices(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/Count", func(b *testing.B) {
			for b.Loop() {
				if _, err := r.CountDevices(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEvents(b *testing.B) {
	r := big(b, manyDevices)
	device := must[devices.Device](b)(r.FindDevice(b.Context(), "MS-04711"))
	holder := must[devices.HolderPage](b)(r.Holders(b.Context(), devices.HolderQuery{Limit: 1})).Holders[0]
	for name, q := range map[string]devices.EventQuery{
		"Newest":      {},
		"Older":       {After: manyEvents / 2},
		"OfDevice":    {Device: device.ID},
		"OfHolder":    {Holder: holder.ID},
		"RareKind":    {Kinds: []devices.EventKind{devices.DeviceLost}},
		"NoSuchKind":  {Kinds: []devices.EventKind{devices.CodeUsed}},
		"CommonKind":  {Kinds: []devices.EventKind{devices.DeviceSeen}},
		"Kinds":       {Kinds: []devices.EventKind{devices.DeviceSeen, devices.DeviceLost}},
		"RareKinds":   {Kinds: []devices.EventKind{devices.CodeUsed, devices.KeyPlaced}},
		"Day":         {From: bigNow.AddDate(-2, 0, 0), Until: bigNow.AddDate(-2, 0, 1)},
		"DayOldest":   {From: bigNow.AddDate(-2, 0, 0), Until: bigNow.AddDate(-2, 0, 1), Oldest: true},
		"YearOldest":  {From: bigNow.AddDate(-2, 0, 0), Until: bigNow.AddDate(-1, 0, 0), Oldest: true},
		"YearRare":    {From: bigNow.AddDate(-2, 0, 0), Until: bigNow.AddDate(-1, 0, 0), Kinds: []devices.EventKind{devices.DeviceLost}},
		"FutureRange": {From: bigNow.AddDate(10, 0, 0)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := r.Events(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWhole is what reads or writes the whole register; run it once.
func BenchmarkWhole(b *testing.B) {
	r, ctx := big(b, manyDevices), b.Context()
	for name, run := range map[string]func() error{
		"Check":  func() error { return r.Check(ctx, nil) },
		"Export": func() error { return r.Export(ctx, io.Discard, devices.DeviceQuery{}) },
		"Import": func() error {
			var text bytes.Buffer
			if err := r.Export(ctx, &text, devices.DeviceQuery{}); err != nil {
				return err
			}
			_, err := r.Import(ctx, ict, &text, devices.ImportOptions{DryRun: true})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCheckIn is a change, durable on disk.
func BenchmarkCheckIn(b *testing.B) {
	r := big(b, manyDevices)
	device := must[devices.Device](b)(r.FindDevice(b.Context(), "MS-04711"))
	for b.Loop() {
		if _, err := r.CheckIn(b.Context(), ict, device.ID, devices.Sighting{Place: "desk"}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkImport takes a list of 50,000 new devices and 12,500 people, without a fault and with one in its last row. It
// reports the processor time that an import takes; run it once, on an idle machine.
func BenchmarkImport(b *testing.B) {
	list := func(last string) string {
		r := rand.New(rand.NewPCG(1, 2))
		var text strings.Builder
		text.WriteString("label,serial,kind,make,model,capacity,site,state,holder,email,issued,due,last seen,place\r\n")
		for i := range 50_000 {
			kind := []string{"memory stick", "laptop", "phone"}[i%3]
			fmt.Fprintf(&text, "HRP-%05d,4C5300%012d,%s,SanDisk,Ultra %d,64000000000,Hill,", i, r.Int64N(1e12), kind, i%7)
			if p := i / 4; i%3 > 0 {
				fmt.Fprintf(&text, "issued,%s %d,p%d@school.example,2026-08-01,2027-07-20", []string{"Ann Lee", "Bob Roy", "Cai Jones"}[p%3], p, p)
			} else {
				text.WriteString("in stock,,,,")
			}
			text.WriteString(",2026-08-30,hall\r\n")
		}
		return text.String() + last
	}
	for name, text := range map[string]string{"New": list(""), "Bad": list("X,,toaster,,,,,,,,,,,\r\n")} {
		b.Run(name, func(b *testing.B) {
			before := longtest.ProcessorTime()
			for b.Loop() {
				d := newDesk(b)
				_, err := d.Import(b.Context(), ict, strings.NewReader(text), devices.ImportOptions{})
				if (err != nil) != (name == "Bad") {
					b.Fatal(err)
				}
			}
			b.ReportMetric((longtest.ProcessorTime()-before).Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}
