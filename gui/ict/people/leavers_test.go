package people

import (
	"testing"

	"stowage/devices"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
)

func leaversWindow(p *app.Place, d gui.Drives) (gui.Options, func() *leavers) {
	o, route := screenstest.RouteOf("leavers", "route.leavers", "leavers", func(s *gui.Session) *leavers { return newLeavers(s, p) })
	o.Services.Drives = d
	return o, route
}

func TestLeaver(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	ann := d.Holder(t, "Ann Lee")
	d.IssueOn(t, plugs.PlugIn(t, "S1"), ann.ID, "MS-1")
	away := plugs.PlugIn(t, "S2")
	d.IssueOn(t, away, ann.ID, "MS-2")
	plugs.All = plugs.All[:1] // MS-2 is not here
	d.Laptop(t, "LT-1", "Ann Lee")
	d.Act(d.Laptop(t, "LT-2", "Ann Lee"), devices.Lose, devices.Facts{})

	options, route := leaversWindow(d.Place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("leavers")
	w.MustSee("Choose who is leaving.", "Ann Lee")
	route().open(ann.ID)
	w.MustSee("MS-1, memory stick", "LT-2, laptop", "Missing since", "Revoke their key", "Record that Ann Lee has left")
	for _, f := range route().fates {
		if f.device.Label == "LT-1" {
			continue // taken back
		}
		f.choice.Choose(fateOver)
		f.to.SetText("Bob Roy")
	}
	screenstest.SignName(w, "Ann Lee")
	w.Press("Complete departure")
	w.MustSee("2 devices are dealt with.", "MS-2: This stick is not plugged in.", "The key is revoked.", "2 devices are still with them.")
	for label, holder := range map[string]string{"MS-1": "Bob Roy", "MS-2": "Ann Lee", "LT-1": "", "LT-2": "Ann Lee"} {
		if got := d.Labelled(t, label).HolderName; got != holder {
			t.Errorf("%s is with %q, want %q", label, got, holder)
		}
	}
	if left := d.Holder(t, ann.ID).Left; left.IsZero() {
		t.Error("not recorded as left")
	}
	signed, err := d.Register().Documents(t.Context(), "", ann.ID)
	if err != nil || len(signed) != 1 || signed[0].Kind != devices.LeavingSigned {
		t.Errorf("%+v, %v", signed, err)
	}
}

func TestLeaverWithNothing(t *testing.T) {
	d := screenstest.NewDesk(t)
	options, route := leaversWindow(d.Place, nil)
	w := guitest.New(t, options)
	w.Session.Go("leavers")
	route().open(d.Holder(t, "Cat Fox").ID)
	w.MustSee("This person has no device of the school.", "I have nothing of the school's.")
	w.Press("Complete departure")
	w.MustSee("Choose who is leaving.")
	w.MustNotSee("Cat Fox")
}

func TestLeaversPictures(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	ann := d.Holder(t, "Ann Lee")
	d.IssueOn(t, plugs.PlugIn(t, "S1"), ann.ID, "MS-1")
	d.Laptop(t, "LT-1", "Ann Lee")
	options, route := leaversWindow(d.Place, plugs)
	guitest.Pictures(t, "leavers", options, func(w *guitest.Window) {
		w.Session.Go("leavers")
		route().open(ann.ID)
		w.Settle()
	})
}
