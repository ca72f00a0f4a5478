package screens

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/cmd/school"
	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/gui"
	"stowage/gui/guitest"
	"stowage/gui/parts"
	"stowage/gui/words"
)

// testDesk is a real school whose authority asks for nothing.
type testDesk struct {
	school *school.School
	err    error // in place of the school
	asked  int   // how often the authority was wanted
}

func (d *testDesk) School(context.Context) (*school.School, error) { return d.school, d.err }

func (d *testDesk) Authority(then func()) {
	d.asked++
	then()
}

// newDesk makes a small school: Ann and Bob have keys, Cat has none.
func newDesk(t *testing.T) *testDesk {
	t.Helper()
	policy := keys.DefaultPolicy()
	policy.WorkFactor = keys.InsecureTestWorkFactor
	now := time.Date(2026, time.September, 3, 7, 0, 0, 0, time.UTC)
	o := school.Options{Actor: "ICT", Clock: func() time.Time { now = now.Add(time.Second); return now }}
	dir, passphrase := filepath.Join(t.TempDir(), "school"), []byte("correct horse battery staple nine")
	if err := school.Init(t.Context(), dir, school.Plan{Name: "Hill Road Primary", Passphrase: passphrase, Policy: policy}, o); err != nil {
		t.Fatal(err)
	}
	s, err := school.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Unlock(t.Context(), passphrase); err != nil {
		t.Fatal(err)
	}
	d := &testDesk{school: s}
	d.person(t, "Ann Lee", true)
	d.person(t, "Bob Roy", true)
	d.person(t, "Cat Fox", false)
	return d
}

func (d *testDesk) person(t *testing.T, name string, key bool) devices.Holder {
	t.Helper()
	h, err := d.school.Register().AddHolder(t.Context(), "ICT", devices.HolderDetails{Name: name, Email: name[:3] + "@hill.example", Site: "Upper school"})
	if err != nil {
		t.Fatal(err)
	}
	if key {
		if _, err := d.school.IssueKey(t.Context(), h.ID); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// laptop adds a laptop, and lends it to a person unless who is empty.
func (d *testDesk) laptop(t *testing.T, label, who string) devices.Device {
	t.Helper()
	laptop, err := d.school.Register().AddDevice(t.Context(), "ICT", devices.DeviceDetails{Kind: devices.Laptop, Label: label, Serial: "SN-" + label, Make: "Dell", Model: "Latitude"})
	if err == nil && who != "" {
		laptop, err = d.school.Lend(t.Context(), laptop.ID, who, devices.LoanDetails{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return laptop
}

func (d *testDesk) device(t *testing.T, label string) devices.Device {
	t.Helper()
	found, err := d.school.Register().FindDevice(t.Context(), label)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// roomOf is options for a window with one room of ICT's, and the screen once it is made.
func roomOf[S gui.Screen](id gui.RoomID, name words.Key, icon parts.Icon, make func(*gui.Session) S) (gui.Options, func() S) {
	var made S
	return gui.Options{ICT: true, Explain: Explain, Rooms: []gui.Room{{ID: id, Side: gui.ICT, Name: name, Icon: icon, New: func(s *gui.Session) gui.Screen {
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
