//go:build unix

package stick_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"stowage/crypt/stick"
)

// secret is what a hostile stick would like to have read from the computer.
const secret = "the computer's own secret"

// trapStick is a stick in a folder of the computer, of which everything can be replaced,
// and a folder outside it with a secret in a file.
func trapStick(t *testing.T) (sc *school, top, outside string) {
	t.Helper()
	sc = newSchool(t, "Example School")
	top, outside = t.TempDir(), t.TempDir()
	d := must(stick.NewDirFS(top))(t)
	defer d.Close()
	sc.issue(t, d)
	check(t, stick.PutCheckpoint(d, must(sc.authority.Sign("a checkpoint\n"))(t)))
	check(t, stick.PutDirectory(d, []byte("sealed")))
	s := sc.open(t, d)
	put(t, s, map[string]string{"a": "first"})
	put(t, s, map[string]string{"b": "second"})
	check(t, s.Close())
	check(t, os.WriteFile(filepath.Join(outside, "id_ed25519"), []byte(secret), 0o600))
	return sc, top, outside
}

// filesOf are all files below a folder.
func filesOf(t *testing.T, top string) []string {
	t.Helper()
	var names []string
	for name := range readTree(t, top) {
		if !strings.HasSuffix(name, "/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// useAll does with a drive all that reads from it, whatever comes of it.
func useAll(t *testing.T, sc *school, top string) {
	t.Helper()
	d := must(stick.NewDirFS(top))(t)
	defer d.Close()
	_, _ = stick.Inspect(d, sc.authority.Verifier())
	_, _ = stick.HolderKeys(d)
	_, _ = stick.Checkpoints(d)
	_, _ = stick.Directories(d)
	_, _ = stick.Scan(t.Context(), d, nil)
	_, _ = stick.CheckPrograms(t.Context(), d, stick.Note{}, nil)
	copies := t.TempDir()
	if to, err := stick.NewBackupDir(copies, "backup", true); err == nil {
		_, _ = stick.Backup(t.Context(), d, to, stick.BackupOptions{Verifier: sc.authority.Verifier(), Clock: clock})
		check(t, to.Close())
	}
	for _, readOnly := range []bool{true, false} {
		s, err := stick.Open(t.Context(), d, stick.WithHolderKey(sc.holder), stick.OpenOptions{ReadOnly: readOnly, Clock: clock})
		if err != nil {
			continue
		}
		_, _ = s.Check(t.Context(), nil)
		_, _ = s.Convert(t.Context(), stick.ConvertOptions{})
		_, _ = s.Get(t.Context(), nil, copies, stick.GetOptions{})
		for name, content := range must(readableOn(s))(t) {
			if strings.Contains(content, secret) {
				t.Errorf("%s on the stick is now the computer's own file", name)
			}
		}
		check(t, s.Close())
	}
	for name, content := range readTree(t, copies) {
		if strings.Contains(content, secret) {
			t.Errorf("%s is now a copy of the computer's own file", name)
		}
	}
}

// TestStickWithPipes has a pipe in the place of each file of a stick in turn. Nothing waits for it.
func TestStickWithPipes(t *testing.T) {
	sc, top, _ := trapStick(t)
	for _, name := range append(filesOf(t, top), "stowage/lock", "plain") {
		full := filepath.Join(top, filepath.FromSlash(name))
		good, err := os.ReadFile(full)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		_ = os.Remove(full)
		if err := syscall.Mkfifo(full, 0o600); err != nil {
			t.Skip(err)
		}
		useAll(t, sc, top)
		_ = os.Remove(full)
		check(t, os.WriteFile(full, good, 0o600))
	}
}

// TestStickWithLinks has a link out of the stick in the place of each file and folder in
// turn. Nothing is read through it, and nothing is written or removed there.
func TestStickWithLinks(t *testing.T) {
	sc, top, outside := trapStick(t)
	names := slices.Concat(filesOf(t, top), []string{"plain", "stowage/keys", "stowage/layers", "stowage/contents", "stowage/settings", "stowage/programs"})
	for _, name := range names {
		full := filepath.Join(top, filepath.FromSlash(name))
		if err := os.Rename(full, full+".away"); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		target := outside
		if !strings.Contains(name, "stowage/") || filepath.Ext(name) != "" {
			target = filepath.Join(outside, "id_ed25519")
		}
		check(t, os.Symlink(target, full))
		useAll(t, sc, top)
		wantTree(t, readTree(t, outside), map[string]string{"id_ed25519": secret})
		check(t, os.RemoveAll(full))
		if err := os.Rename(full+".away", full); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// TestBackupFolderSwapped has a link in the place of a stick's backup, as anybody can put
// there who backs up to the same folder.
func TestBackupFolderSwapped(t *testing.T) {
	all, outside := t.TempDir(), t.TempDir()
	check(t, os.Symlink(outside, filepath.Join(all, "backup")))
	for _, create := range []bool{false, true} {
		if d, err := stick.NewBackupDir(all, "backup", create); !errors.Is(err, stick.ErrSpecial) {
			t.Errorf("create %v: %v", create, err)
			_ = d.Close()
		}
	}
	if d, err := stick.NewBackupDir(all, "none", false); !errors.Is(err, stick.ErrNoBackup) {
		t.Errorf("none there: %v", err)
		_ = d.Close()
	}
}
