package devices_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"stowage/crypt/longtest"
	"stowage/devices"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// TestListsAgree has devices live at random, and after each step compares what lists, counts and totals say of them with
// each other: what each person holds, what is overdue, and how many there are of what.
func TestListsAgree(t *testing.T) {
	lives := uint64(3)
	if longtest.Wanted() {
		lives = 60
	}
	for seed := range lives {
		d := newDesk(t)
		liveAtRandom(t, &life{Register: d.Register, now: &d.now, r: rand.New(rand.NewPCG(seed, 7))}, 120)
		d.check(t)
	}
}

// TestListsAgreeOnServer is the same on PostgreSQL.
func TestListsAgreeOnServer(t *testing.T) {
	if !longtest.Wanted() {
		t.Skip("long: a server")
	}
	server := postgrestest.Start(t)
	defer server.Stop()
	for seed := range uint64(5) {
		url := server.Database(t)
		if err := store.SetUpPostgres(t.Context(), url, nil); err != nil {
			t.Fatal(err)
		}
		db := must[*store.Postgres](t)(store.OpenPostgres(t.Context(), url, nil))
		now := monday
		l := &life{now: &now, r: rand.New(rand.NewPCG(seed, 7))}
		l.Register = devices.NewRegister(db, devices.Options{Clock: func() time.Time { return now }})
		liveAtRandom(t, l, 60)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A life is a register in which things happen at random.
type life struct {
	*devices.Register
	now     *time.Time
	r       *rand.Rand
	people  []string
	devices []string
}

func liveAtRandom(t *testing.T, l *life, steps int) {
	t.Helper()
	for i := range 4 {
		h := must[devices.Holder](t)(l.AddHolder(t.Context(), ict, devices.HolderDetails{Name: fmt.Sprint("Person ", i)}))
		d := must[devices.Device](t)(l.AddDevice(t.Context(), ict, devices.DeviceDetails{Kind: devices.Kinds()[i], Label: fmt.Sprint("D", i), Site: "Hill"}))
		l.people, l.devices = append(l.people, h.ID), append(l.devices, d.ID)
	}
	var done []string
	for range steps {
		*l.now = l.now.Add(time.Duration(l.r.IntN(60)) * time.Hour)
		done = append(done, l.step(t))
		if wrong := l.agree(t.Context()); wrong != "" {
			t.Fatalf("%s, after %v", wrong, done)
		}
	}
}

// step does something that is allowed, and says what.
func (l *life) step(t *testing.T) string {
	t.Helper()
	ctx, person := t.Context(), l.people[l.r.IntN(len(l.people))]
	d := must[devices.Device](t)(l.Device(ctx, l.devices[l.r.IntN(len(l.devices))]))
	if l.r.IntN(10) == 0 {
		if l.r.IntN(2) == 0 {
			must[devices.Holdings](t)(l.Leave(ctx, ict, person, 0, ""))
			return "leaves"
		}
		must[devices.Holder](t)(l.Rejoin(ctx, ict, person, 0, ""))
		return "rejoins"
	}
	allowed := devices.Allowed(d.State)
	action := allowed[l.r.IntN(len(allowed))]
	var err error
	switch action {
	case devices.Issue:
		_, err = l.Issue(ctx, ict, d.ID, devices.LoanDetails{Holder: person, Days: l.r.IntN(6)})
		if err != nil { // the person has left
			return "not issued"
		}
	case devices.Extend:
		if d.Due.IsZero() {
			return "no end"
		}
		_, err = l.Extend(ctx, ict, d.ID, 0, d.Due.AddDate(0, 0, 1+l.r.IntN(4)), "")
	case devices.Destroy:
		_, err = l.Act(ctx, ict, d.ID, action, devices.Facts{Method: "shredded"})
	default:
		_, err = l.Act(ctx, ict, d.ID, action, devices.Facts{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %s", action, d.Label)
}

// agree says what does not agree.
func (l *life) agree(ctx context.Context) string {
	all, err := l.Devices(ctx, devices.DeviceQuery{Limit: devices.MaxPage})
	if err != nil {
		return err.Error()
	}
	open, err := l.Loans(ctx, devices.LoanQuery{Open: true})
	if err != nil {
		return err.Error()
	}
	byHolder, overdue, byState := map[string][]string{}, []string{}, map[devices.State]int{}
	for _, loan := range open {
		byHolder[loan.Holder] = append(byHolder[loan.Holder], loan.Device)
	}
	for _, d := range all.Devices {
		byState[d.State]++
		if d.Overdue(*l.now) {
			overdue = append(overdue, d.ID)
		}
		if d.State == devices.Issued && !slices.Contains(byHolder[d.Holder], d.ID) {
			return d.Label + " is issued to somebody who does not have it"
		}
	}
	if wrong := l.same(ctx, "everything", devices.DeviceQuery{}, ids(all.Devices), byState); wrong != "" {
		return wrong
	}
	if wrong := l.same(ctx, "overdue", devices.DeviceQuery{Overdue: true}, overdue, nil); wrong != "" {
		return wrong
	}
	for _, h := range l.people {
		has, err := l.Holdings(ctx, h)
		if err != nil {
			return err.Error()
		}
		if a, b := slices.Sorted(slices.Values(ids(has.Devices))), slices.Sorted(slices.Values(byHolder[h])); !slices.Equal(a, b) {
			return fmt.Sprintf("%s has %v, and loans say %v", h, a, b)
		}
		if wrong := l.same(ctx, "what a person has", devices.DeviceQuery{Holder: h}, byHolder[h], nil); wrong != "" {
			return wrong
		}
	}
	return ""
}

// same says in what a query is not these devices: as a page, in order, and counted.
func (l *life) same(ctx context.Context, what string, q devices.DeviceQuery, want []string, byState map[devices.State]int) string {
	q.Limit = devices.MaxPage
	page, err := l.Devices(ctx, q)
	if err != nil {
		return err.Error()
	}
	order, err := l.DeviceOrder(ctx, q)
	if err != nil {
		return err.Error()
	}
	counts, err := l.CountDevices(ctx, q)
	if err != nil {
		return err.Error()
	}
	if byState == nil {
		byState = map[devices.State]int{}
		for _, d := range page.Devices {
			byState[d.State]++
		}
	}
	want = slices.Sorted(slices.Values(want))
	for how, got := range map[string][]string{"a page": ids(page.Devices), "the order": order} {
		if got := slices.Sorted(slices.Values(got)); !slices.Equal(got, want) {
			return fmt.Sprintf("%s: %s has %v, not %v", what, how, got, want)
		}
	}
	if !maps.Equal(counts, byState) {
		return fmt.Sprintf("%s: counted %v, not %v", what, counts, byState)
	}
	return ""
}

func ids(all []devices.Device) []string {
	found := make([]string, len(all))
	for i, d := range all {
		found[i] = d.ID
	}
	return found
}

// TestDueIsADay looks at a loan from several places, the whole day through and across changes of the clocks: it is due
// on the same day of the calendar everywhere, and overdue when that day is over there.
func TestDueIsADay(t *testing.T) {
	for _, name := range []string{"Europe/London", "UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Niue"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		// Clocks go back in London on 25 October 2026, and forward on 28 March 2027.
		for _, begin := range []time.Time{
			time.Date(2026, 10, 22, 0, 5, 0, 0, zone), time.Date(2026, 10, 22, 23, 55, 0, 0, zone),
			time.Date(2027, 3, 25, 0, 5, 0, 0, zone), time.Date(2027, 3, 25, 23, 55, 0, 0, zone),
		} {
			d := newDesk(t)
			d.now = begin
			ann := d.person(t, "Ann Lee", "")
			lent := d.issued(t, "MS-1", ann, 4)
			want := begin.AddDate(0, 0, 4).Format(time.DateOnly)
			given := d.stick(t, "MS-2")
			given = must[devices.Device](t)(d.Issue(t.Context(), ict, given.ID, devices.LoanDetails{Holder: ann.ID, Due: devices.DueOn(begin.AddDate(0, 0, 4))}))
			for _, stick := range []devices.Device{lent, given} {
				for _, place := range []string{name, "Europe/London", "Asia/Tokyo", "America/Los_Angeles"} {
					at := must[*time.Location](t)(time.LoadLocation(place))
					if day := devices.DueDay(stick.Due, at).Format(time.DateOnly); day != want {
						t.Errorf("lent at %v, it is due on %s in %s, not %s", begin, day, place, want)
					}
				}
			}
			year, month, day := begin.AddDate(0, 0, 4).Date()
			for _, look := range []struct {
				at   time.Time
				over bool
			}{
				{time.Date(year, month, day, 0, 0, 1, 0, zone), false},
				{time.Date(year, month, day, 23, 59, 59, 0, zone), false},
				{time.Date(year, month, day+1, 0, 0, 0, 0, zone), true},
			} {
				d.now = look.at
				found := must[devices.DevicePage](t)(d.Devices(t.Context(), devices.DeviceQuery{Overdue: true}))
				if (len(found.Devices) == 2) != look.over || lent.Overdue(look.at) != look.over {
					t.Errorf("lent at %v, at %v %d are overdue", begin, look.at, len(found.Devices))
				}
			}
		}
	}
	// What was recorded with the end of a day in London, in summer, is due on that day still.
	old := devices.Device{State: devices.Issued, Due: time.Date(2026, 7, 20, 22, 59, 59, 0, time.UTC)}
	london := must[*time.Location](t)(time.LoadLocation("Europe/London"))
	if devices.DueDay(old.Due, london).Format(time.DateOnly) != "2026-07-20" || old.Overdue(time.Date(2026, 7, 20, 23, 59, 59, 0, london)) || !old.Overdue(time.Date(2026, 7, 21, 0, 0, 1, 0, london)) {
		t.Error("a loan of an older program")
	}
}
