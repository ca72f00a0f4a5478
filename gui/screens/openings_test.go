package screens

import (
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/openings"
	"stowage/gui"
	"stowage/gui/guitest"
)

// TestAttackOpeningInSilenceInTheWindow goes to the backup of a holder's stick with the authority unlocked: it opens for
// a reason alone, which is in the register by then.
func TestAttackOpeningInSilenceInTheWindow(t *testing.T) {
	d, p, _, _ := lostDesk(t)
	opened := func() []devices.Event {
		events, err := d.Register().Events(t.Context(), devices.EventQuery{Kinds: []devices.EventKind{devices.FilesOpened}})
		check(t, err)
		return events
	}
	w := restoreWindow(t, d, p)
	toBackup(w, d, t)
	for _, again := range []bool{true, false} {
		w.Press("See what is in it")
		w.Press("Record and open") // with nothing said
		w.MustSee("Say why in a few words.")
		w.MustNotSee("photo.bin")
		if again {
			w.Press("Cancel")
		}
	}
	if e := opened(); len(e) != 0 {
		t.Errorf("recorded: %+v", e)
	}
	w.Type("leaver handover")
	w.Press("Record and open")
	w.MustSee("photo.bin")
	if e := opened(); len(e) != 1 || e[0].Device == "" {
		t.Errorf("recorded: %+v", e)
	}
	w.Session.Go(registerRoute)
	w.Settle()
	w.Session.Current().(*register).pick(w, "MS-1")
	w.Press("Show what was on it")
	w.Press("Record and open")
	w.MustNotSee("photo.bin")
	w.MustSee("leaver handover") // in the history
}

// TestHolderIsToldWhatALaterVersionTells: that there is something to tell is said, although this version cannot tell it.
func TestHolderIsToldWhatALaterVersionTells(t *testing.T) {
	d := newDesk(t)
	drive := (&plugs{}).plugIn(t, "S1")
	h, issued := d.person(t, "Dee Day", true)
	d.issueOn(t, drive, h.Name, "MS-1")
	fs, err := stick.NewDirFS(drive.Path)
	check(t, err)
	chosen := "orange walrus telescope quietly"
	st, err := stick.Open(t.Context(), fs, stick.WithPassphrase(issued.Passphrase), stick.OpenOptions{})
	check(t, err)
	check(t, st.ChangePassphrase(issued.Passphrase, []byte(chosen)))
	check(t, st.Close())
	a, err := d.Authority()
	check(t, err)
	signed, err := a.Sign("stowage opened v2\n{}\n")
	check(t, err)
	sealed, err := keys.WrapFor(signed, []string{issued.Key.Recipient})
	check(t, err)
	check(t, stick.PutOpenings(fs, sealed[keys.Class(issued.Key.Class)]))
	check(t, fs.Close())

	w := openedAtHome(t, drive, chosen)
	w.MustSee("The school's ICT opened something of yours", "What it was is told by a newer version of Stowage.")
}

// The holder is told at the next opening of the stick, once on this computer.
func TestHolderIsToldWhatICTOpened(t *testing.T) {
	d := newDesk(t)
	drive := (&plugs{}).plugIn(t, "S1")
	h, issued := d.person(t, "Dee Day", true)
	d.issueOn(t, drive, h.Name, "MS-1")
	fs, err := stick.NewDirFS(drive.Path)
	check(t, err)
	chosen := "orange walrus telescope quietly"
	st, err := stick.Open(t.Context(), fs, stick.WithPassphrase(issued.Passphrase), stick.OpenOptions{})
	check(t, err)
	check(t, st.ChangePassphrase(issued.Passphrase, []byte(chosen)))
	note := st.Note()
	check(t, st.Close())
	check(t, openings.RecordStick(t.Context(), d.School.School, fs, note, "leaver handover"))
	check(t, fs.Close())

	w := openedAtHome(t, drive, chosen)
	w.MustSee("ICT opened this stick on", "leaver handover", "It is in the school's register.")
}

// openedAtHome is a window of a computer that knows no school, with the stick open.
func openedAtHome(t *testing.T, drive drives.Drive, passphrase string) *guitest.Window {
	t.Helper()
	var k *sticks
	place := NewPlace(t.TempDir(), school.Options{}) // at home
	plugged := &ports{}
	plugged.set(drive)
	w := guitest.New(t, gui.Options{Explain: Explain, Services: gui.Services{Drives: plugged}, Routes: []gui.Route{openRoute(place, func(made *sticks) { k = made })}})
	t.Cleanup(func() {
		for _, o := range k.open {
			o.forget()
			away(func() { _ = o.release() })
		}
		if k.stop != nil {
			k.stop()
		}
		place.leave("")
	})
	w.Session.Go("open")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("MS-1")
	w.Type(passphrase)
	w.Press("Open")
	return w
}
