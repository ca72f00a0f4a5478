package stick_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// folderImage is all that the files in a folder hold.
func folderImage(t *testing.T, dir string) []byte {
	t.Helper()
	var all []byte
	check(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		all = append(all, content...)
		return err
	}))
	return all
}

// TestAttackTemporaryPassphraseInOldBackup upgrades what the first version left: a stick whose holder has chosen a
// passphrase, and its backup, which still has the key under the one on the slip.
func TestAttackTemporaryPassphraseInOldBackup(t *testing.T) {
	dir := t.TempDir()
	check(t, os.CopyFS(dir, os.DirFS("testdata/v1-temporary")))
	var ex struct{ Verifier, Temporary, Chosen string }
	check(t, json.Unmarshal(must(os.ReadFile(filepath.Join(dir, "example.json")))(t), &ex))
	backup := filepath.Join(dir, "backup")
	if sticktest.Opens(folderImage(t, backup), []byte(ex.Temporary)) == 0 {
		t.Fatal("the search finds nothing in the backup of the first version")
	}
	d := must(stick.NewDirFS(filepath.Join(dir, "drive")))(t)
	defer d.Close()
	to := must(stick.NewBackupDir(dir, "backup", false))(t)
	defer to.Close()
	must(stick.Backup(t.Context(), d, to, stick.BackupOptions{Verifier: ex.Verifier}))(t) // without a key
	if n := sticktest.Opens(folderImage(t, backup), []byte(ex.Temporary)); n != 0 {
		t.Errorf("the backup still has %d keys that open with the temporary passphrase", n)
	}

	// Once it was opened, it is known that its passphrase was chosen, and the backup has it again.
	st := must(stick.Open(t.Context(), d, stick.WithPassphrase([]byte(ex.Chosen)), stick.OpenOptions{}))(t)
	check(t, st.Close())
	must(stick.Backup(t.Context(), d, to, stick.BackupOptions{Verifier: ex.Verifier}))(t)
	st = must(stick.OpenBackup(t.Context(), to, stick.WithPassphrase([]byte(ex.Chosen)), stick.OpenOptions{}))(t)
	same(t, st, map[string]string{"marks.txt": "marks\n"})
	check(t, st.Close())
}

// TestAttackForgedMark: whoever has the stick, but cannot open it, marks a key of theirs as chosen: ICT does not
// take it for the holder's.
func TestAttackForgedMark(t *testing.T) {
	sc, m := newBackedUp(t)
	mark := string(m.ReadFile("stowage/keys/holder-a.age.chosen"))
	if mark == "" {
		t.Fatal("the key has no mark")
	}
	st := sc.openRecovery(t, m)
	if k := must(st.ChosenKey())(t); k == nil || k.Recipient != sc.holder.Recipient() || !k.Set.Equal(sc.holder.PassphraseSet) {
		t.Errorf("the chosen key: %+v", k)
	}
	check(t, st.Close())
	other := newSchool(t, "Other School")
	otherStick := sticktest.New()
	other.issue(t, otherStick)
	check(t, other.open(t, otherStick).Close())
	for _, forge := range []func(){
		func() {
			m.WriteFile("stowage/keys/holder-a.age", other.sealed)
			m.WriteFile("stowage/keys/holder-a.age.chosen", otherStick.ReadFile("stowage/keys/holder-a.age.chosen"))
		},
		func() {
			m.WriteFile("stowage/keys/holder-a.age.chosen", []byte("stowage passphrase chosen v1\nfile\n"))
		},
		func() { m.WriteFile("stowage/keys/holder-a.age.chosen", make([]byte, 1<<20)) },
	} {
		forge()
		st := sc.openRecovery(t, m)
		if k := must(st.ChosenKey())(t); k != nil {
			t.Errorf("a forged mark counts: %+v", k)
		}
		check(t, st.Close())
	}
}

// TestMarkOutlivesRotation: who has chosen a passphrase has chosen it also when the stick has another identity.
func TestMarkOutlivesRotation(t *testing.T) {
	sc, m := newBackedUp(t)
	st := sc.openRecovery(t, m)
	check(t, st.Rotate(t.Context(), stick.RotateOptions{School: sc.authority}))
	check(t, st.Close())
	st = sc.openRecovery(t, m)
	defer st.Close()
	if k := must(st.ChosenKey())(t); k == nil {
		t.Error("nobody knows of it")
	}
}

// openRecovery opens a stick with the recovery key; the test closes it.
func (s *school) openRecovery(t testing.TB, fsys stick.FS) *stick.Stick {
	t.Helper()
	return must(stick.Open(t.Context(), fsys, s.recovery(), stick.OpenOptions{Clock: clock}))(t)
}
