package staff

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/crypt/stick"
	"stowage/devices/school/config"
	"stowage/devices/school/loss"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
)

func lostOf(w *guitest.Window) *lost { return w.Session.Current().(*lost) }

// answer fills in the form as far as it must be.
func answer(w *guitest.Window) {
	l := lostOf(w)
	fill(w, l.form.which, "HRP-0042")
	l.form.kind.Group.SetSelected("It was stolen")
	l.form.had.Group.SetSelected("Yesterday")
	l.form.noticed.Group.SetSelected("Just now")
	fill(w, l.form.place, "the 42 bus")
	w.Press("Next")
	l.form.with.Group.SetSelected("No")
	fill(w, l.form.contents, "reports for year 4")
	if l.form.name.Text == "" {
		fill(w, l.form.name, "Alice Jones")
	}
	l.form.contact.SetText("07700 900123")
}

// inbox is what ICT reads.
func (h *hill) inbox() []loss.Report {
	h.t.Helper()
	shared, err := h.s.Shared()
	h.must(err)
	in, err := loss.OpenInbox(h.s, shared.Inbox())
	h.must(err)
	reports, err := in.Reports(h.t.Context())
	h.must(err)
	return reports
}

func TestLostReachesICT(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	w := h.window("lost")
	w.MustSee("Which stick is it?", "Tell ICT what you know now")
	answer(w)
	if name := lostOf(w).form.name.Text; name != "Alice Jones" {
		t.Errorf("suggested %q", name)
	}
	w.Press("Send to ICT")
	w.MustSee("ICT has your report.", "Please ring ICT now as well", "If the stick turns up, do not use it")
	w.MustNotSee("Save the report")
	got := h.inbox()
	if len(got) != 1 || got[0].Err != nil {
		t.Fatalf("inbox: %+v", got)
	}
	r := got[0].LossReport
	now := w.Now().UTC()
	if r.Reporter.Name != "Alice Jones" || r.Reporter.Contact != "07700 900123" || r.Reporter.Holder != h.ids["Alice"] || r.Reporter.Proof != loss.ProofTyped {
		t.Errorf("reporter %+v", r.Reporter)
	}
	if r.Device != (loss.LostThing{Label: "HRP-0042"}) || r.Kind != loss.LossStolen || r.Place != "the 42 bus" || r.Passphrase != loss.No || r.OnlyCopy != "" {
		t.Errorf("report %+v", r)
	}
	if midnight := now.Truncate(24 * time.Hour).Add(-24 * time.Hour); !r.HappenedFrom.Equal(midnight) || !r.HappenedTo.Equal(now) || !r.Noticed.Equal(now) {
		t.Errorf("from %v to %v, noticed %v", r.HappenedFrom, r.HappenedTo, r.Noticed)
	}
	// The next visit begins anew.
	w.Press("Back to the start")
	w.Session.Go("lost")
	w.Settle()
	if !lostOf(w).form.empty() || lostOf(w).step != 0 {
		t.Error("the form still holds the last report")
	}
}

func TestLostAwayFromSchoolIsSavedAsFile(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	w := h.window("lost") // which keeps the directory
	shared, err := h.s.Shared()
	h.must(err)
	away := shared.Dir + ".away"
	h.must(os.Rename(shared.Dir, away))
	answer(w)
	w.Press("Send to ICT")
	w.MustSee("the school cannot be reached from this computer", "Only ICT can read it")
	h.picks = []string{h.dir}
	w.Press("Save the report")
	w.MustSee("Your report is saved as loss-20260903-", "E-mail it to ICT or hand it to them, and ring them now.")
	files := h.list(h.dir)
	if len(files) != 1 || !strings.HasSuffix(files[0], loss.ReportExtension) {
		t.Fatalf("saved %v", files)
	}
	w.Press("Show in folder")
	if len(h.opened) != 1 || h.opened[0] != h.dir {
		t.Errorf("shown %v", h.opened)
	}
	content, err := os.ReadFile(filepath.Join(h.dir, files[0]))
	h.must(err)
	a, err := h.s.Authority()
	h.must(err)
	if r, err := loss.OpenReport(t.Context(), content, a.Identities()); err != nil || r.Reporter.Name != "Alice Jones" {
		t.Errorf("%+v, %v", r, err)
	}
	h.must(os.Rename(away, shared.Dir))
	if got := h.inbox(); len(got) != 0 {
		t.Errorf("delivered all the same: %+v", got)
	}
}

func TestLostNeedsToKnowTheSchool(t *testing.T) {
	h := newHill(t)
	h.settings(config.Config{})
	w := h.window("lost")
	answer(w)
	w.Press("Send to ICT")
	w.MustSee("This computer has not been told which school it belongs to.")
	note := filepath.Join(h.dir, "directory.note")
	h.must(h.s.CopyDirectory(note))
	h.picks = []string{note}
	w.Press("Choose the directory file")
	w.MustSee("Your report is ready, but the school cannot be reached")
	h.must(os.Remove(note)) // a download that is soon gone
	if c, err := config.Read(h.config); err != nil || c.Directory != note || c.Verifier == "" {
		t.Errorf("settings %+v, %v", c, err)
	}
}

// TestLostIsSavedAsText: where nothing tells who ICT is, the report can be saved all the same.
func TestLostIsSavedAsText(t *testing.T) {
	h := newHill(t)
	h.settings(config.Config{})
	w := h.window("lost")
	answer(w)
	w.Press("Send to ICT")
	w.MustSee("This computer has not been told which school it belongs to.", "how they are reached is on the slip")
	h.picks = []string{h.dir}
	w.Press("Save as text")
	w.MustSee("Your report is saved as loss-20260903-", "It is not encrypted", "ring them now")
	files := h.list(h.dir)
	if len(files) != 1 || !strings.HasSuffix(files[0], ".txt") {
		t.Fatalf("saved %v", files)
	}
	content, err := os.ReadFile(filepath.Join(h.dir, files[0]))
	h.must(err)
	for _, want := range []string{"It is not encrypted.", "HRP-0042", "It was stolen", "the 42 bus", "reports for year 4", "Alice Jones", "07700 900123"} {
		if !strings.Contains(string(content), want) {
			t.Errorf("it does not say %q: %s", want, content)
		}
	}
}

// TestLostAtHomeTellsWhomToRing: a stick that was issued just now and opened at home once
// has brought along whom to write to and whom to ring; that it is gone makes no difference.
func TestLostAtHomeTellsWhomToRing(t *testing.T) {
	h := newHill(t)
	_, err := h.s.SetContact(t.Context(), "01792 000000\nRoom 12")
	h.must(err)
	drive := h.stick()
	h.settings(config.Config{}) // at home
	open := h.unlocked(drive)
	fsys, err := stick.NewDirFS(drive.Path)
	h.must(err)
	h.must(config.Serials(h.config).TakeDirectory(t.Context(), fsys, open.Key, open.Stick.Verifier())) // as opening it does
	h.must(fsys.Close())
	w := h.window("lost")
	w.MustSee("ICT: 01792 000000, Room 12")
	answer(w)
	w.Press("Send to ICT")
	w.MustSee("Your report is ready, but the school cannot be reached", "ICT: 01792 000000, Room 12")
	h.picks = []string{h.dir}
	w.Press("Save the report")
	w.MustSee("Only ICT can read it.", "ICT: 01792 000000, Room 12")
}

func TestLostWithAnOpenStickIsSignedIn(t *testing.T) {
	h := newHill(t)
	drive := h.stick()
	h.settings(config.Config{}) // at home
	open := h.unlocked(drive)
	o := h.options()
	o.Routes = staffRoutes(h.place(), func(s *gui.Session, p *app.Place) *staff {
		k := h.staff(s, p)
		k.sticks = func() []OpenStick { return []OpenStick{open} }
		return k
	})
	w := guitest.New(t, o)
	w.Session.Go("lost")
	w.Settle()
	answer(w)
	w.Press("Send to ICT")
	w.MustSee("Your report is ready")
	h.picks = []string{h.dir}
	w.Press("Save the report")
	content, err := os.ReadFile(filepath.Join(h.dir, h.list(h.dir)[0]))
	h.must(err)
	a, err := h.s.Authority()
	h.must(err)
	r, err := loss.OpenReport(t.Context(), content, a.Identities())
	if err != nil || r.Reporter.Proof != loss.ProofKey || r.Reporter.Holder != h.ids["Alice"] || r.Reporter.Name != "Alice Jones" {
		t.Errorf("%+v, %v", r.Reporter, err)
	}
}

func TestLostSaysWhatIsMissing(t *testing.T) {
	w := newHill(t).window("lost")
	w.Press("Next")
	w.MustSee("Say what you know of the stick, such as its colour.")
	if w.Session.Window.Canvas().Focused() != lostOf(w).form.which {
		t.Error("the focus is elsewhere")
	}
	fill(w, lostOf(w).form.which, "small and blue")
	w.Press("Next")
	w.Press("Send to ICT")
	w.MustSee("ICT has to know who you are.", "Say how ICT can reach you.")
	if got := newHill(t).inbox(); len(got) != 0 {
		t.Error("something was sent")
	}
}

func TestLostIsNotLeftUnasked(t *testing.T) {
	h := newHill(t)
	w := h.window("lost")
	w.Session.Back()
	w.Settle()
	if w.Session.At() != gui.Home {
		t.Fatal("an empty form holds the person back")
	}
	w.Session.Go("lost")
	fill(w, lostOf(w).form.which, "blue")
	w.Session.Back()
	w.MustSee("Leave without telling ICT?")
	w.Press("Stay")
	if w.Session.At() != "lost" || lostOf(w).form.which.Text != "blue" {
		t.Error("it was left, or emptied")
	}
	w.Session.Back()
	w.Press("Leave")
	if w.Session.At() != gui.Home {
		t.Error("it was not left")
	}
}

func TestLostPolice(t *testing.T) {
	w := newHill(t).window("lost")
	w.MustNotSee("Police reference")
	lostOf(w).form.kind.Group.SetSelected("It was stolen")
	w.MustSee("Police reference")
	lostOf(w).form.kind.Group.SetSelected("I cannot find it")
	w.MustNotSee("Police reference")
}

func TestLostPictures(t *testing.T) {
	for name, arrange := range map[string]func(*guitest.Window){
		"lost-second": func(w *guitest.Window) { lostOf(w).form.which.SetText("HRP-0042"); lostOf(w).next() },
		"lost-error":  func(w *guitest.Window) { lostOf(w).next() },
		"lost-file": func(w *guitest.Window) {
			l := lostOf(w)
			l.done.set(sealedReport{name: "loss-20260903-abcd1234.stowage-report.age"})
			l.turn(2)
		},
	} {
		h := newHill(t)
		h.me("Alice")
		guitest.Pictures(t, name, h.options(), func(w *guitest.Window) {
			w.Session.Go("lost")
			w.Settle()
			arrange(w)
		})
	}
}
