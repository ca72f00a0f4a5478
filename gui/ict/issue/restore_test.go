package issue

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/devices/school/issue"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/ict/loss"
	"stowage/gui/ict/register"
	"stowage/gui/wording"
)

// noStick checks that a drive is no stick.
func noStick(t *testing.T, path string) {
	t.Helper()
	fs, err := stick.NewDirFS(path)
	screenstest.Check(t, err)
	defer fs.Close()
	if _, err := stick.Inspect(fs, ""); err == nil {
		t.Error("a stick was left")
	}
}

// restoreWindow is a window with the pages of ICT.
func restoreWindow(t testing.TB, d *screenstest.Desk, p *screenstest.Plugs) *guitest.Window {
	t.Helper()
	return guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(d.Place), loss.Page(d.Place), register.Page(d.Place)), ICT: true, Explain: wording.Explain, Services: gui.Services{Drives: p}})
}

// toBackup goes from the incident of MS-1 to its backup.
func toBackup(w *guitest.Window, d *screenstest.Desk, t *testing.T) {
	t.Helper()
	all, err := d.Register().Incidents(t.Context(), devices.IncidentQuery{})
	screenstest.Check(t, err)
	w.Session.Go("incidents")
	w.Settle()
	w.Session.Push(loss.NewCase(w.Session, d.Place, all[0].ID))
	w.Settle()
	w.Press("Data and people")
	w.Press("Restore from a backup")
	w.MustSee("MS-1", "Eve Orr", "lost")
	w.Press("Open this backup")
}

// toSign goes through the wizard to its last step.
func toSign(w *guitest.Window, t *testing.T) *issueWizard {
	t.Helper()
	w.Press("Choose the new stick")
	h := w.Session.Current().(*issueWizard)
	w.Until("the drives", func() bool { return len(h.drives) > 0 })
	w.Press("SanDisk Ultra Fit")
	w.Press("Next")
	w.Until("the person", func() bool { return h.holder.Holder.Name != "" })
	w.Settle()
	w.Press("Next")
	return h
}

func TestRestoreFromTheIncident(t *testing.T) {
	d, p, fresh, _ := screenstest.LostDesk(t)
	w := restoreWindow(t, d, p)
	toBackup(w, d, t)
	w.MustNotSee("photo.bin")
	w.Press("See what is in it")
	screenstest.GiveReason(w)
	w.MustSee("2 files were on it", "From its backup of", "Reports/autumn.txt", "photo.bin")
	h := toSign(w, t)
	w.MustSee("Eve Orr's key is blocked, since it lies on a lost stick.")
	w.Press("Next")
	w.MustSee("2 files (400 kB) from the backup of MS-1", "The signature can wait")
	w.Press("Create the stick")
	w.MustSee("is issued to Eve Orr.", "2 files were restored, 400 kB in all.", "Nothing is missing.", "Temporary passphrase")
	passphrase := screenstest.Mono(w)
	folder := t.TempDir()
	w.Session.Choose = screenstest.OnlyFolder(folder)
	w.Press("Handover slip")
	if text := screenstest.PaperSays(t, filepath.Join(folder, "Handover "+h.label.Text+".pdf")); !strings.Contains(text, "Eve Orr") || !strings.Contains(text, passphrase) {
		t.Errorf("the slip says %s", text)
	}
	w.Press("Done, hide it")

	fs, err := stick.NewDirFS(fresh.Path)
	screenstest.Check(t, err)
	defer fs.Close()
	opened, err := stick.Open(t.Context(), fs, stick.WithPassphrase([]byte(passphrase)), stick.OpenOptions{ReadOnly: true})
	screenstest.Check(t, err)
	if e, err := opened.Stat("photo.bin"); err != nil || e.Size != 400_000 {
		t.Errorf("%+v, %v", e, err)
	}
	id := opened.Note().ID
	screenstest.Check(t, opened.Close())
	lost, made := d.Labelled(t, "MS-1"), d.Labelled(t, h.label.Text)
	if made.State != devices.Issued || made.HolderName != "Eve Orr" || made.Seen.Stick != id || lost.State != devices.Lost || lost.Seen.Stick == id {
		t.Errorf("%+v\n%+v", made, lost)
	}
	events, err := d.Register().Events(t.Context(), devices.EventQuery{Device: made.ID, Kinds: []devices.EventKind{devices.DeviceIssued}})
	if screenstest.Check(t, err); len(events) != 1 || !strings.Contains(string(events[0].Body), "restored from the backup of MS-1") {
		t.Errorf("%s", events[0].Body)
	}
	w.Press("Done")
	w.MustSee("2 files were on it")
}

func TestRestoreWithTheHoldersPassphrase(t *testing.T) {
	d, p, _, passphrase := screenstest.LostDesk(t)
	d.Place.Authority.Lock()
	w := restoreWindow(t, d, p)
	w.Session.Go("incidents")
	w.Settle()
	w.Session.Push(newRestores(w.Session, d.Place, ""))
	w.Settle()
	list := w.Session.Current().(*restores)
	if !list.next.Disabled() {
		t.Error("one can go on without choosing")
	}
	list.search.Set("eve")
	w.Advance(2 * time.Second)
	list.table.Select(list.rows[0].Stick)
	w.Press("Open this backup")
	w.Press("The holder's passphrase")
	w.Press("See what is in it")
	w.MustSee("Enter the passphrase with which they open the stick.")
	one := w.Session.Current().(*restoring)
	for _, try := range []string{"not the passphrase at all", passphrase} {
		w.Focus(one.secret.Focus())
		w.Type(try)
		w.Press("See what is in it")
		if try != passphrase {
			w.MustSee("That is not the passphrase")
			w.MustNotSee("photo.bin")
		}
	}
	w.MustSee("2 files were on it")
	if d.Place.Authority.Unlocked() {
		t.Error("the authority is unlocked")
	}
	source := one.source
	w.Session.Back()
	w.Until("the key to be wiped", func() bool { source.mu.Lock(); defer source.mu.Unlock(); return source.end })
	if _, err := source.open(t.Context(), d.School.School); err == nil {
		t.Error("it opens after the screen is left")
	}
}

func TestRestoreSaysExactlyWhatIsMissing(t *testing.T) {
	d, p, _, _ := screenstest.LostDesk(t)
	shared, err := d.Shared()
	screenstest.Check(t, err)
	layers, err := filepath.Glob(filepath.Join(shared.Dir, school.BackupFolder, "*", "stowage", "layers", "*"))
	screenstest.Check(t, err)
	for _, layer := range layers { // the large one goes bad in the middle
		if content := screenstest.ReadAll(t, layer); len(content) > 300_000 {
			content[len(content)/2] ^= 1
			screenstest.Check(t, os.WriteFile(layer, content, 0o600))
		}
	}
	w := restoreWindow(t, d, p)
	toBackup(w, d, t)
	w.Press("See what is in it")
	screenstest.GiveReason(w)
	toSign(w, t)
	w.Press("Next")
	w.Press("Create the stick")
	w.Press("Done, hide it")
	w.MustSee("1 file was restored", "1 file is missing:", "photo.bin")
	w.MustNotSee("Nothing is missing.")
}

// TestRestoreThatFails leaves no stick, and does not lose the passphrase of the new key.
func TestRestoreThatFails(t *testing.T) {
	d, p, fresh, _ := screenstest.LostDesk(t)
	w := restoreWindow(t, d, p)
	toBackup(w, d, t)
	w.Press("See what is in it")
	screenstest.GiveReason(w)
	h := toSign(w, t)
	w.Press("Next")
	away := filepath.Join(t.TempDir(), "away")
	shared, err := d.Shared()
	screenstest.Check(t, err)
	screenstest.Check(t, os.Rename(shared.Dir, away)) // the server goes away
	w.Press("Create the stick")
	w.MustSee("Temporary passphrase", "though no stick was made")
	passphrase := screenstest.Mono(w)
	w.Press("Done, hide it")
	noStick(t, fresh.Path)
	screenstest.Check(t, os.RemoveAll(shared.Dir))
	screenstest.Check(t, os.Rename(away, shared.Dir))
	if h.holder.Blocked {
		t.Error("the key still counts as blocked")
	}
	w.Press("Create the stick")
	w.MustSee("Nothing is missing.")
	w.MustNotSee("Temporary passphrase")
	fs, err := stick.NewDirFS(fresh.Path)
	screenstest.Check(t, err)
	defer fs.Close()
	opened, err := stick.Open(t.Context(), fs, stick.WithPassphrase([]byte(passphrase)), stick.OpenOptions{ReadOnly: true})
	screenstest.Check(t, err)
	screenstest.Check(t, opened.Close())
}

func TestRestoreIsCancelled(t *testing.T) {
	d, p, fresh, _ := screenstest.LostDesk(t)
	w := restoreWindow(t, d, p)
	toBackup(w, d, t)
	w.Press("See what is in it")
	screenstest.GiveReason(w)
	h := toSign(w, t)
	w.Press("Next")
	h.run()
	w.Session.Jobs.CancelAll()
	w.Settle()
	noStick(t, fresh.Path)
	if page, err := d.Register().Devices(t.Context(), devices.DeviceQuery{States: []devices.State{devices.Issued}}); err != nil || len(page.Devices) != 0 {
		t.Errorf("%d are issued, %v", len(page.Devices), err)
	}
}

func TestRestorePictures(t *testing.T) {
	d, p, _, _ := screenstest.LostDesk(t)
	for i, who := range []string{"Ann Lee", "Bob Roy", "Ann Lee"} {
		d.At(40 - 10*i)
		drive := p.PlugIn(t, fmt.Sprint("X", i))
		d.IssueOn(t, drive, who, fmt.Sprintf("HRP-000%d", i+1))
		d.Put(t, drive.Path, map[string]string{fmt.Sprintf("plan %d.docx", i): strings.Repeat("x", 20_000*(i+1))})
		d.BackUp(t, drive.Path)
	}
	d.At(0)
	p.All = p.All[:1]
	options := gui.Options{Routes: screenstest.WithPages(Page(d.Place), loss.Page(d.Place), register.Page(d.Place)), ICT: true, Explain: wording.Explain, Services: gui.Services{Drives: p}}
	backup := func(w *guitest.Window) *restoring {
		w.Session.Push(newRestores(w.Session, d.Place, "MS-1"))
		w.Settle()
		w.Session.Current().(*restores).open()
		w.Settle()
		one := w.Session.Current().(*restoring)
		one.look()
		screenstest.GiveReason(w)
		return one
	}
	for name, arrange := range map[string]func(*guitest.Window){
		"restore": func(w *guitest.Window) {
			w.Session.Push(newRestores(w.Session, d.Place, ""))
			w.Settle()
			r := w.Session.Current().(*restores)
			r.table.Select(r.rows[0].Stick)
		},
		"restore-backup": func(w *guitest.Window) { backup(w) },
		"restore-done": func(w *guitest.Window) {
			one := backup(w)
			one.proceed()
			h := w.Session.Current().(*issueWizard)
			w.Settle()
			h.done(handedOut{
				stick:    issue.IssuedStick{Device: d.Labelled(t, "MS-1"), Holder: d.Holder(t, "Bob Roy")},
				restored: &issue.RestoredStick{Files: 1, Bytes: 400_000, Skipped: []stick.Skipped{{Path: "Reports/autumn.txt", Err: stick.ErrDamaged}}},
			}, nil)
		},
	} {
		guitest.Pictures(t, name, options, func(w *guitest.Window) {
			w.Session.Go("incidents")
			w.Settle()
			arrange(w)
			w.Settle()
		})
	}
}

// TestAnUnfinishedStickIsBegunAgain: the program died while a stick was being made.
func TestAnUnfinishedStickIsBegunAgain(t *testing.T) {
	d, p := screenstest.NewDesk(t), &screenstest.Plugs{}
	drive := p.PlugIn(t, "S1")
	a, err := d.Authority()
	screenstest.Check(t, err)
	fs, err := stick.NewDirFS(drive.Path)
	screenstest.Check(t, err)
	defer fs.Close()
	_, err = stick.Issue(t.Context(), fs, stick.IssueOptions{
		School: a, Recovery: a.RecoveryRecipients(), Label: "MS-7", Policy: schooltest.Quick(), Holders: a.RecoveryRecipients()[:1],
	})
	screenstest.Check(t, err)
	options, route := issueWindow(d.Place, p)
	w := guitest.New(t, options)
	w.Session.Go("issue")
	w.Until("the drives", func() bool { return len(route().drives) > 0 })
	w.Press("SanDisk Ultra Fit")
	w.MustSee("It is empty.")
	if route().next.Disabled() {
		t.Error("the wizard does not go on")
	}
}

// TestAttackOpeningInSilenceInTheWindow goes to the backup of a holder's stick with the authority unlocked: it opens for
// a reason alone, which is in the register by then.
func TestAttackOpeningInSilenceInTheWindow(t *testing.T) {
	d, p, _, _ := screenstest.LostDesk(t)
	opened := func() []devices.Event {
		events, err := d.Register().Events(t.Context(), devices.EventQuery{Kinds: []devices.EventKind{devices.FilesOpened}})
		screenstest.Check(t, err)
		return events
	}
	w := restoreWindow(t, d, p)
	toBackup(w, d, t)
	for _, again := range []bool{true, false} {
		w.Press("See what is in it")
		w.Press("Record and open") // with nothing said
		w.MustSee("Say why in a few words.")
		w.MustNotSee("photo.bin")
		if again {
			w.Press("Cancel")
		}
	}
	if e := opened(); len(e) != 0 {
		t.Errorf("recorded: %+v", e)
	}
	w.Type("leaver handover")
	w.Press("Record and open")
	w.MustSee("photo.bin")
	if e := opened(); len(e) != 1 || e[0].Device == "" {
		t.Errorf("recorded: %+v", e)
	}
	w.Session.Go(app.RegisterRoute)
	w.Settle()
	screenstest.PickRow(w, "MS-1")
	w.Press("Show what was on it")
	w.Press("Record and open")
	w.MustNotSee("photo.bin")
	w.MustSee("leaver handover") // in the history
}
