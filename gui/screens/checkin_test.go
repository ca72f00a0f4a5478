package screens

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/gui"
	"stowage/gui/guitest"
)

func checkInRoom(p *Place, d gui.Drives) (gui.Options, func() *checkIns) {
	o, room := roomOf("checkin", "room.checkin", "return", func(s *gui.Session) *checkIns { return newCheckIns(s, p) })
	o.Services.Drives = d
	return o, room
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
	options, _ := checkInRoom(d.place, plugs)
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

func TestALostStickIsLedThroughItsReturn(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	d.putOn(t, drive, "register.txt", "present")
	options, room := checkInRoom(d.place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee("This stick is in order.")
	w.Press("Another stick")
	_, _, err := d.School.School.Act(t.Context(), d.device(t, "MS-1").ID, devices.Lose, devices.Facts{})
	check(t, err)
	d.putOn(t, drive, "stranger.txt", "I found this")
	room().look()
	w.Until("the loss", func() bool { return w.Sees("recorded as missing") })
	w.Press("Begin its return")
	w.MustSee("What changed while it was away", "New: stranger.txt.", "The incident", "Open the incident of")
	w.Press("Record as found and returned")
	w.MustSee("The register has it as: Returned.")
	if got := d.device(t, "MS-1"); got.State != devices.Returned {
		t.Errorf("it is %s", got.State)
	}
	w.Press("Retire it")
	w.Press("Retire")
	if got := d.device(t, "MS-1"); got.State != devices.Retired {
		t.Errorf("it is %s", got.State)
	}
}

func TestCheckInWithNothingPluggedIn(t *testing.T) {
	d := newDesk(t)
	options, _ := checkInRoom(d.place, &plugs{})
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.MustSee("No stick of this school is plugged in.")
	w.Press("Lost sticks seen elsewhere")
	w.MustSee("No lost stick was seen on another computer")
}

// TestStaffComputersTellOfALostStick plugs a lost stick in on a computer of staff, and
// reads on ICT's where it was.
func TestStaffComputersTellOfALostStick(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	lost := d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	_, _, err := d.School.School.Act(t.Context(), lost.ID, devices.Lose, devices.Facts{})
	check(t, err)
	c := d.place.Config()
	shared, err := c.SharedFolder()
	check(t, err)
	c.School, c.Shared = "", shared.Dir
	staff := NewPlace(t.TempDir(), d.Options())
	check(t, staff.SetConfig(c))
	pc := guitest.New(t, gui.Options{Rooms: []gui.Room{openRoom(staff, nil)}, Explain: Explain, Services: gui.Services{Drives: plugs, Config: t.TempDir()}})
	pc.Session.Go("open")
	pc.Until("the loss", func() bool { return pc.Sees("MS-1 was reported lost") })

	options, _ := checkInRoom(d.place, plugs)
	ict := guitest.New(t, options)
	ict.Session.Go("checkin")
	ict.Press("Lost sticks seen elsewhere")
	ict.MustSee("A lost stick was plugged into another computer.", "MS-1: at ")
	if got := d.device(t, "MS-1"); got.State != devices.Lost || got.Seen.At.IsZero() {
		t.Errorf("the register has %s, %+v", got.State, got.Seen)
	}
}

func TestCheckInPictures(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	lost := d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	_, _, err := d.School.School.Act(t.Context(), lost.ID, devices.Lose, devices.Facts{})
	check(t, err)
	options, room := checkInRoom(d.place, plugs)
	guitest.Pictures(t, "checkin", options, func(w *guitest.Window) {
		w.Session.Go("checkin")
		w.Until("the stick", func() bool { return len(room().here) == 1 })
	})
	guitest.Pictures(t, "checkin-return", options, func(w *guitest.Window) {
		w.Session.Go("checkin")
		w.Until("the stick", func() bool { return len(room().here) == 1 })
		room().checkIn(room().here[0])
		w.Settle()
	})
}
