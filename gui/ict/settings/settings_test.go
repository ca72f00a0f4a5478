package settings

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"stowage/devices/school/unlock"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"
)

func openSettings(t testing.TB, sc *schooltest.School) (*guitest.Window, *settings) {
	t.Helper()
	p := screenstest.NewPlace(t, sc)
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain})
	w.Session.Go(app.SettingsRoute)
	w.Settle()
	return w, w.Session.Current().(*settings)
}

func TestSettingsShow(t *testing.T) {
	sc := schooltest.New(t)
	w, _ := openSettings(t, sc)
	w.MustSee("Policy", "Words in a passphrase that ICT issues", "Folders", sc.Dir(), "Authority", "Number 1, published today", "Text size")
}

func TestSettingsWithoutSchool(t *testing.T) {
	p := app.NewPlace(t.TempDir(), school.Options{})
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain})
	w.Session.Go(app.SettingsRoute)
	w.MustSee("This computer has not been told which school it belongs to.", "Text size")
}

func TestSettingsPolicy(t *testing.T) {
	sc := schooltest.New(t)
	w, s := openSettings(t, sc)
	s.policy.numbers[0].field.Entry.SetText("3")
	w.Press("Sign and publish")
	w.MustSee("Give a whole number from 4 to 20.")
	s.policy.numbers[0].field.Entry.SetText("7")
	s.policy.numbers[2].field.Entry.SetText("365")
	s.policy.numbers[6].field.Entry.SetText("30")
	s.policy.numbers[7].field.Entry.SetText("5")
	s.policy.numbers[8].field.Entry.SetText("500")
	s.policy.class.Choose(keys.X25519)
	s.policy.carry.SetChecked(false)
	s.policy.guesses.SetSelectedIndex(12 - leastGuesses)
	w.Press("Sign and publish")
	screenstest.UnlockDesk(w)
	w.MustSee("The policy is published.", "Number 2, published")
	want := schooltest.Quick()
	want.Words, want.LoanDays, want.Class, want.KeysOnStick, want.MinGuesses = 7, 365, keys.X25519, false, 1e12
	want.KeepDays, want.KeepVersions, want.KeepFreeMB = 30, 5, 500
	if got := sc.Policy(); got != want {
		t.Errorf("published %+v, want %+v", got, want)
	}
}

// TestPolicyNumbers shows that the bounds are those that are checked.
func TestPolicyNumbers(t *testing.T) {
	for _, n := range policyNumbers() {
		for _, v := range []int{n.From, n.To} {
			p := keys.DefaultPolicy()
			*n.Of(&p) = v
			if err := p.Check(); err != nil || *n.Of(&p) != v {
				t.Errorf("%s: %d is refused: %v", n.Name, v, err)
			}
		}
		p := keys.DefaultPolicy()
		*n.Of(&p) = n.From - 1
		if err := p.Check(); err == nil {
			t.Errorf("%s: %d is taken", n.Name, n.From-1)
		}
	}
}

func TestSettingsSharedFolder(t *testing.T) {
	sc := schooltest.New(t)
	w, s := openSettings(t, sc)
	dir := filepath.Join(t.TempDir(), "server")
	s.moveShared(dir)
	w.MustSee("Staff now reach the school in "+dir, dir)
	shared, err := sc.Shared()
	if err != nil || shared.Dir != dir {
		t.Errorf("%+v, %v", shared, err)
	}
	if _, err := shared.Directory(""); err != nil {
		t.Error(err)
	}
}

func TestSettingsAuthorityPassphrase(t *testing.T) {
	sc := schooltest.New(t)
	w, _ := openSettings(t, sc)
	const next = "granite umbrella whistles softly"
	fill := func(texts ...string) {
		for i, text := range texts {
			if i > 0 {
				w.Tab() // show and hide
				w.Tab()
			}
			w.Type(text)
		}
		w.Press("Change its passphrase")
	}
	w.Press("Change its passphrase")
	fill("wrong", next, next)
	w.MustSee("That is not the authority's passphrase.")
	w.Key(fyne.KeyEscape)
	w.Press("Change its passphrase")
	fill(schooltest.Passphrase, next, "other")
	w.MustSee("This is not the same as above.")
	w.Key(fyne.KeyEscape)
	w.Press("Change its passphrase")
	fill(schooltest.Passphrase, next, next)
	w.MustSee("The authority has its new passphrase.")
	if err := unlock.Authority(t.Context(), sc.School, []byte(schooltest.Passphrase)); !errors.Is(err, keys.ErrPassphrase) {
		t.Errorf("the old one: %v", err)
	}
	if err := unlock.Authority(t.Context(), sc.School, []byte(next)); err != nil {
		t.Error(err)
	}
}

func TestSettingsPublish(t *testing.T) {
	sc := schooltest.New(t)
	w, _ := openSettings(t, sc)
	w.Press("Publish it again")
	screenstest.UnlockDesk(w)
	w.MustSee("The directory is published.", "Number 2, published")
}

func TestSettingsReturnAddress(t *testing.T) {
	sc := schooltest.New(t)
	w, _ := openSettings(t, sc)
	w.MustSee("Where a finder returns it", "Hill Road Primary")
	address := func() *widget.Entry {
		var found *widget.Entry
		w.Each(func(o fyne.CanvasObject) {
			if e, ok := o.(*widget.Entry); ok && e.MultiLine {
				found = e
			}
		})
		return found
	}
	address().SetText("Hill Road Primary\n  Hill Road, Swansea  \n")
	w.Press("Save the address")
	w.MustSee("The address goes onto what is issued and printed")
	if got, err := sc.ReturnAddress(); got != "Hill Road Primary\nHill Road, Swansea" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	address().SetText(strings.Repeat("Hill Road ", 100))
	w.Press("Save the address")
	w.MustSee("Keep it to a few short lines of text.")
	address().SetText("")
	w.Press("Save the address")
	if got, err := sc.ReturnAddress(); got != "Hill Road Primary" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if address().Text != "Hill Road Primary" {
		t.Errorf("the card says %q", address().Text)
	}
}

// TestSettingsContact: how ICT is reached is published, and on what is issued.
func TestSettingsContact(t *testing.T) {
	sc := schooltest.New(t)
	w, _ := openSettings(t, sc)
	var contact *widget.Entry
	w.Each(func(o fyne.CanvasObject) {
		if e, ok := o.(*widget.Entry); ok && e.MultiLine && contact == nil {
			contact = e
		}
	})
	contact.SetText("01792 000000\nict@hillroad.example")
	w.Press("Sign and publish it")
	screenstest.UnlockDesk(w)
	w.MustSee("It is in the directory")
	if got, err := sc.Contact(); got != "01792 000000\nict@hillroad.example" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSettingsPictures(t *testing.T) {
	p := screenstest.NewPlace(t, schooltest.New(t))
	for name, from := range map[string]int{"settings": 0, "settings-folders": 1, "settings-authority": 3} { // its cards
		guitest.Pictures(t, name, gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
			w.Session.Go(app.SettingsRoute)
			w.Settle()
			page := w.Session.Current().(*settings).page
			page.Objects = page.Objects[from:]
			page.Refresh()
		})
	}
}

func TestProgramsInTheSettings(t *testing.T) {
	sc := schooltest.New(t)
	w, _ := openSettings(t, sc)
	w.Session.Choose = &screenstest.FakeChooser{Path: screenstest.Program(t, "1.2.0")}
	w.MustSee("Stowage on sticks")
	w.Press("Add a program…")
	screenstest.UnlockDesk(w)
	w.MustSee("Stowage for Windows, version 1.2.0 (3.6 MB)")
	w.Session.Choose = &screenstest.FakeChooser{Path: filepath.Join(sc.Dir(), school.AuthorityFile)}
	w.Press("Add a program…")
	w.MustSee("This file is not a released program of Stowage for sticks.")
	w.Press("Close")
	w.Press("Remove")
	w.MustNotSee("Stowage for Windows, version 1.2.0 (3.6 MB)")
}

func TestProgramsInTheSettingsPictures(t *testing.T) {
	d := screenstest.NewDesk(t)
	d.AddProgram(t, "1.2.0")
	guitest.Pictures(t, "programs-settings", gui.Options{Routes: screenstest.WithPages(Page(d.Place)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
		w.Session.Go(app.SettingsRoute)
		w.Settle()
		screenstest.ScrollTo(w, w.Session.Words.T("programs.title"))
	})
}
