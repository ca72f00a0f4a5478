package register

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/devices/school/integrity"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/i18n"
	"stowage/gui/ict/issue"
	"stowage/gui/wording"
)

// openRegister opens the register of a school in a window.
func openRegister(t testing.TB, sc *schooltest.School) (*guitest.Window, *register) {
	t.Helper()
	p := screenstest.NewPlace(t, sc)
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain})
	w.Session.Go(app.RegisterRoute)
	w.Settle()
	return w, w.Session.Current().(*register)
}

// pick selects a device by its label.
func (r *register) pick(w *guitest.Window, label string) {
	for _, id := range r.rows.order {
		if d, ok := r.rows.device(id); ok && d.Name() == label {
			r.table.Select(id)
		}
	}
	w.Advance(selectionPause)
}

func TestRegisterEmpty(t *testing.T) {
	w, _ := openRegister(t, schooltest.New(t))
	w.MustSee("There is nothing in the register yet.", "0 devices")
}

func TestRegisterWithoutSchool(t *testing.T) {
	p := app.NewPlace(t.TempDir(), schooltest.New(t).Options())
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain})
	w.Session.Go(app.RegisterRoute)
	w.MustSee("This computer has not been told which school it belongs to.", "Try again")
}

func TestRegisterShowsDevices(t *testing.T) {
	w, r := openRegister(t, screenstest.Stocked(t))
	w.MustSee("40 devices", "MS-0001", "Alice Jones", "Issued", "Not verified")
	r.pick(w, "MS-0001")
	w.MustSee("Protection", "Verified as encrypted: Stowage format 1.", "Checked by", "History", "Issued: Alice Jones", "Added to the register", "alice@hill.example",
		"The name is as claimed; logged in as ")
}

func TestRegisterSearchesAsOneTypes(t *testing.T) {
	w, r := openRegister(t, screenstest.Stocked(t))
	w.Focus(r.bar.search.Focus())
	w.Type("carys")
	w.MustSee("40 devices")
	w.Advance(time.Second)
	w.MustSee("8 devices", "Carys Morgan-Llewellyn")
	w.Type(" nobody")
	w.Advance(time.Second)
	w.MustSee("No device matches the search and the filters.")
	w.Press("Show all")
	w.MustSee("40 devices")
}

func TestRegisterFilters(t *testing.T) {
	w, r := openRegister(t, screenstest.Stocked(t))
	w.Press("Overdue")
	for _, id := range r.rows.order {
		if d, _ := r.rows.device(id); !d.Overdue(w.Now()) {
			t.Errorf("%s is not overdue", d.Name())
		}
	}
	overdue := len(r.rows.order)
	if overdue == 0 || overdue == 40 {
		t.Fatalf("%d overdue", overdue)
	}
	w.Press("Encryption not verified")
	if n := len(r.rows.order); n == 0 || n >= overdue {
		t.Errorf("%d overdue and not verified, of %d", n, overdue)
	}
	w.Press("Show all")
	r.bar.state.SetSelected("Lost")
	w.MustSee("1 device", "MS-0008")
	r.bar.state.SetSelected("All states")
	r.bar.kind.SetSelected("Laptop")
	w.MustSee("5 devices")
	r.bar.kind.SetSelected("All kinds")
	r.bar.site.SetSelected("North Site")
	w.MustSee("20 devices")
}

func TestRegisterSortsAndRemembers(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	r.table.SetSort(2, true)
	r.sort(2, true) // by holder, downwards
	w.Settle()
	if d, _ := r.rows.device(r.rows.order[0]); d.HolderName != "Dai Pritchard" {
		t.Errorf("first is %q", d.HolderName)
	}
	widths := r.table.Widths()
	widths[0] = 222
	r.table.SetWidths(widths)
	w.Session.Go(gui.Home)
	w, r = openRegister(t, sc)
	if r.view.Sort != devices.ByHolder || !r.view.Descending || r.table.Widths()[0] != 222 {
		t.Errorf("remembered %+v, widths %v", r.view, r.table.Widths())
	}
	_ = w
}

// TestRegisterViewOfALaterVersion keeps an order and settings that this version does not know, until they are changed here.
func TestRegisterViewOfALaterVersion(t *testing.T) {
	sc := screenstest.Stocked(t)
	file := filepath.Join(sc.Config, registerViewFile)
	screenstest.Check(t, os.WriteFile(file, []byte("sort = \"colour\"\ndescending = true\nhidden = [\"site\"]\n"), 0o600))
	kept := func(want ...string) {
		t.Helper()
		text, err := os.ReadFile(file)
		screenstest.Check(t, err)
		for _, line := range want {
			if !strings.Contains(string(text), line) {
				t.Errorf("lost %s:\n%s", line, text)
			}
		}
	}
	_, r := openRegister(t, sc)
	widths := r.table.Widths()
	widths[0] = 222
	r.table.SetWidths(widths)
	r.keepView()
	kept(`sort = "colour"`, "descending = true", `hidden = ["site"]`, "222")
	r.sort(1, false)
	kept(`sort = "state"`, "descending = false", `hidden = ["site"]`)
}

func TestRegisterActs(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	r.pick(w, "MS-0001")
	w.Press("Take back")
	w.MustSee("Take back: MS-0001")
	w.Type("As new")
	w.Key(fyne.KeyTab)
	w.Press("Take back")
	w.MustSee("1 device taken back.")
	d := sc.Reload(screenstest.MustFind(t, sc, "MS-0001"))
	if d.State != devices.Returned {
		t.Errorf("it is %s", d.State)
	}
	w.Advance(time.Second)
	w.MustSee("As new", "Returned, since 3\u00a0September 2026")
}

// TestRegisterActsOnSeveral does what can be done, and says for the others what can be
// done instead.
func TestRegisterActsOnSeveral(t *testing.T) {
	w, r := openRegister(t, screenstest.Stocked(t))
	w.Focus(r.table.Focus())
	w.Key(fyne.KeyA, fyne.KeyModifierControl)
	w.MustSee("40 selected", "Extend the loan", "Export selected")
	w.Press("Take back")
	w.MustSee("Take back: 40 devices")
	w.Key(fyne.KeyTab)
	w.Press("Take back")
	w.MustSee("devices could not be changed.", "cannot be taken back now, because its state is: In stock.", "What can be done with it now: issue it,")
}

func TestRegisterRefuses(t *testing.T) {
	w, r := openRegister(t, screenstest.Stocked(t))
	r.pick(w, "MS-0008") // lost
	r.act(devices.Return)
	w.MustSee("MS-0008 cannot be taken back now, because its state is: Lost.", "record it as found")
}

func TestRegisterExtends(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	r.pick(w, "MS-0002")
	w.Press("Extend the loan")
	w.Focus(w.Session.Window.Canvas().Focused())
	w.Press("Extend the loan")
	w.MustSee("extended")
	if due := screenstest.MustFind(t, sc, "MS-0002").Due; due.Year() != 2026 || due.Month() != time.December {
		t.Errorf("due %s", due)
	}
}

// TestRegisterLosesWithTheAuthority asks for it first, since that blocks a key.
func TestRegisterLosesWithTheAuthority(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	r.pick(w, "MS-0003")
	r.act(devices.Lose)
	w.MustSee("Unlock the school's authority")
	w.Type(schooltest.Passphrase)
	w.Key(fyne.KeyReturn)
	w.MustSee("Record as lost: MS-0003")
	w.Type("In the park")
	w.Press("Record as lost")
	if d := screenstest.MustFind(t, sc, "MS-0003"); d.State != devices.Lost {
		t.Errorf("it is %s", d.State)
	}
	d, err := sc.Directory()
	if err != nil || len(d.Lost) != 2 {
		t.Errorf("the directory has %d lost devices, %v", len(d.Lost), err)
	}
}

func TestRegisterAddsAndEdits(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	w.Press("Add a device")
	w.Press("Add")
	w.MustSee("Give a label or a serial number")
	w.Type("MS-0001")
	w.Press("Add")
	w.MustSee("The label MS-0001 is in the register already.")
	for range len("MS-0001") {
		w.Key(fyne.KeyBackspace)
	}
	w.Type("ZZ-9")
	w.Press("Add")
	w.MustSee("ZZ-9 is in the register.", "41 devices")
	r.pick(w, "ZZ-9")
	w.Key(fyne.KeyF2)
	w.MustSee("Edit ZZ-9")
	w.Type("X")
	w.Press("Save")
	w.MustSee("was saved.")
	w.Advance(time.Second)
	if len(r.rows.order) != 41 {
		t.Errorf("%d devices", len(r.rows.order))
	}
}

func TestRegisterVerifies(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	r.pick(w, "LT-0014")
	w.MustSee("Nobody has verified that this device is encrypted.")
	r.verify()
	w.Press("Record")
	w.MustSee("Say how the device is")
	w.Type("LUKS")
	w.Press("Record")
	w.Advance(time.Second)
	w.MustSee("Verified as encrypted: LUKS.")
	if e := screenstest.MustFind(t, sc, "LT-0014").Encryption; !e.Encrypted || e.By != "ICT" {
		t.Errorf("recorded %+v", e)
	}
}

func TestRegisterLends(t *testing.T) {
	sc := screenstest.Stocked(t)
	laptop := sc.Device(devices.DeviceDetails{Kind: devices.Laptop, Label: "AA-LAPTOP"})
	w, r := openRegister(t, sc)
	r.pick(w, "AA-LAPTOP")
	w.Press("Issue")
	w.MustSee("Issue: AA-LAPTOP")
	w.Type("nobody at all")
	w.Press("Issue")
	w.MustSee("Nothing was changed.")
	for range len("nobody at all") {
		w.Key(fyne.KeyBackspace)
	}
	w.Type("bob@hill.example")
	w.Press("Issue")
	w.MustSee("AA-LAPTOP is issued to Bob Evans.")
	if d := sc.Reload(laptop); d.HolderName != "Bob Evans" || d.Due.IsZero() {
		t.Errorf("it is %+v", d)
	}
}

func TestRegisterImports(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	path := filepath.Join(t.TempDir(), "list.csv")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("label,kind,capacity\nNEW-1,laptop,\nNEW-2,lamp,\n")
	r.importFrom(path)
	w.MustSee("Nothing was imported, since the file has errors.", "Line 3, column kind")
	w.Press("Close")
	w.MustSee("40 devices")
	write("label,kind\nNEW-1,laptop\nMS-0001,memory stick\n")
	r.importFrom(path)
	w.MustSee("1 device is added", "1 stays the same")
	w.Press("Cancel")
	w.MustSee("40 devices")
	r.importFrom(path)
	w.Press("Import")
	w.MustSee("41 devices")
	r.importFrom(path)
	w.MustSee("The register already has all of this.")
}

// TestRegisterImportsFromElsewhere takes a list of another system as it comes: its columns are shown first, and remembered.
func TestRegisterImportsFromElsewhere(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	path := filepath.Join(t.TempDir(), "snipe-it.csv")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("Asset Tag,Category,Serial,Checked Out To,Colour\nNEW-1,Laptops,PF1,Ann Lee,caf\xe9\nNEW-2,Projectors,PF2,,red\n")
	r.importFrom(path)
	w.MustSee("What is in snipe-it.csv?", "Windows-1252", "For example: NEW-1", "For example: café")
	w.Press("Cancel")
	w.MustSee("40 devices")
	r.Dropped([]string{path})
	w.Press("See what would change")
	w.MustSee("1 device is added", "1 row about something else (Projectors) is left out")
	w.Press("Import")
	w.MustSee("41 devices")
	// What was accepted is there the next time, whatever it was.
	if m, ok := config.Lists(r.p.Dir()).Mapping([]string{"Asset Tag", "Category", "Serial", "Checked Out To", "Colour"}); !ok || m.Source != "Snipe-IT" {
		t.Errorf("%+v, %v", m, ok)
	}
	r.importFrom(path)
	w.Press("See what would change")
	w.MustSee("The register already has all of this.")
	write("PK\x03\x04")
	r.importFrom(path)
	w.MustSee("workbook")
}

func TestRegisterExports(t *testing.T) {
	w, r := openRegister(t, screenstest.Stocked(t))
	r.pick(w, "MS-0001")
	path := filepath.Join(t.TempDir(), "some.csv")
	r.exportSome(r.table.Selected(), path)
	w.MustSee("The list is written.", path)
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), "\n") != 2 || !strings.Contains(string(text), "MS-0001") {
		t.Errorf("%q, %v", text, err)
	}
	w.Press("Close")
	r.exportSome(r.table.Selected(), path)
	w.MustSee("A file or folder of that name already exists.")
}

func TestRegisterBackupAndRestore(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	folder := t.TempDir()
	r.backUpTo(folder)
	w.MustSee("The register is backed up.")
	w.Press("Close")
	files, err := filepath.Glob(filepath.Join(folder, "*.db.age"))
	if err != nil || len(files) != 1 || r.p.Config().Backup != files[0] {
		t.Fatalf("%q, %v; the config says %q", files, err, r.p.Config().Backup)
	}
	sc.Device(devices.DeviceDetails{Label: "LATER"})
	sc.School.Close()
	r.restoreFrom(files[0])
	w.MustSee("What happened since that backup was made is then no longer on record.")
	w.Type("wrong")
	w.Press("Restore")
	w.MustSee("This is not the right passphrase.")
	w.Type(schooltest.Passphrase)
	w.Press("Restore")
	w.MustSee("The register is as it was on", "One entry recorded since is no longer on record: see below.", "Record again what still matters.")
	w.MustSee("LATER")
	w.Press("Close")
	w.MustSee("40 devices")
}

// TestRegisterThatIsDamaged starts the window with a register that is damaged: it says so, and the backup
// brings the register back.
func TestRegisterThatIsDamaged(t *testing.T) {
	sc := screenstest.Stocked(t)
	backup := filepath.Join(t.TempDir(), "register.db.age")
	if err := integrity.BackUp(t.Context(), sc.School, backup); err != nil {
		t.Fatal(err)
	}
	sc.Device(devices.DeviceDetails{Label: "LATER"})
	sc.School.Close()
	file := filepath.Join(sc.Dir(), school.RegisterFile)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	clear(content[:len(content)/2])
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	w, r := openRegister(t, sc)
	w.MustSee("The register is damaged.", "Restore its newest backup")
	r.restoreFrom(backup)
	w.Type(schooltest.Passphrase)
	w.Press("Restore")
	w.MustSee("The register is as it was on", "cannot be read any more from the damaged register")
	w.Press("Close")
	w.MustSee("40 devices")
}

// TestRegisterNoticesOthers shows what another program has changed.
func TestRegisterNoticesOthers(t *testing.T) {
	sc := screenstest.Stocked(t)
	w, r := openRegister(t, sc)
	sc.Device(devices.DeviceDetails{Label: "AAA"})
	w.Key(fyne.KeyR, fyne.KeyModifierControl)
	w.MustSee("41 devices", "AAA")
	sc.Device(devices.DeviceDetails{Label: "AAB"})
	w.Advance(app.RegisterLook)
	w.Until("the device of another program", func() bool { return w.Sees("AAB") })
	w.MustSee("42 devices")
	_ = r
}

func TestRegisterPictures(t *testing.T) {
	sc := screenstest.Stocked(t)
	p := screenstest.NewPlace(t, sc)
	guitest.Pictures(t, "register", gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
		w.Session.Go(app.RegisterRoute)
		w.Settle()
	})
	guitest.Pictures(t, "register-device", gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
		w.Session.Go(app.RegisterRoute)
		w.Settle()
		w.Session.Current().(*register).pick(w, "MS-0008")
	})
	guitest.Pictures(t, "register-restored", gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
		w.Session.Go(app.RegisterRoute)
		w.Settle()
		restored := integrity.Restored{Events: 180, Newest: w.Now(), Had: 214, AllRead: true}
		for i := range int64(34) {
			restored.Lost = append(restored.Lost, devices.Event{
				Number: 181 + i, Time: w.Now(), Actor: "M. Jones", Kind: devices.DeviceAdded,
				Body: fmt.Appendf(nil, `{"details":{"label":"MS-%04d","make":"SanDisk","model":"Ultra"}}`, 500+i),
			})
		}
		w.Session.Tell(restoredMessage(w.Session.Words, restored))
	})
	guitest.Pictures(t, "register-form", gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
		w.Session.Go(app.RegisterRoute)
		w.Settle()
		r := w.Session.Current().(*register)
		r.pick(w, "MS-0001")
		r.edit()
	})
}

// TestRegisterWords shows that every state, kind, action and event has its words.
func TestRegisterWords(t *testing.T) {
	for _, lang := range i18n.Languages() {
		w := i18n.New(lang.Code, time.UTC)
		check := func(key i18n.Key) {
			if !w.Has(key) {
				t.Errorf("%s: no text for %s", lang.Code, key)
			}
		}
		for _, s := range devices.States() {
			check(i18n.Key("device.state." + wording.Compact(string(s))))
		}
		for _, k := range devices.EventKinds() {
			check(i18n.Key("event." + wording.Compact(string(k))))
		}
	}
}

// TestActions: everything that can be done to a device has a picture and its words in every language.
func TestActions(t *testing.T) {
	for _, a := range devices.Actions() {
		if !actionIcons[a].Exists() {
			t.Errorf("%s has no picture", a)
		}
		for _, lang := range i18n.Languages() {
			w := i18n.New(lang.Code, time.UTC)
			for _, part := range []i18n.Key{"", ".done", ".verb"} {
				if !w.Has(wording.ActionKey(a) + part) {
					t.Errorf("%s: no text for %s", lang.Code, wording.ActionKey(a)+part)
				}
			}
		}
	}
}

// TestLabelsWithoutOne prints the labels of three devices, of which one has none.
func TestLabelsWithoutOne(t *testing.T) {
	sc := screenstest.Stocked(t)
	none := sc.Device(devices.DeviceDetails{Serial: "4C53NOLABEL"})
	w, r := openRegister(t, sc)
	folder := t.TempDir()
	w.Session.Choose = screenstest.OnlyFolder(folder)
	w.Focus(r.table.Focus())
	w.Key(fyne.KeyA, fyne.KeyModifierControl)
	w.Advance(selectionPause)
	r.printLabels()
	w.Press("Save")
	w.MustSee("The document is saved, but without 1 of them.", none.Serial+": This device has no asset label to print.")
	text := screenstest.PaperSays(t, screenstest.Written(t, folder, ".pdf"))
	if !strings.Contains(text, "MS-0001") || !strings.Contains(text, "MS-0040") || strings.Contains(text, none.Serial) {
		t.Errorf("%s", text)
	}

	r.pick(w, none.Serial)
	w.Press("Close")
	r.printLabels()
	w.Press("Save")
	w.MustSee("This device has no asset label to print.", "Nothing was written.")
}

func TestWhatWasOnItInTheRegister(t *testing.T) {
	d, p, _, _ := screenstest.LostDesk(t)
	d.Place.Authority.Lock()
	issue.Page(d.Place) // offers the backups
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(Page(d.Place)), ICT: true, Explain: wording.Explain, Services: gui.Services{Drives: p}})
	w.Session.Go(app.RegisterRoute)
	w.Settle()
	r := w.Session.Current().(*register)
	r.pick(w, "MS-1")
	w.MustSee("What was on it", "Restore from a backup")
	w.MustNotSee("photo.bin")
	w.Press("Show what was on it")
	screenstest.GiveReason(w)
	w.Type(schooltest.Passphrase)
	w.Press("Unlock")
	w.MustSee("photo.bin", "2 files were on it", "From its backup of")
	d.Place.Authority.Lock()
	w.Settle()
	w.MustNotSee("photo.bin")
	w.Press("Restore from a backup")
	w.MustSee("Open this backup", "MS-1")
}

func TestRegisterContentsPictures(t *testing.T) {
	d, _, _, _ := screenstest.LostDesk(t)
	guitest.Pictures(t, "register-contents", gui.Options{Routes: screenstest.WithPages(Page(d.Place)), ICT: true, Explain: wording.Explain}, func(w *guitest.Window) {
		w.Session.Go(app.RegisterRoute)
		w.Settle()
		r := w.Session.Current().(*register)
		r.pick(w, "MS-1")
		r.detail.showContents()
		screenstest.GiveReason(w)
		w.Settle()
	})
}

// TestEveryRefusalIsNamed acts on forty devices of which eight refuse.
func TestEveryRefusalIsNamed(t *testing.T) {
	w, r := openRegister(t, screenstest.Stocked(t))
	w.Focus(r.table.Focus())
	w.Key(fyne.KeyA, fyne.KeyModifierControl)
	w.Press("Take back")
	w.Key(fyne.KeyTab)
	w.Press("Take back")
	for i := 4; i < 40; i += 5 { // those in stock
		label := fmt.Sprintf("MS-%04d", i+1)
		if i%7 == 6 {
			label = fmt.Sprintf("LT-%04d", i+1)
		}
		w.MustSee(label + " cannot be taken back now")
	}
}
