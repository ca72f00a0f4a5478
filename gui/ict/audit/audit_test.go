package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
)

func auditWindow(p *app.Place) (gui.Options, func() *audit) {
	return screenstest.RouteOf("audit", "route.audit", "audit", func(s *gui.Session) *audit { return newAudit(s, p) })
}

func TestAuditRoom(t *testing.T) {
	d := screenstest.NewDesk(t)
	d.Laptop(t, "LT-1", "Ann Lee")
	d.Laptop(t, "LT-2", "Bob Roy")
	d.Act(d.Laptop(t, "LT-3", "Bob Roy"), devices.Lose, devices.Facts{})
	options, route := auditWindow(d.Place)
	w := guitest.New(t, options)
	w.Session.Go("audit")
	w.MustSee("Ready to scan.", "Nothing scanned yet.", "0 of 2 seen")

	a := route()
	for _, scan := range []struct{ text, answer string }{
		{"LT-1", "LT-1 is here. With Ann Lee."},
		{"sn-lt-1", "LT-1 was already scanned. It counts once."},
		{"LT-3", "LT-3 is in the register as lost. It has turned up."},
		{"XX-77", "XX-77 is not in the register."},
	} {
		screenstest.Enter(w, a.entry, scan.text)
		w.MustSee(scan.answer)
		if a.entry.Text != "" || w.Session.Window.Canvas().Focused() != fyne.Focusable(a.entry) {
			t.Fatal("the next scan would go elsewhere")
		}
	}
	w.MustSee("1 of 2 seen, 1 unknown", "Was lost", "Unknown")
	w.Press("Show the 1 missing")
	w.MustSee("LT-2", "Not scanned")
	w.Press("Show the 3 scanned")

	w.Focus(a.place)
	w.Type("Library")
	w.Press("Mark as seen")
	w.MustSee("2 devices are recorded as seen.")
	if seen := d.Labelled(t, "LT-1").Seen; seen.Place != "Library" {
		t.Errorf("%+v", seen)
	}
	w.Press("Take all back")
	w.MustSee("Take 1 device back?") // the lost one and the stranger are with nobody
	w.Press("Cancel")
	if d.Labelled(t, "LT-1").State != devices.Issued {
		t.Error("taken back without a yes")
	}
	w.Press("Take all back")
	a.s.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	w.MustSee("1 device is taken back.", "LT-3:")
	if state := d.Labelled(t, "LT-1").State; state != devices.Returned {
		t.Error(state)
	}

	folder := t.TempDir()
	w.Session.Choose = screenstest.OnlyFolder(folder)
	w.Press("Export")
	w.Press("Export")
	for _, name := range []string{"Audit 2026-09-03.csv", "Audit 2026-09-03 (2).csv"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !strings.Contains(string(content), "stranger,XX-77") {
			t.Errorf("%s: %s, %v", name, content, err)
		}
	}
}

// A scanner types faster than the register answers.
func TestAuditQueuesScans(t *testing.T) {
	d := screenstest.NewDesk(t)
	options, route := auditWindow(d.Place)
	w := guitest.New(t, options)
	w.Session.Go("audit")
	for _, text := range []string{"A-1", "A-2", "", "A-3"} {
		route().scanned(text)
	}
	w.MustSee("A-1", "A-2", "A-3", "0 of 0 seen, 3 unknown")
}

func TestAuditAsksBeforeItIsLeft(t *testing.T) {
	d := screenstest.NewDesk(t)
	d.Laptop(t, "LT-1", "")
	options, route := auditWindow(d.Place)
	w := guitest.New(t, options)
	w.Session.Go("audit")
	screenstest.Enter(w, route().entry, "LT-1")
	w.Session.Go(gui.Home)
	w.MustSee("Leave this audit?")
	w.Press("Go on scanning")
	if w.Session.At() != "audit" {
		t.Error("left")
	}
	w.Press("Mark as seen")
	w.Session.Go(gui.Home)
	if w.Session.At() != gui.Home {
		t.Error("held back although all is recorded")
	}
}

func TestAuditWithoutARegister(t *testing.T) {
	options, route := auditWindow(app.NewPlace(t.TempDir(), school.Options{}))
	w := guitest.New(t, options)
	w.Session.Go("audit")
	w.MustNotSee("Ready to scan.")
	if route().audit != nil {
		t.Error("an audit of nothing")
	}
}

func TestAuditPictures(t *testing.T) {
	d := screenstest.NewDesk(t)
	for i := range 14 {
		d.Laptop(t, "LT-"+string(rune('A'+i)), []string{"Ann Lee", "Bob Roy"}[i%2])
	}
	d.Act(d.Laptop(t, "LT-X", "Bob Roy"), devices.Lose, devices.Facts{})
	options, route := auditWindow(d.Place)
	guitest.Pictures(t, "audit", options, func(w *guitest.Window) {
		w.Session.Go("audit")
		for _, text := range []string{"LT-A", "LT-B", "LT-X", "lt-c", "XX-77", "LT-D", "LT-A"} {
			screenstest.Enter(w, route().entry, text)
		}
	})
}

// TestEveryFailureOfAnAuditIsNamed takes back devices of which seven are lost.
func TestEveryFailureOfAnAuditIsNamed(t *testing.T) {
	d := screenstest.NewDesk(t)
	d.Laptop(t, "LT-0", "Ann Lee")
	for i := range 7 {
		d.Act(d.Laptop(t, fmt.Sprintf("LT-%d", i+1), "Bob Roy"), devices.Lose, devices.Facts{})
	}
	options, route := auditWindow(d.Place)
	w := guitest.New(t, options)
	w.Session.Go("audit")
	w.MustSee("Ready to scan.")
	for i := range 8 {
		screenstest.Enter(w, route().entry, fmt.Sprintf("LT-%d", i))
	}
	w.Press("Take all back")
	w.Session.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	w.MustSee("1 device is taken back.")
	for i := range 7 {
		w.MustSee(fmt.Sprintf("LT-%d: ", i+1))
	}
}
