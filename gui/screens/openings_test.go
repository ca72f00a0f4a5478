package screens

import (
	"testing"

	"stowage/devices/school/openings"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"
)

// TestHolderIsToldWhatALaterVersionTells: that there is something to tell is said, although this version cannot tell it.
func TestHolderIsToldWhatALaterVersionTells(t *testing.T) {
	d := screenstest.NewDesk(t)
	drive := (&screenstest.Plugs{}).PlugIn(t, "S1")
	h, issued := d.Enrol(t, "Dee Day", true)
	d.IssueOn(t, drive, h.Name, "MS-1")
	fs, err := stick.NewDirFS(drive.Path)
	screenstest.Check(t, err)
	chosen := "orange walrus telescope quietly"
	st, err := stick.Open(t.Context(), fs, stick.WithPassphrase(issued.Passphrase), stick.OpenOptions{})
	screenstest.Check(t, err)
	screenstest.Check(t, st.ChangePassphrase(issued.Passphrase, []byte(chosen)))
	screenstest.Check(t, st.Close())
	a, err := d.Authority()
	screenstest.Check(t, err)
	signed, err := a.Sign("stowage opened v2\n{}\n")
	screenstest.Check(t, err)
	sealed, err := keys.WrapFor(signed, []string{issued.Key.Recipient})
	screenstest.Check(t, err)
	screenstest.Check(t, stick.PutOpenings(fs, sealed[keys.Class(issued.Key.Class)]))
	screenstest.Check(t, fs.Close())

	w := openedAtHome(t, drive, chosen)
	w.MustSee("The school's ICT opened something of yours", "What it was is told by a newer version of Stowage.")
}

// The holder is told at the next opening of the stick, once on this computer.
func TestHolderIsToldWhatICTOpened(t *testing.T) {
	d := screenstest.NewDesk(t)
	drive := (&screenstest.Plugs{}).PlugIn(t, "S1")
	h, issued := d.Enrol(t, "Dee Day", true)
	d.IssueOn(t, drive, h.Name, "MS-1")
	fs, err := stick.NewDirFS(drive.Path)
	screenstest.Check(t, err)
	chosen := "orange walrus telescope quietly"
	st, err := stick.Open(t.Context(), fs, stick.WithPassphrase(issued.Passphrase), stick.OpenOptions{})
	screenstest.Check(t, err)
	screenstest.Check(t, st.ChangePassphrase(issued.Passphrase, []byte(chosen)))
	note := st.Note()
	screenstest.Check(t, st.Close())
	screenstest.Check(t, openings.RecordStick(t.Context(), d.School.School, fs, note, "leaver handover"))
	screenstest.Check(t, fs.Close())

	w := openedAtHome(t, drive, chosen)
	w.MustSee("ICT opened this stick on", "leaver handover", "It is in the school's register.")
}

// openedAtHome is a window of a computer that knows no school, with the stick open.
func openedAtHome(t *testing.T, drive drives.Drive, passphrase string) *guitest.Window {
	t.Helper()
	var k *sticks
	place := app.NewPlace(t.TempDir(), school.Options{}) // at home
	plugged := &screenstest.Ports{}
	plugged.Set(drive)
	w := guitest.New(t, gui.Options{Explain: wording.Explain, Services: gui.Services{Drives: plugged}, Routes: []gui.Route{openRoute(place, func(made *sticks) { k = made })}})
	t.Cleanup(func() {
		for _, o := range k.open {
			o.forget()
			screenstest.Away(func() { _ = o.release() })
		}
		if k.stop != nil {
			k.stop()
		}
		place.LeaveDrive("")
	})
	w.Session.Go("open")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("MS-1")
	w.Type(passphrase)
	w.Press("Open")
	return w
}
