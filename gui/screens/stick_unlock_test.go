package screens

import (
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/stick"
	"stowage/devices/drives"
	"stowage/gui/guitest/screenstest"
)

func TestSticksComeAndGo(t *testing.T) {
	r := newRig(t, true, nil)
	r.MustSee("HRP-0042", "Hill Road Primary", "SanDisk Ultra", "64")
	plain := drives.Drive{Path: t.TempDir(), Label: "HOLIDAY", Size: 16e9}
	r.drives.set(r.drive(), plain)
	r.Until("the other drive", func() bool { return r.Sees("HOLIDAY") && r.Sees("Not an encrypted stick") })
	r.drives.set()
	r.Until("the drives to go", func() bool { return r.Sees("No stick is plugged in") })
	r.MustNotSee("HRP-0042", "HOLIDAY")
}

func TestWhatElseIsOnAStick(t *testing.T) {
	r := newRig(t, true, nil)
	screenstest.Check(t, os.WriteFile(filepath.Join(r.path, "pupils.xls"), []byte("x"), 0o644))
	screenstest.Check(t, os.WriteFile(filepath.Join(r.path, "Stowage.exe"), []byte("x"), 0o644))
	r.drives.set(r.drive())
	r.Until("it to be looked at", func() bool { return r.Sees("1 file or folder that is not encrypted") })
}

func TestAWrongPassphraseIsRefused(t *testing.T) {
	r := newRig(t, true, someFiles)
	r.unlock("not the passphrase")
	r.MustSee("This passphrase does not open the stick.", "Nothing was changed", "ICT, as this stick says: 01792 000000, Room 12")
	if len(r.k.open) > 0 {
		t.Error("a stick is open")
	}
	r.Type(temporary)
	r.Press("Open")
	r.MustSee("Register.txt", "2026", "photo.heic")
	r.MustNotSee("autumn")
}

func TestAnEmptyPassphraseIsNotTried(t *testing.T) {
	r := newRig(t, true, nil)
	r.unlock("")
	r.MustSee("Type the passphrase first.")
}

func TestATemporaryPassphraseMustBeChanged(t *testing.T) {
	r := newRig(t, false, someFiles)
	r.unlock(temporary)
	r.MustSee("Choose your own passphrase", "not even ICT")
	r.MustNotSee("Register.txt")
	r.Type("password1")
	r.MustSee("Strength: weak")
	r.Focus(r.Session.Current().(*newSecret).twice.Focus())
	r.Type("password1")
	r.Press("Use this passphrase")
	if len(r.k.open) > 0 {
		t.Error("a weak passphrase was taken")
	}
	r.Type(chosen)
	r.MustSee("Your school accepts it.")
	r.Focus(r.Session.Current().(*newSecret).twice.Focus())
	r.Type("something else")
	r.Press("Use this passphrase")
	r.MustSee("The two are not the same.")
	r.Type(chosen)
	r.Press("Use this passphrase")
	r.MustSee("The passphrase is changed.", "Register.txt")
	fsys, err := stick.NewDirFS(r.path)
	screenstest.Check(t, err)
	defer fsys.Close()
	if _, err := (unlockWith{secret: []byte(temporary)}).holderKey(fsys); err == nil {
		t.Error("the temporary passphrase still opens it")
	}
	k, err := (unlockWith{secret: []byte(chosen)}).holderKey(fsys)
	if screenstest.Check(t, err); k.Temporary {
		t.Error("the passphrase is still temporary")
	}
}

func TestLeavingTheChoiceOpensNothing(t *testing.T) {
	r := newRig(t, false, someFiles)
	r.unlock(temporary)
	r.Session.Back()
	r.Until("the list", func() bool { return r.Sees("HRP-0042") })
	r.unlock(temporary)
	r.MustSee("Choose your own passphrase")
}

func TestTheCodeOfICTOpens(t *testing.T) {
	r := newRig(t, true, someFiles)
	r.Press("HRP-0042")
	r.Press("ICT gave me a code by telephone")
	r.Type("AAAA-BBBB")
	r.Press("Open")
	r.MustSee("This is not the code of this stick")
	r.Type(string(r.code))
	r.Press("Open")
	r.MustSee("Opened with the code from ICT.", "Take the stick to ICT", "Register.txt")
}

func TestAStickInAFolder(t *testing.T) {
	r := newRig(t, true, someFiles)
	r.drives.set()
	r.Until("the drives to go", func() bool { return r.Sees("No stick is plugged in") })
	r.choose.Path = t.TempDir()
	r.Press("Choose a folder…")
	r.MustSee("There is no encrypted stick in this folder.")
	r.Press("Close")
	r.choose.Path = filepath.Join(r.path, "stowage")
	r.Press("Choose a folder…")
	r.Type(temporary)
	r.Press("Open")
	r.MustSee("Register.txt")
	r.Press("Lock and remove")
	r.MustSee("HRP-0042 is locked.")
	if len(r.drives.ejected) > 0 {
		t.Error("a folder was ejected")
	}
}

func TestAStickInUseNamesTheProgram(t *testing.T) {
	r := newRig(t, true, nil)
	fsys, err := stick.NewDirFS(r.path)
	screenstest.Check(t, err)
	defer fsys.Close()
	s, err := stick.Open(t.Context(), fsys, stick.WithPassphrase([]byte(temporary)), stick.OpenOptions{Program: "stow"})
	screenstest.Check(t, err)
	defer s.Close()
	r.unlock(temporary)
	r.MustSee("open in another program: stow", "Close it there and try again.")
}

func TestADamagedNoteIsNotTrusted(t *testing.T) {
	r := newRig(t, true, nil)
	notes, err := filepath.Glob(filepath.Join(r.path, "stowage", "*.note"))
	if err != nil || len(notes) == 0 {
		t.Fatal("no note", err)
	}
	for _, n := range notes {
		screenstest.Check(t, os.WriteFile(n, []byte("rubbish\n"), 0o600))
	}
	r.drives.set(r.drive())
	r.Until("it to be refused", func() bool { return r.Sees("signature is missing") })
}

func TestEveryWarningHasWords(t *testing.T) {
	for _, kind := range []stick.WarningKind{stick.WarnTorn, stick.WarnDamaged, stick.WarnForged, stick.WarnMisplaced, stick.WarnMissing, stick.WarnForeign, stick.WarnEntry, stick.WarnRolledBack, stick.WarnForked} {
		words := warningWords(kind)
		if words.happened == "" || words.files == "" || words.next == "" || (kind != stick.WarnDamaged && words == warningWords(stick.WarnDamaged)) {
			t.Errorf("%s is told as %+v", kind, words)
		}
	}
}
