package screens

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/gui"
	"stowage/gui/guitest"
)

// plugs are drives that a test plugs in.
type plugs struct{ all []drives.Drive }

func (p *plugs) List(context.Context) ([]drives.Drive, error) { return p.all, nil }
func (p *plugs) Eject(context.Context, drives.Drive) error    { return nil }
func (p *plugs) Watch(ctx context.Context, _ time.Duration) <-chan drives.Seen {
	c := make(chan drives.Seen, 1)
	c <- drives.Seen{Drives: p.all}
	go func() {
		<-ctx.Done()
		close(c)
	}()
	return c
}

// plugIn makes a folder that looks like a memory stick.
func (p *plugs) plugIn(t *testing.T, serial string) drives.Drive {
	t.Helper()
	d := drives.Drive{Path: t.TempDir(), Make: "SanDisk", Model: "Ultra Fit", Serial: serial, Size: 64e9, Free: 60e9, Removable: true, Bus: drives.BusUSB, Disk: "/dev/" + serial}
	p.all = append(p.all, d)
	return d
}

// issueOn issues a stick on a drive to a person.
func (d *testDesk) issueOn(t *testing.T, drive drives.Drive, who, label string) devices.Device {
	t.Helper()
	fs, err := stick.NewDirFS(drive.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer fs.Close()
	issued, err := issue.Stick(t.Context(), d.School.School, issue.StickPlan{FS: fs, Holder: who, Drive: drive, Device: devices.DeviceDetails{Label: label}, Return: "Hill Road Primary"})
	if err != nil {
		t.Fatal(err)
	}
	return issued.Device
}

func peopleRoute(p *Place) (gui.Options, func() *peopleScreen) {
	return routeOf("people", "route.people", "people", func(s *gui.Session) *peopleScreen { return newPeopleScreen(s, p) })
}

// mono is the text on the screen in letters of one width: a secret that is shown.
func mono(w *guitest.Window) string {
	var b strings.Builder
	w.Settle()
	w.Each(func(o fyne.CanvasObject) {
		if text, ok := o.(*canvas.Text); ok && text.TextStyle.Monospace {
			b.WriteString(text.Text)
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestPeopleRoom(t *testing.T) {
	d := newDesk(t)
	d.laptop(t, "LT-1", "Ann Lee")
	options, route := peopleRoute(d.place)
	w := guitest.New(t, options)
	w.Session.Go("people")
	w.MustSee("Ann Lee", "Bob Roy", "Cat Fox", "has one", "3 people")
	w.Type("zz")
	w.Advance(time.Second)
	w.MustSee("Nobody matches “zz”.")
	route().search.Set("cat")
	w.Advance(time.Second)
	w.MustSee("1 person")
	w.MustNotSee("Ann Lee")

	w.Press("Add a person")
	w.Type("Dai Rees")
	w.Key(fyne.KeyTab)
	w.Press("Save")
	w.MustSee("Dai Rees", "No key yet.", "This person has no device of the school.")
	w.Press("Edit details")
	w.Key(fyne.KeyEnd)
	w.Type("-Jones")
	w.Press("Save")
	w.MustSee("Dai Rees-Jones")
	if h := d.holder(t, "Dai Rees-Jones"); h.ID == "" {
		t.Error("not in the register")
	}
}

func TestPeopleRefusesASecondAddress(t *testing.T) {
	d := newDesk(t)
	options, _ := peopleRoute(d.place)
	w := guitest.New(t, options)
	w.Session.Go("people")
	w.Press("Add a person")
	w.Type("Someone")
	w.Tab()
	w.Type("ann@hill.example")
	w.Press("Save")
	w.MustSee("Add a person", "ann@hill.example")
	w.Key(fyne.KeyEscape)
}

// openPerson opens the page of a person.
func openPerson(w *guitest.Window, d *testDesk, h devices.Holder) *person {
	w.Session.Go("people")
	n := newPerson(w.Session, d.place, h.ID)
	w.Session.Push(n)
	w.Settle()
	return n
}

func TestPersonGetsAKey(t *testing.T) {
	d := newDesk(t)
	options, _ := peopleRoute(d.place)
	w := guitest.New(t, options)
	openPerson(w, d, d.holder(t, "Cat Fox"))
	w.Press("Issue a key")
	w.MustSee("Temporary passphrase", "Only for Cat Fox.")
	passphrase := mono(w)
	key, ok, err := d.Register().CurrentKey(t.Context(), d.holder(t, "Cat Fox").ID)
	if err != nil || !ok {
		t.Fatal(err)
	}
	opensKey(t, d, key, passphrase)
	w.Press("Done, hide it")
	if mono(w) != "" {
		t.Error("the passphrase is still shown")
	}
	w.MustSee("in the school's folder", "Forgot passphrase")
}

// opensKey fails the test unless a passphrase opens the key's file.
func opensKey(t *testing.T, d *testDesk, key devices.Key, passphrase string) {
	t.Helper()
	path, err := keyfiles.Path(d.School.School, key)
	if err != nil {
		t.Fatal(err)
	}
	sealed := readAll(t, path)
	k, err := keys.OpenHolderKey(sealed, []byte(passphrase))
	if err != nil {
		t.Fatalf("%q: %v", passphrase, err)
	}
	k.Wipe()
}

func TestForgottenPassphraseHere(t *testing.T) {
	d, drive := newDesk(t), &plugs{}
	ann := d.holder(t, "Ann Lee")
	there := drive.plugIn(t, "S1")
	d.issueOn(t, there, ann.ID, "MS-1")
	drive.plugIn(t, "S2") // an empty one beside it
	options, _ := peopleRoute(d.place)
	options.Services.Drives = drive
	w := guitest.New(t, options)
	openPerson(w, d, ann)
	w.MustSee("in the school's folder and MS-1")
	w.Press("Forgot passphrase")
	w.Press("The person is here")
	w.MustSee("Temporary passphrase", "MS-1 opens with it.")
	passphrase := mono(w)
	fs, err := stick.NewDirFS(there.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer fs.Close()
	if _, err := stick.Open(t.Context(), fs, stick.WithPassphrase([]byte(passphrase)), stick.OpenOptions{ReadOnly: true}); err != nil && !strings.Contains(err.Error(), keys.ErrMustChange.Error()) {
		t.Errorf("the stick does not open with %q: %v", passphrase, err)
	}
	w.Press("Done, hide it")
	w.MustSee("Earlier keys", "passphrase forgotten")
}

func TestForgottenPassphraseByTelephone(t *testing.T) {
	d, drive := newDesk(t), &plugs{}
	ann := d.holder(t, "Ann Lee")
	there := drive.plugIn(t, "S1")
	d.issueOn(t, there, ann.ID, "MS-1")
	options, _ := peopleRoute(d.place)
	w := guitest.New(t, options)
	openPerson(w, d, ann)
	telephone := func() {
		w.Press("Forgot passphrase")
		w.Press("By telephone")
	}
	telephone()
	w.MustSee("Be sure that you speak to Ann Lee.")
	w.Press("Show the code")
	w.MustSee("Without it no code is given out.")
	if !d.device(t, "MS-1").Recovery.Used.IsZero() {
		t.Fatal("given out without a check")
	}
	w.Type("Rang back")
	w.Press("Show the code")
	w.MustSee("Recovery code of MS-1")
	code := strings.ReplaceAll(mono(w), " ", "-")
	fs, err := stick.NewDirFS(there.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer fs.Close()
	opened, err := stick.Open(t.Context(), fs, stick.WithCode([]byte(code)), stick.OpenOptions{ReadOnly: true})
	if err != nil {
		t.Fatalf("%s does not open the stick: %v", code, err)
	}
	opened.Close()
	for _, c := range code {
		if c >= 'A' && c <= 'Z' {
			w.MustSee(phonetic[c-'A'])
		}
	}
	w.Advance(6 * time.Minute)
	if mono(w) != "" {
		t.Error("the code is still shown after a time")
	}
	events, err := d.Register().Events(t.Context(), devices.EventQuery{Kinds: []devices.EventKind{devices.CodeUsed}})
	if err != nil || len(events) != 1 || !bytes.Contains(events[0].Body, []byte("Rang back")) || bytes.Contains(events[0].Body, []byte(code)) {
		t.Errorf("%+v, %v", events, err)
	}
}

func TestTelephoneWithoutACode(t *testing.T) {
	d := newDesk(t)
	options, _ := peopleRoute(d.place)
	w := guitest.New(t, options)
	openPerson(w, d, d.holder(t, "Ann Lee"))
	w.Press("Forgot passphrase")
	w.Press("By telephone")
	w.MustSee("There is no recovery code")
}

func TestRevokeAndRotate(t *testing.T) {
	d, drive := newDesk(t), &plugs{}
	options, _ := peopleRoute(d.place)
	options.Services.Drives = drive
	w := guitest.New(t, options)
	ann, bob := d.holder(t, "Ann Lee"), d.holder(t, "Bob Roy")
	openPerson(w, d, ann)
	w.Press("Revoke key")
	w.MustSee("This cannot be undone.")
	w.Press("Revoke the key")
	w.MustSee("Say why in a few words.")
	w.Type("seen on a sticker")
	w.Press("Revoke the key")
	w.MustSee("No key yet.", "seen on a sticker")
	if _, ok, _ := d.Register().CurrentKey(t.Context(), ann.ID); ok {
		t.Error("the key is still in force")
	}

	old, _, _ := d.Register().CurrentKey(t.Context(), bob.ID)
	openPerson(w, d, bob)
	w.Press("New key")
	w.Type("phone stolen")
	w.Press("Make a new key")
	w.MustSee("Temporary passphrase")
	now, ok, _ := d.Register().CurrentKey(t.Context(), bob.ID)
	if k, err := d.Register().Key(t.Context(), old.ID); err != nil || k.Status != devices.KeyRevoked || !ok || now.ID == old.ID {
		t.Errorf("%+v, %+v, %v", k, now, err)
	}
}

func TestSpelling(t *testing.T) {
	if got := spelling([]byte("A7Z-9B")); got != "Alfa 7 Zulu \n9 Bravo " {
		t.Errorf("%q", got)
	}
	if got := groups([]byte("AB-CD")); len(got) != 2 || string(got[0]) != "AB" || string(got[1]) != "CD" {
		t.Errorf("%q", got)
	}
}

func TestPeoplePictures(t *testing.T) {
	d := newDesk(t)
	d.laptop(t, "LT-1", "Ann Lee")
	for _, name := range []string{"Gwen Parry", "Huw Morgan", "Ines Duarte", "Joe Bloggs", "Kit Marlowe"} {
		d.person(t, name, name[0]%2 == 0)
	}
	options, _ := peopleRoute(d.place)
	guitest.Pictures(t, "people", options, func(w *guitest.Window) { w.Session.Go("people") })
}

func TestPersonPictures(t *testing.T) {
	d, drive := newDesk(t), &plugs{}
	ann := d.holder(t, "Ann Lee")
	d.issueOn(t, drive.plugIn(t, "S1"), ann.ID, "MS-1")
	d.laptop(t, "LT-1", "Ann Lee")
	if _, err := issue.ReplaceKey(t.Context(), d.School.School, ann.ID, "passphrase forgotten"); err != nil {
		t.Fatal(err)
	}
	options, _ := peopleRoute(d.place)
	guitest.Pictures(t, "person", options, func(w *guitest.Window) { openPerson(w, d, ann) })
}

func TestRecoverPictures(t *testing.T) {
	d, drive := newDesk(t), &plugs{}
	ann := d.holder(t, "Ann Lee")
	d.issueOn(t, drive.plugIn(t, "S1"), ann.ID, "MS-1")
	options, _ := peopleRoute(d.place)
	guitest.Pictures(t, "telephone", options, func(w *guitest.Window) { openPerson(w, d, ann).telephone() })
	guitest.Pictures(t, "recovery-code", options, func(w *guitest.Window) {
		openPerson(w, d, ann).readOut(d.device(t, "MS-1"), "Rang back")
	})
}

func TestTakeBackAndSign(t *testing.T) {
	d := newDesk(t)
	laptop := d.laptop(t, "LT-1", "Ann Lee")
	options, _ := peopleRoute(d.place)
	w := guitest.New(t, options)
	openPerson(w, d, d.holder(t, "Ann Lee"))
	w.Press("Take back")
	w.Type("Lid scratched")
	w.MustSee("I have given LT-1 back to the school.")
	signName(w, "A. Lee")
	w.Press("Take it back")
	w.MustSee("LT-1 is taken back.", "This person has no device of the school.")
	back := d.device(t, "LT-1")
	signed, err := d.Register().Documents(t.Context(), back.ID, "")
	if err != nil || back.State != devices.Returned || len(signed) != 1 || signed[0].Kind != devices.ReturnSigned || signed[0].Name != "A. Lee" || signed[0].Loan != laptop.Loan {
		t.Errorf("%s, %+v, %v", back.State, signed, err)
	}
}
