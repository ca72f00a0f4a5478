package screens

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/cmd/config"
	"stowage/cmd/school"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/drives"
	"stowage/gui/parts"
)

// openFile opens a file in its program, and returns where it lies decrypted.
func (r *rig) openFile(p string) string {
	r.t.Helper()
	r.pick(p)
	r.Key(fyne.KeyE, parts.Ctrl)
	if len(r.opener.paths) == 0 {
		r.t.Fatalf("nothing was opened: %s", r.Text())
	}
	return r.opener.paths[len(r.opener.paths)-1]
}

// privately lists what lies decrypted on the computer.
func (r *rig) privately() []string {
	r.t.Helper()
	found, err := filepath.Glob(filepath.Join(r.Session.Services.Private, "*"))
	check(r.t, err)
	return found
}

func TestWhatAProgramSavesIsStored(t *testing.T) {
	r := openRig(t)
	local := r.openFile("Register.txt")
	r.MustSee("Register.txt is opening. What you save there is saved to the stick.")
	check(t, os.WriteFile(local, []byte("Amy\nBen\nCara\n"), 0o600))
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
	r.Until("the news to go with the drive", func() bool { return !r.Sees("You can pull it out now.") })
}

// note is what the school signed about the stick.
func (r *rig) note() stick.Note {
	r.t.Helper()
	fsys, err := stick.NewDirFS(r.path)
	check(r.t, err)
	defer fsys.Close()
	summary, err := stick.Inspect(fsys, "")
	check(r.t, err)
	return summary.Note
}

func TestLockWarnsOfOpenFilesAndStoresThem(t *testing.T) {
	r := openRig(t)
	local := r.openFile("Register.txt")
	check(t, os.WriteFile(filepath.Join(filepath.Dir(local), "~$Register.txt"), []byte("x"), 0o600))
	check(t, os.WriteFile(local, []byte("last words"), 0o600))
	r.Press("Lock and remove")
	r.MustSee("A file is still open in another program", "A program is using Register.txt.")
	r.Press("Keep open")
	r.browser()
	r.Press("Lock and remove")
	r.Press("Lock now")
	r.MustSee("You can pull it out now.")
	if left := r.privately(); len(left) > 0 {
		t.Errorf("decrypted on the computer: %v", left)
	}
	r.unlockAgain()
	if got := r.content("Register.txt"); got != "last words" {
		t.Errorf("the stick has %q", got)
	}
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
	r.MustSee("HRP-0042 is locked, but the computer has not let it go yet.")
	r.MustNotSee("You can pull it out now")
	r.drives.err = nil
	r.Press("Try again")
	r.MustSee("You can pull it out now.")
}

func TestItLocksByItselfAfterATimeWithoutUse(t *testing.T) {
	r := openRig(t)
	local := r.openFile("Register.txt")
	check(t, os.WriteFile(local, []byte("last words"), 0o600))
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
	r.unlockAgain()
	if got := r.content("Register.txt"); got != "last words" {
		t.Errorf("the stick has %q", got)
	}
}

func TestItStaysOpenWhileAProgramHasAFile(t *testing.T) {
	r := openRig(t)
	local := r.openFile("Register.txt")
	mark := filepath.Join(filepath.Dir(local), ".~lock.Register.txt#")
	check(t, os.WriteFile(mark, []byte("x"), 0o600))
	r.Advance(25 * time.Minute)
	r.browser()
	check(t, os.Remove(mark))
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
func pulledRig(t *testing.T) (*rig, *state) {
	t.Helper()
	r := newRig(t, true, someFiles)
	m := &state{}
	r.k.openFS = func(path string) (driveFS, error) {
		d, err := stick.NewDirFS(path)
		return &pullable{d, m}, err
	}
	r.unlock(temporary)
	r.browser()
	return r, m
}

// pullable is a drive that can be pulled out, and filled.
type pullable struct {
	*stick.DirFS
	*state
}

type state struct{ gone, full atomic.Bool }

func (p *pullable) err() error {
	if p.gone.Load() {
		return stick.ErrGone
	}
	return nil
}

func (p *pullable) Create(name string) (stick.File, error) {
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.DirFS.Create(name)
}

func (p *pullable) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.DirFS.ReadDir(name)
}

func (p *pullable) Free() (free, total int64, err error) {
	if p.full.Load() {
		return 0, 64_000_000, p.err()
	}
	return 32_000_000, 64_000_000, p.err()
}

// readOnly is a drive with its switch set to lock.
type readOnly struct{ *stick.DirFS }

func (readOnly) Create(string) (stick.File, error) { return nil, stick.ErrReadOnly }
func (readOnly) Mkdir(string) error                { return stick.ErrReadOnly }
func (readOnly) Remove(string) error               { return stick.ErrReadOnly }
func (readOnly) SyncDir(string) error              { return stick.ErrReadOnly }

func (r readOnly) Lock(name string, exclusive bool) (io.Closer, error) {
	if exclusive {
		return nil, stick.ErrReadOnly
	}
	return r.DirFS.Lock(name, exclusive)
}

func TestAPulledStickIsSaidCalmly(t *testing.T) {
	r, m := pulledRig(t)
	r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all"))
	m.gone.Store(true)
	r.drives.set()
	r.Until("it to be noticed", func() bool { return r.Sees("HRP-0042 was pulled out before it was locked.") })
	r.MustSee("The 1 file stored this time, last at 08:30, is safe on it.", "Plug it in again to go on.")
	r.MustNotSee("Register.txt")
	if len(r.k.open) > 0 {
		t.Error("it counts as open")
	}
}

func TestAPulledStickIsNoticedByItself(t *testing.T) {
	r, m := pulledRig(t)
	m.gone.Store(true)
	r.Advance(2 * tickEvery)
	r.Until("it to be noticed", func() bool { return r.Sees("HRP-0042 was pulled out before it was locked.") })
	r.MustSee("Nothing was being stored, and everything on it is safe.")
}

func TestAPulledStickWhileStoring(t *testing.T) {
	r, m := pulledRig(t)
	m.gone.Store(true)
	r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all"))
	r.MustSee("HRP-0042 was pulled out before it was locked.")
}

func TestChangesSurviveAPulledStick(t *testing.T) {
	r, m := pulledRig(t)
	local := r.openFile("Register.txt")
	check(t, os.WriteFile(local, []byte("last words"), 0o600))
	m.gone.Store(true)
	r.Advance(2 * tickEvery)
	r.Until("it to be noticed", func() bool { return r.Sees("Changes to Register.txt had not reached it.") })
	r.choose.path = t.TempDir()
	r.Press("Save a copy…")
	if data, err := os.ReadFile(filepath.Join(r.choose.path, "Register.txt")); err != nil || string(data) != "last words" {
		t.Errorf("the copy holds %q, %v", data, err)
	}
	r.Until("the private copy to be wiped", func() bool { return len(r.privately()) == 0 })
}

func TestLockingAFullStickAsksAboutChanges(t *testing.T) {
	r, m := pulledRig(t)
	local := r.openFile("Register.txt")
	check(t, os.WriteFile(local, []byte("last words"), 0o600))
	m.full.Store(true)
	r.Press("Lock and remove")
	r.Press("Lock now")
	r.MustSee("Not everything could be saved to the stick", "Your changes are still on this computer.")
	r.Press("Keep open")
	if data, err := os.ReadFile(local); err != nil || string(data) != "last words" {
		t.Errorf("the private copy: %q, %v", data, err)
	}
	r.Press("Lock and remove")
	r.Press("Lock now")
	r.Press("Lock and lose the changes")
	r.MustSee("is locked")
}

func TestLeftoversOfACrashAreWipedAtTheNextStart(t *testing.T) {
	r := openRig(t)
	crashed := filepath.Join(r.Session.Services.Private, "CRASHED", "1")
	check(t, os.MkdirAll(crashed, 0o700))
	check(t, os.WriteFile(filepath.Join(filepath.Dir(crashed), "in-use"), nil, 0o600))
	check(t, os.WriteFile(filepath.Join(crashed, "secret.txt"), []byte("secret"), 0o600))
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
	r.MustSee("A file is still open in another program")
	r.Press("Keep open")
	r.browser()
	check(t, os.WriteFile(local, []byte("last words"), 0o600))
	r.Session.Close()
	r.Press("Lock now")
	if len(r.k.open) > 0 || len(r.privately()) > 0 {
		t.Error("it is open")
	}
}

func TestARolledBackStickIsNamed(t *testing.T) {
	r := newRig(t, true, someFiles)
	check(t, r.k.heads().Save(r.note().ID, stick.Head{Seq: 99, Digest: strings.Repeat("0", 64)}))
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
	check(t, err)
	check(t, os.Truncate(last, info.Size()/2))
	r.unlock(temporary)
	if !r.Sees("pulled out once while something was being stored") && !r.Sees("A part of the stick is damaged.") && !r.Sees("A part of the stick is missing.") {
		t.Errorf("the window says:\n%s", r.Text())
	}
}

func TestAReadOnlyStickCanBeRead(t *testing.T) {
	r := newRig(t, true, someFiles)
	r.k.openFS = func(path string) (driveFS, error) {
		d, err := stick.NewDirFS(path)
		return readOnly{d}, err
	}
	r.unlock(temporary)
	r.MustSee("This stick can only be read here.", "Register.txt")
	if b := r.Find("New folder").(*parts.Button); !b.Disabled() {
		t.Error("a folder can be made")
	}
	r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all"))
	r.MustSee("This can only be read.")
}

func TestItIsBackedUpAtSchool(t *testing.T) {
	shared := t.TempDir()
	place := NewPlace(t.TempDir(), school.Options{})
	check(t, school.Shared{Dir: shared}.Make())
	check(t, place.SetConfig(config.Config{Shared: shared}))
	r := newRigAt(t, place, true, someFiles)
	r.unlock(temporary)
	r.Until("the backup", func() bool { return r.Sees("Backed up just now") })
	status, err := school.Shared{Dir: shared}.BackupStatus(r.opened().fs, r.note().ID)
	if check(t, err); status.Behind > 0 || status.Layers == 0 {
		t.Errorf("the backup is %+v", status)
	}
	r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all"))
	r.Advance(30 * time.Second)
	if status, _ := (school.Shared{Dir: shared}).BackupStatus(r.opened().fs, r.note().ID); status.Behind != 1 {
		t.Errorf("it is backed up while the person works: %+v", status)
	}
	r.Advance(time.Minute)
	r.Until("the next backup", func() bool {
		status, err := school.Shared{Dir: shared}.BackupStatus(r.opened().fs, r.note().ID)
		return err == nil && status.Behind == 0 && r.opened().backing == nil
	})
	r.Advance(4 * time.Minute)
	r.MustSee("Backed up 4 minutes ago")
	r.Press("Lock and remove")
	r.MustSee("You can pull it out now.")
}

func TestAwayFromSchoolNothingIsSaidOfBackups(t *testing.T) {
	place := NewPlace(t.TempDir(), school.Options{})
	check(t, place.SetConfig(config.Config{Shared: filepath.Join(t.TempDir(), "nowhere")}))
	r := newRigAt(t, place, true, someFiles)
	r.unlock(temporary)
	r.Until("it to be tried", func() bool { return r.opened().backing == nil })
	r.MustNotSee("Backed up", "backup")
}

func TestAStickReportedLostIsNamed(t *testing.T) {
	place := NewPlace(t.TempDir(), school.Options{})
	r := newRigAt(t, place, true, someFiles)
	a, err := keys.NewAuthority("Hill Road Primary", day)
	check(t, err)
	directory := &keys.Directory{
		School: a.School(), Verifier: a.Verifier(), Serial: 1, Published: day, Policy: keys.DefaultPolicy(), Recovery: a.RecoveryRecipients(),
		Lost: []keys.LostDevice{{ID: r.note().ID, Label: "HRP-0042", Since: day}},
	}
	signed, err := directory.Sign(a)
	check(t, err)
	check(t, place.SetConfig(config.Config{Directory: r.file("directory.note", string(signed))}))
	r.unlock(temporary)
	r.Until("it to be said", func() bool { return r.Sees("HRP-0042 was reported lost on 1\u00a0September 2026.") })
	r.MustSee("Please take it to ICT")
}
