package people

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"

	"fyne.io/fyne/v2"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
)

func peopleWindow(p *app.Place) (gui.Options, func() *Screen) {
	return screenstest.RouteOf("people", "route.people", "people", func(s *gui.Session) *Screen { return NewScreen(s, p) })
}

func TestPeopleRoom(t *testing.T) {
	d := screenstest.NewDesk(t)
	d.Laptop(t, "LT-1", "Ann Lee")
	options, route := peopleWindow(d.Place)
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
	if h := d.Holder(t, "Dai Rees-Jones"); h.ID == "" {
		t.Error("not in the register")
	}
}

func TestPeopleRefusesASecondAddress(t *testing.T) {
	d := screenstest.NewDesk(t)
	options, _ := peopleWindow(d.Place)
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
func openPerson(w *guitest.Window, d *screenstest.Desk, h devices.Holder) *person {
	w.Session.Go("people")
	n := newPerson(w.Session, d.Place, h.ID)
	w.Session.Push(n)
	w.Settle()
	return n
}

func TestPersonGetsAKey(t *testing.T) {
	d := screenstest.NewDesk(t)
	options, _ := peopleWindow(d.Place)
	w := guitest.New(t, options)
	openPerson(w, d, d.Holder(t, "Cat Fox"))
	w.Press("Issue a key")
	w.MustSee("Temporary passphrase", "Only for Cat Fox.")
	passphrase := screenstest.Mono(w)
	key, ok, err := d.Register().CurrentKey(t.Context(), d.Holder(t, "Cat Fox").ID)
	if err != nil || !ok {
		t.Fatal(err)
	}
	opensKey(t, d, key, passphrase)
	w.Press("Done, hide it")
	if screenstest.Mono(w) != "" {
		t.Error("the passphrase is still shown")
	}
	w.MustSee("in the school's folder", "Forgot passphrase")
}

// opensKey fails the test unless a passphrase opens the key's file.
func opensKey(t *testing.T, d *screenstest.Desk, key devices.Key, passphrase string) {
	t.Helper()
	path, err := keyfiles.Path(d.School.School, key)
	if err != nil {
		t.Fatal(err)
	}
	sealed := screenstest.ReadAll(t, path)
	k, err := keys.OpenHolderKey(sealed, []byte(passphrase))
	if err != nil {
		t.Fatalf("%q: %v", passphrase, err)
	}
	k.Wipe()
}

func TestForgottenPassphraseHere(t *testing.T) {
	d, drive := screenstest.NewDesk(t), &screenstest.Plugs{}
	ann := d.Holder(t, "Ann Lee")
	there := drive.PlugIn(t, "S1")
	d.IssueOn(t, there, ann.ID, "MS-1")
	drive.PlugIn(t, "S2") // an empty one beside it
	options, _ := peopleWindow(d.Place)
	options.Services.Drives = drive
	w := guitest.New(t, options)
	openPerson(w, d, ann)
	w.MustSee("in the school's folder and MS-1")
	w.Press("Forgot passphrase")
	w.Press("The person is here")
	w.MustSee("Temporary passphrase", "MS-1 opens with it.")
	passphrase := screenstest.Mono(w)
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
	d, drive := screenstest.NewDesk(t), &screenstest.Plugs{}
	ann := d.Holder(t, "Ann Lee")
	there := drive.PlugIn(t, "S1")
	d.IssueOn(t, there, ann.ID, "MS-1")
	options, _ := peopleWindow(d.Place)
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
	if !d.Labelled(t, "MS-1").Recovery.Used.IsZero() {
		t.Fatal("given out without a check")
	}
	w.Type("Rang back")
	w.Press("Show the code")
	w.MustSee("Recovery code of MS-1")
	code := strings.ReplaceAll(screenstest.Mono(w), " ", "-")
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
	if screenstest.Mono(w) != "" {
		t.Error("the code is still shown after a time")
	}
	events, err := d.Register().Events(t.Context(), devices.EventQuery{Kinds: []devices.EventKind{devices.CodeUsed}})
	if err != nil || len(events) != 1 || !bytes.Contains(events[0].Body, []byte("Rang back")) || bytes.Contains(events[0].Body, []byte(code)) {
		t.Errorf("%+v, %v", events, err)
	}
}

func TestTelephoneWithoutACode(t *testing.T) {
	d := screenstest.NewDesk(t)
	options, _ := peopleWindow(d.Place)
	w := guitest.New(t, options)
	openPerson(w, d, d.Holder(t, "Ann Lee"))
	w.Press("Forgot passphrase")
	w.Press("By telephone")
	w.MustSee("There is no recovery code")
}

func TestRevokeAndRotate(t *testing.T) {
	d, drive := screenstest.NewDesk(t), &screenstest.Plugs{}
	options, _ := peopleWindow(d.Place)
	options.Services.Drives = drive
	w := guitest.New(t, options)
	ann, bob := d.Holder(t, "Ann Lee"), d.Holder(t, "Bob Roy")
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
	d := screenstest.NewDesk(t)
	d.Laptop(t, "LT-1", "Ann Lee")
	for _, name := range []string{"Gwen Parry", "Huw Morgan", "Ines Duarte", "Joe Bloggs", "Kit Marlowe"} {
		d.Enrol(t, name, name[0]%2 == 0)
	}
	options, _ := peopleWindow(d.Place)
	guitest.Pictures(t, "people", options, func(w *guitest.Window) { w.Session.Go("people") })
}

func TestPersonPictures(t *testing.T) {
	d, drive := screenstest.NewDesk(t), &screenstest.Plugs{}
	ann := d.Holder(t, "Ann Lee")
	d.IssueOn(t, drive.PlugIn(t, "S1"), ann.ID, "MS-1")
	d.Laptop(t, "LT-1", "Ann Lee")
	if _, err := issue.ReplaceKey(t.Context(), d.School.School, ann.ID, "passphrase forgotten"); err != nil {
		t.Fatal(err)
	}
	options, _ := peopleWindow(d.Place)
	guitest.Pictures(t, "person", options, func(w *guitest.Window) { openPerson(w, d, ann) })
}

func TestRecoverPictures(t *testing.T) {
	d, drive := screenstest.NewDesk(t), &screenstest.Plugs{}
	ann := d.Holder(t, "Ann Lee")
	d.IssueOn(t, drive.PlugIn(t, "S1"), ann.ID, "MS-1")
	options, _ := peopleWindow(d.Place)
	guitest.Pictures(t, "telephone", options, func(w *guitest.Window) { openPerson(w, d, ann).telephone() })
	guitest.Pictures(t, "recovery-code", options, func(w *guitest.Window) {
		openPerson(w, d, ann).readOut(d.Labelled(t, "MS-1"), "Rang back")
	})
}

func TestTakeBackAndSign(t *testing.T) {
	d := screenstest.NewDesk(t)
	laptop := d.Laptop(t, "LT-1", "Ann Lee")
	options, _ := peopleWindow(d.Place)
	w := guitest.New(t, options)
	openPerson(w, d, d.Holder(t, "Ann Lee"))
	w.Press("Take back")
	w.Type("Lid scratched")
	w.MustSee("I have given LT-1 back to the school.")
	screenstest.SignName(w, "A. Lee")
	w.Press("Take it back")
	w.MustSee("LT-1 is taken back.", "This person has no device of the school.")
	back := d.Labelled(t, "LT-1")
	signed, err := d.Register().Documents(t.Context(), back.ID, "")
	if err != nil || back.State != devices.Returned || len(signed) != 1 || signed[0].Kind != devices.ReturnSigned || signed[0].Name != "A. Lee" || signed[0].Loan != laptop.Loan {
		t.Errorf("%s, %+v, %v", back.State, signed, err)
	}
}
