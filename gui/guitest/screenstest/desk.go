// Package screenstest has what tests of several rooms need: a desk of ICT's at a small
// school, drives that are plugged in, pages of a window, and what a test asks of papers and
// sticks. It is for tests alone.
package screenstest

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"stowage/devices/school/backup"
	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/loss"
	"stowage/devices/school/programs"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
	"github.com/ledongthuc/pdf"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// OnlyFolder is a chooser that always answers with one path.
type OnlyFolder string

// Files is part of choose.Chooser.
func (c OnlyFolder) Files(_ string, then func([]string)) { then([]string{string(c)}) }

// File is part of choose.Chooser.
func (c OnlyFolder) File(_ string, then func(string), _ ...string) { then(string(c)) }

// Folder is part of choose.Chooser.
func (c OnlyFolder) Folder(_ string, then func(string)) { then(string(c)) }

// Blank is a screen with nothing on it.
type Blank struct{}

// Title is part of gui.Screen.
func (Blank) Title() string { return "Blank" }

// Content is part of gui.Screen.
func (Blank) Content() fyne.CanvasObject { return widgets.Body("") }

// NewPlace is a place at a school of tests, which is closed at the test's end.
func NewPlace(t testing.TB, sc *schooltest.School) *app.Place {
	t.Helper()
	p := app.NewPlace(sc.Config, sc.Options())
	t.Cleanup(func() { p.Authority.Close() })
	return p
}

// PutStickBack gives a drive the stick that it was, and forgets nothing of it.
func PutStickBack(t *testing.T, drive drives.Drive, before string) {
	t.Helper()
	Check(t, os.RemoveAll(drive.Path))
	Check(t, os.CopyFS(drive.Path, os.DirFS(before)))
}

// PutOn stores a file on a stick of the school with the recovery key.
func (d *Desk) PutOn(t *testing.T, drive drives.Drive, name, content string) {
	t.Helper()
	fs, err := stick.NewDirFS(drive.Path)
	Check(t, err)
	defer fs.Close()
	opened, err := d.OpenAsICT(context.Background(), fs, stick.OpenOptions{})
	Check(t, err)
	path := filepath.Join(t.TempDir(), name)
	Check(t, os.WriteFile(path, []byte(content), 0o600))
	_, err = opened.Put(t.Context(), ".", []string{path}, stick.PutOptions{Clash: stick.Replace})
	Check(t, err)
	Check(t, opened.Close())
}

// LossSchool is a school of whose sticks one is reported and one is with somebody.
func LossSchool(t testing.TB) *schooltest.School {
	t.Helper()
	sc := schooltest.New(t)
	alice := sc.Person("Alice Jones", "alice@hill.example")
	for _, label := range []string{"HRP-0042", "HRP-0043"} {
		sc.Lend(sc.Device(devices.DeviceDetails{Label: label}), alice, 30)
	}
	return sc
}

// Deliver puts a report by Alice into the inbox.
func Deliver(t testing.TB, sc *schooltest.School, label string) {
	t.Helper()
	shared, err := sc.Shared()
	Check(t, err)
	Check(t, shared.Make())
	d, err := sc.Directory()
	Check(t, err)
	r := loss.NewLossReport(loss.LossReport{
		Reporter: loss.Reporter{Name: "Alice Jones", Contact: "07700 900123"}, Device: loss.LostThing{Label: label},
		Kind: loss.LossLost, Place: "the 42 bus", Circumstances: "It fell out of my bag.", Noticed: sc.Now().Add(-time.Hour),
	}, sc.Now())
	sealed, err := loss.ICTOf(d).Seal(r)
	Check(t, err)
	path, err := loss.Deliver(shared.Inbox(), loss.ReportName(r), sealed)
	Check(t, err)
	Check(t, os.Chtimes(path, sc.Now(), sc.Now()))
}

// SignName types a name in place of a drawing.
func SignName(w *guitest.Window, name string) {
	w.Focus(w.Find("Or type your full name").(fyne.Focusable))
	w.Type(name)
}

// PaperSays is all the text of a paper.
func PaperSays(t *testing.T, path string) string {
	t.Helper()
	f, r, err := pdf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var text strings.Builder
	for n := range r.NumPage() {
		pdf.Interpret(r.Page(n+1).V.Key("Contents"), func(stack *pdf.Stack, op string) {
			for stack.Len() > 0 {
				raw := []byte(stack.Pop().RawString())
				if op != "Tj" {
					continue
				}
				units := make([]uint16, len(raw)/2)
				for i := range units {
					units[i] = binary.BigEndian.Uint16(raw[2*i:])
				}
				text.WriteString(string(utf16.Decode(units)) + " ")
			}
		})
	}
	return text.String()
}

// Begin is [app.Place.Begin] for several windows one after another: each ends what goes on behind the one before it, and the
// test what goes on behind the last.
func Begin(t *testing.T, p *app.Place) func(*gui.Session) {
	t.Cleanup(p.EndBackups)
	return func(s *gui.Session) {
		p.EndBackups()
		p.Begin(s)
	}
}

// Plugs are drives that a test plugs in.
type Plugs struct{ All []drives.Drive }

// List is part of gui.Drives.
func (p *Plugs) List(context.Context) ([]drives.Drive, error) { return p.All, nil }

// Eject is part of gui.Drives.
func (p *Plugs) Eject(context.Context, drives.Drive) error { return nil }

// Watch is part of gui.Drives.
func (p *Plugs) Watch(ctx context.Context, _ time.Duration) <-chan drives.Seen {
	c := make(chan drives.Seen, 1)
	c <- drives.Seen{Drives: p.All}
	go func() {
		<-ctx.Done()
		close(c)
	}()
	return c
}

// PlugIn makes a folder that looks like a memory stick.
func (p *Plugs) PlugIn(t *testing.T, serial string) drives.Drive {
	t.Helper()
	d := drives.Drive{Path: t.TempDir(), Make: "SanDisk", Model: "Ultra Fit", Serial: serial, Size: 64e9, Free: 60e9, Removable: true, Bus: drives.BusUSB, Disk: "/dev/" + serial}
	p.All = append(p.All, d)
	return d
}

// IssueOn issues a stick on a drive to a person.
func (d *Desk) IssueOn(t *testing.T, drive drives.Drive, who, label string) devices.Device {
	t.Helper()
	fs, err := stick.NewDirFS(drive.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer fs.Close()
	issued, err := issue.Stick(t.Context(), d.School.School, issue.StickPlan{FS: fs, Holder: who, Drive: drive, Device: devices.DeviceDetails{Label: label}, Return: "Hill Road Primary"})
	if err != nil {
		t.Fatal(err)
	}
	return issued.Device
}

// Mono is the text on the screen in letters of one width: a secret that is shown.
func Mono(w *guitest.Window) string {
	var b strings.Builder
	w.Settle()
	w.Each(func(o fyne.CanvasObject) {
		if text, ok := o.(*canvas.Text); ok && text.TextStyle.Monospace {
			b.WriteString(text.Text)
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// Desk is a school and a place at it whose authority is unlocked.
type Desk struct {
	*schooltest.School
	Place *app.Place
}

// NewDesk makes a small school: Ann and Bob have keys, Cat has none.
func NewDesk(t *testing.T) *Desk {
	t.Helper()
	sc := schooltest.New(t)
	d := &Desk{sc, NewPlace(t, sc)}
	d.Enrol(t, "Ann Lee", true)
	d.Enrol(t, "Bob Roy", true)
	d.Enrol(t, "Cat Fox", false)
	if err := d.Place.OpenSchool(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Place.Authority.Unlock(t.Context(), []byte(schooltest.Passphrase)); err != nil {
		t.Fatal(err)
	}
	return d
}

// Enrol adds a person, with a key if it is said.
func (d *Desk) Enrol(t *testing.T, name string, key bool) (devices.Holder, issue.IssuedKey) {
	t.Helper()
	h, issued := d.Person(name, name[:3]+"@hill.example"), issue.IssuedKey{}
	if key {
		var err error
		if issued, err = issue.Key(t.Context(), d.School.School, h.ID); err != nil {
			t.Fatal(err)
		}
	}
	return h, issued
}

// Laptop adds a laptop, and lends it to a person unless who is empty.
func (d *Desk) Laptop(t *testing.T, label, who string) devices.Device {
	t.Helper()
	laptop := d.Device(devices.DeviceDetails{Kind: devices.Laptop, Label: label, Serial: "SN-" + label, Make: "Dell", Model: "Latitude"})
	if who == "" {
		return laptop
	}
	return d.Lend(laptop, d.Holder(t, who), 30)
}

// Labelled finds a device by its label.
func (d *Desk) Labelled(t *testing.T, label string) devices.Device {
	t.Helper()
	found, err := d.Register().FindDevice(t.Context(), label)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Holder finds a person by name.
func (d *Desk) Holder(t *testing.T, who string) devices.Holder {
	t.Helper()
	found, err := d.Register().FindHolder(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// RouteOf is options for a window with one page of ICT's, and the screen once it is made.
func RouteOf[S gui.Screen](id gui.RouteID, name i18n.Key, icon widgets.Icon, make func(*gui.Session) S) (gui.Options, func() S) {
	var made S
	return gui.Options{ICT: true, Explain: wording.Explain, Routes: []gui.Route{{ID: id, Side: gui.ICT, Name: name, Icon: icon, New: func(s *gui.Session) gui.Screen {
		made = make(s)
		return made
	}}}}, func() S { return made }
}

// Enter types text into something and presses Enter.
func Enter(w *guitest.Window, into fyne.Focusable, text string) {
	w.Focus(into)
	w.Type(text)
	w.Key(fyne.KeyReturn)
}

// ReadAll is what a file holds.
func ReadAll(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Program writes a file that says that it is a released window for Windows.
func Program(t testing.TB, version string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "stowage.exe")
	Check(t, os.WriteFile(path, []byte("MZ"+strings.Repeat("machine code", 300_000)+"stowage-"+"program:stowage:"+version+";"), 0o700))
	return path
}

// AddProgram has ICT approve a program.
func (d *Desk) AddProgram(t *testing.T, version string) stick.Program {
	t.Helper()
	added, err := programs.Add(t.Context(), d.School.School, Program(t, version), nil)
	Check(t, err)
	return added
}

// Carrying issues a stick with the program for Windows on a drive.
func (d *Desk) Carrying(t *testing.T, drive drives.Drive) devices.Device {
	t.Helper()
	fs, err := stick.NewDirFS(drive.Path)
	Check(t, err)
	defer fs.Close()
	issued, err := issue.Stick(t.Context(), d.School.School, issue.StickPlan{
		FS: fs, Holder: d.Holder(t, "Ann Lee").ID, Drive: drive, Device: devices.DeviceDetails{Label: "MS-1"},
		Return: "Hill Road Primary", Programs: []string{stick.WindowsProgram},
	})
	Check(t, err)
	return issued.Device
}

// Tamper changes the program on a stick.
func Tamper(t testing.TB, drive drives.Drive) {
	t.Helper()
	Check(t, os.WriteFile(filepath.Join(drive.Path, stick.WindowsProgram), []byte("MZ evil"), 0o700))
}

// ScrollTo scrolls the page so that a heading is at its top.
func ScrollTo(w *guitest.Window, heading string) {
	var page *container.Scroll
	var at fyne.CanvasObject
	w.Each(func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *container.Scroll:
			if page == nil || o.Content.MinSize().Height > page.Content.MinSize().Height {
				page = o // the fields have some of their own
			}
		case *widget.RichText:
			if o.String() == heading {
				at = o
			}
		}
	})
	if page != nil && at != nil {
		place := fyne.CurrentApp().Driver().AbsolutePositionForObject
		page.Content.Resize(page.Content.MinSize().Max(page.Size())) // which Fyne puts off
		page.ScrollToOffset(fyne.NewPos(0, place(at).Y-place(page.Content).Y))
	}
}

// Written is the one file that lies in a folder.
func Written(t *testing.T, folder, extension string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*"+extension))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	return found[0]
}

// Stocked is a school with devices in many states.
func Stocked(t testing.TB) *schooltest.School {
	t.Helper()
	sc := schooltest.New(t)
	sc.At(200)
	people := []devices.Holder{
		sc.Person("Alice Jones", "alice@hill.example"), sc.Person("Bob Evans", "bob@hill.example"),
		sc.Person("Carys Morgan-Llewellyn", "carys@hill.example"), sc.Person("Dai Pritchard", "dai@hill.example"),
	}
	for i := range 40 {
		d := devices.DeviceDetails{
			Label: fmt.Sprintf("MS-%04d", i+1), Make: []string{"SanDisk", "Kingston"}[i%2], Model: "Ultra Fit 64", Capacity: 64e9,
			Serial: fmt.Sprintf("4C53%08d", i*7919), Site: []string{"Hill Road", "North Site"}[i%2],
		}
		if i%7 == 6 {
			d.Kind, d.Label, d.Make, d.Model = devices.Laptop, fmt.Sprintf("LT-%04d", i+1), "Lenovo", "ThinkPad L13"
		}
		added := sc.Device(d)
		if i%5 == 4 {
			continue
		}
		sc.At(150 - i)
		lent := sc.Lend(added, people[i%4], 90+3*i)
		if i%3 == 0 {
			sc.Verify(lent, devices.StowageFormat1, true)
		}
		switch i {
		case 7:
			sc.Act(lent, devices.Lose, devices.Facts{Note: "Left on the 42 bus"})
		case 11:
			sc.Act(lent, devices.Return, devices.Facts{Condition: "Cap missing"})
		case 13:
			sc.Act(lent, devices.Damage, devices.Facts{})
		case 20:
			sc.Verify(lent, devices.BitLocker, false)
		}
	}
	sc.At(0)
	return sc
}

// MustFind finds a device by its label.
func MustFind(t testing.TB, sc *schooltest.School, label string) devices.Device {
	t.Helper()
	d, err := sc.Register().FindDevice(t.Context(), label)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// LostDesk is a desk at which MS-1, Ann's, was filled, backed up and lost; an empty stick
// is plugged in. The passphrase is that of Ann's key.
func LostDesk(t *testing.T) (d *Desk, p *Plugs, fresh drives.Drive, passphrase string) {
	t.Helper()
	d, p = NewDesk(t), &Plugs{}
	_, issued := d.Enrol(t, "Eve Orr", true)
	lost := p.PlugIn(t, "S1")
	d.IssueOn(t, lost, "Eve Orr", "MS-1")
	d.Put(t, lost.Path, map[string]string{"Reports/autumn.txt": "autumn", "photo.bin": strings.Repeat("0123456789", 40_000)})
	d.BackUp(t, lost.Path)
	if _, _, err := lifecycle.Act(t.Context(), d.School.School, "MS-1", devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	p.All = nil // it is lost
	return d, p, p.PlugIn(t, "S2"), string(issued.Passphrase)
}

// Put stores files on a stick.
func (d *Desk) Put(t *testing.T, path string, files map[string]string) {
	t.Helper()
	fs, err := stick.NewDirFS(path)
	Check(t, err)
	defer fs.Close()
	opened, err := d.OpenAsICT(t.Context(), fs, stick.OpenOptions{})
	Check(t, err)
	for name, content := range files {
		_, err := opened.PutReader(t.Context(), name, strings.NewReader(content), d.Now(), stick.PutOptions{})
		Check(t, err)
	}
	Check(t, opened.Close())
}

// BackUp backs the stick at a path up into the school's folder.
func (d *Desk) BackUp(t *testing.T, path string) {
	t.Helper()
	fs, err := stick.NewDirFS(path)
	Check(t, err)
	defer fs.Close()
	directory, err := d.Directory()
	Check(t, err)
	shared, err := d.Shared()
	Check(t, err)
	_, err = backup.Stick(t.Context(), shared, backup.Plan{Drive: fs, Verifier: directory.Verifier, Clock: d.Now})
	Check(t, err)
}

// GiveReason answers why somebody's files are opened.
func GiveReason(w *guitest.Window) {
	w.Settle()
	w.Type("leaver handover")
	w.Press(w.Session.Words.T("opened.why.yes"))
}

// UnlockDesk answers the question for the authority's passphrase.
func UnlockDesk(w *guitest.Window) {
	w.MustSee("Unlock the school's authority")
	w.Type(schooltest.Passphrase)
	w.Key(fyne.KeyReturn)
}

// Check fails a test for an error.
func Check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Away does something off the window's goroutine, and waits for it.
func Away(do func()) {
	var done sync.WaitGroup
	done.Go(do)
	done.Wait()
}

// FakeChooser answers with a path.
type FakeChooser struct{ Path string }

// Files is part of choose.Chooser.
func (f *FakeChooser) Files(_ string, chosen func([]string)) { chosen([]string{f.Path}) }

// File is part of choose.Chooser.
func (f *FakeChooser) File(_ string, chosen func(string), _ ...string) { chosen(f.Path) }

// Folder is part of choose.Chooser.
func (f *FakeChooser) Folder(_ string, chosen func(string)) { chosen(f.Path) }

// DeleteKeys deletes key files of the stick at a path.
func DeleteKeys(t *testing.T, path, pattern string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(path, "stowage", "keys", pattern))
	Check(t, err)
	for _, name := range all {
		Check(t, os.Remove(name))
	}
}

// KeysGone reports whether the stick at a path has no keys of its own.
func KeysGone(t *testing.T, path string) bool {
	t.Helper()
	fs, err := stick.NewDirFS(path)
	Check(t, err)
	defer fs.Close()
	return stick.KeysGone(fs)
}

// Ports are the drives of a computer, which everybody may watch.
type Ports struct {
	mu       sync.Mutex
	all      []drives.Drive
	watching []chan struct{}
}

// List is part of gui.Drives.
func (p *Ports) List(context.Context) ([]drives.Drive, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all, nil
}

// Eject is part of gui.Drives.
func (p *Ports) Eject(context.Context, drives.Drive) error { return nil }

// Watch is part of gui.Drives.
func (p *Ports) Watch(ctx context.Context, _ time.Duration) <-chan drives.Seen {
	out, news := make(chan drives.Seen), make(chan struct{}, 1)
	p.mu.Lock()
	p.watching = append(p.watching, news)
	p.mu.Unlock()
	go func() {
		defer close(out)
		for {
			all, _ := p.List(ctx)
			select {
			case out <- drives.Seen{Drives: all}:
			case <-ctx.Done():
				return
			}
			select {
			case <-news:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// Set changes which drives are plugged in.
func (p *Ports) Set(all ...drives.Drive) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = all
	for _, news := range p.watching {
		select {
		case news <- struct{}{}:
		default:
		}
	}
}

// WithPages are all pages of the window, blank but for those that are given.
func WithPages(own ...gui.Route) []gui.Route {
	var all []gui.Route
	for _, r := range app.Pages() {
		i := slices.IndexFunc(own, func(o gui.Route) bool { return o.ID == r.ID })
		switch {
		case i >= 0:
			all = append(all, own[i])
		case r.ID != app.SetupRoute: // which few computers have
			r.New = func(*gui.Session) gui.Screen { return Blank{} }
			all = append(all, r)
		}
	}
	return all
}

// PickRow selects the row of a table in which a text stands.
func PickRow(w *guitest.Window, text string) {
	w.Row(text).Press()
	w.Advance(time.Second)
}

// NewComputer is a place at no school yet, where it is quick to create one.
func NewComputer(t testing.TB) *app.Place {
	t.Helper()
	p := app.NewPlace(t.TempDir(), school.Options{Actor: "ICT", Clock: schooltest.Start})
	p.FirstPolicy = schooltest.Quick()
	t.Cleanup(func() { p.Authority.Close() })
	return p
}

// CanaryHome is the variable that has a test run as the program: everything that it may
// write to lies below that folder.
const CanaryHome = "STOWAGE_TEST_CANARY_HOME"

// Child runs a test once more, in a process of its own whose home and temporary
// folders are below home, and returns what it said. begun is called for each line that
// it says; once that reports true, it is killed.
func Child(t *testing.T, home string, begun func(line string) bool) string {
	t.Helper()
	tmp := filepath.Join(home, "tmp")
	Check(t, os.MkdirAll(tmp, 0o700))
	self, err := os.Executable()
	Check(t, err)
	cmd := exec.CommandContext(t.Context(), self, "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), CanaryHome+"="+home, "HOME="+home, "USERPROFILE="+home, "AppData="+home, "LocalAppData="+home,
		"TMPDIR="+tmp, "TMP="+tmp, "TEMP="+tmp, "XDG_CACHE_HOME="+home+"/cache", "XDG_CONFIG_HOME="+home+"/config", "XDG_RUNTIME_DIR="+tmp)
	out, err := cmd.StdoutPipe()
	Check(t, err)
	cmd.Stderr = cmd.Stdout
	Check(t, cmd.Start())
	var said strings.Builder
	killed := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if begun(lines.Text()) && !killed {
			killed = true
			Check(t, cmd.Process.Kill())
		}
	}
	if err := cmd.Wait(); err != nil && !killed {
		t.Fatalf("%v\n%s", err, said.String())
	}
	return said.String()
}
