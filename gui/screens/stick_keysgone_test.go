package screens

import (
	"os"
	"path/filepath"
	"testing"

	"stowage/gui/guitest/screenstest"
)

// TestAttackDeletedKeysInTheWindow: all keys of a stick were deleted; the window says what helps, and puts them back from the
// backup. Before there is one, it says that.
func TestAttackDeletedKeysInTheWindow(t *testing.T) {
	r := newSealedRig(t, false)
	bare := t.TempDir()
	screenstest.Check(t, os.CopyFS(bare, os.DirFS(r.drive.Path)))
	screenstest.DeleteKeys(t, r.drive.Path, "*")
	r.Session.Go("open")
	r.ports.Set(r.drive)
	r.Until("the stick", func() bool { return r.Sees("MS-1") })
	r.Press("MS-1")
	for range 2 { // no passphrase and no code opens it
		r.Type("AAAA-BBBB")
		r.Press("Open")
		r.MustSee("own keys were deleted", "What is stored on it is not lost.")
		r.MustNotSee("Choose the key file")
		if r.Sees("ICT gave me a code by telephone") {
			r.Press("ICT gave me a code by telephone")
		}
	}
	r.Press("Use my passphrase instead")
	r.Type("AAAA-BBBB")
	r.Press("Open")
	r.Press("Put the keys back")
	r.MustSee("There is no backup of this stick there.")
	screenstest.PutStickBack(t, r.drive, bare)
	r.d.BackUp(t, r.drive.Path)
	screenstest.DeleteKeys(t, r.drive.Path, "*")
	r.Type("AAAA-BBBB")
	r.Press("Open")
	r.Press("Put the keys back")
	r.MustSee("The keys are back.")
	if screenstest.KeysGone(t, r.drive.Path) {
		t.Error("they are still gone")
	}
}

// TestMissingPartsHaveTheirPlace: a layer that is missing is said to be missing where it is.
func TestMissingPartsHaveTheirPlace(t *testing.T) {
	for pattern, place := range map[string]string{"00000001-*": "beginning", "00000002-*": "middle", "00000003-*": "end"} {
		r := newRig(t, true, nil)
		for _, name := range []string{"a.txt", "b.txt", "c.txt"} {
			putFiles(t, r.path, map[string]string{name: name})
		}
		all, err := filepath.Glob(filepath.Join(r.path, "stowage", "layers", pattern))
		screenstest.Check(t, err)
		for _, name := range all {
			screenstest.Check(t, os.Remove(name))
		}
		r.unlock(temporary)
		r.MustSee("from the "+place+" of what was stored", "Show the stick to ICT.")
	}
}
