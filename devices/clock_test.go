package devices_test

import (
	"testing"

	"stowage/devices"
)

// TestClockJumps records with a clock that jumps back and forward by years: events
// stay in the order in which they were recorded, the present state follows from
// them, and the history verifies.
func TestClockJumps(t *testing.T) {
	d := newDesk(t)
	alice := d.person(t, "Alice Jones", "a.jones@example.org")
	stick := d.issued(t, "IT-1", alice, 14)
	for _, years := range []int{-30, 40, -5} {
		d.now = monday.AddDate(years, 0, 0)
		if got := d.act(t, stick.ID, devices.Return, devices.Facts{}); got.State != devices.InStock && got.State != devices.Returned {
			t.Fatalf("%d years: %s", years, got.State)
		}
		must[devices.Device](t)(d.Issue(t.Context(), ict, stick.ID, devices.LoanDetails{Holder: alice.ID, Days: 14}))
		d.check(t)
	}
	events := must[[]devices.Event](t)(d.Events(t.Context(), devices.EventQuery{Limit: 100}))
	for i := 1; i < len(events); i++ {
		if events[i-1].Number != events[i].Number+1 {
			t.Errorf("event %d stands beside %d", events[i-1].Number, events[i].Number)
		}
	}
	if got := must[devices.Device](t)(d.Device(t.Context(), stick.ID)); got.State != devices.Issued {
		t.Errorf("it is %s", got.State)
	}
}
