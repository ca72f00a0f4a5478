package screens

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/ict/checkin"
	"stowage/gui/wording"
)

func TestSchoolComputersWarnOfAStrangeProgram(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	d.AddProgram(t, "1.2.0")
	d.Carrying(t, drive)
	w := guitest.New(t, gui.Options{Explain: wording.Explain, Services: gui.Services{Drives: plugs}, Routes: []gui.Route{openRoute(d.Place, nil)}})
	w.Session.Go("open")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	list := w.Session.Current().(*stickList)
	w.Until("the check", func() bool { return list.looked[drive.Path].checked })
	w.MustNotSee("carries a program")
	list.told(drives.Seen{})
	w.MustNotSee("MS-1")
	screenstest.Tamper(t, drive)
	list.told(drives.Seen{Drives: []drives.Drive{drive}})
	w.Until("the warning", func() bool { return w.Sees("MS-1 carries a program that the school did not put there: Stowage.exe.") })
	w.MustSee("Do not start the program on this stick.")
}

// TestAttackPlantedOnAStickInTheWindow: plugged in, checked and checked in, the window names what somebody put
// beside the program.
func TestAttackPlantedOnAStickInTheWindow(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	d.AddProgram(t, "1.2.0")
	device := d.Carrying(t, drive)
	for name, content := range map[string]string{"version.dll": "MZ", "holiday.txt": "by the sea", "photo.jpg": "MZ\x90", "\u202efdp.txt": "x"} {
		screenstest.Check(t, os.WriteFile(filepath.Join(drive.Path, name), []byte(content), 0o600))
	}
	screenstest.Check(t, os.Mkdir(filepath.Join(drive.Path, "Stowage.exe.local"), 0o700))
	w := guitest.New(t, gui.Options{Explain: wording.Explain, Services: gui.Services{Drives: plugs}, Routes: []gui.Route{openRoute(d.Place, nil)}})
	w.Session.Go("open")
	warning := "Somebody has put something that a computer may run on MS-1: Stowage.exe.local, photo.jpg and version.dll."
	w.Until("the warning", func() bool { return w.Sees(warning) })
	w.MustSee("Start nothing from this stick, and give it to ICT.", "2 files and folders that are not encrypted: holiday.txt and \ufffdfdp.txt.")

	w = guitest.New(t, gui.Options{ICT: true, Explain: wording.Explain, Routes: []gui.Route{checkin.Page(d.Place)}, Services: gui.Services{Drives: plugs}})
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee(warning, "Then delete it from the stick.", "MS-1 carries 2 files and folders that are not encrypted")
	events, err := d.Register().Events(t.Context(), devices.EventQuery{Device: device.ID, Limit: 1})
	screenstest.Check(t, err)
	if seen := string(events[0].Body); !strings.Contains(seen, "version.dll (") {
		t.Errorf("the register has %s", seen)
	}
}

// ownOptions are of a window that was started from the stick of a rig.
func ownOptions(r *rig, home string) gui.Options {
	place := app.NewPlaceOnStick(r.path, filepath.Join(home, "settings"), school.Options{})
	o := r.options()
	o.Routes = Routes(place)
	o.Services.Config, o.Services.Private = filepath.Join(home, "settings"), filepath.Join(home, "opened")
	o.Services.LookTop, o.Services.Look = r.path, filepath.FromSlash(stick.SettingsDir)
	o.Start = app.OpenRoute
	return o
}

func TestStartedFromAStick(t *testing.T) {
	r := newRig(t, true, someFiles)
	home := t.TempDir()
	w := guitest.New(t, ownOptions(r, home))
	w.Until("the question", func() bool { return w.Sees("Stowage was started from this stick. It leaves nothing on this computer.") })
	w.MustSee("HRP-0042", "Hill Road Primary")
	w.MustNotSee("Set this computer up")
	w.Type(temporary)
	w.Press("Open")
	w.Until("the files", func() bool { return w.Sees("Register.txt") })
	look := w.Session.Look
	look.Text = 125
	w.Session.SetLook(look)
	if got := gui.ReadLook(filepath.Join(r.path, "stowage", "settings")); got.Text != 125 {
		t.Errorf("the look on the stick is %+v", got)
	}
	w.Press("Lock and remove")
	w.Until("the farewell", func() bool { return w.Sees("HRP-0042 is locked.") })
	w.MustSee("Close Stowage, which runs from the stick")
	if slices.Contains(r.drives.ejected, r.path) {
		t.Error("it tried to let its own drive go")
	}
}

func TestProgramsPictures(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "4C530001231120115142")
	d.AddProgram(t, "1.2.0")
	d.Carrying(t, drive)
	screenstest.Tamper(t, drive)
	list := gui.Options{Explain: wording.Explain, Services: gui.Services{Drives: plugs}, Routes: []gui.Route{openRoute(d.Place, nil)}}
	guitest.Pictures(t, "programs-warning", list, func(w *guitest.Window) {
		w.Session.Go("open")
		w.Until("the warning", func() bool { return w.Session.Current().(*stickList).looked[drive.Path].checked })
		w.Settle()
	})
}

func TestStartedFromAStickPictures(t *testing.T) {
	r := newRig(t, true, someFiles)
	o := ownOptions(r, t.TempDir())
	o.Services.LookTop, o.Services.Look, o.Start = "", "", ""
	guitest.Pictures(t, "started-from-stick", o, func(w *guitest.Window) {
		w.Session.Go(app.OpenRoute)
		w.Settle()
		if l, ok := w.Session.Current().(*stickList); ok { // it was greeted in the window before
			l.openOwn()
			w.Settle()
		}
	})
}
