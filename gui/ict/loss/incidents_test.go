package loss

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/devices/school/backup"
	"stowage/devices/school/loss"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// opened opens an incident in the register, hours before now.
func opensIncident(t testing.TB, sc *schooltest.School, label string, hoursAgo int) devices.Incident {
	t.Helper()
	i, _, err := loss.OpenIncident(t.Context(), sc.School, loss.NewIncident{Device: label, Details: devices.IncidentDetails{
		Kind: devices.WasStolen, Aware: sc.Now().Add(-time.Duration(hoursAgo) * time.Hour), LastSeen: "the car park",
		Circumstances: "Alice left it in the car.", Whose: "pupils", Special: []string{"health"}, OnlyCopy: devices.Yes, People: 31,
	}})
	screenstest.Check(t, err)
	return i
}

func incidentsWindow(t testing.TB, sc *schooltest.School) *guitest.Window {
	t.Helper()
	p := screenstest.NewPlace(t, sc)
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain})
	w.Session.Go("incidents")
	w.Settle()
	return w
}

func TestIncidentsNone(t *testing.T) {
	w := incidentsWindow(t, screenstest.LossSchool(t))
	w.MustSee("There are no open incidents.", "Open an incident")
}

func TestIncidentsClockTicks(t *testing.T) {
	sc := screenstest.LossSchool(t)
	opensIncident(t, sc, "HRP-0042", 61)
	w := incidentsWindow(t, sc)
	w.MustSee("HRP-0042, stolen", "11 hours 0 minutes left", "It was with Alice Jones.")
	w.Advance(30 * time.Minute)
	w.MustSee("10 hours 30 minutes left")
	w.Advance(11 * time.Hour)
	w.MustSee("The 72 hours ended on")
}

func TestIncidentReportIsAccepted(t *testing.T) {
	sc := screenstest.LossSchool(t)
	screenstest.Deliver(t, sc, "HRP-0042")
	w := incidentsWindow(t, sc)
	w.MustSee("1 loss report waiting", "encrypted to the school's authority")
	w.MustNotSee("07700")
	w.Press("Unlock to read")
	w.Type(schooltest.Passphrase)
	w.Key(fyne.KeyReturn)
	w.Settle()
	w.MustSee("Alice Jones reports: HRP-0042", "07700 900123", "It fell out of my bag.")
	w.Press("Accept")
	w.Settle()
	w.MustSee("HRP-0042, lost", "hours left", "The school became aware")
	d, err := sc.Register().FindDevice(t.Context(), "HRP-0042")
	if screenstest.Check(t, err); d.State != devices.Lost {
		t.Errorf("the device is %s", d.State)
	}
	w.Session.Back()
	w.Settle()
	w.MustNotSee("loss report waiting")
}

func TestIncidentOnTheTelephone(t *testing.T) {
	sc := screenstest.LossSchool(t)
	w := incidentsWindow(t, sc)
	w.Press("Open an incident")
	w.Press("Open the incident")
	w.MustSee("Say which device, or who had it.")
	page := w.Session.Current().(*telephone)
	page.label.SetText("hrp-0043")
	page.form.texts["lastseen"].SetText("the gym")
	page.form.times["noticed"].entry.SetText("nonsense")
	w.Press("Open the incident")
	w.MustSee("enter a date and time", "still there")
	w.Press("Close")
	page.form.times["noticed"].entry.SetText("02/09/2026 17:30")
	w.Press("Open the incident")
	w.Settle()
	w.MustSee("HRP-0043, missing", "The key on a lost device is blocked")
	all, err := sc.Register().Incidents(t.Context(), devices.IncidentQuery{})
	if screenstest.Check(t, err); len(all) != 1 || all[0].LastSeen != "the gym" || all[0].Noticed.IsZero() {
		t.Errorf("%+v", all)
	}
}

// caseWindow shows an incident; files are saved into the folder.
func caseWindow(t testing.TB, sc *schooltest.School, i devices.Incident, folder string) (*guitest.Window, *Case) {
	t.Helper()
	w := incidentsWindow(t, sc)
	route := w.Session.Current().(*incidents)
	w.Session.Choose = screenstest.OnlyFolder(folder)
	c := NewCase(w.Session, route.p, i.ID)
	w.Session.Push(c)
	w.Settle()
	return w, c
}

func TestIncidentIsWrittenDownDecidedAndClosed(t *testing.T) {
	sc := screenstest.LossSchool(t)
	i := opensIncident(t, sc, "HRP-0042", 10)
	w, c := caseWindow(t, sc, i, "")
	c.form.texts["police"].SetText("CR/12")
	w.Press("Data and people")
	c.form.texts["people"].SetText("1,031")
	w.Key(fyne.KeyS, fyne.KeyModifierShortcutDefault)
	w.Settle()
	w.MustSee("The incident is saved.")
	now, err := sc.Register().Incident(t.Context(), i.ID)
	if screenstest.Check(t, err); now.Police != "CR/12" || now.People != 1031 || now.OnlyCopy != devices.Yes || len(now.Special) != 1 || !now.Aware.Equal(i.Aware) {
		t.Errorf("%+v", now.IncidentDetails)
	}
	w.Press("Close the incident")
	w.Press("Close the incident")
	w.Settle()
	if now, err = sc.Register().Incident(t.Context(), i.ID); err != nil || now.State != devices.IncidentOpen {
		t.Errorf("closed undecided: %v, %v", now.State, err)
	}
	screenstest.Check(t, decideYes(t, sc, i))
	w.Press("Close")
	c.read()
	w.Settle()
	w.Press("Close the incident")
	w.Type("lanyards")
	w.Press("Close the incident")
	w.Settle()
	if now, err = sc.Register().Incident(t.Context(), i.ID); err != nil || now.State != devices.IncidentClosed || now.Lessons != "lanyards" {
		t.Errorf("%v: %+v", err, now)
	}
	w.MustSee("Closed on")
	w.Press("History")
	w.MustSee("A decision was recorded", "Edited")
}

func decideYes(t testing.TB, sc *schooltest.School, i devices.Incident) error {
	_, err := sc.Register().Decide(t.Context(), "ICT", i.ID, 0, devices.Decision{Notify: devices.Yes, Why: "health", By: "Head", Notified: sc.Now()})
	return err
}

func TestIncidentDecisionNeedsAPersonAndAReason(t *testing.T) {
	sc := screenstest.LossSchool(t)
	w, _ := caseWindow(t, sc, opensIncident(t, sc, "HRP-0042", 10), "")
	w.Press("Decision")
	w.MustSee("A person decides whether the regulator")
	w.Press("Record the decision")
	w.MustSee("Nothing was changed.")
	for _, advice := range []string{"encrypted, so", "need not", "wipe"} {
		if strings.Contains(strings.ToLower(w.Text()), advice) {
			t.Errorf("the screen says %q", advice)
		}
	}
}

func TestIncidentSummaryAndCalendar(t *testing.T) {
	sc := screenstest.LossSchool(t)
	folder := t.TempDir()
	i := opensIncident(t, sc, "HRP-0042", 10)
	w, _ := caseWindow(t, sc, i, folder)
	w.Press("Decision")
	w.Press("Copy the summary")
	w.Settle()
	copied := w.Session.App.Clipboard().Content()
	if !strings.Contains(copied, "the holder left it in the car") || strings.Contains(copied, "Alice") {
		t.Errorf("copied\n%s", copied)
	}
	w.Press("Close")
	w.Press("Save for the calendar")
	content, err := os.ReadFile(filepath.Join(folder, "incident-"+i.ID[:8]+".ics"))
	w.Press("Save the evidence")
	w.Settle()
	if pdf, err := os.ReadFile(filepath.Join(folder, "evidence-"+i.ID[:8]+".pdf")); err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Errorf("the evidence: %.20q, %v", pdf, err)
	}
	if screenstest.Check(t, err); !strings.Contains(string(content), "DTSTART:"+i.Deadline().Format("20060102T150405Z")) {
		t.Errorf("%s", content)
	}
}

func TestIncidentLeavingAsks(t *testing.T) {
	sc := screenstest.LossSchool(t)
	w, c := caseWindow(t, sc, opensIncident(t, sc, "HRP-0042", 10), "")
	c.form.texts["police"].SetText("CR/12")
	w.Session.Back()
	w.MustSee("Leave without saving?")
	w.Press("Stay")
	w.MustSee("CR/12")
}

func TestIncidentFilesNeedTheAuthority(t *testing.T) {
	sc := screenstest.LossSchool(t)
	i := opensIncident(t, sc, "HRP-0042", 10)
	_, err := loss.KeepListing(t.Context(), sc.School, i.ID, backup.Listing{From: "backup", At: sc.Now(), Files: []backup.ListedFile{{Path: "Year 4/plan.docx", Size: 20_000}}})
	screenstest.Check(t, err)
	w, _ := caseWindow(t, sc, i, "")
	w.Press("Data and people")
	w.MustNotSee("plan.docx")
	w.Press("Show what was on it")
	screenstest.GiveReason(w)
	w.MustSee("File names can say much about people")
	w.Type(schooltest.Passphrase)
	w.Key(fyne.KeyReturn)
	w.Settle()
	w.MustSee("Year 4/plan.docx", "1 file was on it")
}

func TestIncidentPictures(t *testing.T) {
	sc := screenstest.LossSchool(t)
	i := opensIncident(t, sc, "HRP-0042", 61)
	opensIncident(t, sc, "HRP-0043", 2)
	screenstest.Deliver(t, sc, "HRP-0043")
	for name, arrange := range map[string]func(*guitest.Window){
		"incidents-inbox": func(w *guitest.Window) {
			route := w.Session.Current().(*incidents)
			screenstest.Check(t, route.p.Authority.Unlock(t.Context(), []byte(schooltest.Passphrase)))
			route.refresh()
			w.Settle()
		},
		"incident": func(w *guitest.Window) {
			w.Session.Push(NewCase(w.Session, w.Session.Current().(*incidents).p, i.ID))
		},
		"incident-affected": func(w *guitest.Window) { tab(w, i, tabAffected) },
		"incident-decision": func(w *guitest.Window) { tab(w, i, tabDecision) },
	} {
		p := screenstest.NewPlace(t, sc)
		guitest.Pictures(t, name, gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
			w.Session.Go("incidents")
			w.Settle()
			arrange(w)
			w.Settle()
		})
	}
}

func tab(w *guitest.Window, i devices.Incident, name i18n.Key) {
	c := NewCase(w.Session, w.Session.Current().(*incidents).p, i.ID)
	w.Session.Push(c)
	w.Settle()
	c.tabs.Choose(name)
	c.draw()
}

// TestAFullInboxIsDrawnInParts: the window draws some of many reports, and more when it is asked.
func TestAFullInboxIsDrawnInParts(t *testing.T) {
	sc := schooltest.New(t)
	for i := range reportsAtOnce + 3 {
		screenstest.Deliver(t, sc, fmt.Sprintf("HRP-%04d", i))
	}
	w := incidentsWindow(t, sc)
	w.Press("Unlock to read")
	screenstest.UnlockDesk(w)
	w.Settle()
	w.Press("Show 3 more")
	for i := range reportsAtOnce + 3 {
		w.MustSee(fmt.Sprintf("HRP-%04d", i))
	}
	w.MustNotSee("Show 3 more")
}

// TestLookingIsNoUse looks at a server that does not answer: that is not what somebody does at the computer, and the
// window closes all the same.
func TestLookingIsNoUse(t *testing.T) {
	w := incidentsWindow(t, screenstest.LossSchool(t))
	answer, done := make(chan int), 0
	app.InBackground(w.Session, func() int { return <-answer }, func(n int) { done = n })
	w.Session.Used()
	w.Advance(time.Hour)
	if unused := w.Session.Unused(); unused != time.Hour {
		t.Errorf("unused for %s, after an hour", unused)
	}
	closed := false
	w.Session.Window.SetOnClosed(func() { closed = true })
	w.Session.Close()
	if !closed {
		t.Error("the window stays open")
	}
	answer <- 1
	w.Until("the answer", func() bool { return done == 1 })
}

// TestIncidentsClockThatCannotBe says so when the school became aware in the future.
func TestIncidentsClockThatCannotBe(t *testing.T) {
	w := i18n.New(i18n.English, time.UTC)
	day := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	i := devices.Incident{IncidentDetails: devices.IncidentDetails{Aware: day}, State: devices.IncidentOpen}
	if m := ClockMessage(w, i, day.AddDate(-1, 0, 0)); m.Kind != widgets.Warn || m.Next != w.T("incident.clock.odd") {
		t.Errorf("%+v", m)
	}
	if m := ClockMessage(w, i, day); m.Kind != widgets.Info || m.Next == w.T("incident.clock.odd") {
		t.Errorf("%+v", m)
	}
}
