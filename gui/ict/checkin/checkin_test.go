package checkin

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/loss"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/smalldrive"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
)

func checkInTestRoute(p *app.Place, d gui.Drives) (gui.Options, func() *CheckIns) {
	o, route := screenstest.RouteOf("checkin", "route.checkin", "return", func(s *gui.Session) *CheckIns { return newCheckIns(s, p) })
	o.Services.Drives = d
	return o, route
}

func TestCheckIn(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	d.IssueOn(t, drive, d.Holder(t, "Ann Lee").ID, "MS-1")
	d.PutOn(t, drive, "register.txt", "present")
	options, _ := checkInTestRoute(d.Place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.MustSee("Ann Lee")
	w.MustNotSee("missing since")
	w.Press("Check it in now")
	w.MustSee("This stick is in order.", "Everything on it is in the backup.")
	w.MustNotSee("Take it back")
	if got := d.Labelled(t, "MS-1"); got.Seen.Health != devices.Healthy || got.Seen.At.IsZero() {
		t.Errorf("the register has %+v", got.Seen)
	}
	w.Press("Another stick")
	w.MustSee("MS-1")
}

// cameBack is a lost stick with an open incident that is plugged in again, and checked in.
func cameBack(t *testing.T) (d *screenstest.Desk, w *guitest.Window, route *CheckIns) {
	t.Helper()
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	d.IssueOn(t, drive, d.Holder(t, "Ann Lee").ID, "MS-1")
	d.PutOn(t, drive, "register.txt", "present")
	options, at := checkInTestRoute(d.Place, plugs)
	w = guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee("This stick is in order.")
	w.Press("Another stick")
	_, _, err := lifecycle.Act(t.Context(), d.School.School, d.Labelled(t, "MS-1").ID, devices.Lose, devices.Facts{})
	screenstest.Check(t, err)
	d.PutOn(t, drive, "stranger.txt", "I found this")
	route = at()
	route.look()
	w.Until("the loss", func() bool { return w.Sees("recorded as missing") })
	w.Press("Begin its return")
	w.Settle()
	return d, w, route
}

func TestALostStickIsLedThroughItsReturn(t *testing.T) {
	d, w, route := cameBack(t)
	w.MustSee("What changed while it was away", "New: stranger.txt.", "Take the stick back first")
	w.MustNotSee("Who decided")
	route.steps.where.SetText("In the library; Bob brought it")
	w.Press("Record as found and returned")
	w.MustSee("Its state in the register: Returned.", "Who decided")
	if got := d.Labelled(t, "MS-1"); got.State != devices.Returned {
		t.Errorf("it is %s", got.State)
	}

	w.Press("Close the incident") // which nobody has decided yet
	w.MustSee("whether to tell the regulator is not decided")
	w.Press("Close")
	e := route.steps.closing
	for _, fact := range []string{"In the library; Bob brought it", "This stick is in order.", "1 file on it had changed"} {
		if !strings.Contains(e.texts["done"].Text, fact) {
			t.Errorf("%q says nothing of %q", e.texts["done"].Text, fact)
		}
	}
	e.decision.Notify.Set(devices.No)
	e.decision.Why.SetText("Encrypted, back within the hour")
	e.decision.By.SetText("C. Head")
	e.texts["followup"].SetText("Talk to the library")
	e.texts["lessons"].SetText("A lanyard helps")
	w.Press("Close the incident")
	w.MustSee("It has no open incident.")
	all, err := d.Register().Incidents(t.Context(), devices.IncidentQuery{})
	screenstest.Check(t, err)
	if i := all[0]; len(all) != 1 || i.State != devices.IncidentClosed || i.Decision.By != "C. Head" || i.Lessons != "A lanyard helps" || i.FollowUp != "Talk to the library" || i.Decision.At.IsZero() {
		t.Errorf("the incident is %+v", all)
	}

	w.Press("Retire it")
	w.Press("Retire")
	if got := d.Labelled(t, "MS-1"); got.State != devices.Retired {
		t.Errorf("it is %s", got.State)
	}
}

func TestWhatIsTypedIntoAReturnIsKept(t *testing.T) {
	_, w, route := cameBack(t)
	w.Press("Record as found and returned")
	route.steps.closing.texts["lessons"].SetText("A lanyard helps")
	w.Press("Retire it") // which draws the page anew
	w.Press("Retire")
	if got := route.steps.closing.texts["lessons"].Text; got != "A lanyard helps" {
		t.Errorf("what was learnt is %q", got)
	}
	w.Press("Another stick")
	w.MustSee("Leave without saving?")
	w.Press("Stay")
	w.MustSee("What was learnt")
}

func TestADestroyedStickYieldsItsCertificate(t *testing.T) {
	d, w, _ := cameBack(t)
	folder := t.TempDir()
	w.Session.Choose = screenstest.OnlyFolder(folder)
	w.Press("Record as found and returned")
	w.Press("Destroy it")
	w.Press("Record as destroyed")
	w.MustSee("Say how it was destroyed")
	w.Type("shredded to 6 mm")
	w.Press("Record as destroyed")
	w.MustSee("the certificate needs a witness")
	w.Type("B. Evans")
	w.Press("Record as destroyed")
	if got := d.Labelled(t, "MS-1"); got.State != devices.Destroyed {
		t.Fatalf("it is %s", got.State)
	}
	w.MustSee("Certificate of destruction, MS-1")
	w.Press("Later")
	w.Press("Save the certificate")
	w.Type("NIST SP 800-88 Destroy")
	w.Press("Save")
	w.MustSee("The document is saved.")
	text := screenstest.PaperSays(t, screenstest.Written(t, folder, ".pdf"))
	for _, want := range []string{"shredded to 6 mm", "B. Evans", "NIST SP 800-88 Destroy"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

// TestCheckInOfAStickThatOnlyReads: it is recorded, and the page says what it was not given,
// its new recovery code first of all.
func TestCheckInOfAStickThatOnlyReads(t *testing.T) {
	for name, codeDue := range map[string]bool{"nothing is due": false, "a code is due": true} {
		t.Run(name, func(t *testing.T) {
			d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
			drive := plugs.PlugIn(t, "S1")
			drive.Path = smalldrive.New(t, 4<<20)
			plugs.All[0] = drive
			d.IssueOn(t, drive, d.Holder(t, "Ann Lee").ID, "MS-1")
			if codeDue {
				code, _, err := issue.TelephoneCode(t.Context(), d.School.School, "MS-1", "her voice")
				screenstest.Check(t, err)
				clear(code)
			}
			smalldrive.ReadOnly(t, drive.Path, true)
			options, _ := checkInTestRoute(d.Place, plugs)
			w := guitest.New(t, options)
			w.Session.Go("checkin")
			w.Press("Check it in now")
			w.MustSee("This stick can only be read", "That it was here is recorded.", "Look for a lock switch on it")
			if w.Sees("its recovery code, which was read out, could not be replaced") != codeDue {
				t.Errorf("a code is due: %v; the page says: %s", codeDue, w.Text())
			}
			if d.Labelled(t, "MS-1").Seen.Place != "ICT" {
				t.Error("it is not recorded")
			}
			smalldrive.ReadOnly(t, drive.Path, false)
			w.Press("Another stick")
			w.Press("Check it in now")
			w.MustNotSee("can only be read")
		})
	}
}

func TestCheckInWithNothingPluggedIn(t *testing.T) {
	d := screenstest.NewDesk(t)
	options, _ := checkInTestRoute(d.Place, &screenstest.Plugs{})
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.MustSee("No stick of this school is plugged in.")
	w.Press("Lost sticks seen elsewhere")
	w.MustSee("No lost stick was seen on another computer")
}

func TestCheckInPictures(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	lost := d.IssueOn(t, drive, d.Holder(t, "Ann Lee").ID, "MS-1")
	other := plugs.PlugIn(t, "S2")
	d.IssueOn(t, other, d.Holder(t, "Bob Roy").ID, "MS-2")
	_, _, err := lifecycle.Act(t.Context(), d.School.School, lost.ID, devices.Lose, devices.Facts{})
	screenstest.Check(t, err)
	options, route := checkInTestRoute(d.Place, plugs)
	arrive := func(w *guitest.Window) {
		w.Session.Go("checkin")
		w.Until("the sticks", func() bool { return len(route().here) == 2 })
	}
	returning := func(w *guitest.Window) {
		arrive(w)
		route().checkIn(route().here[0])
		w.Settle()
	}
	taken := func(w *guitest.Window) { // as if it were: the register stays as it is for the next picture
		returning(w)
		route().result.checkIn.Device.State = devices.Returned
		route().drawResult()
	}
	bottom := func(arrange func(*guitest.Window), share float32) func(*guitest.Window) {
		return func(w *guitest.Window) {
			arrange(w)
			w.Settle()
			scroll := route().page.Objects[0].(*container.Scroll)
			scroll.ScrollToOffset(fyne.NewPos(0, share*(scroll.Content.MinSize().Height-scroll.Size().Height)))
		}
	}
	for name, arrange := range map[string]func(*guitest.Window){
		"checkin": arrive, "checkin-return": returning, "checkin-return-below": bottom(returning, 1),
		"checkin-taken": taken, "checkin-taken-middle": bottom(taken, 0.5), "checkin-taken-below": bottom(taken, 1),
		"checkin-wanted": func(w *guitest.Window) {
			arrive(w)
			d.Place.Go(w.Session, app.CheckIn{Device: "somebody's"})
			route().want()
		},
		"checkin-destroy":     func(w *guitest.Window) { taken(w); route().destroy(route().result.checkIn.Device) },
		"checkin-certificate": func(w *guitest.Window) { taken(w); route().papers().Certificate(route().result.checkIn.Device) },
	} {
		guitest.Pictures(t, name, options, arrange)
	}
}

// TestOneMessageOfManyCannotBeRecorded reads where lost sticks were seen. The clock of one
// computer stands at 1970, which the register does not take.
func TestOneMessageOfManyCannotBeRecorded(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	var notes []stick.Note
	var lost []devices.Device
	for i, label := range []string{"MS-1", "MS-2", "MS-3"} {
		lost = append(lost, d.IssueOn(t, plugs.PlugIn(t, fmt.Sprintf("S%d", i)), d.Holder(t, "Ann Lee").ID, label))
		notes = append(notes, stick.Note{ID: lost[i].Seen.Stick, Label: label})
	}
	for _, one := range lost {
		_, _, err := lifecycle.Act(t.Context(), d.School.School, one.ID, devices.Lose, devices.Facts{})
		screenstest.Check(t, err)
	}
	shared, err := d.Place.Config().SharedFolder()
	screenstest.Check(t, err)
	directory, err := d.School.School.Directory()
	screenstest.Check(t, err)
	for i, note := range notes {
		seen := d.Now()
		if i == 1 {
			seen = time.Unix(60, 0)
		}
		screenstest.Check(t, loss.ReportFound(shared, directory, note, "library", seen))
	}
	options, _ := checkInTestRoute(d.Place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Press("Lost sticks seen elsewhere")
	w.MustSee("Lost sticks were plugged into other computers 3 times.", "1 of them could not be put into the history of its device", "MS-2: ")
	for label, want := range map[string]string{"MS-1": "library", "MS-2": "", "MS-3": "library"} {
		if got := d.Labelled(t, label).Seen.Place; got != want {
			t.Errorf("%s was seen at %q, want %q", label, got, want)
		}
	}
}

func TestCheckInTellsOfAStrangeProgram(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	d.AddProgram(t, "1.2.0")
	d.Carrying(t, drive)
	d.AddProgram(t, "1.3.0")
	options, _ := checkInTestRoute(d.Place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee("The stick carries Stowage for Windows (1.3.0) now.")
	w.Press("Another stick")
	screenstest.Tamper(t, drive)
	w.Press("Check it in now")
	w.MustSee("MS-1 carries a program that the school did not put there: Stowage.exe.")
	if got := screenstest.ReadAll(t, filepath.Join(drive.Path, stick.WindowsProgram)); !bytes.Equal(got, []byte("MZ evil")) {
		t.Error("it was replaced before ICT said so")
	}
	w.Press("Replace the program")
	w.MustSee("The files stored on it stay as they are.")
	w.Press("Replace the program")
	w.MustSee("The stick carries Stowage for Windows (1.3.0) now.")
}

func TestCheckInPutsAProgramOnAStickThatHasNone(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	d.IssueOn(t, drive, d.Holder(t, "Ann Lee").ID, "MS-1")
	options, _ := checkInTestRoute(d.Place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.Press("Programs on the stick…")
	w.MustSee("The school has no program for its sticks yet.")
	w.Press("Close")
	w.Press("Another stick")
	added := d.AddProgram(t, "1.2.0")
	w.Press("Check it in now")
	w.MustNotSee("The stick carries")
	choose := func() {
		w.Press("Programs on the stick…")
		w.Press("Stowage for Windows, version 1.2.0")
		w.Press("Change the programs")
	}
	choose()
	w.MustSee("The stick carries Stowage for Windows (1.2.0) now.")
	if got := screenstest.ReadAll(t, filepath.Join(drive.Path, stick.WindowsProgram)); int64(len(got)) != added.Size {
		t.Errorf("the program on the stick has %d bytes", len(got))
	}
	choose()
	w.MustSee("Taken off the stick: Stowage.exe.")
	if _, err := os.Stat(filepath.Join(drive.Path, stick.WindowsProgram)); !os.IsNotExist(err) {
		t.Errorf("the program: %v", err)
	}
}

// TestAttackDeletedKeysAtCheckIn: ICT puts them back from the backup, and the check-in goes on.
func TestAttackDeletedKeysAtCheckIn(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	d.IssueOn(t, drive, d.Holder(t, "Ann Lee").ID, "MS-1")
	d.PutOn(t, drive, "register.txt", "present")
	d.BackUp(t, drive.Path)
	screenstest.DeleteKeys(t, drive.Path, "*")
	options, _ := checkInTestRoute(d.Place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee("own keys were deleted")
	w.Press("Put the keys back")
	w.MustSee("This stick is in order.")
}

func TestProgramsAtCheckInPictures(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "4C530001231120115142")
	d.AddProgram(t, "1.2.0")
	d.Carrying(t, drive)
	screenstest.Tamper(t, drive)
	checkin, _ := checkInTestRoute(d.Place, plugs)
	guitest.Pictures(t, "programs-checkin", checkin, func(w *guitest.Window) {
		w.Session.Go("checkin")
		route := w.Session.Current().(*CheckIns)
		w.Until("the stick", func() bool { return len(route.here) > 0 })
		route.checkIn(route.here[0])
		w.Settle()
	})
	guitest.Pictures(t, "programs-choose", checkin, func(w *guitest.Window) {
		w.Session.Go("checkin")
		route := w.Session.Current().(*CheckIns)
		if route.result == nil {
			w.Until("the stick", func() bool { return len(route.here) > 0 })
			route.checkIn(route.here[0])
			w.Settle()
		}
		route.choosePrograms()
		w.Settle()
	})
}
