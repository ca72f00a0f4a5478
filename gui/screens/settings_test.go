package screens

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
	"stowage/devices/school/unlock"
	"stowage/gui"
	"stowage/gui/guitest"
)

func openSettings(t testing.TB, sc *schooltest.School) (*guitest.Window, *settings) {
	t.Helper()
	p := newPlace(t, sc)
	w := guitest.New(t, gui.Options{Routes: Routes(p), ICT: true, Explain: Explain})
	w.Session.Go(settingsRoute)
	w.Settle()
	return w, w.Session.Current().(*settings)
}

// unlockDesk answers the question for the authority's passphrase.
func unlockDesk(w *guitest.Window) {
	w.MustSee("Unlock the school's authority")
	w.Type(schooltest.Passphrase)
	w.Key(fyne.KeyReturn)
}

func TestSettingsShow(t *testing.T) {
	sc := schooltest.New(t)
	w, _ := openSettings(t, sc)
	w.MustSee("Policy", "Words in a passphrase that ICT issues", "Folders", sc.Dir(), "Authority", "Number 1, published today", "Text size")
}

func TestSettingsWithoutSchool(t *testing.T) {
	p := NewPlace(t.TempDir(), school.Options{})
	w := guitest.New(t, gui.Options{Routes: Routes(p), ICT: true, Explain: Explain})
	w.Session.Go(settingsRoute)
	w.MustSee("This computer has not been told which school it belongs to.", "Text size")
}

func TestSettingsPolicy(t *testing.T) {
	sc := schooltest.New(t)
	w, s := openSettings(t, sc)
	s.policy.numbers[0].field.entry.SetText("3")
	w.Press("Sign and publish")
	w.MustSee("Give a whole number from 4 to 20.")
	s.policy.numbers[0].field.entry.SetText("7")
	s.policy.numbers[2].field.entry.SetText("365")
	s.policy.numbers[6].field.entry.SetText("30")
	s.policy.numbers[7].field.entry.SetText("5")
	s.policy.numbers[8].field.entry.SetText("500")
	s.policy.class.Choose(keys.X25519)
	s.policy.carry.SetChecked(false)
	s.policy.guesses.SetSelectedIndex(12 - leastGuesses)
	w.Press("Sign and publish")
	unlockDesk(w)
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
		for _, v := range []int{n.from, n.to} {
			p := keys.DefaultPolicy()
			n.set(&p, v)
			if err := p.Check(); err != nil || n.get(p) != v {
				t.Errorf("%s: %d is refused: %v", n.name, v, err)
			}
		}
		p := keys.DefaultPolicy()
		n.set(&p, n.from-1)
		if err := p.Check(); err == nil {
			t.Errorf("%s: %d is taken", n.name, n.from-1)
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
	unlockDesk(w)
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
	unlockDesk(w)
	w.MustSee("It is in the directory")
	if got, err := sc.Contact(); got != "01792 000000\nict@hillroad.example" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSettingsPictures(t *testing.T) {
	p := newPlace(t, schooltest.New(t))
	for name, from := range map[string]int{"settings": 0, "settings-folders": 1, "settings-authority": 3} { // its cards
		guitest.Pictures(t, name, gui.Options{Routes: Routes(p), ICT: true, Explain: Explain}, func(w *guitest.Window) {
			w.Session.Go(settingsRoute)
			w.Settle()
			page := w.Session.Current().(*settings).page
			page.Objects = page.Objects[from:]
			page.Refresh()
		})
	}
}
