package devices_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"stowage/devices"
)

// liveThroughIncidents has everything happen that can happen to incidents.
func liveThroughIncidents(t testing.TB, d *desk, device string) {
	ctx := t.Context()
	i := must[devices.Incident](t)(d.OpenIncident(ctx, ict, device, "", details(d), "report-1"))
	more := i.IncidentDetails
	more.Lessons = "zips"
	must[devices.Incident](t)(d.EditIncident(ctx, ict, i.ID, i.Version, more))
	must[devices.Incident](t)(d.AddReport(ctx, ict, i.ID, 0, "report-2", more))
	must[devices.Incident](t)(d.SetListing(ctx, ict, i.ID, []byte("opaque"), time.Time{}))
	other := must[devices.Incident](t)(d.OpenIncident(ctx, ict, "", "", devices.IncidentDetails{Kind: devices.Unclear, What: "a blue stick"}, "report-3"))
	must[devices.Incident](t)(d.MergeIncident(ctx, ict, other.ID, i.ID))
	must[devices.Incident](t)(d.Decide(ctx, ict, i.ID, 0, devices.Decision{Notify: devices.No, Why: "unlikely to harm anyone", By: "Head"}))
	must[devices.Incident](t)(d.CloseIncident(ctx, ict, i.ID, 0, "keep it on a lanyard"))
	must[devices.Incident](t)(d.ReopenIncident(ctx, ict, i.ID, 0, "the bus company rang"))
}

func details(d *desk) devices.IncidentDetails {
	return devices.IncidentDetails{
		Kind: devices.WasLost, HappenedFrom: d.now.Add(-50 * time.Hour), HappenedTo: d.now.Add(-30 * time.Hour),
		Noticed: d.now.Add(-29 * time.Hour), Aware: d.now.Add(-20 * time.Hour), LastSeen: "the 42 bus", Police: "CR/12",
		Told: []devices.Told{{Who: "the head", At: d.now.Add(-time.Hour)}, {Who: "the trust"}}, Circumstances: "left in a coat",
		Passphrase: devices.No, OnlyCopy: devices.Yes, Whose: "pupils", Categories: "names, reports", People: 30, Records: 60,
		Special: []string{"health", "racial or ethnic origin"}, Trained: devices.Yes, TrainedOn: d.now.AddDate(-1, 0, 0), RegulatorContact: "the office",
	}
}

func TestIncident(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.person(t, "Ann", "ann@school.example")
	stick := d.issued(t, "MS-1", ann, 0)
	i := must[devices.Incident](t)(d.OpenIncident(ctx, ict, stick.ID, "", details(d), "r1"))
	if i.Holder != ann.ID || i.Device != stick.ID || i.State != devices.IncidentOpen || i.By != ict || !i.Opened.Equal(monday) || !reflect.DeepEqual(i.Reports, []string{"r1"}) {
		t.Errorf("%+v", i)
	}
	if want := monday.Add(52 * time.Hour); !i.Deadline().Equal(want) || i.Left(monday) != 52*time.Hour || i.Left(monday.Add(53*time.Hour)) != -time.Hour {
		t.Errorf("the clock ends at %v, want %v", i.Deadline(), want)
	}
	if !reflect.DeepEqual(i.Special, []string{"racial or ethnic origin", "health"}) || !reflect.DeepEqual(i.Breached(), []string{"confidentiality", "availability"}) {
		t.Errorf("%q, %q", i.Special, i.Breached())
	}
	edited := i.IncidentDetails
	edited.People, edited.OnlyCopy = 31, devices.NotSure
	again := must[devices.Incident](t)(d.EditIncident(ctx, "Bob", i.ID, i.Version, edited))
	if again.People != 31 || again.Version <= i.Version || len(again.Breached()) != 1 {
		t.Errorf("%+v", again)
	}
	if _, err := d.EditIncident(ctx, ict, i.ID, i.Version, edited); !errors.Is(err, devices.ErrChanged) {
		t.Errorf("an edit of what was edited: %v", err)
	}
	if same := must[devices.Incident](t)(d.EditIncident(ctx, ict, i.ID, 0, edited)); same.Version != again.Version {
		t.Error("an edit that changes nothing is an event")
	}
	if _, err := d.CloseIncident(ctx, ict, i.ID, 0, ""); !errors.Is(err, devices.ErrUndecided) {
		t.Errorf("closed undecided: %v", err)
	}
	if !again.ClockRuns() {
		t.Error("the clock does not run")
	}
	yes := devices.Decision{Notify: devices.Yes, Why: "children's health", By: "Head", TellPeople: devices.Yes, TellWhy: "so that they can watch out"}
	decided := must[devices.Incident](t)(d.Decide(ctx, ict, i.ID, 0, yes))
	if !decided.ClockRuns() || !decided.Decision.At.Equal(monday) {
		t.Errorf("%+v", decided.Decision)
	}
	yes.Notified, yes.Reference = monday, "IC-1"
	if told := must[devices.Incident](t)(d.Decide(ctx, ict, i.ID, 0, yes)); told.ClockRuns() {
		t.Error("the clock runs after notifying")
	}
	closed := must[devices.Incident](t)(d.CloseIncident(ctx, ict, i.ID, 0, "lanyards"))
	if closed.State != devices.IncidentClosed || closed.Lessons != "lanyards" || !closed.Closed.Equal(monday) {
		t.Errorf("%+v", closed)
	}
	if _, err := d.EditIncident(ctx, ict, i.ID, 0, edited); !errors.Is(err, devices.ErrClosed) {
		t.Errorf("edited a closed one: %v", err)
	}
	if _, err := d.ReopenIncident(ctx, ict, i.ID, 0, ""); as[*devices.InvalidError](err) == nil {
		t.Errorf("reopened without a reason: %v", err)
	}
	if open := must[devices.Incident](t)(d.ReopenIncident(ctx, ict, i.ID, 0, "rang")); open.State != devices.IncidentOpen || open.Reopened != 1 || !open.Closed.IsZero() {
		t.Errorf("%+v", open)
	}
	history := must[[]devices.Event](t)(d.IncidentHistory(ctx, i.ID))
	if len(history) != 6 || history[0].Kind != devices.IncidentWasOpened || history[1].Actor != "Bob" || history[5].Kind != devices.IncidentReopened {
		t.Errorf("%+v", history)
	}
	d.check(t)
}

func TestIncidentsMerge(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	stick := d.stick(t, "MS-1")
	late := must[devices.Incident](t)(d.OpenIncident(ctx, ict, stick.ID, "", devices.IncidentDetails{Kind: devices.WasStolen}, "r1"))
	early := must[devices.Incident](t)(d.OpenIncident(ctx, ict, "", "", devices.IncidentDetails{Kind: devices.WasLost, What: "a stick", Aware: monday.Add(-time.Hour)}, "r2"))
	if _, err := d.MergeIncident(ctx, ict, late.ID, late.ID); as[*devices.InvalidError](err) == nil {
		t.Errorf("with itself: %v", err)
	}
	merged := must[devices.Incident](t)(d.MergeIncident(ctx, ict, early.ID, late.ID))
	if !merged.Aware.Equal(early.Aware) || !reflect.DeepEqual(merged.Reports, []string{"r1", "r2"}) || !reflect.DeepEqual(merged.Merged, []string{early.ID}) {
		t.Errorf("%+v", merged)
	}
	for q, want := range map[string]int{"": 1, "merged": 1} {
		query := devices.IncidentQuery{}
		if q != "" {
			query.States = []devices.IncidentState{devices.IncidentMerged}
		}
		if got := must[[]devices.Incident](t)(d.Incidents(ctx, query)); len(got) != want {
			t.Errorf("%q: %d", q, len(got))
		}
	}
	if got := must[[]devices.Incident](t)(d.Incidents(ctx, devices.IncidentQuery{Device: stick.ID})); len(got) != 1 || got[0].ID != late.ID {
		t.Errorf("%+v", got)
	}
	if _, err := d.MergeIncident(ctx, ict, late.ID, early.ID); !errors.Is(err, devices.ErrClosed) {
		t.Errorf("into a merged one: %v", err)
	}
	d.check(t)
}

func TestIncidentListing(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	i := must[devices.Incident](t)(d.OpenIncident(ctx, ict, d.stick(t, "MS-1").ID, "", devices.IncidentDetails{Kind: devices.WasLost}))
	if _, err := d.Listing(ctx, i.ID); !errors.Is(err, devices.ErrNotFound) {
		t.Errorf("%v", err)
	}
	for _, content := range []string{"first", "second", "second"} {
		must[devices.Incident](t)(d.SetListing(ctx, ict, i.ID, []byte(content), monday.Add(-time.Hour)))
		if got := must[[]byte](t)(d.Listing(ctx, i.ID)); string(got) != content {
			t.Errorf("%q", got)
		}
	}
	d.check(t)
	d.sql(t, "UPDATE blobs SET content = x'00'")
	if err := d.Check(ctx, nil); as[*devices.DifferenceError](err) == nil {
		t.Errorf("a changed list: %v", err)
	}
	if _, err := d.Listing(ctx, i.ID); !errors.Is(err, devices.ErrCorrupt) {
		t.Errorf("a changed list: %v", err)
	}
	for _, bad := range [][]byte{nil, make([]byte, devices.MaxListing+1)} {
		if _, err := d.SetListing(ctx, ict, i.ID, bad, time.Time{}); as[*devices.InvalidError](err) == nil {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
}

func TestIncidentRefuses(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	stick := d.stick(t, "MS-1")
	for field, change := range map[string]func(*devices.IncidentDetails){
		"kind":               func(i *devices.IncidentDetails) { i.Kind = "gone" },
		"happened to":        func(i *devices.IncidentDetails) { i.HappenedTo = i.HappenedFrom.Add(-time.Hour) },
		"aware":              func(i *devices.IncidentDetails) { i.Aware = d.now.Add(time.Hour) },
		"noticed":            func(i *devices.IncidentDetails) { i.Noticed = d.now.Add(time.Hour) },
		"passphrase":         func(i *devices.IncidentDetails) { i.Passphrase = "perhaps" },
		"people":             func(i *devices.IncidentDetails) { i.People = -1 },
		"special categories": func(i *devices.IncidentDetails) { i.Special = []string{"shoe size"} },
		"circumstances":      func(i *devices.IncidentDetails) { i.Circumstances = strings.Repeat("x", 4001) },
		"told at":            func(i *devices.IncidentDetails) { i.Told[0].At = d.now.Add(time.Hour) },
		"police":             func(i *devices.IncidentDetails) { i.Police = "a\x07" },
	} {
		bad := details(d)
		change(&bad)
		_, err := d.OpenIncident(ctx, ict, stick.ID, "", bad)
		if e := as[*devices.InvalidError](err); e == nil || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := d.OpenIncident(ctx, ict, "", "", devices.IncidentDetails{Kind: devices.WasLost}); as[*devices.InvalidError](err) == nil {
		t.Errorf("of nothing: %v", err)
	}
	if _, err := d.OpenIncident(ctx, ict, "nowhere", "", details(d)); !errors.Is(err, devices.ErrNotFound) {
		t.Errorf("%v", err)
	}
	i := must[devices.Incident](t)(d.OpenIncident(ctx, ict, stick.ID, "", details(d)))
	for name, bad := range map[string]devices.Decision{
		"no reason":   {Notify: devices.Yes, By: "Head"},
		"nobody":      {Notify: devices.Yes, Why: "x"},
		"not decided": {Notify: devices.NotSure, Why: "x", By: "Head"},
		"both ways":   {Notify: devices.No, Why: "x", By: "Head", Notified: d.now},
	} {
		if _, err := d.Decide(ctx, ict, i.ID, 0, bad); as[*devices.InvalidError](err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.check(t)
}
