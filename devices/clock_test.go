package devices_test

import (
	"testing"
	"time"

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

// TestIncidentsClockJumps opens an incident, and looks at its 72 hours with a clock that
// jumped: never is more time left than there was, and what cannot be is said.
func TestIncidentsClockJumps(t *testing.T) {
	i := devices.Incident{IncidentDetails: devices.IncidentDetails{Aware: monday}, State: devices.IncidentOpen}
	for _, c := range []struct {
		now  time.Time
		left time.Duration
		odd  bool
	}{
		{monday, 72 * time.Hour, false},
		{monday.Add(-10 * time.Minute), 72 * time.Hour, false}, // two computers
		{monday.AddDate(-30, 0, 0), 72 * time.Hour, true},
		{monday.Add(71 * time.Hour), time.Hour, false},
		{monday.Add(73 * time.Hour), -time.Hour, false},
	} {
		if left, odd := i.Left(c.now), i.ClockOdd(c.now); left != c.left || odd != c.odd {
			t.Errorf("at %s: %s left, odd %v", c.now, left, odd)
		}
	}
}

// TestDueDatesFollowTheClock issues with a clock that is wrong by years, which is then
// put right: the loan is overdue or not by the clock that is asked.
func TestDueDatesFollowTheClock(t *testing.T) {
	d := newDesk(t)
	alice := d.person(t, "Alice Jones", "a.jones@example.org")
	d.now = monday.AddDate(-30, 0, 0)
	past := d.issued(t, "IT-1", alice, 14)
	d.now = monday.AddDate(30, 0, 0)
	future := d.issued(t, "IT-2", alice, 14)
	d.now = monday
	if !past.Overdue(d.now) || future.Overdue(d.now) {
		t.Errorf("overdue: %v and %v", past.Overdue(d.now), future.Overdue(d.now))
	}
	page := must[devices.DevicePage](t)(d.Devices(t.Context(), devices.DeviceQuery{Overdue: true}))
	if len(page.Devices) != 1 || page.Devices[0].ID != past.ID {
		t.Errorf("%+v", page.Devices)
	}
	if extended, err := d.Extend(t.Context(), ict, past.ID, page.Devices[0].Version, monday.AddDate(0, 0, 14), "the clock was wrong"); err != nil || extended.Overdue(d.now) {
		t.Errorf("%+v, %v", extended, err)
	}
	d.check(t)
}
