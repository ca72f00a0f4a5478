package screens

import (
	"os"
	"testing"

	"stowage/devices/school/lifecycle"

	"stowage/devices"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/ict/checkin"
	"stowage/gui/wording"
)

// staffSeeLost plugs the lost stick MS-1 in on a computer of staff, and waits until its
// window says so.
func staffSeeLost(t *testing.T, d *screenstest.Desk, plugs *screenstest.Plugs) *guitest.Window {
	t.Helper()
	lost := d.IssueOn(t, plugs.PlugIn(t, "S1"), d.Holder(t, "Ann Lee").ID, "MS-1")
	_, _, err := lifecycle.Act(t.Context(), d.School.School, lost.ID, devices.Lose, devices.Facts{})
	screenstest.Check(t, err)
	c := d.Place.Config()
	shared, err := c.SharedFolder()
	screenstest.Check(t, err)
	c.School, c.Shared = "", shared.Dir
	staff := app.NewPlace(t.TempDir(), d.Options())
	screenstest.Check(t, staff.SetConfig(c))
	pc := guitest.New(t, gui.Options{Routes: []gui.Route{openRoute(staff, nil)}, Explain: wording.Explain, Services: gui.Services{Drives: plugs, Config: t.TempDir()}})
	pc.Session.Go("open")
	pc.Until("the loss", func() bool { return pc.Sees("MS-1 was reported lost") })
	return pc
}

// TestStaffComputersTellOfALostStick plugs a lost stick in on a computer of staff, and
// reads on ICT's where it was.
func TestStaffComputersTellOfALostStick(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	pc := staffSeeLost(t, d, plugs)
	pc.MustSee("This computer has told ICT")

	ict := guitest.New(t, gui.Options{ICT: true, Explain: wording.Explain, Routes: []gui.Route{checkin.Page(d.Place)}, Services: gui.Services{Drives: plugs}})
	ict.Session.Go("checkin")
	ict.Press("Lost sticks seen elsewhere")
	ict.MustSee("A lost stick was plugged into another computer.", "MS-1: at ")
	if got := d.Labelled(t, "MS-1"); got.State != devices.Lost || got.Seen.At.IsZero() {
		t.Errorf("the register has %s, %+v", got.State, got.Seen)
	}
}

// A computer that cannot tell ICT of a lost stick says so, and how else they come to know.
func TestStaffAreToldWhenICTCouldNotBe(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	shared, err := d.Place.Config().SharedFolder()
	screenstest.Check(t, err)
	screenstest.Check(t, os.RemoveAll(shared.Inbox()))
	screenstest.Check(t, os.WriteFile(shared.Inbox(), nil, 0o600)) // in its way
	pc := staffSeeLost(t, d, plugs)
	pc.MustSee("could not tell ICT: please tell them yourself")
	pc.MustNotSee("has told ICT")
}
