package screens

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/programs"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/guitest"
)

// aProgram writes a file that says that it is a released window for Windows.
func aProgram(t testing.TB, version string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "stowage.exe")
	check(t, os.WriteFile(path, []byte("MZ"+strings.Repeat("machine code", 300_000)+"stowage-"+"program:stowage:"+version+";"), 0o700))
	return path
}

// addProgram has ICT approve a program.
func (d *testDesk) addProgram(t *testing.T, version string) stick.Program {
	t.Helper()
	added, err := programs.Add(t.Context(), d.School.School, aProgram(t, version), nil)
	check(t, err)
	return added
}

// carrying issues a stick with the program for Windows on a drive.
func (d *testDesk) carrying(t *testing.T, drive drives.Drive) devices.Device {
	t.Helper()
	fs, err := stick.NewDirFS(drive.Path)
	check(t, err)
	defer fs.Close()
	issued, err := issue.Stick(t.Context(), d.School.School, issue.StickPlan{
		FS: fs, Holder: d.holder(t, "Ann Lee").ID, Drive: drive, Device: devices.DeviceDetails{Label: "MS-1"},
		Return: "Hill Road Primary", Programs: []string{stick.WindowsProgram},
	})
	check(t, err)
	return issued.Device
}

func tamper(t testing.TB, drive drives.Drive) {
	t.Helper()
	check(t, os.WriteFile(filepath.Join(drive.Path, stick.WindowsProgram), []byte("MZ evil"), 0o700))
}

func TestIssueWizardPutsTheProgramOn(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	added := d.addProgram(t, "1.2.0")
	options, route := issueWindow(d.place, plugs)
	w := guitest.New(t, options)
	toPerson(t, w, route, "Ann Lee")
	w.Press("Next")
	w.MustSee("Put on the stick, to be started from there", "Stowage for Windows, version 1.2.0 (3.6 MB)")
	w.Press("Next")
	accept(w, route)
	w.Press("Issue the stick")
	w.MustSee("MS-0001 is issued to Ann Lee.", "It carries Stowage for Windows (1.2.0).")
	if got := readAll(t, filepath.Join(drive.Path, stick.WindowsProgram)); int64(len(got)) != added.Size {
		t.Errorf("the program on the stick has %d bytes", len(got))
	}
}

func TestIssueWizardLeavesTheProgramOff(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.addProgram(t, "1.2.0")
	options, route := issueWindow(d.place, plugs)
	w := guitest.New(t, options)
	toPerson(t, w, route, "Ann Lee")
	w.Press("Next")
	route().carry[0].SetChecked(false)
	w.Press("Next")
	accept(w, route)
	w.Press("Issue the stick")
	w.MustSee("MS-0001 is issued to Ann Lee.")
	if _, err := os.Stat(filepath.Join(drive.Path, stick.WindowsProgram)); !os.IsNotExist(err) {
		t.Errorf("the program: %v", err)
	}
}

func TestProgramsInTheSettings(t *testing.T) {
	sc := schooltest.New(t)
	w, _ := openSettings(t, sc)
	w.Session.Choose = &fakeChooser{aProgram(t, "1.2.0")}
	w.MustSee("Stowage on sticks")
	w.Press("Add a program…")
	unlockDesk(w)
	w.MustSee("Stowage for Windows, version 1.2.0 (3.6 MB)")
	w.Session.Choose = &fakeChooser{filepath.Join(sc.Dir(), school.AuthorityFile)}
	w.Press("Add a program…")
	w.MustSee("This file is not a released program of Stowage for sticks.")
	w.Press("Close")
	w.Press("Remove")
	w.MustNotSee("Stowage for Windows, version 1.2.0 (3.6 MB)")
}

func TestCheckInTellsOfAStrangeProgram(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.addProgram(t, "1.2.0")
	d.carrying(t, drive)
	d.addProgram(t, "1.3.0")
	options, _ := checkInTestRoute(d.place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee("The stick carries Stowage for Windows (1.3.0) now.")
	w.Press("Another stick")
	tamper(t, drive)
	w.Press("Check it in now")
	w.MustSee("MS-1 carries a program that the school did not put there: Stowage.exe.")
	if got := readAll(t, filepath.Join(drive.Path, stick.WindowsProgram)); !bytes.Equal(got, []byte("MZ evil")) {
		t.Error("it was replaced before ICT said so")
	}
	w.Press("Replace the program")
	w.MustSee("The files stored on it stay as they are.")
	w.Press("Replace the program")
	w.MustSee("The stick carries Stowage for Windows (1.3.0) now.")
}

func TestCheckInPutsAProgramOnAStickThatHasNone(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	options, _ := checkInTestRoute(d.place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.Press("Programs on the stick…")
	w.MustSee("The school has no program for its sticks yet.")
	w.Press("Close")
	w.Press("Another stick")
	added := d.addProgram(t, "1.2.0")
	w.Press("Check it in now")
	w.MustNotSee("The stick carries")
	choose := func() {
		w.Press("Programs on the stick…")
		w.Press("Stowage for Windows, version 1.2.0")
		w.Press("Change the programs")
	}
	choose()
	w.MustSee("The stick carries Stowage for Windows (1.2.0) now.")
	if got := readAll(t, filepath.Join(drive.Path, stick.WindowsProgram)); int64(len(got)) != added.Size {
		t.Errorf("the program on the stick has %d bytes", len(got))
	}
	choose()
	w.MustSee("Taken off the stick: Stowage.exe.")
	if _, err := os.Stat(filepath.Join(drive.Path, stick.WindowsProgram)); !os.IsNotExist(err) {
		t.Errorf("the program: %v", err)
	}
}

func TestSchoolComputersWarnOfAStrangeProgram(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.addProgram(t, "1.2.0")
	d.carrying(t, drive)
	w := guitest.New(t, gui.Options{Explain: Explain, Services: gui.Services{Drives: plugs}, Routes: []gui.Route{openRoute(d.place, nil)}})
	w.Session.Go("open")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	list := w.Session.Current().(*stickList)
	w.Until("the check", func() bool { return list.looked[drive.Path].checked })
	w.MustNotSee("carries a program")
	list.told(drives.Seen{})
	w.MustNotSee("MS-1")
	tamper(t, drive)
	list.told(drives.Seen{Drives: []drives.Drive{drive}})
	w.Until("the warning", func() bool { return w.Sees("MS-1 carries a program that the school did not put there: Stowage.exe.") })
	w.MustSee("Do not start the program on this stick.")
}

// TestAttackPlantedOnAStickInTheWindow: plugged in, checked and checked in, the window names what somebody put
// beside the program.
func TestAttackPlantedOnAStickInTheWindow(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.addProgram(t, "1.2.0")
	device := d.carrying(t, drive)
	for name, content := range map[string]string{"version.dll": "MZ", "holiday.txt": "by the sea", "photo.jpg": "MZ\x90", "\u202efdp.txt": "x"} {
		check(t, os.WriteFile(filepath.Join(drive.Path, name), []byte(content), 0o600))
	}
	check(t, os.Mkdir(filepath.Join(drive.Path, "Stowage.exe.local"), 0o700))
	w := guitest.New(t, gui.Options{Explain: Explain, Services: gui.Services{Drives: plugs}, Routes: []gui.Route{openRoute(d.place, nil)}})
	w.Session.Go("open")
	warning := "Somebody has put something that a computer may run on MS-1: Stowage.exe.local, photo.jpg and version.dll."
	w.Until("the warning", func() bool { return w.Sees(warning) })
	w.MustSee("Start nothing from this stick, and give it to ICT.", "2 files and folders that are not encrypted: holiday.txt and \ufffdfdp.txt.")

	options, _ := checkInTestRoute(d.place, plugs)
	w = guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee(warning, "Then delete it from the stick.", "MS-1 carries 2 files and folders that are not encrypted")
	events, err := d.Register().Events(t.Context(), devices.EventQuery{Device: device.ID, Limit: 1})
	check(t, err)
	if seen := string(events[0].Body); !strings.Contains(seen, "version.dll (") {
		t.Errorf("the register has %s", seen)
	}
}

// ownWindow is a window that was started from the stick of a rig.
func ownOptions(r *rig, home string) gui.Options {
	place := NewPlaceOnStick(r.path, filepath.Join(home, "settings"), school.Options{})
	o := r.options()
	o.Routes = Routes(place)
	o.Services.Config, o.Services.Private = filepath.Join(home, "settings"), filepath.Join(home, "opened")
	o.Services.LookTop, o.Services.Look = r.path, filepath.FromSlash(stick.SettingsDir)
	o.Start = OpenRoute
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

// scrollTo scrolls the page so that a heading is at its top.
func scrollTo(w *guitest.Window, heading string) {
	var page *container.Scroll
	var at fyne.CanvasObject
	w.Each(func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *container.Scroll:
			if page == nil || o.Content.MinSize().Height > page.Content.MinSize().Height {
				page = o // the fields have some of their own
			}
		case *widget.RichText:
			if o.String() == heading {
				at = o
			}
		}
	})
	if page != nil && at != nil {
		place := fyne.CurrentApp().Driver().AbsolutePositionForObject
		page.Content.Resize(page.Content.MinSize().Max(page.Size())) // which Fyne puts off
		page.ScrollToOffset(fyne.NewPos(0, place(at).Y-place(page.Content).Y))
	}
}

func TestProgramsPictures(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "4C530001231120115142")
	d.addProgram(t, "1.2.0")
	options, route := issueWindow(d.place, plugs)
	guitest.Pictures(t, "programs-issue", options, func(w *guitest.Window) {
		w.Session.Go("issue")
		w.Until("the drives", func() bool { return len(route().drives) > 0 })
		route().take(drive, drive.Path)
		w.Settle()
		route().proceed()
		w.Settle()
		route().table.Select(d.holder(t, "Ann Lee").ID)
		route().chosen()
		w.Settle()
		route().proceed()
		w.Settle()
	})
	guitest.Pictures(t, "programs-settings", gui.Options{Routes: Routes(d.place), ICT: true, Explain: Explain}, func(w *guitest.Window) {
		w.Session.Go(settingsRoute)
		w.Settle()
		scrollTo(w, w.Session.Words.T("programs.title"))
	})
	d.carrying(t, drive)
	tamper(t, drive)
	list := gui.Options{Explain: Explain, Services: gui.Services{Drives: plugs}, Routes: []gui.Route{openRoute(d.place, nil)}}
	guitest.Pictures(t, "programs-warning", list, func(w *guitest.Window) {
		w.Session.Go("open")
		w.Until("the warning", func() bool { return w.Session.Current().(*stickList).looked[drive.Path].checked })
		w.Settle()
	})
	checkin, _ := checkInTestRoute(d.place, plugs)
	guitest.Pictures(t, "programs-checkin", checkin, func(w *guitest.Window) {
		w.Session.Go("checkin")
		route := w.Session.Current().(*checkIns)
		w.Until("the stick", func() bool { return len(route.here) > 0 })
		route.checkIn(route.here[0])
		w.Settle()
	})
	guitest.Pictures(t, "programs-choose", checkin, func(w *guitest.Window) {
		w.Session.Go("checkin")
		route := w.Session.Current().(*checkIns)
		if route.result == nil {
			w.Until("the stick", func() bool { return len(route.here) > 0 })
			route.checkIn(route.here[0])
			w.Settle()
		}
		route.choosePrograms()
		w.Settle()
	})
}

func TestStartedFromAStickPictures(t *testing.T) {
	r := newRig(t, true, someFiles)
	o := ownOptions(r, t.TempDir())
	o.Services.LookTop, o.Services.Look, o.Start = "", "", ""
	guitest.Pictures(t, "started-from-stick", o, func(w *guitest.Window) {
		w.Session.Go(OpenRoute)
		w.Settle()
		if l, ok := w.Session.Current().(*stickList); ok { // it was greeted in the window before
			l.openOwn()
			w.Settle()
		}
	})
}
