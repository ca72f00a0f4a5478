package issue

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/devices/school/lifecycle"

	"fyne.io/fyne/v2"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/papers"
	papersfill "stowage/devices/papers/fill"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/ict/checkin"
	"stowage/gui/wording"
)

func issueWindow(p *app.Place, d gui.Drives) (gui.Options, func() *issueWizard) {
	o, route := screenstest.RouteOf("issue", "route.issue", "issue", func(s *gui.Session) *issueWizard { return newIssueWizard(s, p) })
	o.Services.Drives = d
	return o, route
}

// toPerson goes to the second step of the wizard and chooses a person.
func toPerson(t *testing.T, w *guitest.Window, route func() *issueWizard, who string) {
	t.Helper()
	w.Session.Go("issue")
	w.Until("the drives", func() bool { return len(route().drives) > 0 })
	w.Press("SanDisk Ultra Fit")
	w.Press("Next")
	h := route()
	for i, r := range h.holders {
		if r.Holder.Name == who {
			h.table.Select(h.holders[i].Holder.ID)
			h.chosen()
		}
	}
	w.Settle()
}

// accept ticks that the rules are read.
// and the name is typed.
func accept(w *guitest.Window, route func() *issueWizard) {
	route().read.SetChecked(true)
	screenstest.SignName(w, "Cat Fox")
}

// slipSays is the slip of a device as the register and the command line write it.
func slipSays(t *testing.T, d *screenstest.Desk, device string) string {
	t.Helper()
	address, err := d.ReturnAddress()
	if err != nil {
		t.Fatal(err)
	}
	head, err := papersfill.Head(d.School.School, d.Now())
	if err != nil {
		t.Fatal(err)
	}
	facts, err := papersfill.Slip(t.Context(), d.School.School, device, papersfill.SlipOptions{Return: address})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "slip.pdf")
	if err := form.WriteWhole(path, func(to io.Writer) error { return papers.Slip(to, head, facts) }); err != nil {
		t.Fatal(err)
	}
	return screenstest.PaperSays(t, path)
}

func TestIssueWizard(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	plugs.All = append(plugs.All, drives.Drive{Path: "/", Make: "System", Model: "Disk", Disk: "/dev/sda", System: true, Bus: drives.BusUSB, Removable: true})
	secret := filepath.Join(drive.Path, "reports.txt")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Laptop(t, "LT-1", "Cat Fox")
	options, route := issueWindow(d.Place, plugs)
	w := guitest.New(t, options)
	toPerson(t, w, route, "Cat Fox")
	w.MustNotSee("System Disk")
	w.MustSee("LT-1, laptop")
	w.Press("Next")
	if route().label.Text != "MS-0001" || route().due.Empty() {
		t.Errorf("%q, %v", route().label.Text, route().due.Empty())
	}
	w.MustSee("Cat Fox has no key yet", "Encrypt the 1 file on it")
	w.Press("Next")
	w.MustSee("I keep it with me")
	route().read.SetChecked(true)
	if !route().next.Disabled() {
		t.Error("issued without a signature")
	}
	accept(w, route)
	w.Press("Issue the stick")
	w.MustSee("MS-0001 is issued to Cat Fox.", "1 file was encrypted", "Temporary passphrase")
	passphrase := screenstest.Mono(w)
	folder := t.TempDir()
	w.Session.Choose = screenstest.OnlyFolder(folder)
	w.Press("Handover slip")
	if text := screenstest.PaperSays(t, filepath.Join(folder, "Handover MS-0001.pdf")); !strings.Contains(text, "Cat Fox") || !strings.Contains(text, "Tear off here") || !strings.Contains(text, passphrase) {
		t.Errorf("the slip says %s", text)
	}
	w.Press("Done, hide it")
	w.MustSee("MS-0001 is issued to Cat Fox.")

	if _, err := os.Stat(secret); !os.IsNotExist(err) {
		t.Errorf("the plain file: %v", err)
	}
	fs, err := stick.NewDirFS(drive.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer fs.Close()
	if _, err := stick.Open(t.Context(), fs, stick.WithPassphrase([]byte(passphrase)), stick.OpenOptions{ReadOnly: true}); err != nil && !strings.Contains(err.Error(), keys.ErrMustChange.Error()) {
		t.Error(err)
	}
	issued := d.Labelled(t, "MS-0001")
	if issued.State != devices.Issued || issued.HolderName != "Cat Fox" || issued.Serial != "S1" || !issued.Encryption.Encrypted {
		t.Errorf("%+v", issued)
	}
	signed, err := d.Register().Documents(t.Context(), issued.ID, "")
	if err != nil || len(signed) != 1 || signed[0].Name != "Cat Fox" || signed[0].Loan != issued.Loan {
		t.Fatalf("%+v, %v", signed, err)
	}
	content, err := d.Register().DocumentContent(t.Context(), signed[0])
	if err != nil || !strings.Contains(content.Text, "Hill Road Primary") {
		t.Errorf("%+v, %v", content, err)
	}
	w.Press("Handover slip")
	if text := screenstest.PaperSays(t, filepath.Join(folder, "Handover MS-0001 (2).pdf")); !strings.Contains(text, "Cat Fox") || strings.Contains(text, "Tear off") {
		t.Errorf("the slip without the passphrase says %s", text)
	} else if usual := slipSays(t, d, issued.ID); text != usual {
		t.Errorf("the wizard's slip says\n%s\nand any other\n%s", text, usual)
	}
	w.Press("Issue another stick")
	if route().steps.At() != 0 {
		t.Error("not at the beginning")
	}
}

func TestIssueWithAPassphraseChosenNow(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	options, route := issueWindow(d.Place, plugs)
	w := guitest.New(t, options)
	toPerson(t, w, route, "Cat Fox")
	w.Press("Next")
	w.Press("Chosen here now")
	for _, both := range [][2]string{{"cat", "cat"}, {"harbour lantern violet mosaic", "another"}} {
		route().wipe()
		w.Focus(route().once.Focus())
		w.Type(both[0])
		w.Focus(route().twice.Focus())
		w.Type(both[1])
		w.Press("Next")
		if route().steps.At() != 2 || route().once.Refusal()+route().twice.Refusal() == "" {
			t.Fatalf("%q was taken", both)
		}
	}
	const own = "harbour lantern violet mosaic"
	route().wipe()
	for _, f := range []fyne.Focusable{route().once.Focus(), route().twice.Focus()} {
		w.Focus(f)
		w.Type(own)
	}
	w.Press("Next")
	accept(w, route)
	w.Press("Issue the stick")
	w.MustSee("is issued to Cat Fox.")
	w.MustNotSee("Temporary passphrase")
	fs, err := stick.NewDirFS(drive.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer fs.Close()
	opened, err := stick.Open(t.Context(), fs, stick.WithPassphrase([]byte(own)), stick.OpenOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	opened.Close()
}

func TestIssueRefusesALostDevice(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	plugs.PlugIn(t, "S1")
	lost := d.Device(devices.DeviceDetails{Label: "MS-9", Serial: "S1"})
	d.Act(lost, devices.Lose, devices.Facts{})
	options, route := issueWindow(d.Place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("issue")
	w.Until("the drives", func() bool { return len(route().drives) > 0 })
	w.Press("SanDisk Ultra Fit")
	w.MustSee("MS-9 is in the register as lost or stolen.", "Record first that it was found")
	if !route().next.Disabled() {
		t.Error("the wizard goes on")
	}
}

func TestIssueNoticesAPulledDrive(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	plugs.PlugIn(t, "S1")
	options, route := issueWindow(d.Place, plugs)
	w := guitest.New(t, options)
	toPerson(t, w, route, "Ann Lee")
	route().plugged(drives.Seen{})
	w.MustSee("The drive was pulled out.", "No memory stick is plugged in.")
}

func TestIssuePictures(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "4C530001231120115142")
	if err := os.WriteFile(filepath.Join(drive.Path, "reports.txt"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Laptop(t, "LT-1", "Cat Fox")
	options, route := issueWindow(d.Place, plugs)
	next := func() { route().proceed() }
	for step, name := range []string{"drive", "person", "loan", "sign"} {
		guitest.Pictures(t, "issue-"+name, options, func(w *guitest.Window) {
			w.Session.Go("issue")
			w.Until("the drives", func() bool { return len(route().drives) > 0 })
			route().take(drive, drive.Path)
			w.Settle()
			for at := range step {
				next()
				w.Settle()
				if at == 0 {
					route().table.Select(d.Holder(t, "Cat Fox").ID)
					route().chosen()
					w.Settle()
				}
			}
		})
	}
}

func TestAFoundStickIsIssuedAgain(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	d.IssueOn(t, drive, d.Holder(t, "Ann Lee").ID, "MS-1")
	for _, a := range []devices.Action{devices.Lose, devices.Find} { // handed in; ICT was told
		_, _, err := lifecycle.Act(t.Context(), d.School.School, d.Labelled(t, "MS-1").ID, a, devices.Facts{})
		screenstest.Check(t, err)
	}
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(d.Place), checkin.Page(d.Place)), ICT: true, Explain: wording.Explain, Services: gui.Services{Drives: plugs}})
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

func TestIssueWizardPutsTheProgramOn(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	added := d.AddProgram(t, "1.2.0")
	options, route := issueWindow(d.Place, plugs)
	w := guitest.New(t, options)
	toPerson(t, w, route, "Ann Lee")
	w.Press("Next")
	w.MustSee("Put on the stick, to be started from there", "Stowage for Windows, version 1.2.0 (3.6 MB)")
	w.Press("Next")
	accept(w, route)
	w.Press("Issue the stick")
	w.MustSee("MS-0001 is issued to Ann Lee.", "It carries Stowage for Windows (1.2.0).")
	if got := screenstest.ReadAll(t, filepath.Join(drive.Path, stick.WindowsProgram)); int64(len(got)) != added.Size {
		t.Errorf("the program on the stick has %d bytes", len(got))
	}
}

func TestIssueWizardLeavesTheProgramOff(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "S1")
	d.AddProgram(t, "1.2.0")
	options, route := issueWindow(d.Place, plugs)
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

func TestProgramsInTheWizardPictures(t *testing.T) {
	d, plugs := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := plugs.PlugIn(t, "4C530001231120115142")
	d.AddProgram(t, "1.2.0")
	options, route := issueWindow(d.Place, plugs)
	guitest.Pictures(t, "programs-issue", options, func(w *guitest.Window) {
		w.Session.Go("issue")
		w.Until("the drives", func() bool { return len(route().drives) > 0 })
		route().take(drive, drive.Path)
		w.Settle()
		route().proceed()
		w.Settle()
		route().table.Select(d.Holder(t, "Ann Lee").ID)
		route().chosen()
		w.Settle()
		route().proceed()
		w.Settle()
	})
}
