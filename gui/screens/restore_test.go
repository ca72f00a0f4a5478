package screens

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/guitest"
)

// lostDesk is a desk at which MS-1, Ann's, was filled, backed up and lost; an empty stick
// is plugged in. The passphrase is that of Ann's key.
func lostDesk(t *testing.T) (d *testDesk, p *plugs, fresh drives.Drive, passphrase string) {
	t.Helper()
	d, p = newDesk(t), &plugs{}
	_, issued := d.person(t, "Eve Orr", true)
	lost := p.plugIn(t, "S1")
	d.issueOn(t, lost, "Eve Orr", "MS-1")
	d.put(t, lost.Path, map[string]string{"Reports/autumn.txt": "autumn", "photo.bin": strings.Repeat("0123456789", 40_000)})
	d.backUp(t, lost.Path)
	if _, _, err := lifecycle.Act(t.Context(), d.School.School, "MS-1", devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	p.all = nil // it is lost
	return d, p, p.plugIn(t, "S2"), string(issued.Passphrase)
}

// put stores files on a stick.
func (d *testDesk) put(t *testing.T, path string, files map[string]string) {
	t.Helper()
	fs, err := stick.NewDirFS(path)
	check(t, err)
	defer fs.Close()
	opened, err := d.OpenAsICT(t.Context(), fs, stick.OpenOptions{})
	check(t, err)
	for name, content := range files {
		_, err := opened.PutReader(t.Context(), name, strings.NewReader(content), d.Now(), stick.PutOptions{})
		check(t, err)
	}
	check(t, opened.Close())
}

func (d *testDesk) backUp(t *testing.T, path string) {
	t.Helper()
	fs, err := stick.NewDirFS(path)
	check(t, err)
	defer fs.Close()
	directory, err := d.Directory()
	check(t, err)
	shared, err := d.Shared()
	check(t, err)
	_, err = backup.Stick(t.Context(), shared, backup.Plan{Drive: fs, Verifier: directory.Verifier, Clock: d.Now})
	check(t, err)
}

// noStick checks that a drive is no stick.
func noStick(t *testing.T, path string) {
	t.Helper()
	fs, err := stick.NewDirFS(path)
	check(t, err)
	defer fs.Close()
	if _, err := stick.Inspect(fs, ""); err == nil {
		t.Error("a stick was left")
	}
}

// restoreWindow is a window with the pages of ICT.
func restoreWindow(t testing.TB, d *testDesk, p *plugs) *guitest.Window {
	t.Helper()
	return guitest.New(t, gui.Options{Routes: Routes(d.place), ICT: true, Explain: Explain, Services: gui.Services{Drives: p}})
}

// toBackup goes from the incident of MS-1 to its backup.
func toBackup(w *guitest.Window, d *testDesk, t *testing.T) {
	t.Helper()
	all, err := d.Register().Incidents(t.Context(), devices.IncidentQuery{})
	check(t, err)
	w.Session.Go("incidents")
	w.Settle()
	w.Session.Push(newIncidentCase(w.Session, d.place, all[0].ID))
	w.Settle()
	w.Press("Data and people")
	w.Press("Restore from a backup")
	w.MustSee("MS-1", "Eve Orr", "lost")
	w.Press("Open this backup")
}

// giveReason answers why somebody's files are opened.
func giveReason(w *guitest.Window) {
	w.Settle()
	w.Type("leaver handover")
	w.Press(w.Session.Words.T("opened.why.yes"))
}

// toSign goes through the wizard to its last step.
func toSign(w *guitest.Window, t *testing.T) *issueWizard {
	t.Helper()
	w.Press("Choose the new stick")
	h := w.Session.Current().(*issueWizard)
	w.Until("the drives", func() bool { return len(h.drives) > 0 })
	w.Press("SanDisk Ultra Fit")
	w.Press("Next")
	w.Until("the person", func() bool { return h.holder.holder.Name != "" })
	w.Settle()
	w.Press("Next")
	return h
}

func TestRestoreFromTheIncident(t *testing.T) {
	d, p, fresh, _ := lostDesk(t)
	w := restoreWindow(t, d, p)
	toBackup(w, d, t)
	w.MustNotSee("photo.bin")
	w.Press("See what is in it")
	giveReason(w)
	w.MustSee("2 files were on it", "From its backup of", "Reports/autumn.txt", "photo.bin")
	h := toSign(w, t)
	w.MustSee("Eve Orr's key is blocked, since it lies on a lost stick.")
	w.Press("Next")
	w.MustSee("2 files (400 kB) from the backup of MS-1", "The signature can wait")
	w.Press("Create the stick")
	w.MustSee("is issued to Eve Orr.", "2 files were restored, 400 kB in all.", "Nothing is missing.", "Temporary passphrase")
	passphrase := mono(w)
	folder := t.TempDir()
	w.Session.Choose = onlyFolder(folder)
	w.Press("Handover slip")
	if text := paperSays(t, filepath.Join(folder, "Handover "+h.label.Text+".pdf")); !strings.Contains(text, "Eve Orr") || !strings.Contains(text, passphrase) {
		t.Errorf("the slip says %s", text)
	}
	w.Press("Done, hide it")

	fs, err := stick.NewDirFS(fresh.Path)
	check(t, err)
	defer fs.Close()
	opened, err := stick.Open(t.Context(), fs, stick.WithPassphrase([]byte(passphrase)), stick.OpenOptions{ReadOnly: true})
	check(t, err)
	if e, err := opened.Stat("photo.bin"); err != nil || e.Size != 400_000 {
		t.Errorf("%+v, %v", e, err)
	}
	id := opened.Note().ID
	check(t, opened.Close())
	lost, made := d.device(t, "MS-1"), d.device(t, h.label.Text)
	if made.State != devices.Issued || made.HolderName != "Eve Orr" || made.Seen.Stick != id || lost.State != devices.Lost || lost.Seen.Stick == id {
		t.Errorf("%+v\n%+v", made, lost)
	}
	events, err := d.Register().Events(t.Context(), devices.EventQuery{Device: made.ID, Kinds: []devices.EventKind{devices.DeviceIssued}})
	if check(t, err); len(events) != 1 || !strings.Contains(string(events[0].Body), "restored from the backup of MS-1") {
		t.Errorf("%s", events[0].Body)
	}
	w.Press("Done")
	w.MustSee("2 files were on it")
}

func TestRestoreWithTheHoldersPassphrase(t *testing.T) {
	d, p, _, passphrase := lostDesk(t)
	d.place.Authority.Lock()
	w := restoreWindow(t, d, p)
	w.Session.Go("incidents")
	w.Settle()
	w.Session.Push(newRestores(w.Session, d.place, ""))
	w.Settle()
	list := w.Session.Current().(*restores)
	if !list.next.Disabled() {
		t.Error("one can go on without choosing")
	}
	list.search.Set("eve")
	w.Advance(selectionPause * 10)
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
	if d.place.Authority.Unlocked() {
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
	d, p, _, _ := lostDesk(t)
	shared, err := d.Shared()
	check(t, err)
	layers, err := filepath.Glob(filepath.Join(shared.Dir, school.BackupFolder, "*", "stowage", "layers", "*"))
	check(t, err)
	for _, layer := range layers { // the large one goes bad in the middle
		if content := readAll(t, layer); len(content) > 300_000 {
			content[len(content)/2] ^= 1
			check(t, os.WriteFile(layer, content, 0o600))
		}
	}
	w := restoreWindow(t, d, p)
	toBackup(w, d, t)
	w.Press("See what is in it")
	giveReason(w)
	toSign(w, t)
	w.Press("Next")
	w.Press("Create the stick")
	w.Press("Done, hide it")
	w.MustSee("1 file was restored", "1 file is missing:", "photo.bin")
	w.MustNotSee("Nothing is missing.")
}

// TestRestoreThatFails leaves no stick, and does not lose the passphrase of the new key.
func TestRestoreThatFails(t *testing.T) {
	d, p, fresh, _ := lostDesk(t)
	w := restoreWindow(t, d, p)
	toBackup(w, d, t)
	w.Press("See what is in it")
	giveReason(w)
	h := toSign(w, t)
	w.Press("Next")
	away := filepath.Join(t.TempDir(), "away")
	shared, err := d.Shared()
	check(t, err)
	check(t, os.Rename(shared.Dir, away)) // the server goes away
	w.Press("Create the stick")
	w.MustSee("Temporary passphrase", "though no stick was made")
	passphrase := mono(w)
	w.Press("Done, hide it")
	noStick(t, fresh.Path)
	check(t, os.RemoveAll(shared.Dir))
	check(t, os.Rename(away, shared.Dir))
	if h.holder.blocked {
		t.Error("the key still counts as blocked")
	}
	w.Press("Create the stick")
	w.MustSee("Nothing is missing.")
	w.MustNotSee("Temporary passphrase")
	fs, err := stick.NewDirFS(fresh.Path)
	check(t, err)
	defer fs.Close()
	opened, err := stick.Open(t.Context(), fs, stick.WithPassphrase([]byte(passphrase)), stick.OpenOptions{ReadOnly: true})
	check(t, err)
	check(t, opened.Close())
}

func TestRestoreIsCancelled(t *testing.T) {
	d, p, fresh, _ := lostDesk(t)
	w := restoreWindow(t, d, p)
	toBackup(w, d, t)
	w.Press("See what is in it")
	giveReason(w)
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

func TestRestoresNone(t *testing.T) {
	d := newDesk(t)
	w := restoreWindow(t, d, &plugs{})
	w.Session.Go(registerRoute)
	w.Settle()
	w.Session.Push(newRestores(w.Session, d.place, ""))
	w.Settle()
	w.MustSee("No stick has been backed up yet.")
	shared, err := d.Shared()
	check(t, err)
	check(t, os.RemoveAll(shared.Dir))
	w.Session.Current().(*restores).read()
	w.Settle()
	w.MustSee("shared folder", "The backups could not be read.")
}

func TestWhatWasOnItInTheRegister(t *testing.T) {
	d, p, _, _ := lostDesk(t)
	d.place.Authority.Lock()
	w := restoreWindow(t, d, p)
	w.Session.Go(registerRoute)
	w.Settle()
	r := w.Session.Current().(*register)
	r.pick(w, "MS-1")
	w.MustSee("What was on it", "Restore from a backup")
	w.MustNotSee("photo.bin")
	w.Press("Show what was on it")
	giveReason(w)
	w.Type(schooltest.Passphrase)
	w.Press("Unlock")
	w.MustSee("photo.bin", "2 files were on it", "From its backup of")
	d.place.Authority.Lock()
	w.Settle()
	w.MustNotSee("photo.bin")
	w.Press("Restore from a backup")
	w.MustSee("Open this backup", "MS-1")
}

func TestRestorePictures(t *testing.T) {
	d, p, _, _ := lostDesk(t)
	for i, who := range []string{"Ann Lee", "Bob Roy", "Ann Lee"} {
		d.At(40 - 10*i)
		drive := p.plugIn(t, fmt.Sprint("X", i))
		d.issueOn(t, drive, who, fmt.Sprintf("HRP-000%d", i+1))
		d.put(t, drive.Path, map[string]string{fmt.Sprintf("plan %d.docx", i): strings.Repeat("x", 20_000*(i+1))})
		d.backUp(t, drive.Path)
	}
	d.At(0)
	p.all = p.all[:1]
	options := gui.Options{Routes: Routes(d.place), ICT: true, Explain: Explain, Services: gui.Services{Drives: p}}
	backup := func(w *guitest.Window) *restoring {
		w.Session.Push(newRestores(w.Session, d.place, "MS-1"))
		w.Settle()
		w.Session.Current().(*restores).open()
		w.Settle()
		one := w.Session.Current().(*restoring)
		one.look()
		giveReason(w)
		return one
	}
	for name, arrange := range map[string]func(*guitest.Window){
		"restore": func(w *guitest.Window) {
			w.Session.Push(newRestores(w.Session, d.place, ""))
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
				stick:    issue.IssuedStick{Device: d.device(t, "MS-1"), Holder: d.holder(t, "Bob Roy")},
				restored: &issue.RestoredStick{Files: 1, Bytes: 400_000, Skipped: []stick.Skipped{{Path: "Reports/autumn.txt", Err: stick.ErrDamaged}}},
			}, nil)
		},
		"register-contents": func(w *guitest.Window) {
			w.Session.Go(registerRoute)
			w.Settle()
			r := w.Session.Current().(*register)
			r.pick(w, "MS-1")
			r.detail.showContents()
			giveReason(w)
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
	d, p := newDesk(t), &plugs{}
	drive := p.plugIn(t, "S1")
	a, err := d.Authority()
	check(t, err)
	fs, err := stick.NewDirFS(drive.Path)
	check(t, err)
	defer fs.Close()
	_, err = stick.Issue(t.Context(), fs, stick.IssueOptions{
		School: a, Recovery: a.RecoveryRecipients(), Label: "MS-7", Policy: schooltest.Quick(), Holders: a.RecoveryRecipients()[:1],
	})
	check(t, err)
	options, route := issueWindow(d.place, p)
	w := guitest.New(t, options)
	w.Session.Go("issue")
	w.Until("the drives", func() bool { return len(route().drives) > 0 })
	w.Press("SanDisk Ultra Fit")
	w.MustSee("It is empty.")
	if route().next.Disabled() {
		t.Error("the wizard does not go on")
	}
}
