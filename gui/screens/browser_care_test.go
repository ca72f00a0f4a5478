package screens

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/gui/guitest/screenstest"
)

// run runs a command of the screen by its name.
func (r *rig) command(name string) {
	r.t.Helper()
	for _, c := range r.browser().Commands() {
		if c.Name == name {
			if c.Disabled != nil && c.Disabled() {
				r.t.Fatalf("%s is disabled", name)
			}
			c.Run()
			r.Settle()
			return
		}
	}
	r.t.Fatalf("there is no command %s", name)
}

func TestCheckSaysHowTheStickIs(t *testing.T) {
	r := openRig(t)
	r.command("Check this stick")
	r.MustSee("This stick is in order.", "files are as they were stored")
	r.Press("Close")
	layers, err := filepath.Glob(filepath.Join(r.path, "stowage", "layers", "*.age"))
	screenstest.Check(t, err)
	content := screenstest.ReadAll(t, layers[0])
	content[len(content)-100] ^= 1
	screenstest.Check(t, os.WriteFile(layers[0], content, 0o644))
	r.command("Check this stick")
	r.MustSee("not as it was written", "cannot be read completely", "Show the stick to ICT.")
}

// TestCheckLooksBesideTheFiles damages what lies on the stick beside the files: the programs, and
// the directory that it carries.
func TestCheckLooksBesideTheFiles(t *testing.T) {
	r := openRig(t)
	strange := filepath.Join(r.path, stick.WindowsProgram)
	screenstest.Check(t, os.WriteFile(strange, []byte("MZ evil"), 0o644))
	r.command("Check this stick")
	r.MustSee("HRP-0042 carries a program that the school did not put there: Stowage.exe.", "Do not start the program on this stick.")
	r.Press("Close")
	screenstest.Check(t, os.Remove(strange))
	screenstest.Away(func() {
		screenstest.Check(t, r.opened().stick.PutDirectory([]byte("sealed, as far as this test goes")))
	})
	r.command("Check this stick")
	r.MustSee("This stick is in order.")
	r.Press("Close")
	screenstest.Check(t, os.WriteFile(filepath.Join(r.path, "stowage", "directory.age"), []byte("sealed, as fat as this test goes"), 0o644))
	r.command("Check this stick")
	r.MustSee("Something on this stick is not as it was written.", "All current files can still be read.", "Show the stick to ICT.")
	gone := r.browser().checkedMessage(careResult{programs: []stick.ProgramFound{{Program: stick.Program{Name: stick.MacProgram}, State: stick.ProgramMissing}}})
	if gone.Happened != "HRP-0042 no longer carries a program that the school put there: stow-macos." {
		t.Errorf("a program that is gone: %+v", gone)
	}
}

func TestTidyAndEraseForGood(t *testing.T) {
	r := openRig(t)
	r.pick("Register.txt")
	r.command("Erase for good")
	r.MustSee("Erase this for good?", "reduces traces")
	r.Press("Cancel")
	r.MustSee("Register.txt")
	r.pick("Register.txt")
	r.command("Erase for good")
	r.Press("Erase for good")
	r.MustSee("It is erased", "reduces traces")
	r.Press("Close")
	if strings.Contains(r.shown(), "Register.txt") {
		t.Error("it is still there")
	}
	if versions, _ := r.opened().stick.Deleted("."); len(versions) > 0 {
		t.Errorf("it can be brought back: %v", versions)
	}
	r.command("Tidy up…")
	r.MustSee("cannot be brought back")
	r.Press("Tidy up")
	r.MustSee("There was nothing to tidy up.")
}

func TestNoPlaintextOnTheStickUnasked(t *testing.T) {
	r := openRig(t)
	inside := filepath.Join(r.path, "letters")
	screenstest.Check(t, os.Mkdir(inside, 0o755))
	r.choose.Path = inside
	save := func() { r.pick("Register.txt"); r.command("Save a copy…") }
	save()
	r.MustSee("This folder is on the encrypted stick itself", "whoever finds it can read them")
	r.Press("Do not save")
	there := func() int {
		entries, err := os.ReadDir(inside)
		screenstest.Check(t, err)
		return len(entries)
	}
	if there() > 0 {
		t.Error("it was written although the person said no")
	}
	save()
	r.Press("Save here unencrypted")
	if there() != 1 {
		t.Error("it was not written although the person asked for it")
	}
}
