package stick_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
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

// TestAttackForgedMarkOnATemporaryKey: whoever has the slip and the stick before its holder has chosen a passphrase can make
// a mark that fits. A backup without a key takes the key with it, since it cannot know better; the next one that opened the
// stick takes it out again, whoever opened it.
func TestAttackForgedMarkOnATemporaryKey(t *testing.T) {
	slip := []byte("six words that ICT gave out")
	sc, m, backup := newSchool(t, "Example School"), sticktest.New(), sticktest.New()
	sc.holder.Issued(start)
	sc.sealed = must(sc.holder.Seal(slip, policy.WorkFactor))(t)
	sc.issue(t, m)
	kept := func() (n int) {
		for _, name := range backup.Files() {
			n += sticktest.Opens(backup.ReadFile(name), slip)
		}
		return n
	}
	backUp(t, sc, m, backup)
	if n := kept(); n != 0 {
		t.Fatalf("the backup has %d keys that the slip opens", n)
	}
	m.WriteFile("stowage/keys/holder-a.age.chosen", fmt.Appendf(nil, "stowage passphrase chosen v1\nfile %x\nset 2026-03-02T08:30:00Z\nhmac %x\n", sha256.Sum256(sc.sealed), make([]byte, 32)))
	backUp(t, sc, m, backup)
	if kept() == 0 {
		t.Error("the threat model says that a backup without a key is deceived by a forged mark; it is not any more")
	}
	st := sc.openRecovery(t, m)
	defer st.Close()
	must(st.Backup(t.Context(), backup, stick.BackupOptions{}))(t)
	if n := kept(); n != 0 {
		t.Errorf("once the stick was opened the backup still has %d keys that the slip opens", n)
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
