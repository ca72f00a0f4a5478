package issue_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/passphrases"
	"stowage/devices/school/schooltest"
)

// changePassphrase has the holder choose a passphrase, as at first use.
func changePassphrase(t *testing.T, m *sticktest.Mem, current, next []byte) {
	t.Helper()
	st, err := stick.Open(t.Context(), m, stick.WithPassphrase(current), stick.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	choose := func(judge func([]byte) error) ([]byte, error) { return append([]byte{}, next...), judge(next) }
	if err := passphrases.ChangeStick(st, current, choose); err != nil {
		t.Fatal(err)
	}
}

// backUpSealed backs a stick up as a computer of staff does, which opens nothing.
func backUpSealed(t *testing.T, s *school.School, m *sticktest.Mem) {
	t.Helper()
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Stick(t.Context(), shared, backup.Plan{Drive: m, Verifier: d.Verifier}); err != nil {
		t.Fatal(err)
	}
}

// checkInAtDesk checks a stick in at the desk of ICT, with the recovery key.
func checkInAtDesk(t *testing.T, s *school.School, m *sticktest.Mem) checkin.Result {
	t.Helper()
	st := schooltest.Opened(t, s, m)
	defer st.Close()
	seen, err := checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m, BackUp: true})
	if err == nil {
		err = seen.BackupErr
	}
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// opensIn counts the keys that somebody finds in a folder or an image of a drive, with a passphrase and the age package.
func opensIn(t *testing.T, passphrase []byte, dir string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		n += sticktest.Opens(content, passphrase)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAttackTemporaryPassphrase has whoever found the slip search everything that the school and the stick still hold,
// once the holder has chosen a passphrase and the stick was checked in: also what the drive held at any time.
func TestAttackTemporaryPassphrase(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, temporary := schooltest.Person(t, s, "Alice Jones")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	second, _ := schooltest.Issued(t, s, alice, "HRP-2")
	schooltest.Fill(t, s, m, schooltest.Taken())
	backUpSealed(t, s, m)
	if opensIn(t, temporary, s.Dir()) != 1 || sticktest.Opens(raw(m), temporary) != 1 {
		t.Fatal("before the change, the search finds nothing")
	}
	base := m.Clone()
	m.Record()
	changePassphrase(t, m, temporary, []byte(chosenByAlice))
	for _, content := range sticktest.Removed(base, m.Recorded()) {
		if sticktest.Opens(content, temporary) > 0 {
			t.Error("a key was removed from the stick without having been overwritten")
		}
	}
	backUpSealed(t, s, m)
	if seen := checkInAtDesk(t, s, m); !seen.KeyKept {
		t.Error("the school kept its copy of the key")
	}
	if seen := checkInAtDesk(t, s, second); !seen.KeyRenewed {
		t.Error("the second stick kept its copy of the key")
	}
	for what, n := range map[string]int{
		"the school's folder": opensIn(t, temporary, s.Dir()),
		"the stick":           sticktest.Opens(raw(m), temporary),
		"the second stick":    sticktest.Opens(raw(second), temporary),
	} {
		if n != 0 {
			t.Errorf("%s: %d keys still open with the temporary passphrase", what, n)
		}
	}
	if sticktest.Opens(raw(m), []byte(chosenByAlice)) != 1 || sticktest.Opens(raw(second), []byte(chosenByAlice)) != 1 {
		t.Error("the sticks do not open with the chosen passphrase")
	}
	if n := opensIn(t, []byte(chosenByAlice), s.Dir()); n < 2 { // the school's copy and the backup's
		t.Errorf("the chosen passphrase opens %d files in the school's folder", n)
	}
	restoresWith(t, s, issued.Note.ID, stick.WithPassphrase([]byte(chosenByAlice)))
}

const chosenByAlice = "granite umbrella whistles softly at noon"

// raw is all that a drive holds.
func raw(m *sticktest.Mem) []byte {
	var all []byte
	for _, name := range m.Files() {
		all = append(all, m.ReadFile(name)...)
	}
	return all
}

func restoresWith(t *testing.T, s *school.School, id string, with stick.Unlock) {
	t.Helper()
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	b, err := backup.Open(t.Context(), shared, id, with, stick.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got := onStick(t, b.Stick); !maps.Equal(got, schooltest.Taken()) {
		t.Errorf("the backup holds %d files", len(got))
	}
}

// TestRestoreWithoutHoldersKey: a stick that is lost before its holder chose a passphrase is restored with the
// recovery key, though no key of the holder's is in its backup.
func TestRestoreWithoutHoldersKey(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, temporary := schooltest.Person(t, s, "Alice Jones")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, schooltest.Taken())
	checkInAtDesk(t, s, m)
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	if n := opensIn(t, temporary, shared.Dir); n != 0 {
		t.Errorf("%d keys in the shared folder open with the temporary passphrase", n)
	}
	a, err := s.Authority()
	if err != nil {
		t.Fatal(err)
	}
	restoresWith(t, s, issued.Note.ID, stick.WithRecovery(a.Identities(), a.Verifier()))
}

// TestKeyFileIsOverwritten: a key file, wherever it lies, does not keep what opened with the passphrase before.
func TestKeyFileIsOverwritten(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, temporary := schooltest.Person(t, s, "Alice Jones")
	key, _, err := s.Register().CurrentKey(t.Context(), alice)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := keyfiles.Path(s, key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "alice.age")
	sealed, err := os.ReadFile(kept)
	if err == nil {
		err = os.WriteFile(path, sealed, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	old, err := os.OpenFile(path, os.O_RDWR, 0) // as whoever reads the disk: the file outlives its name
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	pick := func(judge func([]byte) error) ([]byte, error) {
		return []byte(chosenByAlice), judge([]byte(chosenByAlice))
	}
	if runtime.GOOS == "windows" {
		old.Close() // where an open file cannot be replaced
	}
	if err := passphrases.ChangeFile(path, temporary, pick, schooltest.Quick(), schooltest.Day()); err != nil {
		t.Fatal(err)
	}
	before := make([]byte, len(sealed))
	if _, err := old.ReadAt(before, 0); err == nil && sticktest.Opens(before, temporary) > 0 {
		t.Error("what the file held is still on the disk")
	}
	if got := schooltest.Names(t, dir); len(got) != 1 || opensIn(t, temporary, dir) != 0 || opensIn(t, []byte(chosenByAlice), dir) != 1 {
		t.Errorf("the folder holds %v", got)
	}
}

// TestBackupRights: a backup takes the rights of the shared folder, whatever the umask is, and opens itself to nobody else.
func TestBackupRights(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights are inherited there")
	}
	for _, mode := range []fs.FileMode{0o700, 0o750, 0o770, 0o775} {
		s := schooltest.Ticking(t)
		dir := filepath.Join(t.TempDir(), "server")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SetShared(dir); err != nil {
			t.Fatal(err)
		}
		alice, _ := schooltest.Person(t, s, "Alice Jones")
		m, _ := schooltest.Issued(t, s, alice, "HRP-1")
		schooltest.Fill(t, s, m, schooltest.Taken())
		backUpSealed(t, s, m)
		err := filepath.WalkDir(filepath.Join(dir, school.BackupFolder), func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := e.Info()
			want := mode
			if !e.IsDir() {
				want &= 0o666
			}
			if err == nil && info.Mode().Perm() != want && e.Name() != "lock" {
				t.Errorf("in a shared folder of %v, %s is %v", mode, path, info.Mode().Perm())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestAttackSlipAfterRekeying: what ICT makes of a stick that was never checked in since its holder chose a passphrase, by giving
// the key again or by restoring its backup, opens with that, and with the slip no more.
func TestAttackSlipAfterRekeying(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, slip := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	chosen := []byte("orange walrus telescope quietly")
	changePassphrase(t, m, slip, chosen)
	schooltest.Fill(t, s, m, schooltest.Taken())
	backUpSealed(t, s, m)
	b, err := backup.OpenDevice(t.Context(), s, "HRP-1", "asked to")
	if err != nil {
		t.Fatal(err)
	}
	fresh := sticktest.New()
	if _, err := issue.Restore(t.Context(), s, issue.RestorePlan{StickPlan: schooltest.Plan(fresh, alice, "HRP-2"), From: b.Stick}); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	st := schooltest.Opened(t, s, m)
	if _, err := issue.Rekey(t.Context(), s, m, st, alice, nil); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	for name, made := range map[string]*sticktest.Mem{"given the key again": m, "restored": fresh} {
		if err := schooltest.Opens(made, stick.WithPassphrase(chosen)); err != nil {
			t.Errorf("%s: with the chosen passphrase: %v", name, err)
		}
		if err := schooltest.Opens(made, stick.WithPassphrase(slip)); err == nil {
			t.Errorf("%s: it opens with the slip", name)
		}
	}
}

// TestAttackSlipAfterRekeyingAlone is the same where the school has no backup to restore from.
func TestAttackSlipAfterRekeyingAlone(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, slip := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	chosen := []byte("orange walrus telescope quietly")
	changePassphrase(t, m, slip, chosen)
	st := schooltest.Opened(t, s, m)
	if _, err := issue.Rekey(t.Context(), s, m, st, alice, nil); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if err := schooltest.Opens(m, stick.WithPassphrase(slip)); err == nil {
		t.Error("it opens with the slip")
	}
	if err := schooltest.Opens(m, stick.WithPassphrase(chosen)); err != nil {
		t.Errorf("with the chosen passphrase: %v", err)
	}
}
