package screens

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/devices/school"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// blankRoute is a page with a blank screen, for tests of what is above screens.
func blankRoute(p *app.Place) []gui.Route {
	return []gui.Route{{ID: "blank", Side: gui.ICT, Name: "route.register", Icon: widgets.IconRegister, New: p.Route(func(*gui.Session, *app.Place) gui.Screen { return screenstest.Blank{} })}}
}

func TestAuthority(t *testing.T) {
	p := screenstest.NewPlace(t, schooltest.New(t))
	w := guitest.New(t, gui.Options{Routes: blankRoute(p), ICT: p.ICT(), Explain: wording.Explain})
	w.Session.Go("blank")
	calls := 0
	ask := func() {
		p.WithAuthority(w.Session, "authority.why.publish", func(s *school.School) {
			calls++
			if _, err := s.Authority(); err != nil {
				t.Error(err)
			}
		})
	}
	ask()
	w.MustSee("Unlock the school's authority", "A new directory is signed")
	w.Type("wrong")
	w.Key(fyne.KeyReturn)
	w.MustSee("That is not the authority's passphrase.")
	if calls != 0 || p.Authority.Unlocked() {
		t.Fatal("a wrong passphrase unlocked it")
	}
	w.Type(schooltest.Passphrase)
	w.MustNotSee("That is not")
	w.Press("Unlock")
	w.MustNotSee("Unlock the school's authority")
	if calls != 1 || !p.Authority.Unlocked() {
		t.Fatalf("%d calls, unlocked: %v", calls, p.Authority.Unlocked())
	}
	ask()
	if calls != 2 {
		t.Error("asked again while it was unlocked")
	}
	w.Advance(9 * time.Minute)
	if !p.Authority.Unlocked() {
		t.Error("locked too early")
	}
	w.Advance(time.Minute)
	if p.Authority.Unlocked() {
		t.Error("still unlocked after a time without use")
	}
	w.MustSee("The authority is locked.")
}

func TestAuthorityTurnedDown(t *testing.T) {
	p := screenstest.NewPlace(t, schooltest.New(t))
	w := guitest.New(t, gui.Options{Routes: blankRoute(p), ICT: true, Explain: wording.Explain})
	w.Session.Go("blank")
	p.WithAuthority(w.Session, "authority.why.publish", func(*school.School) { t.Error("called") })
	w.Type("something")
	w.Key(fyne.KeyEscape)
	w.MustNotSee("Unlock the school's authority")
	if p.Authority.Unlocked() {
		t.Error("unlocked")
	}
}

func TestAuthorityWithoutSchool(t *testing.T) {
	p := app.NewPlace(t.TempDir(), school.Options{})
	w := guitest.New(t, gui.Options{Routes: blankRoute(p), ICT: true, Explain: wording.Explain})
	w.Session.Go("blank")
	p.WithAuthority(w.Session, "authority.why.publish", func(*school.School) { t.Error("called") })
	w.Type("something")
	w.Key(fyne.KeyReturn)
	w.MustSee("This computer has not been told which school it belongs to.")
}

// TestAuthorityAfterSleep locks although the person has only just come back.
func TestAuthorityAfterSleep(t *testing.T) {
	p := screenstest.NewPlace(t, schooltest.New(t))
	w := guitest.New(t, gui.Options{Routes: blankRoute(p), ICT: true, Explain: wording.Explain})
	w.Session.Go("blank")
	now := w.Now()
	w.Session.Now = func() time.Time { return now }
	p.WithAuthority(w.Session, "authority.why.publish", func(*school.School) {})
	w.Type(schooltest.Passphrase)
	w.Key(fyne.KeyReturn)
	now = now.Add(5 * time.Minute) // while the timers stood still
	w.Session.Used()
	w.Advance(app.WatchEvery)
	if p.Authority.Unlocked() {
		t.Error("still unlocked after the computer slept")
	}
}

func TestClosingLocks(t *testing.T) {
	p := screenstest.NewPlace(t, schooltest.New(t))
	w := guitest.New(t, gui.Options{Routes: blankRoute(p), ICT: true, Explain: wording.Explain})
	w.Session.Go("blank")
	p.WithAuthority(w.Session, "authority.why.publish", func(*school.School) {})
	w.Type(schooltest.Passphrase)
	w.Key(fyne.KeyReturn)
	w.Session.Close()
	if p.Authority.Unlocked() {
		t.Error("still unlocked after the window closed")
	}
}

// TestWorkTells refreshes whoever listens, on the window's goroutine.
func TestWorkTells(t *testing.T) {
	p := screenstest.NewPlace(t, schooltest.New(t))
	w := guitest.New(t, gui.Options{Routes: blankRoute(p), ICT: true, Explain: wording.Explain})
	told := 0
	app.Work(p, w.Session, "open", func(context.Context, *school.School, jobs.Progress) (int, error) { return 0, nil }, nil)
	w.Settle()
	remove := p.OnChange(w.Session, func() { told++ })
	change := func() {
		app.Work(p, w.Session, "change", func(ctx context.Context, s *school.School, _ jobs.Progress) (int, error) {
			_, err := s.PublishDirectory(ctx)
			return 0, err
		}, func(_ int, err error) {
			if err == nil {
				t.Error("published while locked")
			}
		})
		w.Settle()
	}
	change()
	if told != 0 {
		t.Error("told of nothing")
	}
	remove()
}
