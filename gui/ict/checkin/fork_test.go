package checkin

import (
	"os"
	"testing"

	"stowage/devices"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/ict/issue"
)

// forkedStick is MS-1, which was backed up, put back to before that, and written on since.
func forkedStick(t *testing.T) (d *screenstest.Desk, w *guitest.Window, route *CheckIns) {
	t.Helper()
	d = screenstest.NewDesk(t)
	in := &screenstest.Plugs{}
	drive := in.PlugIn(t, "S1")
	d.IssueOn(t, drive, d.Holder(t, "Ann Lee").ID, "MS-1")
	d.PutOn(t, drive, "register.txt", "present")
	before := t.TempDir()
	screenstest.Check(t, os.CopyFS(before, os.DirFS(drive.Path)))
	d.PutOn(t, drive, "evidence.txt", "to be made to vanish")
	issue.Page(d.Place) // offers the backups
	options, at := checkInTestRoute(d.Place, in)
	w = guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee("This stick is in order.", "Everything on it is in the backup.")
	w.MustNotSee("earlier state")
	w.Press("Another stick")
	screenstest.PutStickBack(t, drive, before)
	d.PutOn(t, drive, "other.txt", "written on")
	d.PutOn(t, drive, "more.txt", "written on")
	return d, w, at()
}

// TestAttackForkedStickInTheWindow: the check-in names what was lost when a stick was put back and written on, leads to the
// backup that has it, and settles it with a reason.
func TestAttackForkedStickInTheWindow(t *testing.T) {
	d, w, route := forkedStick(t)
	w.Press("Check it in now")
	w.MustSee("This stick was put back to an earlier state, and then written on.", "1 file was lost by that: evidence.txt. The backup still has it.", "Find out who had it.")
	w.MustNotSee("Everything on it is in the backup.", "older than it was")
	w.Press("Get it from the backup…")
	w.MustSee("as it was before it was put back")
	w.Press("See what is in it")
	w.Type("to get back what was lost")
	w.Press("Record and open")
	w.Until("the files", func() bool { return w.Sees("evidence.txt") })
	w.MustNotSee("other.txt")
	w.Session.Back()

	w.Press("Leave it as it is…")
	w.Press("Leave it as it is")
	w.MustSee("Say why")
	w.Type("an old copy by mistake")
	w.Press("Leave it as it is")
	w.MustSee("is recorded as looked at", "Everything on it is in the backup.")
	events, err := d.Register().Events(t.Context(), devices.EventQuery{Kinds: []devices.EventKind{devices.DeviceSeen}, Limit: 1})
	screenstest.Check(t, err)
	if got := d.Labelled(t, "MS-1").Seen; got.Older || got.Note != "put back to an earlier state and then written on; 1 file was lost; looked at, and left as it is: an old copy by mistake" {
		t.Errorf("the register has %+v; %s", got, events[0].Body)
	}
	w.Press("Another stick")
	route.look()
	w.Press("Check it in now")
	w.MustSee("This stick is in order.")
	w.MustNotSee("earlier state")
}
