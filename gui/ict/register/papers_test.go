package register

import (
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"
)

func TestRegisterLabels(t *testing.T) {
	w, r := openRegister(t, screenstest.Stocked(t))
	folder := t.TempDir()
	w.Session.Choose = screenstest.OnlyFolder(folder)
	r.pick(w, "MS-0001")
	r.printLabels()
	w.MustSee("L7160: 21 a page", "Print at actual size")
	for i, text := range []string{"22", "5"} {
		w.Key(fyne.KeyEnd)
		for range 2 {
			w.Key(fyne.KeyBackspace)
		}
		w.Type(text)
		w.Press("Save")
		if i == 0 {
			w.MustSee("Enter a number from 1 to 21.")
		}
	}
	w.MustSee("The document is saved.")
	if text := screenstest.PaperSays(t, screenstest.Written(t, folder, ".pdf")); !strings.Contains(text, "MS-0001") || !strings.Contains(text, "Hill Road Primary") {
		t.Errorf("%s", text)
	}
}

func TestRegisterReceipt(t *testing.T) {
	w, r := openRegister(t, screenstest.Stocked(t))
	folder := t.TempDir()
	w.Session.Choose = screenstest.OnlyFolder(folder)
	r.pick(w, "MS-0012")
	r.receipt()
	w.MustSee("The document is saved.")
	if text := screenstest.PaperSays(t, screenstest.Written(t, folder, ".pdf")); !strings.Contains(text, "Cap missing") {
		t.Errorf("%s", text)
	}
}

func TestRegisterCertificate(t *testing.T) {
	sc := screenstest.Stocked(t)
	d := sc.Device(devices.DeviceDetails{Label: "MS-9999"})
	sc.Act(d, devices.Destroy, devices.Facts{Method: "shredded", Witness: "B. Evans"})
	w, r := openRegister(t, sc)
	folder := t.TempDir()
	w.Session.Choose = screenstest.OnlyFolder(folder)
	r.pick(w, "MS-9999")
	r.certificate()
	w.Type("NIST SP 800-88 Destroy")
	w.Press("Save")
	w.MustSee("The document is saved.")
	if text := screenstest.PaperSays(t, screenstest.Written(t, folder, ".pdf")); !strings.Contains(text, "shredded") || !strings.Contains(text, "NIST SP 800-88 Destroy") {
		t.Errorf("%s", text)
	}
}

func TestRegisterAuditReport(t *testing.T) {
	w, r := openRegister(t, screenstest.Stocked(t))
	for _, extension := range []string{".pdf", ".csv"} {
		folder := t.TempDir()
		w.Session.Choose = screenstest.OnlyFolder(folder)
		r.auditReport()
		w.MustSee("Audit report", "Empty: until now")
		if extension == ".csv" {
			w.Press("As a table for a spreadsheet (CSV) instead of PDF")
		}
		w.Press("Save")
		w.MustSee("The document is saved.")
		w.Press("Close")
		path := screenstest.Written(t, folder, extension)
		if extension == ".pdf" {
			if text := screenstest.PaperSays(t, path); !strings.Contains(text, "MS-0008") || !strings.Contains(text, "devices in the register") {
				t.Errorf("%s", text)
			}
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), "event,MS-0008,,lost") {
			t.Errorf("%v: %s", err, text)
		}
	}
}

func TestRegisterPaperPictures(t *testing.T) {
	sc := screenstest.Stocked(t)
	for name, open := range map[string]func(*register){"register-labels": (*register).printLabels, "register-audit": (*register).auditReport} {
		guitest.Pictures(t, name, gui.Options{Routes: screenstest.WithPages(Page(screenstest.NewPlace(t, sc))), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
			w.Session.Go(app.RegisterRoute)
			w.Settle()
			r := w.Session.Current().(*register)
			r.pick(w, "MS-0001")
			open(r)
		})
	}
}

func TestRegisterSlipAndEvidence(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	r.pick(w, "MS-0001")
	d, ok := r.one()
	if !ok || d.State != devices.Issued {
		t.Fatalf("%+v", d)
	}
	folder := t.TempDir()
	w.Session.Choose = screenstest.OnlyFolder(folder)
	r.slip()
	w.Type("01792 000000")
	w.Press("Save")
	w.MustSee("The document is saved.")
	w.Press("Close")
	if text := screenstest.PaperSays(t, screenstest.Written(t, folder, ".pdf")); !strings.Contains(text, "01792 000000") || !strings.Contains(text, d.HolderName) || !strings.Contains(text, "Hill Road Primary") {
		t.Errorf("%s", text)
	}
	folder = t.TempDir()
	w.Session.Choose = screenstest.OnlyFolder(folder)
	r.evidence()
	w.MustSee("The document is saved.")
	if text := screenstest.PaperSays(t, screenstest.Written(t, folder, ".pdf")); !strings.Contains(text, "MS-0001") {
		t.Errorf("%s", text)
	}
}
