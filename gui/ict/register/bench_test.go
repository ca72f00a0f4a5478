package register

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"
)

// benchDevices is how many devices the register of the benchmark holds.
const benchDevices = 100_000

// hundredThousand is a school with a register of that size, imported from a list.
func hundredThousand(b *testing.B) *schooltest.School {
	b.Helper()
	sc := schooltest.New(b)
	var list strings.Builder
	list.WriteString("label,kind,make,model,serial,site,state,holder,due\n")
	for i := range benchDevices {
		state, holder, due := "in stock", "", ""
		if i%3 > 0 {
			state, holder, due = "issued", fmt.Sprintf("Person %d", i%2000), []string{"2026-12-01", "2027-01-31"}[i%2]
		}
		fmt.Fprintf(&list, "MS-%06d,%s,%s,Ultra Fit %d,S%08d,Site %d,%s,%s,%s\n", i, []string{"memory stick", "laptop"}[i%2], []string{"SanDisk", "Kingston"}[i%2], i%7, i*7919, i%20, state, holder, due)
	}
	if _, err := sc.Register().Import(context.Background(), "ICT", strings.NewReader(list.String()), devices.ImportOptions{}); err != nil {
		b.Fatal(err)
	}
	return sc
}

// BenchmarkRegister measures the register of 100,000 devices, kept in SQLite: a frame
// of scrolling by a few rows, and by a page at a time to where no row is known yet, each
// drawn anew; a refresh of the rows in view; and reading the whole list again, which
// runs in the background.
func BenchmarkRegister(b *testing.B) {
	sc := hundredThousand(b)
	p := app.NewPlace(sc.Config, sc.Options())
	defer p.Authority.Close()
	w := guitest.New(b, gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain})
	w.Session.Go(app.RegisterRoute)
	w.Settle()
	r := w.Session.Current().(*register)
	if len(r.rows.order) != benchDevices {
		b.Fatalf("%d devices", len(r.rows.order))
	}
	body := r.table.Focus()
	w.Focus(body)
	step := func(b *testing.B, key fyne.KeyName) {
		longest := time.Duration(0)
		for b.Loop() {
			began := time.Now()
			body.TypedKey(&fyne.KeyEvent{Name: key})
			longest = max(longest, time.Since(began))
			b.StopTimer()
			w.Settle() // rows that are read in the background, as when the person goes on
			b.StartTimer()
		}
		b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest")
	}
	b.Run("row down", func(b *testing.B) { step(b, fyne.KeyDown) })
	b.Run("page down", func(b *testing.B) { step(b, fyne.KeyPageDown) })
	b.Run("top and bottom", func(b *testing.B) {
		for b.Loop() {
			body.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
			body.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
		}
	})
	w.Settle()
	b.Run("refresh", func(b *testing.B) {
		for b.Loop() {
			r.table.Refresh()
		}
	})
	b.Run("background read of the list", func(b *testing.B) {
		for b.Loop() {
			r.rows.outdated()
			r.load()
			w.Settle()
		}
	})
	b.Run("background search", func(b *testing.B) {
		for b.Loop() {
			r.filters = Filters{search: "person 17"}
			r.load()
			w.Settle()
		}
	})
}
