package dashboard

import (
	"testing"
	"time"

	"stowage/devices/school/lifecycle"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/ict/checkin"
	"stowage/gui/ict/loss"
	"stowage/gui/ict/register"
	"stowage/gui/wording"
)

func openDashboard(t testing.TB, sc *schooltest.School) *guitest.Window {
	t.Helper()
	p := screenstest.NewPlace(t, sc)
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(p), register.Page(p), checkin.Page(p), loss.Page(p)), ICT: true, Explain: wording.Explain})
	w.Session.Go("dashboard")
	return w
}

// withIncident is a school in which a stick was lost.
func withIncident(t testing.TB) *schooltest.School {
	sc := screenstest.Stocked(t)
	lost := screenstest.MustFind(t, sc, "MS-0008")
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
	p := app.NewPlace(t.TempDir(), schooltest.New(t).Options())
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(p), register.Page(p), checkin.Page(p), loss.Page(p)), ICT: true, Explain: wording.Explain})
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
		if w.Session.At() != app.RegisterRoute {
			t.Fatalf("%s leads to %s", lead.press, w.Session.At())
		}
		if lead.count != "" {
			w.MustSee(lead.count)
		}
	}
}

func TestDashboardFollows(t *testing.T) {
	sc := screenstest.Stocked(t)
	w := openDashboard(t, sc)
	w.MustNotSee("Stolen")
	sc.Act(screenstest.MustFind(t, sc, "MS-0001"), devices.Steal, devices.Facts{})
	w.Advance(app.RegisterLook)
	w.Until("the theft", func() bool { return w.Sees("Stolen") })
}

func TestDashboardPictures(t *testing.T) {
	p := screenstest.NewPlace(t, withIncident(t))
	guitest.Pictures(t, "dashboard", gui.Options{Routes: screenstest.WithPages(Page(p), register.Page(p), checkin.Page(p), loss.Page(p)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) { w.Session.Go("dashboard") })
}

// TestDashboardPluggedPictures shows the dashboard with sticks plugged in, and what is
// said of a lost one on any screen.
func TestDashboardPluggedPictures(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	lost := d.IssueOn(t, plugs.PlugIn(t, "S1"), d.Holder(t, "Ann Lee").ID, "MS-1")
	d.IssueOn(t, plugs.PlugIn(t, "S2"), d.Holder(t, "Bob Roy").ID, "MS-2")
	_, _, err := lifecycle.Act(t.Context(), d.School.School, lost.ID, devices.Lose, devices.Facts{})
	screenstest.Check(t, err)
	o := gui.Options{Routes: screenstest.WithPages(Page(d.Place), register.Page(d.Place), checkin.Page(d.Place), loss.Page(d.Place)), ICT: true, Explain: wording.Explain, Services: gui.Services{Drives: plugs}}
	guitest.Pictures(t, "dashboard-plugged", o, func(w *guitest.Window) {
		w.Session.Go("dashboard")
		w.Until("the sticks", func() bool { return w.Sees("MS-2") })
	})
	o.Begin = screenstest.Begin(t, d.Place)
	t.Cleanup(d.Place.EndBackups)
	guitest.Pictures(t, "lost-told", o, func(w *guitest.Window) {
		w.Until("it to be told", func() bool { return w.Sees("MS-1") })
	})
}

// TestReportWaitsPictures shows the dashboard and home while a loss report waits.
func TestReportWaitsPictures(t *testing.T) {
	sc := withIncident(t)
	screenstest.Deliver(t, sc, "MS-0009")
	p := screenstest.NewPlace(t, sc)
	for name, route := range map[string]gui.RouteID{"dashboard-report": "dashboard", "home-report": gui.Home} {
		guitest.Pictures(t, name, gui.Options{Routes: screenstest.WithPages(Page(p), register.Page(p), checkin.Page(p), loss.Page(p)), ICT: true, Explain: wording.Explain, Begin: p.Begin}, func(w *guitest.Window) {
			w.Session.Go(route)
			w.Until("the report", func() bool { return w.Sees("1 loss report waiting") || w.Sees("1 adroddiad colled yn aros") })
		})
	}
}

// A check-in that was asked for elsewhere begins when the stick is plugged in.
func TestCheckInFromTheRegisterAndTheDashboard(t *testing.T) {
	d, plugged := screenstest.NewDesk(t), &screenstest.Ports{}
	drive := (&screenstest.Plugs{}).PlugIn(t, "S1")
	plugged.Set(drive)
	d.IssueOn(t, drive, d.Holder(t, "Ann Lee").ID, "MS-1")
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(d.Place), register.Page(d.Place), checkin.Page(d.Place), loss.Page(d.Place)), ICT: true, Explain: wording.Explain, Services: gui.Services{Drives: plugged}})
	w.Session.Go("dashboard")
	w.Until("the stick", func() bool { return w.Sees("MS-1 is plugged in.") })
	w.Press("Check it in")
	w.Until("the check-in", func() bool { return w.Sees("This stick is in order.") })

	plugged.Set()
	w.Session.Go(app.RegisterRoute)
	w.Settle()
	screenstest.PickRow(w, "MS-1")
	w.Press("Check it in")
	w.MustSee("Plug it in now.")
	w.MustNotSee("This stick is in order.")
	plugged.Set(drive)
	w.Until("the check-in", func() bool { return w.Sees("This stick is in order.") })
}

// TestReportArrives has a loss report arrive while the dashboard is open, and then while somebody is at home: a report that
// waits is never green.
func TestReportArrives(t *testing.T) {
	sc := screenstest.LossSchool(t)
	p := screenstest.NewPlace(t, sc)
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(p), register.Page(p), checkin.Page(p), loss.Page(p)), ICT: true, Explain: wording.Explain, Begin: p.Begin})
	w.Session.Go("dashboard")
	w.Settle()
	w.MustSee("No incident is open.")
	w.Until("the inbox to be looked at", func() bool { return p.InboxCounted() })
	screenstest.Deliver(t, sc, "HRP-0042")
	w.Advance(app.InboxEvery)
	w.Until("the report", func() bool { return w.Sees("the 72 hours may be running") })
	w.MustSee("A loss report has arrived.", "1 loss report waiting", "the 72 hours may be running")
	w.MustNotSee("No incident is open.")
	w.Session.Go(gui.Home)
	w.Settle()
	screenstest.Deliver(t, sc, "HRP-0043")
	w.Advance(app.InboxEvery)
	w.Until("the other report", func() bool { return w.Sees("2 loss reports waiting") })
	w.Press("2 loss reports waiting")
	w.Settle()
	if w.Session.At() != app.IncidentsRoute {
		t.Fatalf("the notice leads to %s", w.Session.At())
	}
	w.Press("Unlock to read")
	w.Type(schooltest.Passphrase)
	w.Key(fyne.KeyReturn)
	w.Settle()
	for range 2 { // accepted one after the other
		w.Press("Accept")
		w.Settle()
		w.Session.Back()
		w.Settle()
	}
	w.Session.Go(gui.Home)
	w.Until("the notice to go", func() bool { return !w.Sees("loss report waiting") && !w.Sees("loss reports waiting") })
}
