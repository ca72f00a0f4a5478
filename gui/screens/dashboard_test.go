package screens

import (
	"testing"
	"time"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/guitest"
)

func openDashboard(t testing.TB, sc *schooltest.School) *guitest.Window {
	t.Helper()
	p := newPlace(t, sc)
	w := guitest.New(t, gui.Options{Routes: Routes(p), ICT: true, Explain: Explain})
	w.Session.Go("dashboard")
	return w
}

// withIncident is a school in which a stick was lost.
func withIncident(t testing.TB) *schooltest.School {
	sc := stocked(t)
	lost := mustFind(t, sc, "MS-0008")
	_, err := sc.Register().OpenIncident(t.Context(), "ICT", lost.ID, "", devices.IncidentDetails{Kind: devices.WasLost, Aware: sc.Now().Add(-30 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func TestDashboardEmpty(t *testing.T) {
	w := openDashboard(t, schooltest.New(t))
	w.MustSee("The register is empty.", "No incident is open.", "The register has not been backed up from this computer.", "Directory published today")
	w.Press("Go to the register")
	w.MustSee("There is nothing in the register yet.")
}

func TestDashboardWithoutSchool(t *testing.T) {
	p := NewPlace(t.TempDir(), schooltest.New(t).Options())
	w := guitest.New(t, gui.Options{Routes: Routes(p), ICT: true, Explain: Explain})
	w.Session.Go("dashboard")
	w.MustSee("This computer has not been told which school it belongs to.", "Try again")
}

// TestDashboardLeads shows that each number leads to just as many rows.
func TestDashboardLeads(t *testing.T) {
	sc := withIncident(t)
	w := openDashboard(t, sc)
	w.MustSee("MS-0008", "1 day 18 hours left to decide and notify")
	for _, lead := range []struct{ press, count string }{
		{"Issued: ", "29 devices"},
		{"Overdue: ", ""},
		{"Not seen for 60 days: ", ""},
		{"Encryption not verified: ", ""},
		{"Lost or stolen: 1", "1 device"},
		{"Laptop: 5", "5 devices"},
	} {
		w.Session.Go("dashboard")
		w.Settle()
		found := w.Find(lead.press)
		if found == nil {
			t.Errorf("no %q in\n%s", lead.press, w.Text())
			continue
		}
		w.Press(lead.press)
		if w.Session.At() != registerRoute {
			t.Fatalf("%s leads to %s", lead.press, w.Session.At())
		}
		if lead.count != "" {
			w.MustSee(lead.count)
		}
	}
}

func TestDashboardFollows(t *testing.T) {
	sc := stocked(t)
	w := openDashboard(t, sc)
	w.MustNotSee("Stolen")
	sc.Act(mustFind(t, sc, "MS-0001"), devices.Steal, devices.Facts{})
	w.Advance(registerLook)
	w.Until("the theft", func() bool { return w.Sees("Stolen") })
}

func TestDashboardPictures(t *testing.T) {
	p := newPlace(t, withIncident(t))
	guitest.Pictures(t, "dashboard", gui.Options{Routes: Routes(p), ICT: true, Explain: Explain}, func(w *guitest.Window) { w.Session.Go("dashboard") })
}

// TestDashboardPluggedPictures shows the dashboard with sticks plugged in, and what is
// said of a lost one on any screen.
func TestDashboardPluggedPictures(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	lost := d.issueOn(t, plugs.plugIn(t, "S1"), d.holder(t, "Ann Lee").ID, "MS-1")
	d.issueOn(t, plugs.plugIn(t, "S2"), d.holder(t, "Bob Roy").ID, "MS-2")
	_, _, err := lifecycle.Act(t.Context(), d.School.School, lost.ID, devices.Lose, devices.Facts{})
	check(t, err)
	o := gui.Options{Routes: Routes(d.place), ICT: true, Explain: Explain, Services: gui.Services{Drives: plugs}}
	guitest.Pictures(t, "dashboard-plugged", o, func(w *guitest.Window) {
		w.Session.Go("dashboard")
		w.Until("the sticks", func() bool { return w.Sees("MS-2") })
	})
	guitest.Pictures(t, "lost-told", o, func(w *guitest.Window) {
		d.place.autoBackup = &autoBackup{s: w.Session}
		d.place.tellLost(lossNews{since: w.Now(), ict: true}, stick.Note{Label: "MS-1"})
	})
}

// TestReportWaitsPictures shows the dashboard and home while a loss report waits.
func TestReportWaitsPictures(t *testing.T) {
	sc := withIncident(t)
	deliver(t, sc, "MS-0009")
	p := newPlace(t, sc)
	for name, route := range map[string]gui.RouteID{"dashboard-report": "dashboard", "home-report": gui.Home} {
		guitest.Pictures(t, name, gui.Options{Routes: Routes(p), ICT: true, Explain: Explain, Begin: p.Begin}, func(w *guitest.Window) {
			w.Session.Go(route)
			w.Until("the report", func() bool { return w.Sees("1 loss report waiting") || w.Sees("1 adroddiad colled yn aros") })
		})
	}
}
