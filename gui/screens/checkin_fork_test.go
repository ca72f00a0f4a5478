package screens

import (
	"os"
	"testing"

	"stowage/devices"
	"stowage/devices/drives"
	"stowage/gui/guitest"
)

// putStickBack gives a drive the stick that it was, and forgets nothing of it.
func putStickBack(t *testing.T, drive drives.Drive, before string) {
	t.Helper()
	check(t, os.RemoveAll(drive.Path))
	check(t, os.CopyFS(drive.Path, os.DirFS(before)))
}

// forkedStick is MS-1, which was backed up, put back to before that, and written on since.
func forkedStick(t *testing.T) (d *testDesk, w *guitest.Window, route *checkIns) {
	t.Helper()
	d = newDesk(t)
	in := &plugs{}
	drive := in.plugIn(t, "S1")
	d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	d.putOn(t, drive, "register.txt", "present")
	before := t.TempDir()
	check(t, os.CopyFS(before, os.DirFS(drive.Path)))
	d.putOn(t, drive, "evidence.txt", "to be made to vanish")
	options, at := checkInTestRoute(d.place, in)
	w = guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee("This stick is in order.", "Everything on it is in the backup.")
	w.MustNotSee("earlier state")
	w.Press("Another stick")
	putStickBack(t, drive, before)
	d.putOn(t, drive, "other.txt", "written on")
	d.putOn(t, drive, "more.txt", "written on")
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
	check(t, err)
	if got := d.device(t, "MS-1").Seen; got.Older || got.Note != "put back to an earlier state and then written on; 1 file was lost; looked at, and left as it is: an old copy by mistake" {
		t.Errorf("the register has %+v; %s", got, events[0].Body)
	}
	w.Press("Another stick")
	route.look()
	w.Press("Check it in now")
	w.MustSee("This stick is in order.")
	w.MustNotSee("earlier state")
}

// TestForkedStickOnAComputerOfStaff: a stick that nobody opened is not backed up into what it is not, and the window says so.
func TestForkedStickOnAComputerOfStaff(t *testing.T) {
	r := newSealedRig(t, false)
	before := t.TempDir()
	check(t, os.CopyFS(before, os.DirFS(r.drive.Path)))
	r.d.put(t, r.drive.Path, map[string]string{"evidence.txt": "to be made to vanish"})
	r.d.backUp(t, r.drive.Path)
	putStickBack(t, r.drive, before)
	r.d.put(t, r.drive.Path, map[string]string{"other.txt": "written on"})
	r.ports.set(r.drive)
	r.Session.Go("open")
	r.Until("what became of it", func() bool { return r.Sees("It is not what its backup holds: take it to ICT") })
}
