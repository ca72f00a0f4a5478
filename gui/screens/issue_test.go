package screens

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/papers"
	papersfill "stowage/devices/papers/fill"
	"stowage/gui"
	"stowage/gui/guitest"
)

func issueWindow(p *Place, d gui.Drives) (gui.Options, func() *issueWizard) {
	o, route := routeOf("issue", "route.issue", "issue", func(s *gui.Session) *issueWizard { return newIssueWizard(s, p) })
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
		if r.holder.Name == who {
			h.table.Select(h.holders[i].holder.ID)
			h.chosen()
		}
	}
	w.Settle()
}

// accept ticks that the rules are read.
// and the name is typed.
func accept(w *guitest.Window, route func() *issueWizard) {
	route().read.SetChecked(true)
	signName(w, "Cat Fox")
}

// signName types a name in place of a drawing.
func signName(w *guitest.Window, name string) {
	w.Focus(w.Find("Or type your full name").(fyne.Focusable))
	w.Type(name)
}

// slipSays is the slip of a device as the register and the command line write it.
func slipSays(t *testing.T, d *testDesk, device string) string {
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
	if err := writeWhole(path, func(to io.Writer) error { return papers.Slip(to, head, facts) }); err != nil {
		t.Fatal(err)
	}
	return paperSays(t, path)
}

func TestIssueWizard(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	plugs.all = append(plugs.all, drives.Drive{Path: "/", Make: "System", Model: "Disk", Disk: "/dev/sda", System: true, Bus: drives.BusUSB, Removable: true})
	secret := filepath.Join(drive.Path, "reports.txt")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.laptop(t, "LT-1", "Cat Fox")
	options, route := issueWindow(d.place, plugs)
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
	passphrase := mono(w)
	folder := t.TempDir()
	w.Session.Choose = onlyFolder(folder)
	w.Press("Handover slip")
	if text := paperSays(t, filepath.Join(folder, "Handover MS-0001.pdf")); !strings.Contains(text, "Cat Fox") || !strings.Contains(text, "Tear off here") || !strings.Contains(text, passphrase) {
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
	issued := d.device(t, "MS-0001")
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
	if text := paperSays(t, filepath.Join(folder, "Handover MS-0001 (2).pdf")); !strings.Contains(text, "Cat Fox") || strings.Contains(text, "Tear off") {
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
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	options, route := issueWindow(d.place, plugs)
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
	d, plugs := newDesk(t), &plugs{}
	plugs.plugIn(t, "S1")
	lost := d.Device(devices.DeviceDetails{Label: "MS-9", Serial: "S1"})
	d.Act(lost, devices.Lose, devices.Facts{})
	options, route := issueWindow(d.place, plugs)
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
	d, plugs := newDesk(t), &plugs{}
	plugs.plugIn(t, "S1")
	options, route := issueWindow(d.place, plugs)
	w := guitest.New(t, options)
	toPerson(t, w, route, "Ann Lee")
	route().plugged(drives.Seen{})
	w.MustSee("The drive was pulled out.", "No memory stick is plugged in.")
}

func TestIssuePictures(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "4C530001231120115142")
	if err := os.WriteFile(filepath.Join(drive.Path, "reports.txt"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.laptop(t, "LT-1", "Cat Fox")
	options, route := issueWindow(d.place, plugs)
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
					route().table.Select(d.holder(t, "Cat Fox").ID)
					route().chosen()
					w.Settle()
				}
			}
		})
	}
}
