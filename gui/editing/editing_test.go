package editing_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/gui/editing"
)

var start = time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)

// newStick issues a stick and opens it.
func newStick(t *testing.T, o stick.OpenOptions) (*stick.Stick, *sticktest.Mem) {
	t.Helper()
	policy := keys.DefaultPolicy()
	policy.WorkFactor = keystest.WorkFactor()
	a, err := keys.NewAuthority("Hill Road Primary", start)
	check(t, err)
	k, err := keys.NewHolderKey(a.School(), a.Verifier(), keys.Holder{ID: "h-1", Name: "Alex"}, keys.Hybrid, start)
	check(t, err)
	k.Chosen(start)
	m := sticktest.New()
	_, err = stick.Issue(t.Context(), m, stick.IssueOptions{
		School: a, Recovery: a.RecoveryRecipients(), Label: "HRP-0042", Policy: policy, Holders: []string{k.Recipient()},
	})
	check(t, err)
	s, err := stick.Open(t.Context(), m, stick.WithHolderKey(k), stick.OpenOptions{})
	check(t, err)
	for name, text := range map[string]string{"plan.txt": "Monday", "2026/report.odt": "first words"} {
		_, err = s.PutReader(t.Context(), name, strings.NewReader(text), start, stick.PutOptions{})
		check(t, err)
	}
	if o.ReadOnly {
		check(t, s.Close())
		s, err = stick.Open(t.Context(), m, stick.WithHolderKey(k), o)
		check(t, err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, m
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newFolder(t *testing.T, s *stick.Stick) (*editing.Folder, string) {
	t.Helper()
	base := filepath.Join(t.TempDir(), "opened")
	f, err := editing.New(base, s)
	check(t, err)
	t.Cleanup(func() { _, _ = f.Close() })
	return f, base
}

// write does what a program does that saves a file: a new one takes the old one's place.
func write(t *testing.T, local, text string) {
	t.Helper()
	check(t, os.WriteFile(local+".tmp", []byte(text), 0o600))
	check(t, os.Rename(local+".tmp", local))
}

func content(t *testing.T, s *stick.Stick, name string) string {
	t.Helper()
	r, err := s.OpenFile(name)
	check(t, err)
	defer r.Close()
	data, err := io.ReadAll(r)
	check(t, err)
	return string(data)
}

// later is a moment at which what was written now has been left alone long enough.
func later() time.Time { return time.Now().Add(time.Minute) }

func TestOpenedFilesArePrivateAndWiped(t *testing.T) {
	s, _ := newStick(t, stick.OpenOptions{})
	f, base := newFolder(t, s)
	local, err := f.Open(t.Context(), "2026/report.odt", nil)
	check(t, err)
	if data, err := os.ReadFile(local); err != nil || string(data) != "first words" {
		t.Errorf("the file holds %q, %v", data, err)
	}
	if filepath.Base(local) != "report.odt" {
		t.Errorf("it is called %s", local)
	}
	again, err := f.Open(t.Context(), "2026/report.odt", nil)
	if check(t, err); again != local {
		t.Errorf("opened again it is %s, was %s", again, local)
	}
	if runtime.GOOS != "windows" {
		for p := filepath.Dir(local); p != filepath.Dir(base); p = filepath.Dir(p) {
			if info, err := os.Stat(p); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("%s: %v, %v", p, info.Mode(), err)
			}
		}
		if info, err := os.Stat(local); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
	left, err := f.Close()
	if err != nil || len(left) > 0 {
		t.Errorf("closed with %v, %v", left, err)
	}
	if entries, err := os.ReadDir(base); err != nil || len(entries) > 0 {
		t.Errorf("after closing there is %v, %v", entries, err)
	}
	if _, err := f.Open(t.Context(), "plan.txt", nil); !errors.Is(err, editing.ErrClosed) {
		t.Errorf("opening in a closed folder: %v", err)
	}
}

func TestWhatIsWrittenIsStored(t *testing.T) {
	s, _ := newStick(t, stick.OpenOptions{})
	f, _ := newFolder(t, s)
	local, err := f.Open(t.Context(), "2026/report.odt", nil)
	check(t, err)
	if f.Changed(later()) {
		t.Error("an untouched file counts as changed")
	}
	write(t, local, "second words")
	if f.Changed(time.Now()) {
		t.Error("a file is stored while it may still be written")
	}
	if !f.Changed(later()) || !f.Files()[0].Changed {
		t.Error("a written file does not count as changed")
	}
	saved, err := f.Save(t.Context(), later(), false, nil)
	check(t, err)
	if len(saved.Stored) != 1 || saved.Stored[0] != "2026/report.odt" || len(saved.Failed) > 0 {
		t.Errorf("saved %+v", saved)
	}
	if got := content(t, s, "2026/report.odt"); got != "second words" {
		t.Errorf("the stick has %q", got)
	}
	if versions, err := s.Versions("2026/report.odt"); err != nil || len(versions) != 2 {
		t.Errorf("versions: %v, %v", versions, err)
	}
	if f.Changed(later()) {
		t.Error("a stored file still counts as changed")
	}
	check(t, os.Chtimes(local, time.Time{}, time.Now().Add(-time.Hour))) // touched, not changed
	if saved, err := f.Save(t.Context(), later(), true, nil); err != nil || len(saved.Stored) > 0 {
		t.Errorf("a file whose time alone changed was stored: %+v, %v", saved, err)
	}
}

func TestSaveAsBesideTheFileIsStoredToo(t *testing.T) {
	s, _ := newStick(t, stick.OpenOptions{})
	f, _ := newFolder(t, s)
	local, err := f.Open(t.Context(), "2026/report.odt", nil)
	check(t, err)
	dir := filepath.Dir(local)
	for name, text := range map[string]string{"report final.odt": "final", "~$report.odt": "lock", ".~lock.report.odt#": "lock", "report.odt.tmp": "half"} {
		check(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	if !f.Files()[0].InUse {
		t.Error("the mark of an office program is not seen")
	}
	saved, err := f.Save(t.Context(), later(), true, nil)
	if check(t, err); len(saved.Stored) != 1 || saved.Stored[0] != "2026/report final.odt" {
		t.Errorf("saved %+v", saved)
	}
	if saved, err := f.Save(t.Context(), later(), true, nil); err != nil || len(saved.Stored) > 0 {
		t.Errorf("stored again: %+v, %v", saved, err)
	}
}

func TestFilesFollowRenames(t *testing.T) {
	s, _ := newStick(t, stick.OpenOptions{})
	f, _ := newFolder(t, s)
	local, err := f.Open(t.Context(), "2026/report.odt", nil)
	check(t, err)
	check(t, s.Rename(t.Context(), "2026", "2027"))
	f.Moved("2026", "2027")
	write(t, local, "next year")
	saved, err := f.Save(t.Context(), later(), true, nil)
	if check(t, err); len(saved.Stored) != 1 || content(t, s, "2027/report.odt") != "next year" {
		t.Errorf("saved %+v", saved)
	}
}

func TestAPulledStickKeepsWhatWasWritten(t *testing.T) {
	s, m := newStick(t, stick.OpenOptions{})
	f, _ := newFolder(t, s)
	local, err := f.Open(t.Context(), "plan.txt", nil)
	check(t, err)
	write(t, local, "Tuesday")
	m.SetGone(true)
	saved, err := f.Save(t.Context(), later(), true, nil)
	if !errors.Is(err, stick.ErrGone) || len(saved.Failed) != 1 {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	if file := f.Files()[0]; !file.Changed || !errors.Is(file.Err, stick.ErrGone) {
		t.Errorf("the file is told as %+v", file)
	}
	if data, err := os.ReadFile(local); err != nil || string(data) != "Tuesday" {
		t.Errorf("the private copy: %q, %v", data, err)
	}
}

func TestCancelledOpenLeavesNothing(t *testing.T) {
	s, _ := newStick(t, stick.OpenOptions{})
	f, _ := newFolder(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Open(ctx, "plan.txt", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("opened with %v", err)
	}
	if len(f.Files()) > 0 {
		t.Errorf("files: %v", f.Files())
	}
	if found, err := filepath.Glob(filepath.Join(f.Dir(), "*", "*")); err != nil || len(found) > 0 {
		t.Errorf("left: %v, %v", found, err)
	}
}

func TestReadOnlySticksGiveReadOnlyFiles(t *testing.T) {
	s, _ := newStick(t, stick.OpenOptions{ReadOnly: true})
	f, _ := newFolder(t, s)
	local, err := f.Open(t.Context(), "plan.txt", nil)
	check(t, err)
	if info, err := os.Stat(local); err != nil || info.Mode().Perm()&0o200 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestLeftoversOfACrashAreWiped(t *testing.T) {
	s, _ := newStick(t, stick.OpenOptions{})
	f, base := newFolder(t, s)
	mine, err := f.Open(t.Context(), "plan.txt", nil)
	check(t, err)
	crashed := filepath.Join(base, "CRASHED", "1")
	check(t, os.MkdirAll(crashed, 0o700))
	check(t, os.WriteFile(filepath.Join(filepath.Dir(crashed), "in-use"), nil, 0o600))
	check(t, os.WriteFile(filepath.Join(crashed, "secret.txt"), []byte("secret"), 0o400))
	wiped, err := editing.WipeLeftovers(base)
	if err != nil || wiped != 1 {
		t.Errorf("wiped %d, %v", wiped, err)
	}
	if _, err := os.Stat(filepath.Dir(crashed)); !os.IsNotExist(err) {
		t.Errorf("the folder of the crash is there: %v", err)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Errorf("the folder in use was wiped: %v", err)
	}
	if wiped, err := editing.WipeLeftovers(filepath.Join(base, "none")); err != nil || wiped != 0 {
		t.Errorf("without a folder: %d, %v", wiped, err)
	}
}

// TestLinksInThePrivateFolder puts links in the place of what lies opened: nothing outside is
// stored on the stick, and nothing there is overwritten when the folder is wiped.
func TestLinksInThePrivateFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege")
	}
	s, _ := newStick(t, stick.OpenOptions{})
	f, base := newFolder(t, s)
	local, err := f.Open(t.Context(), "plan.txt", nil)
	check(t, err)
	outside := t.TempDir()
	other := filepath.Join(outside, "other")
	write(t, other, "of the computer")
	before := content(t, s, "plan.txt")
	check(t, os.Remove(local))
	check(t, os.Symlink(other, local))
	check(t, os.Symlink(outside, filepath.Join(base, "link")))
	_, _ = f.Save(t.Context(), later(), true, nil)
	if after := content(t, s, "plan.txt"); after != before {
		t.Errorf("stored through a link: %q", after)
	}
	_, _ = f.Close()
	_, err = editing.WipeLeftovers(base)
	check(t, err)
	if text, err := os.ReadFile(other); err != nil || string(text) != "of the computer" {
		t.Errorf("outside is now %q, %v", text, err)
	}
}

func TestWhatNoProgramOpenedIsWiped(t *testing.T) {
	s, _ := newStick(t, stick.OpenOptions{})
	f, _ := newFolder(t, s)
	plan, err := f.Open(t.Context(), "plan.txt", nil)
	check(t, err)
	report, err := f.Open(t.Context(), "2026/report.odt", nil)
	check(t, err)
	write(t, report, "longer last words")
	for _, name := range []string{"plan.txt", "2026/report.odt", "never opened.txt"} {
		check(t, f.Discard(name))
	}
	if _, err := os.Stat(plan); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	if files := f.Files(); len(files) != 1 || files[0].Path != "2026/report.odt" || !files[0].Changed {
		t.Errorf("what a program wrote is not kept: %+v", files)
	}
}
