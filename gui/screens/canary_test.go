package screens

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"stowage/crypt/canarytest"
	"stowage/crypt/stick"
	"stowage/devices/drives"
	"stowage/gui"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/ict/people"
	"stowage/gui/wording"
)

// The canaries: what nobody may find where it does not belong.
const (
	canaryContent    = "CANARY-content-41d0b7e2"
	canaryName       = "canary-name-8fe3"
	canaryPassphrase = "canary velvet oyster hammock ninefold"
)

// clean searches everything that the program may write to.
func cleanHome(t *testing.T, home, after string, except []string, secrets ...string) {
	t.Helper()
	all := append([]string{canaryContent, canaryName, canaryPassphrase}, secrets...)
	if got := canarytest.Below(t, home, except, all...); len(got) > 0 {
		t.Errorf("after %s: %s", after, strings.Join(got, "\n"))
	}
}

// TestCanariesOfAWindow does in the window what staff and ICT do with it: a passphrase is
// chosen, files are looked at, opened, edited, saved and searched, the stick is
// locked, a key is issued. Nothing of it is found on the
// computer's disk, on the stick, or in what the program says, but for files that are
// open for editing, in the private folder.
func TestCanariesOfAWindow(t *testing.T) {
	if home := os.Getenv(screenstest.CanaryHome); home != "" {
		canarySession(t, home)
		canaryOffice(t, home)
		return
	}
	said := screenstest.Child(t, t.TempDir(), func(string) bool { return false })
	if got := canarytest.In([]byte(said), canaryContent, canaryName, canaryPassphrase); len(got) > 0 {
		t.Errorf("the program says %q:\n%s", got, said)
	}
	if !strings.Contains(said, "the whole session was seen") {
		t.Errorf("it did not come to its end:\n%s", said)
	}
}

func canarySession(t *testing.T, home string) {
	r := newRig(t, false, map[string]string{"a.txt": "nothing"})
	private := r.Session.Services.Private
	r.Press("HRP-0042")
	r.Type(canaryPassphrase) // which is wrong as yet
	r.Press("Open")
	cleanHome(t, home, "a wrong passphrase", nil)
	r.Type(temporary)
	r.Press("Open")
	r.Type(canaryPassphrase)
	r.Focus(r.Session.Current().(*newSecret).twice.Focus())
	r.Type(canaryPassphrase)
	r.Press("Use this passphrase")
	r.browser()
	cleanHome(t, home, "choosing a passphrase", nil)
	screenstest.Away(func() {
		_, err := r.opened().stick.PutReader(t.Context(), canaryName+".txt", strings.NewReader(strings.Repeat(canaryContent+"\n", 2000)), day, stick.PutOptions{})
		screenstest.Check(t, err)
	})
	r.opened().changed()
	r.Settle()
	cleanHome(t, home, "storing", nil)
	r.pick(canaryName + ".txt")
	r.Key(fyne.KeyReturn)                                                             // shown in the window
	if !strings.Contains(strings.Join(strings.Fields(r.Text()), ""), canaryContent) { // letter by letter
		t.Error("it is not shown")
	}
	cleanHome(t, home, "looking at it", nil)
	r.Session.Back()
	local := r.openFile(canaryName + ".txt")
	if runtime.GOOS != "windows" {
		for p := local; p != filepath.Dir(private); p = filepath.Dir(p) {
			if info, err := os.Stat(p); err != nil || info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s is open to others: %v, %v", p, info.Mode(), err)
			}
		}
	}
	if got := canarytest.Below(t, private, nil, canaryContent); len(got) != 1 {
		t.Errorf("the private folder: %q", got)
	}
	cleanHome(t, home, "opening it for editing", []string{private})
	screenstest.Check(t, os.WriteFile(local, []byte(canaryContent+", edited"), 0o600))
	r.Advance(2 * tickEvery)
	r.Until("it to be saved", func() bool { return strings.HasSuffix(r.content(canaryName+".txt"), "edited") })
	cleanHome(t, home, "saving", []string{private})
	r.Press("Lock and remove")
	if r.Sees("Lock now") {
		r.Press("Lock now")
	}
	r.MustSee("is locked")
	cleanHome(t, home, "locking", nil)
	if got := canarytest.Below(t, home, nil, "HRP-0042"); len(got) == 0 {
		t.Error("the search finds nothing at all")
	}
}

// canaryOffice issues a key.
func canaryOffice(t *testing.T, home string) {
	d := screenstest.NewDesk(t)
	ict := guitest.New(t, gui.Options{ICT: true, Explain: wording.Explain, Routes: []gui.Route{people.Page(d.Place)}})
	ict.Session.Go("people")
	ict.Row("Cat Fox").Press()
	ict.Key(fyne.KeyReturn)
	ict.Press("Issue a key")
	passphrase := screenstest.Mono(ict)
	if len(strings.Fields(passphrase)) < 5 {
		t.Fatalf("the passphrase is %q", passphrase)
	}
	cleanHome(t, home, "issuing a key", nil, passphrase)
	if got := fyne.CurrentApp().Clipboard().Content(); got != "" {
		t.Error("the clipboard is not empty")
	}
	fmt.Println("the whole session was seen")
}

// TestCanariesOfAKilledWindow kills the program while a file is open for editing: it lies
// in the private folder alone, and the next start takes it away.
func TestCanariesOfAKilledWindow(t *testing.T) {
	if home := os.Getenv(screenstest.CanaryHome); home != "" {
		r := &rig{t: t, path: filepath.Join(home, "stick"), opener: &fakeOpener{}, choose: &screenstest.FakeChooser{}}
		screenstest.Check(t, os.Mkdir(r.path, 0o700))
		makeStick(t, r.path, true)
		screenstest.Away(func() {
			putFiles(t, r.path, map[string]string{canaryName + ".txt": strings.Repeat(canaryContent+"\n", 2000)})
		})
		r.drives = &fakeDrives{list: []drives.Drive{r.drive()}, changed: make(chan struct{}, 1)}
		options := r.options()
		options.Services.Private = filepath.Join(home, "opened")
		r.Window = guitest.New(t, options)
		r.Session.Go("open")
		r.Until("the drives to be looked at", func() bool { return r.Sees("HRP-0042") })
		r.unlock(temporary)
		r.openFile(canaryName + ".txt")
		fmt.Println("it is open now")
		select {}
	}
	home := t.TempDir()
	private := filepath.Join(home, "opened")
	said := screenstest.Child(t, home, func(line string) bool { return strings.Contains(line, "it is open now") })
	if bytes.Contains([]byte(said), []byte(canaryContent)) {
		t.Errorf("it said %s", said)
	}
	if got := canarytest.Below(t, private, nil, canaryContent); len(got) != 1 {
		t.Errorf("the private folder after the crash: %q\n%s", got, said)
	}
	cleanHome(t, home, "the crash", []string{private})
	if wiped, err := WipeLeftovers(gui.Services{Private: private}); err != nil || wiped != 1 {
		t.Errorf("the next start wiped %d, %v", wiped, err)
	}
	cleanHome(t, home, "the next start", nil)
}
