package screens

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/smalldrive"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/gui"
	"stowage/gui/guitest"
)

func checkInTestRoute(p *Place, d gui.Drives) (gui.Options, func() *checkIns) {
	o, route := routeOf("checkin", "route.checkin", "return", func(s *gui.Session) *checkIns { return newCheckIns(s, p) })
	o.Services.Drives = d
	return o, route
}

// putOn stores a file on a stick of the school with the recovery key.
func (d *testDesk) putOn(t *testing.T, drive drives.Drive, name, content string) {
	t.Helper()
	fs, err := stick.NewDirFS(drive.Path)
	check(t, err)
	defer fs.Close()
	opened, err := d.OpenAsICT(context.Background(), fs, stick.OpenOptions{})
	check(t, err)
	path := filepath.Join(t.TempDir(), name)
	check(t, os.WriteFile(path, []byte(content), 0o600))
	_, err = opened.Put(t.Context(), ".", []string{path}, stick.PutOptions{Clash: stick.Replace})
	check(t, err)
	check(t, opened.Close())
}

func TestCheckIn(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	d.putOn(t, drive, "register.txt", "present")
	options, _ := checkInTestRoute(d.place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.MustSee("Ann Lee")
	w.MustNotSee("missing since")
	w.Press("Check it in now")
	w.MustSee("This stick is in order.", "Everything on it is in the backup.")
	w.MustNotSee("Take it back")
	if got := d.device(t, "MS-1"); got.Seen.Health != devices.Healthy || got.Seen.At.IsZero() {
		t.Errorf("the register has %+v", got.Seen)
	}
	w.Press("Another stick")
	w.MustSee("MS-1")
}

// cameBack is a lost stick with an open incident that is plugged in again, and checked in.
func cameBack(t *testing.T) (d *testDesk, w *guitest.Window, route *checkIns) {
	t.Helper()
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	d.putOn(t, drive, "register.txt", "present")
	options, at := checkInTestRoute(d.place, plugs)
	w = guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee("This stick is in order.")
	w.Press("Another stick")
	_, _, err := lifecycle.Act(t.Context(), d.School.School, d.device(t, "MS-1").ID, devices.Lose, devices.Facts{})
	check(t, err)
	d.putOn(t, drive, "stranger.txt", "I found this")
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
	if got := d.device(t, "MS-1"); got.State != devices.Returned {
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
	e.decision.notify.set(devices.No)
	e.decision.why.SetText("Encrypted, back within the hour")
	e.decision.by.SetText("C. Head")
	e.texts["followup"].SetText("Talk to the library")
	e.texts["lessons"].SetText("A lanyard helps")
	w.Press("Close the incident")
	w.MustSee("It has no open incident.")
	all, err := d.Register().Incidents(t.Context(), devices.IncidentQuery{})
	check(t, err)
	if i := all[0]; len(all) != 1 || i.State != devices.IncidentClosed || i.Decision.By != "C. Head" || i.Lessons != "A lanyard helps" || i.FollowUp != "Talk to the library" || i.Decision.At.IsZero() {
		t.Errorf("the incident is %+v", all)
	}

	w.Press("Retire it")
	w.Press("Retire")
	if got := d.device(t, "MS-1"); got.State != devices.Retired {
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
	w.Session.Choose = onlyFolder(folder)
	w.Press("Record as found and returned")
	w.Press("Destroy it")
	w.Press("Record as destroyed")
	w.MustSee("Say how it was destroyed")
	w.Type("shredded to 6 mm")
	w.Press("Record as destroyed")
	w.MustSee("the certificate needs a witness")
	w.Type("B. Evans")
	w.Press("Record as destroyed")
	if got := d.device(t, "MS-1"); got.State != devices.Destroyed {
		t.Fatalf("it is %s", got.State)
	}
	w.MustSee("Certificate of destruction, MS-1")
	w.Press("Later")
	w.Press("Save the certificate")
	w.Type("NIST SP 800-88 Destroy")
	w.Press("Save")
	w.MustSee("The document is saved.")
	text := paperSays(t, written(t, folder, ".pdf"))
	for _, want := range []string{"shredded to 6 mm", "B. Evans", "NIST SP 800-88 Destroy"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

func TestAFoundStickIsIssuedAgain(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	for _, a := range []devices.Action{devices.Lose, devices.Find} { // handed in; ICT was told
		_, _, err := lifecycle.Act(t.Context(), d.School.School, d.device(t, "MS-1").ID, a, devices.Facts{})
		check(t, err)
	}
	w := guitest.New(t, gui.Options{Routes: Routes(d.place), ICT: true, Explain: Explain, Services: gui.Services{Drives: plugs}})
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("recorded as found") })
	w.Press("Begin its return")
	w.Press("Record as found and returned")
	w.Press("Issue it again")
	w.Until("the stick is chosen", func() bool { return w.Sees("a stick of the school") || w.Sees("MS-1") })
	if i := w.Session.Current().(*issueWizard); i.path != drive.Path {
		t.Errorf("the wizard has %q", i.path)
	}
}

// A check-in that was asked for elsewhere begins when the stick is plugged in.
func TestCheckInFromTheRegisterAndTheDashboard(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	w := guitest.New(t, gui.Options{Routes: Routes(d.place), ICT: true, Explain: Explain, Services: gui.Services{Drives: plugs}})
	w.Session.Go("dashboard")
	w.Until("the stick", func() bool { return w.Sees("MS-1 is plugged in.") })
	w.Press("Check it in")
	w.Until("the check-in", func() bool { return w.Sees("This stick is in order.") })

	plugs.all = nil
	w.Session.Go(registerRoute)
	w.Settle()
	r := w.Session.Current().(*register)
	r.pick(w, "MS-1")
	w.Press("Check it in")
	w.MustSee("Plug it in now.")
	w.MustNotSee("This stick is in order.")
	plugs.all = []drives.Drive{drive}
	w.Session.Current().(*checkIns).look()
	w.Until("the check-in", func() bool { return w.Sees("This stick is in order.") })
}

// TestCheckInOfAStickThatOnlyReads: it is recorded, and the page says what it was not given,
// its new recovery code first of all.
func TestCheckInOfAStickThatOnlyReads(t *testing.T) {
	for name, codeDue := range map[string]bool{"nothing is due": false, "a code is due": true} {
		t.Run(name, func(t *testing.T) {
			d, plugs := newDesk(t), &plugs{}
			drive := plugs.plugIn(t, "S1")
			drive.Path = smalldrive.New(t, 4<<20)
			plugs.all[0] = drive
			d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
			if codeDue {
				code, _, err := issue.TelephoneCode(t.Context(), d.School.School, "MS-1", "her voice")
				check(t, err)
				clear(code)
			}
			smalldrive.ReadOnly(t, drive.Path, true)
			options, _ := checkInTestRoute(d.place, plugs)
			w := guitest.New(t, options)
			w.Session.Go("checkin")
			w.Press("Check it in now")
			w.MustSee("This stick can only be read", "That it was here is recorded.", "Look for a lock switch on it")
			if w.Sees("its recovery code, which was read out, could not be replaced") != codeDue {
				t.Errorf("a code is due: %v; the page says: %s", codeDue, w.Text())
			}
			if d.device(t, "MS-1").Seen.Place != "ICT" {
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
	d := newDesk(t)
	options, _ := checkInTestRoute(d.place, &plugs{})
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.MustSee("No stick of this school is plugged in.")
	w.Press("Lost sticks seen elsewhere")
	w.MustSee("No lost stick was seen on another computer")
}

// staffSeeLost plugs the lost stick MS-1 in on a computer of staff, and waits until its
// window says so.
func (d *testDesk) staffSeeLost(t *testing.T, plugs *plugs) *guitest.Window {
	t.Helper()
	lost := d.issueOn(t, plugs.plugIn(t, "S1"), d.holder(t, "Ann Lee").ID, "MS-1")
	_, _, err := lifecycle.Act(t.Context(), d.School.School, lost.ID, devices.Lose, devices.Facts{})
	check(t, err)
	c := d.place.Config()
	shared, err := c.SharedFolder()
	check(t, err)
	c.School, c.Shared = "", shared.Dir
	staff := NewPlace(t.TempDir(), d.Options())
	check(t, staff.SetConfig(c))
	pc := guitest.New(t, gui.Options{Routes: []gui.Route{openRoute(staff, nil)}, Explain: Explain, Services: gui.Services{Drives: plugs, Config: t.TempDir()}})
	pc.Session.Go("open")
	pc.Until("the loss", func() bool { return pc.Sees("MS-1 was reported lost") })
	return pc
}

// TestStaffComputersTellOfALostStick plugs a lost stick in on a computer of staff, and
// reads on ICT's where it was.
func TestStaffComputersTellOfALostStick(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	pc := d.staffSeeLost(t, plugs)
	pc.MustSee("This computer has told ICT")

	options, _ := checkInTestRoute(d.place, plugs)
	ict := guitest.New(t, options)
	ict.Session.Go("checkin")
	ict.Press("Lost sticks seen elsewhere")
	ict.MustSee("A lost stick was plugged into another computer.", "MS-1: at ")
	if got := d.device(t, "MS-1"); got.State != devices.Lost || got.Seen.At.IsZero() {
		t.Errorf("the register has %s, %+v", got.State, got.Seen)
	}
}

// A computer that cannot tell ICT of a lost stick says so, and how else they come to know.
func TestStaffAreToldWhenICTCouldNotBe(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	shared, err := d.place.Config().SharedFolder()
	check(t, err)
	check(t, os.RemoveAll(shared.Inbox()))
	check(t, os.WriteFile(shared.Inbox(), nil, 0o600)) // in its way
	pc := d.staffSeeLost(t, plugs)
	pc.MustSee("could not tell ICT: please tell them yourself")
	pc.MustNotSee("has told ICT")
}

func TestCheckInPictures(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	lost := d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	other := plugs.plugIn(t, "S2")
	d.issueOn(t, other, d.holder(t, "Bob Roy").ID, "MS-2")
	_, _, err := lifecycle.Act(t.Context(), d.School.School, lost.ID, devices.Lose, devices.Facts{})
	check(t, err)
	options, route := checkInTestRoute(d.place, plugs)
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
			d.place.Go(w.Session, checkInRequest{"somebody's"})
			route().want()
		},
		"checkin-destroy":     func(w *guitest.Window) { taken(w); route().destroy(route().result.checkIn.Device) },
		"checkin-certificate": func(w *guitest.Window) { taken(w); route().papers().certificate(route().result.checkIn.Device) },
	} {
		guitest.Pictures(t, name, options, arrange)
	}
}
