package screens

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/devices/drives"
	"stowage/gui"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/widgets"
)

// openFile opens a file in its program, and returns where it lies decrypted.
func (r *rig) openFile(p string) string {
	r.t.Helper()
	r.pick(p)
	r.Key(fyne.KeyE, widgets.Ctrl)
	if len(r.opener.paths) == 0 {
		r.t.Fatalf("nothing was opened: %s", r.Text())
	}
	return r.opener.paths[len(r.opener.paths)-1]
}

// privately lists what lies decrypted on the computer.
func (r *rig) privately() []string {
	r.t.Helper()
	found, err := filepath.Glob(filepath.Join(r.Session.Services.Private, "*"))
	screenstest.Check(r.t, err)
	return found
}

func TestWhatAProgramSavesIsStored(t *testing.T) {
	r := openRig(t)
	local := r.openFile("Register.txt")
	r.MustSee("Register.txt is opening. What you save there is saved to the stick.")
	screenstest.Check(t, os.WriteFile(local, []byte("Amy\nBen\nCara\n"), 0o600))
	r.Advance(2 * tickEvery)
	r.MustSee("Register.txt was saved to the stick.")
	if got := r.content("Register.txt"); got != "Amy\nBen\nCara\n" {
		t.Errorf("the stick has %q", got)
	}
}

func TestLockAndRemove(t *testing.T) {
	r := openRig(t)
	r.Press("Lock and remove")
	r.MustSee("HRP-0042 is locked. You can pull it out now.", "nothing of it was left on this computer")
	r.MustNotSee("Register.txt")
	if len(r.drives.ejected) != 1 || r.drives.ejected[0] != r.path || len(r.k.open) > 0 {
		t.Errorf("ejected: %v", r.drives.ejected)
	}
	if head := r.k.heads().Load(r.note().ID); head.Seq == 0 {
		t.Error("how the stick was left was not remembered")
	}
	r.drives.set()
	r.Until("the drive to be seen gone", func() bool { return r.Sees("No stick") || len(r.k.seen.Drives) == 0 })
	r.MustSee("You can pull it out now.") // as long as nobody has read it
	r.drives.set(r.drive())
	r.Until("the news to go when a stick comes", func() bool { return !r.Sees("You can pull it out now.") })
}

// TestNewsOfALockedStickIsClosed takes the news away by its button.
func TestNewsOfALockedStickIsClosed(t *testing.T) {
	r := openRig(t)
	r.Press("Lock and remove")
	r.MustSee("You can pull it out now.")
	r.Press("Close")
	r.MustNotSee("You can pull it out now.")
}

// note is what the school signed about the stick.
func (r *rig) note() stick.Note {
	r.t.Helper()
	fsys, err := stick.NewDirFS(r.path)
	screenstest.Check(r.t, err)
	defer fsys.Close()
	summary, err := stick.Inspect(fsys, "")
	screenstest.Check(r.t, err)
	return summary.Note
}

func TestLockWarnsOfOpenFilesAndStoresThem(t *testing.T) {
	r := openRig(t)
	local := r.openFile("Register.txt")
	screenstest.Check(t, os.WriteFile(filepath.Join(filepath.Dir(local), "~$Register.txt"), []byte("x"), 0o600))
	screenstest.Check(t, os.WriteFile(local, []byte("last words"), 0o600))
	r.Press("Lock and remove")
	r.MustSee("A file is still open in another program", "A program is using Register.txt.", "Register.txt changed, and is saved to the stick now")
	r.Press("Keep open")
	r.browser()
	r.Press("Lock and remove")
	r.Press("Lock now")
	r.MustSee("You can pull it out now.")
	if left := r.privately(); len(left) > 0 {
		t.Errorf("decrypted on the computer: %v", left)
	}
	r.plugIn()
	r.unlockAgain()
	if got := r.content("Register.txt"); got != "last words" {
		t.Errorf("the stick has %q", got)
	}
}

// TestLockSaysWhichFilesChanged: two files were opened, no program has one open any more, and
// one was written since.
func TestLockSaysWhichFilesChanged(t *testing.T) {
	r := openRig(t)
	r.openFile("Register.txt")
	local := r.openFile("photo.heic")
	screenstest.Check(t, os.WriteFile(local, []byte("another picture"), 0o600))
	r.Press("Lock and remove")
	r.MustSee("A file changed since it was saved to the stick", "photo.heic changed, and is saved to the stick now, before it locks.")
	r.MustNotSee("still open", "Register.txt changed")
	r.Press("Lock now")
	r.plugIn()
	r.unlockAgain()
	if got := r.content("photo.heic"); got != "another picture" {
		t.Errorf("the stick has %q", got)
	}
}

// TestNoProgramOpensIt: nothing of what no program opened stays on the computer, and locking
// does not ask about it.
func TestNoProgramOpensIt(t *testing.T) {
	r := openRig(t)
	r.opener.err = gui.ErrNoProgram
	r.pick("Register.txt")
	r.Key(fyne.KeyE, widgets.Ctrl)
	r.MustSee("This computer has no program for Register.txt, so it is shown here.", "Amy")
	r.Key(fyne.KeyEscape)
	r.pick("photo.heic")
	r.Key(fyne.KeyE, widgets.Ctrl)
	r.MustSee("This computer has no program that opens photo.heic.", "It is safe on the stick.")
	r.Key(fyne.KeyEscape)
	for _, local := range r.opener.paths {
		if _, err := os.Stat(local); err == nil {
			t.Errorf("%s is still there", local)
		}
	}
	r.Press("Lock and remove")
	r.MustSee("You can pull it out now.")
}

// unlockAgain opens the stick from the list.
func (r *rig) unlockAgain() {
	r.t.Helper()
	r.Until("the list", func() bool { return r.Find("HRP-0042") != nil })
	r.unlock(temporary)
	r.browser()
}

func TestADriveThatIsStillInUse(t *testing.T) {
	r := openRig(t)
	r.drives.err = drives.ErrBusy
	r.Press("Lock and remove")
	r.MustSee("HRP-0042 is locked, but the computer has not ejected it yet.")
	r.MustNotSee("You can pull it out now")
	r.drives.err = nil
	r.Press("Try again")
	r.MustSee("You can pull it out now.")
}

func TestItLocksByItselfAfterATimeWithoutUse(t *testing.T) {
	r := openRig(t)
	local := r.openFile("Register.txt")
	screenstest.Check(t, os.WriteFile(local, []byte("last words"), 0o600))
	r.Advance(5 * time.Minute)
	r.browser()
	r.Session.Used()
	r.Advance(9 * time.Minute)
	r.browser()
	r.browser().rename()
	r.Advance(2 * time.Minute)
	r.MustSee("It was not used for 10 minutes, so it locked by itself.")
	r.MustNotSee("New name")
	if left := r.privately(); len(left) > 0 || len(r.k.open) > 0 {
		t.Errorf("open: %d; decrypted: %v", len(r.k.open), left)
	}
	r.plugIn()
	r.unlockAgain()
	if got := r.content("Register.txt"); got != "last words" {
		t.Errorf("the stick has %q", got)
	}
}

func TestItStaysOpenWhileAProgramHasAFile(t *testing.T) {
	r := openRig(t)
	local := r.openFile("Register.txt")
	mark := filepath.Join(filepath.Dir(local), ".~lock.Register.txt#")
	screenstest.Check(t, os.WriteFile(mark, []byte("x"), 0o600))
	r.Advance(25 * time.Minute)
	r.browser()
	screenstest.Check(t, os.Remove(mark))
	r.Advance(11 * time.Minute)
	r.MustSee("so it locked by itself")
}

func TestItLocksWhenTheComputerSleeps(t *testing.T) {
	r := openRig(t)
	r.Advance(10 * time.Second)
	r.browser()
	r.Sleep(time.Minute)
	r.MustSee("The computer was asleep, so the stick locked by itself.")
	if len(r.k.open) > 0 {
		t.Error("it is open")
	}
}

// pulledRig is openRig with the stick on a drive that can be pulled out.
// pullable is a drive that can be pulled out, and filled.
// readOnly is a drive with its switch set to lock.
func (readOnly) Create(string) (stick.File, error) { return nil, stick.ErrReadOnly }
func (readOnly) Mkdir(string) error                { return stick.ErrReadOnly }
func (readOnly) Remove(string) error               { return stick.ErrReadOnly }
func (readOnly) Overwrite(string, []byte) error    { return stick.ErrReadOnly }
func (readOnly) SyncDir(string) error              { return stick.ErrReadOnly }

func TestLeftoversOfACrashAreWipedAtTheNextStart(t *testing.T) {
	r := openRig(t)
	crashed := filepath.Join(r.Session.Services.Private, "CRASHED", "1")
	screenstest.Check(t, os.MkdirAll(crashed, 0o700))
	screenstest.Check(t, os.WriteFile(filepath.Join(filepath.Dir(crashed), "in-use"), nil, 0o600))
	screenstest.Check(t, os.WriteFile(filepath.Join(crashed, "secret.txt"), []byte("secret"), 0o600))
	local := r.openFile("Register.txt")
	wiped, err := WipeLeftovers(r.Session.Services)
	if err != nil || wiped != 1 {
		t.Errorf("wiped %d, %v", wiped, err)
	}
	if _, err := os.Stat(local); err != nil {
		t.Errorf("what is in use was wiped: %v", err)
	}
}

func TestClosingTheWindowLocks(t *testing.T) {
	r := openRig(t)
	local := r.openFile("Register.txt")
	r.Session.Close()
	r.MustNotSee("still open")
	r.MustSee("A file was opened in another program", "All that was saved of Register.txt is on the stick.")
	r.Press("Keep open")
	r.browser()
	screenstest.Check(t, os.WriteFile(local, []byte("last words"), 0o600))
	r.Session.Close()
	r.Press("Lock now")
	if len(r.k.open) > 0 || len(r.privately()) > 0 {
		t.Error("it is open")
	}
}

func TestARolledBackStickIsNamed(t *testing.T) {
	r := newRig(t, true, someFiles)
	screenstest.Check(t, r.k.heads().Save(r.note().ID, stick.Head{Seq: 99, Digest: strings.Repeat("0", 64)}))
	r.unlock(temporary)
	r.MustSee("This stick is older than it was when last used here.", "Show the stick to ICT.")
	r.Press("Lock and remove")
	if head := r.k.heads().Load(r.note().ID); head.Seq != 99 {
		t.Error("the newer state was forgotten")
	}
}

func TestATornLayerIsSaidInPlainWords(t *testing.T) {
	r := newRig(t, true, someFiles)
	layers, err := filepath.Glob(filepath.Join(r.path, "stowage", "layers", "*"))
	if err != nil || len(layers) == 0 {
		t.Fatal("no layers", err)
	}
	last := layers[len(layers)-1]
	info, err := os.Stat(last)
	screenstest.Check(t, err)
	screenstest.Check(t, os.Truncate(last, info.Size()/2))
	r.unlock(temporary)
	if !r.Sees("pulled out once while something was being stored") && !r.Sees("A part of the stick is damaged.") && !r.Sees("A part of the stick is missing.") {
		t.Errorf("the window says:\n%s", r.Text())
	}
}
