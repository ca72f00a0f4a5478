package filecrypt_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/smalldrive"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/schooltest"
)

// sealing encrypts for a person of a school; the key opens what it made.
func sealing(t *testing.T) (filecrypt.Encrypter, *keys.HolderKey) {
	t.Helper()
	s := schooltest.Ticking(t)
	id, passphrase := schooltest.Person(t, s, "Alice Jones")
	d := schooltest.Must(s.Directory())
	audiences, err := filecrypt.Audiences(d, []string{id})
	if err != nil {
		t.Fatal(err)
	}
	key, _, err := s.Register().CurrentKey(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	copies, err := keyfiles.FromFile(schooltest.Must(keyfiles.Path(s, key)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := copies.Unlock([]byte("not the one")); !errors.Is(err, keys.ErrPassphrase) {
		t.Errorf("a wrong passphrase: %v", err)
	}
	k, err := copies.Unlock(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Wipe)
	return filecrypt.Encrypter{Audiences: audiences, Policy: d.Policy}, k
}

func TestSealAndUnseal(t *testing.T) {
	seal, k := sealing(t)
	dir, out := t.TempDir(), t.TempDir()
	letter, photos := filepath.Join(dir, "letter.v2.txt"), filepath.Join(dir, "photos")
	schooltest.Write(t, letter, []byte("Dear Alice"))
	if err := os.MkdirAll(filepath.Join(photos, "2026"), 0o700); err != nil {
		t.Fatal(err)
	}
	schooltest.Write(t, filepath.Join(photos, "2026", "trip.jpg"), []byte("a trip"))
	link := filepath.Join(photos, "link")
	if err := os.Symlink("/etc/passwd", link); err != nil {
		t.Skip(err)
	}
	info, err := os.Lstat(link)
	isLink := err == nil && info.Mode()&os.ModeSymlink != 0 // Wine says that it made one, and shows none
	sealed := map[string]string{}
	for _, path := range []string{letter, photos} {
		made, skipped, err := seal.Encrypt(t.Context(), path)
		if err != nil || len(made) != 1 {
			t.Fatal(made, err)
		}
		if (len(skipped) == 1) != (path == photos && isLink) {
			t.Errorf("%s: skipped %v", path, skipped)
		}
		sealed[path] = made[0].Path
	}
	open := filecrypt.Decrypter{Identities: []age.Identity{k.Identity()}, OutDir: out, Unpack: true}
	for path, want := range map[string]string{sealed[letter]: "letter.v2.txt", sealed[photos]: "photos"} {
		if got, err := open.Decrypt(t.Context(), path); err != nil || got != filepath.Join(out, want) {
			t.Errorf("%s: %s, %v", path, got, err)
		}
	}
	if content, _ := os.ReadFile(filepath.Join(out, "photos", "2026", "trip.jpg")); string(content) != "a trip" {
		t.Errorf("got %q", content)
	}
}

func TestWhatIsThereAlready(t *testing.T) {
	seal, k := sealing(t)
	dir := t.TempDir()
	letter := filepath.Join(dir, "letter.v2.txt")
	schooltest.Write(t, letter, []byte("Dear Alice"))
	if _, _, err := seal.Encrypt(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	if taken := seal.Conflicts([]string{filepath.Join(dir, "gone.txt"), letter}); len(taken) != 1 {
		t.Errorf("in the way: %v", taken)
	}
	wrong, ok := errors.AsType[*filecrypt.FileError](second(seal.Encrypt(t.Context(), letter)))
	if !ok || wrong.Path != letter+".age" || !errors.Is(wrong, safefile.ErrExists) {
		t.Errorf("refused with %v", wrong)
	}
	seal.Taken = filecrypt.ConflictReplace
	if err := second(seal.Encrypt(t.Context(), letter)); err != nil {
		t.Error(err)
	}
	seal.Taken = filecrypt.ConflictKeepBoth
	for _, want := range []string{"letter (2).v2.txt.age", "letter (3).v2.txt.age"} {
		if made, _, err := seal.Encrypt(t.Context(), letter); err != nil || made[0].Path != filepath.Join(dir, want) {
			t.Errorf("%v, %v; want %s", made, err, want)
		}
	}
	open := filecrypt.Decrypter{Identities: []age.Identity{k.Identity()}}
	if _, err := open.Decrypt(t.Context(), letter+".age"); !errors.Is(err, safefile.ErrExists) {
		t.Errorf("unsealed over the original: %v", err)
	}
	open.Taken = filecrypt.ConflictKeepBoth
	if got, err := open.Decrypt(t.Context(), letter+".age"); err != nil || got != filepath.Join(dir, "letter (2).v2.txt") {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := open.Decrypt(t.Context(), letter); !errors.Is(err, filecrypt.ErrNotEncrypted) {
		t.Errorf("a plain file: %v", err)
	}
}

func TestKeysThatAreNone(t *testing.T) {
	big := filepath.Join(t.TempDir(), "big.age")
	schooltest.Write(t, big, make([]byte, 2<<20))
	if _, err := keyfiles.FromFile(big); !errors.Is(err, keys.ErrDamagedKey) {
		t.Errorf("a large file: %v", err)
	}
	if _, err := keyfiles.FromStick(sticktest.New()); !errors.Is(err, stick.ErrNotStick) {
		t.Errorf("no stick: %v", err)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if plain := (keyfiles.Copies{[]byte("\ufeff# pasted in Notepad\r\n" + id.String() + "\r\n")}).Plain(); len(plain) != 1 {
		t.Errorf("a plain identity with a mark: %v", plain)
	}
	if (keyfiles.Copies{[]byte("age-encryption.org/v1\n")}).Plain() != nil {
		t.Error("a sealed file is no plain key")
	}
}

func second(_ []filecrypt.Encrypted, _ []string, err error) error { return err }

// TestTwoOfOneNameInOneRun seals and unseals files that their folder, or a drive that knows no
// case, cannot tell apart, with everything to be replaced: what a run made stays.
func TestTwoOfOneNameInOneRun(t *testing.T) {
	for name, c := range map[string]struct {
		folder        func(testing.TB) string
		first, second string
	}{
		"the same name":  {func(t testing.TB) string { return t.TempDir() }, "plan.txt", "plan.txt"},
		"in case, exFAT": {smalldrive.Exfat, "Plan.txt", "plan.txt"},
	} {
		t.Run(name, func(t *testing.T) {
			seal, k := sealing(t)
			out, from := c.folder(t), []string{filepath.Join(t.TempDir(), c.first), filepath.Join(t.TempDir(), c.second)}
			for i, path := range from {
				schooltest.Write(t, path, []byte{'1' + byte(i)})
			}
			seal.OutDir, seal.Taken, seal.Made = out, filecrypt.ConflictReplace, &filecrypt.Made{}
			open := filecrypt.Decrypter{Identities: []age.Identity{k.Identity()}, OutDir: out, Taken: filecrypt.ConflictReplace, Made: &filecrypt.Made{}}
			var sealed []string
			for _, path := range from {
				made, _, err := seal.Encrypt(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				sealed = append(sealed, made[0].Path)
			}
			for i, path := range sealed {
				back, err := open.Decrypt(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				if content, err := os.ReadFile(back); err != nil || string(content) != string('1'+byte(i)) {
					t.Errorf("%s holds %q (%v)", back, content, err)
				}
			}
			if all, err := os.ReadDir(out); err != nil || len(all) != 4 {
				t.Errorf("%v, %v", all, err)
			}
		})
	}
}

// TestAnotherCaseIsReplaced: a file whose name differs in case alone from what the run made is
// another one, where the drive tells them apart, and is replaced as was asked for.
func TestAnotherCaseIsReplaced(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("names are told apart by case under Linux")
	}
	seal, _ := sealing(t)
	out, dir := t.TempDir(), t.TempDir()
	schooltest.Write(t, filepath.Join(out, "plan.txt.age"), []byte("old"))
	seal.OutDir, seal.Taken, seal.Made = out, filecrypt.ConflictReplace, &filecrypt.Made{}
	for _, name := range []string{"Plan.txt", "plan.txt"} {
		schooltest.Write(t, filepath.Join(dir, name), []byte(name))
		if _, _, err := seal.Encrypt(t.Context(), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	all, err := os.ReadDir(out)
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	if content, err := os.ReadFile(filepath.Join(out, "plan.txt.age")); err != nil || string(content) == "old" {
		t.Errorf("%q, %v", content, err)
	}
}
