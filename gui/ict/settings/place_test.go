package settings

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"
)

// TestSettingsRegisterMoves prepares a database, gives a login its duty, moves the
// register there and back: nothing of it is lost.
func TestSettingsRegisterMoves(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	sc := schooltest.New(t)
	sc.Device(devices.DeviceDetails{Label: "MS-1", Site: "North"})
	if err := sc.Close(); err != nil {
		t.Fatal(err)
	}
	url := server.Database(t)
	w, _ := openSettings(t, sc)
	w.MustSee("In the school's folder, for one desk")

	w.Press("Prepare a database…")
	w.Type("postgres://nobody:secret@db.example/register")
	w.Press("Prepare it")
	w.MustSee("without a password")
	w.Key(fyne.KeyEscape)
	w.Press("Move it to a database…")
	w.Type(url)
	w.Press("Move it")
	w.MustSee("not set up") // what stow says too
	w.Key(fyne.KeyEscape)
	w.Press("Prepare a database…")
	w.Type(url)
	w.Press("Prepare it")
	w.MustSee("The database is ready for a register.")
	w.Press("Close")
	w.Press("Move it to a database…")
	w.Type(url)
	w.Press("Move it")
	w.MustSee("The register is in its new place", "The old file is kept as register-moved-")
	w.Press("Close")
	w.MustSee("On a database server", url)

	w.Press("Who may use it…")
	w.Press("Set the duty")
	w.MustSee("Give the name of the login.")
	w.Tab()
	w.Type("price")
	w.Press("ICT of a site")
	w.Press("Set the duty")
	w.MustSee("Name the sites, for ICT of a site only.")
	w.Press("Auditor, reads only")
	w.Press("Set the duty")
	w.MustSee("price has this duty now: Auditor, reads only.")
	w.Press("Close")
	auditor, err := store.OpenPostgres(t.Context(), server.As("price", url), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer auditor.Close()
	r := devices.NewRegister(auditor, devices.Options{})
	if _, err := r.FindDevice(t.Context(), "MS-1"); err != nil {
		t.Error(err)
	}
	if _, err := r.AddDevice(t.Context(), "price", devices.DeviceDetails{Kind: devices.Phone, Label: "PH-1"}); !errors.Is(err, store.ErrNotAllowed) {
		t.Errorf("the auditor adds: %v", err)
	}

	w.Press("Move it back into the school's folder…")
	w.Press("Move it")
	w.MustSee("The register is in its new place")
	w.Press("Close")
	w.MustSee("In the school's folder, for one desk")
	s, err := school.Open(t.Context(), sc.Dir(), sc.Options())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Register().FindDevice(t.Context(), "MS-1"); err != nil {
		t.Error(err)
	}
}

// pressAsked presses a button, answers the question for the database's password that
// comes of it, and settles.
func pressAsked(w *guitest.Window, button, password string) {
	canvas := w.Session.Window.Canvas()
	form := canvas.Overlays().Top()
	test.Tap(w.Find(button))
	w.Until("the question for the password", func() bool { return canvas.Overlays().Top() != form })
	field := canvas.Focused()
	for _, r := range password {
		field.TypedRune(r)
	}
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	w.Settle()
}

// TestSettingsRegisterMovesWithPassword does all that can be done with a server that
// asks for a password: each asks once, a wrong one is said, and nothing is kept of it.
func TestSettingsRegisterMovesWithPassword(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	t.Setenv("PGPASSFILE", filepath.Join(t.TempDir(), "none"))
	sc := schooltest.New(t)
	sc.Device(devices.DeviceDetails{Label: "MS-1", Site: "North"})
	if err := sc.Close(); err != nil {
		t.Fatal(err)
	}
	const password = "ŵyl y môr 7"
	url := server.Database(t)
	server.Protect(t, password)
	w, _ := openSettings(t, sc)

	w.Press("Prepare a database…")
	w.Type(url)
	pressAsked(w, "Prepare it", "not this one")
	w.MustSee("does not accept this login or its password")
	pressAsked(w, "Prepare it", password)
	w.MustSee("The database is ready for a register.")
	w.Press("Close")

	w.Press("Move it to a database…")
	w.Type(url)
	pressAsked(w, "Move it", "not this one")
	w.MustSee("does not accept this login or its password")
	pressAsked(w, "Move it", password)
	w.MustSee("The register is in its new place")
	w.Press("Close")
	w.MustSee("On a database server", url)

	w.Press("Who may use it…")
	w.Tab()
	w.Type("price")
	w.Press("Auditor, reads only")
	pressAsked(w, "Set the duty", password)
	w.MustSee("price has this duty now: Auditor, reads only.")
	w.Press("Close")

	w.Press("Move it back into the school's folder…")
	pressAsked(w, "Move it", password)
	w.MustSee("The register is in its new place")
	w.Press("Close")
	w.MustSee("In the school's folder, for one desk")
	err := filepath.WalkDir(sc.Dir(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(password)) {
			t.Errorf("the password is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestDatabasePasswordIsAsked answers the question for the password, and turns back.
func TestDatabasePasswordIsAsked(t *testing.T) {
	sc := schooltest.New(t)
	p := screenstest.NewPlace(t, sc)
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain})
	w.Session.Go(app.SettingsRoute)
	w.Settle()
	type answer struct {
		password string
		err      error
	}
	ask := func(ctx context.Context) <-chan answer {
		got := make(chan answer, 1)
		go func() {
			password, err := p.AskDatabasePassword(ctx)
			got <- answer{string(password), err}
		}()
		return got
	}
	got := ask(t.Context())
	w.Until("the question", func() bool { return w.Sees("kept in memory only") })
	w.Type("ŵyl y môr")
	w.Key(fyne.KeyReturn)
	if a := <-got; a.password != "ŵyl y môr" || a.err != nil {
		t.Errorf("%+v", a)
	}
	got = ask(t.Context())
	w.Until("the question", func() bool { return w.Sees("kept in memory only") })
	w.Key(fyne.KeyEscape)
	if a := <-got; !errors.Is(a.err, context.Canceled) {
		t.Errorf("turned back: %+v", a)
	}
}

func TestDatabasePasswordPictures(t *testing.T) {
	p := screenstest.NewPlace(t, schooltest.New(t))
	guitest.Pictures(t, "database-password", gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
		w.Session.Go(app.SettingsRoute)
		app.ShowDatabasePassword(w.Session, make(chan []byte, 1))
	})
}

// TestSettingsAllowPictures is the form for duties, whose fields are the most.
func TestSettingsAllowPictures(t *testing.T) {
	p := screenstest.NewPlace(t, schooltest.New(t))
	guitest.Pictures(t, "settings-allow", gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
		w.Session.Go(app.SettingsRoute)
		w.Settle()
		s := w.Session.Current().(*settings)
		s.page.Objects = s.page.Objects[2:3] // the card alone, which is below the edge otherwise
		s.page.Refresh()
		s.allow("")
	})
}

func TestSettingsRegisterPictures(t *testing.T) {
	p := screenstest.NewPlace(t, schooltest.New(t))
	guitest.Pictures(t, "settings-register", gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
		w.Session.Go(app.SettingsRoute)
		w.Settle()
		s := w.Session.Current().(*settings)
		s.page.Objects = s.page.Objects[2:3]
		s.page.Refresh()
	})
}
