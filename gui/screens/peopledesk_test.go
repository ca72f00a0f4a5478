package screens

import (
	"os"
	"testing"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/devices/school/issue"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/guitest"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// testDesk is a school and a place at it whose authority is unlocked.
type testDesk struct {
	*schooltest.School
	place *Place
}

// newDesk makes a small school: Ann and Bob have keys, Cat has none.
func newDesk(t *testing.T) *testDesk {
	t.Helper()
	sc := schooltest.New(t)
	d := &testDesk{sc, newPlace(t, sc)}
	d.person(t, "Ann Lee", true)
	d.person(t, "Bob Roy", true)
	d.person(t, "Cat Fox", false)
	if err := d.place.school(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.place.Authority.Unlock(t.Context(), []byte(schooltest.Passphrase)); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *testDesk) person(t *testing.T, name string, key bool) (devices.Holder, issue.IssuedKey) {
	t.Helper()
	h, issued := d.Person(name, name[:3]+"@hill.example"), issue.IssuedKey{}
	if key {
		var err error
		if issued, err = issue.Key(t.Context(), d.School.School, h.ID); err != nil {
			t.Fatal(err)
		}
	}
	return h, issued
}

// laptop adds a laptop, and lends it to a person unless who is empty.
func (d *testDesk) laptop(t *testing.T, label, who string) devices.Device {
	t.Helper()
	laptop := d.Device(devices.DeviceDetails{Kind: devices.Laptop, Label: label, Serial: "SN-" + label, Make: "Dell", Model: "Latitude"})
	if who == "" {
		return laptop
	}
	return d.Lend(laptop, d.holder(t, who), 30)
}

func (d *testDesk) device(t *testing.T, label string) devices.Device {
	t.Helper()
	found, err := d.Register().FindDevice(t.Context(), label)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (d *testDesk) holder(t *testing.T, who string) devices.Holder {
	t.Helper()
	found, err := d.Register().FindHolder(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// routeOf is options for a window with one page of ICT's, and the screen once it is made.
func routeOf[S gui.Screen](id gui.RouteID, name i18n.Key, icon widgets.Icon, make func(*gui.Session) S) (gui.Options, func() S) {
	var made S
	return gui.Options{ICT: true, Explain: Explain, Routes: []gui.Route{{ID: id, Side: gui.ICT, Name: name, Icon: icon, New: func(s *gui.Session) gui.Screen {
		made = make(s)
		return made
	}}}}, func() S { return made }
}

// enter types text into something and presses Enter.
func enter(w *guitest.Window, into fyne.Focusable, text string) {
	w.Focus(into)
	w.Type(text)
	w.Key(fyne.KeyReturn)
}

func readAll(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
