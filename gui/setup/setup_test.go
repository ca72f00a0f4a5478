package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/ict/dashboard"
	"stowage/gui/wording"
)

// openSetup opens the set-up of a computer that knows no school.
func openSetup(t testing.TB) (*guitest.Window, *app.Place) {
	t.Helper()
	p := screenstest.NewComputer(t)
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(p), dashboard.Page(p)), ICT: p.ICT(), Explain: wording.Explain})
	w.Press("Set up this computer")
	return w, p
}

func TestSetupIsForICT(t *testing.T) {
	w, p := openSetup(t)
	w.MustSee("Only ICT's computers need this.", "Create the school", "Join with the shared folder", "Join with a directory file")
	if p.ICT() || w.Session.ICT() {
		t.Error("ICT's computer before it was set up")
	}
}

func TestCreateSchool(t *testing.T) {
	w, p := openSetup(t)
	w.Press("Create the school")
	press := func() { w.Press("Create the school") }
	press()
	w.MustSee("Give the school's name.")
	w.Type("Hill Road Primary")
	press()
	w.MustSee("Choose an empty folder, with its whole path.")
	c := w.Session.Current().(*create)
	dir := filepath.Join(t.TempDir(), "school")
	c.folder.Entry.SetText(dir)
	c.address.SetText("Hill Road\nSwansea")
	c.contact.SetText("01792 000000\nRoom 12")
	w.Press("One that I choose")
	press()
	w.MustSee("It is empty.")
	w.Focus(c.passphrase.Focus())
	w.Type("hill road primary")
	w.MustSee("Strength: weak")
	w.Focus(c.again.Focus())
	w.Type("something else")
	press()
	w.MustSee("This is not the same as above.")
	c.again.Clear()
	w.Type("hill road primary")
	press()
	w.MustSee("It is made of your name or the school's.")
	if _, err := os.Stat(dir); err == nil {
		t.Error("something was made already")
	}
	for _, entry := range []fyne.Focusable{c.passphrase.Focus(), c.again.Focus()} {
		w.Focus(entry)
		w.Type(schooltest.Passphrase)
	}
	w.MustSee("Strength: strong")
	press()
	w.MustSee("Hill Road Primary is set up.", "The register is empty.")
	if !w.Session.ICT() || w.Session.At() != "dashboard" {
		t.Errorf("ICT: %v, at %s", w.Session.ICT(), w.Session.At())
	}
	got, err := config.Read(p.Dir())
	if err != nil || got.School != dir || got.Verifier == "" {
		t.Errorf("the config is %+v, %v", got, err)
	}
	d, err := school.ReadDirectory(filepath.Join(dir, school.SharedFolder, school.DirectoryFile), got.Verifier)
	if err != nil || d.Policy.Class != keys.Hybrid || d.Contact != "01792 000000\nRoom 12" {
		t.Errorf("what staff reach: %+v, %v", d, err)
	}
	if address, err := os.ReadFile(filepath.Join(dir, school.ReturnSetting)); string(address) != "Hill Road\nSwansea\n" {
		t.Errorf("where a finder goes: %q, %v", address, err)
	}
}

// TestCreateSchoolWithDrawnPassphrase: unless somebody insists on one, the authority's passphrase is eight words, which
// are shown and typed once.
func TestCreateSchoolWithDrawnPassphrase(t *testing.T) {
	w, _ := openSetup(t)
	w.Press("Create the school")
	c := w.Session.Current().(*create)
	dir := filepath.Join(t.TempDir(), "school")
	c.name.Entry.SetText("Hill Road Primary")
	c.folder.Entry.SetText(dir)
	drawn := strings.Fields(string(c.drawn.Secret))
	if len(drawn) != keys.AuthorityWords {
		t.Fatalf("drawn: %d words", len(drawn))
	}
	w.MustSee(strings.Join(drawn[:4], " "), strings.Join(drawn[4:], " "))
	w.Focus(c.drawn.Typed.Focus())
	w.Type("something else")
	w.Press("Create the school")
	w.MustSee("This is not the same as above.")
	w.Focus(c.drawn.Typed.Focus())
	w.Type(strings.Join(drawn, "  ")) // as it may be typed
	w.Press("Create the school")
	w.MustSee("Hill Road Primary is set up.")
	sealed, err := os.ReadFile(filepath.Join(dir, school.AuthorityFile))
	if err != nil {
		t.Fatal(err)
	}
	a, err := keys.OpenAuthority(sealed, []byte(strings.Join(drawn, " ")))
	if err != nil {
		t.Fatal(err)
	}
	a.Wipe()
	if string(c.drawn.Secret) == strings.Join(drawn, " ") {
		t.Error("the passphrase is still in memory")
	}
}

func TestCreateSchoolWhereSomethingIs(t *testing.T) {
	w, p := openSetup(t)
	w.Press("Create the school")
	c := w.Session.Current().(*create)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.name.Entry.SetText("Hill Road Primary")
	c.folder.Entry.SetText(dir)
	w.Press("One that I choose")
	for _, entry := range []fyne.Focusable{c.passphrase.Focus(), c.again.Focus()} {
		w.Focus(entry)
		w.Type(schooltest.Passphrase)
	}
	w.Press("Create the school")
	w.MustSee("This folder is not empty.")
	if p.ICT() {
		t.Error("set up all the same")
	}
}

func TestUseASchoolsFolder(t *testing.T) {
	sc := schooltest.New(t)
	w, p := openSetup(t)
	u := w.Session.Current().(*setup)
	u.useFolder(t.TempDir())
	w.MustSee("This folder is not a school's")
	w.Press("Close")
	u.joinFolder(sc.Dir()) // the school's own is ICT's, however it was chosen
	w.MustSee("Is this your school?", "Hill Road Primary")
	w.Press("Join")
	if c := p.Config(); c.School != sc.Dir() || !w.Session.ICT() || w.Session.At() != "dashboard" {
		t.Errorf("%+v, ICT: %v, at %s", c, w.Session.ICT(), w.Session.At())
	}
}

func TestJoin(t *testing.T) {
	sc := schooltest.New(t)
	shared, err := sc.SetShared("")
	if err != nil {
		t.Fatal(err)
	}
	w, p := openSetup(t)
	u := w.Session.Current().(*setup)
	u.joinFolder(shared.Dir)
	w.Press("Cancel")
	if p.Config() != (config.Config{}) {
		t.Error("joined in spite of Cancel")
	}
	u.joinFolder(shared.Dir)
	w.Press("Join")
	w.MustSee("This computer belongs to Hill Road Primary now.", shared.Dir)
	if c := p.Config(); c.Shared != shared.Dir || c.School != "" || w.Session.ICT() {
		t.Errorf("%+v, ICT: %v", c, w.Session.ICT())
	}
}

func TestJoinWithAFile(t *testing.T) {
	sc := schooltest.New(t)
	path := filepath.Join(t.TempDir(), "hill.note")
	if err := sc.CopyDirectory(path); err != nil {
		t.Fatal(err)
	}
	w, p := openSetup(t)
	u := w.Session.Current().(*setup)
	u.joinFile(path)
	w.Press("Join")
	c := p.Config()
	if !strings.HasPrefix(c.Directory, p.Dir()) || w.Session.ICT() {
		t.Errorf("%+v", c)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	where, err := c.DirectoryPath()
	if err != nil {
		t.Fatal(err)
	}
	if d, err := school.ReadDirectory(where, c.Verifier); err != nil || d.School != schooltest.Name {
		t.Errorf("the copy: %v", err)
	}
	if err := os.WriteFile(path, []byte("not a directory"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Press("Choose another")
	u.joinFile(path)
	w.MustNotSee("Is this your school?")
	if p.Config() != c {
		t.Error("a forged directory changed the config")
	}
}

func TestSetupPictures(t *testing.T) {
	p := app.NewPlace(t.TempDir(), school.Options{})
	o := gui.Options{Routes: screenstest.WithPages(Page(p), dashboard.Page(p)), Explain: wording.Explain}
	guitest.Pictures(t, "setup", o, func(w *guitest.Window) { w.Session.Go(app.SetupRoute) })
	guitest.Pictures(t, "setup-create", o, func(w *guitest.Window) {
		w.Session.Go(app.SetupRoute)
		w.Session.Push(newCreate(w.Session, p))
		c := w.Session.Current().(*create)
		c.name.Entry.SetText("Hill Road Primary")
		w.Press(w.Session.Words.T("setup.passphrase.own"))
		w.Focus(c.passphrase.Focus())
		w.Type("granite umbrella")
	})
}
