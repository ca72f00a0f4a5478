package screens

import (
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/stick"
	"stowage/gui/guitest"
)

// deleteKeys deletes key files of the stick at a path.
func deleteKeys(t *testing.T, path, pattern string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(path, "stowage", "keys", pattern))
	check(t, err)
	for _, name := range all {
		check(t, os.Remove(name))
	}
}

func keysGone(t *testing.T, path string) bool {
	t.Helper()
	fs, err := stick.NewDirFS(path)
	check(t, err)
	defer fs.Close()
	return stick.KeysGone(fs)
}

// TestAttackDeletedKeysInTheWindow: all keys of a stick were deleted; the window says what helps, and puts them back from the
// backup. Before there is one, it says that.
func TestAttackDeletedKeysInTheWindow(t *testing.T) {
	r := newSealedRig(t, false)
	bare := t.TempDir()
	check(t, os.CopyFS(bare, os.DirFS(r.drive.Path)))
	deleteKeys(t, r.drive.Path, "*")
	r.Session.Go("open")
	r.ports.set(r.drive)
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
	putStickBack(t, r.drive, bare)
	r.d.backUp(t, r.drive.Path)
	deleteKeys(t, r.drive.Path, "*")
	r.Type("AAAA-BBBB")
	r.Press("Open")
	r.Press("Put the keys back")
	r.MustSee("The keys are back.")
	if keysGone(t, r.drive.Path) {
		t.Error("they are still gone")
	}
}

// TestAttackDeletedKeysAtCheckIn: ICT puts them back from the backup, and the check-in goes on.
func TestAttackDeletedKeysAtCheckIn(t *testing.T) {
	d, plugs := newDesk(t), &plugs{}
	drive := plugs.plugIn(t, "S1")
	d.issueOn(t, drive, d.holder(t, "Ann Lee").ID, "MS-1")
	d.putOn(t, drive, "register.txt", "present")
	d.backUp(t, drive.Path)
	deleteKeys(t, drive.Path, "*")
	options, _ := checkInTestRoute(d.place, plugs)
	w := guitest.New(t, options)
	w.Session.Go("checkin")
	w.Until("the stick", func() bool { return w.Sees("MS-1") })
	w.Press("Check it in now")
	w.MustSee("own keys were deleted")
	w.Press("Put the keys back")
	w.MustSee("This stick is in order.")
}

// TestMissingPartsHaveTheirPlace: a layer that is missing is said to be missing where it is.
func TestMissingPartsHaveTheirPlace(t *testing.T) {
	for pattern, place := range map[string]string{"00000001-*": "beginning", "00000002-*": "middle", "00000003-*": "end"} {
		r := newRig(t, true, nil)
		for _, name := range []string{"a.txt", "b.txt", "c.txt"} {
			putFiles(t, r.path, map[string]string{name: name})
		}
		all, err := filepath.Glob(filepath.Join(r.path, "stowage", "layers", pattern))
		check(t, err)
		for _, name := range all {
			check(t, os.Remove(name))
		}
		r.unlock(temporary)
		r.MustSee("from the "+place+" of what was stored", "Show the stick to ICT.")
	}
}
