//go:build unix

package stick_test

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
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
	useDrive(t, sc, d)
}

func useDrive(t *testing.T, sc *school, d stick.FS) {
	t.Helper()
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

// TestPipeInSource has pipes take the place of files that were found to be stored. Nothing
// waits for what may come out of them.
func TestPipeInSource(t *testing.T) {
	_, _, st := newStick(t)
	for name, size := range map[string]int{"small": 10_000, "large": 3 << 20} {
		dir := tree(t, map[string]string{"a": "first", "b": text(1, size), "c": "last"})
		found := must(stick.FindSources(t.Context(), []string{dir}))(t)
		pipe := filepath.Join(dir, "b")
		check(t, os.Remove(pipe))
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Skip(err)
		}
		r := must(st.PutFound(t.Context(), name, found, stick.PutOptions{}))(t)
		if len(r.Skipped) != 1 || r.Skipped[0].Path != pipe || !errors.Is(r.Skipped[0].Err, stick.ErrChanged) {
			t.Errorf("%s: left out: %v", name, r.Skipped)
		}
		if files := contents(t, st); files[path.Join(name, filepath.Base(dir), "c")] != "last" {
			t.Errorf("%s: %v", name, files)
		}
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

// measured is a drive that counts the bytes that are read from it.
type measured struct {
	stick.FS
	read atomic.Int64
}

func (m *measured) Open(name string) (stick.File, error) {
	f, err := m.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return measuredFile{f, m}, nil
}

type measuredFile struct {
	stick.File
	m *measured
}

func (f measuredFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.m.read.Add(int64(n))
	return n, err
}

func (f measuredFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(p, off)
	f.m.read.Add(int64(n))
	return n, err
}

// TestStickWithAbsurdFiles makes each file of a stick as large as no drive is, which takes no room as a
// sparse file. Whatever comes of it, little is read and kept of it.
func TestStickWithAbsurdFiles(t *testing.T) {
	sc, top, _ := trapStick(t)
	const mostRead, mostKept = 32 << 20, 128 << 20
	for _, name := range append(filesOf(t, top), "Stowage.exe", "stowage/checkpoint-b.note", "stowage/contents/00000009-0123abcd.age", "stowage/layers/00000009-0123abcd.age") {
		full := filepath.Join(top, filepath.FromSlash(name))
		good, err := os.ReadFile(full)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		check(t, os.WriteFile(full, good, 0o600))
		if err := os.Truncate(full, 1<<43); err != nil {
			t.Skip(err) // a file system that knows no sparse files
		}
		d := must(stick.NewDirFS(top))(t)
		m := &measured{FS: d}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		useDrive(t, sc, m)
		runtime.ReadMemStats(&after)
		if read := m.read.Load(); read > mostRead {
			t.Errorf("%s: %d MB were read", name, read>>20)
		}
		if kept := after.TotalAlloc - before.TotalAlloc; kept > mostKept {
			t.Errorf("%s: %d MB were taken", name, kept>>20)
		}
		check(t, d.Close())
		check(t, os.RemoveAll(full)) // a table that is none was removed
		if good != nil {
			check(t, os.WriteFile(full, good, 0o600))
		}
	}
}
