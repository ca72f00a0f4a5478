//go:build unix

package editing_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/gui/editing"
)

// The program that TestKilledWhileEditing runs: it opens a file for editing and then
// waits to be killed.
const crashBase = "EDITING_TEST_BASE"

const canary = "CANARY-edited-5be1c09d"

// search names the files below a folder that hold the canary.
func search(t *testing.T, folder string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(p)
		if bytes.Contains(data, []byte(canary)) {
			found = append(found, p)
		}
		return err
	})
	check(t, err)
	return found
}

// TestKilledWhileEditing kills a program that has a decrypted file open for others:
// the file lies in the private folder and nowhere else, and the next start removes it.
func TestKilledWhileEditing(t *testing.T) {
	if base := os.Getenv(crashBase); base != "" {
		s, _ := newStick(t, stick.OpenOptions{})
		_, err := s.PutReader(t.Context(), "canary.txt", strings.NewReader(strings.Repeat(canary+"\n", 1000)), start, stick.PutOptions{})
		check(t, err)
		f, err := editing.New(base, s)
		check(t, err)
		local, err := f.Open(t.Context(), "canary.txt", nil)
		check(t, err)
		fmt.Println("opened", local)
		select {}
	}
	home := t.TempDir()
	base := filepath.Join(home, "cache", "opened")
	self, err := os.Executable()
	check(t, err)
	cmd := exec.Command(self, "-test.run", "^TestKilledWhileEditing$")
	cmd.Env = append(os.Environ(), crashBase+"="+base, "HOME="+home, "TMPDIR="+home)
	out, err := cmd.StdoutPipe()
	check(t, err)
	var said bytes.Buffer
	cmd.Stderr = &said
	check(t, cmd.Start())
	lines := bufio.NewScanner(out)
	local := ""
	for local == "" && lines.Scan() {
		_, local, _ = strings.Cut(lines.Text(), "opened ")
	}
	check(t, cmd.Process.Kill())
	_ = cmd.Wait()
	if local == "" {
		t.Fatalf("it opened nothing: %s", said.Bytes())
	}
	if got := search(t, home); len(got) != 1 || got[0] != local || !strings.HasPrefix(local, base) {
		t.Errorf("after the crash the text is in %q", got)
	}
	for p := local; p != filepath.Dir(base); p = filepath.Dir(p) {
		info, err := os.Stat(p)
		check(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", p, info.Mode())
		}
	}
	if wiped, err := editing.WipeLeftovers(base); err != nil || wiped != 1 {
		t.Errorf("the next start wiped %d, %v", wiped, err)
	}
	if got := search(t, home); len(got) > 0 || bytes.Contains(said.Bytes(), []byte(canary)) {
		t.Errorf("after the next start the text is in %q, and it said %q", got, said.Bytes())
	}
}

// FuzzOpenNames opens files of any name for editing: the decrypted file lies in the
// private folder, and Close takes it away.
func FuzzOpenNames(f *testing.F) {
	for _, name := range []string{"a.txt", "con", "a/b/../c", "café", "cafe\u0301", "x:y", "trailing. ", ".hidden", "in-use", strings.Repeat("é", 127), "a\nb", "\u202efdp.exe"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if stick.CheckPath(name) != nil {
			return
		}
		s, _ := newStick(t, stick.OpenOptions{})
		if _, err := s.PutReader(t.Context(), name, strings.NewReader(canary), start, stick.PutOptions{}); err != nil {
			return // plan.txt is a file, so nothing goes below it
		}
		home := t.TempDir()
		base := filepath.Join(home, "opened")
		folder, err := editing.New(base, s)
		check(t, err)
		local, err := folder.Open(t.Context(), name, nil)
		if err == nil {
			if got := search(t, home); len(got) != 1 || got[0] != local || filepath.Dir(filepath.Dir(local)) != folder.Dir() {
				t.Errorf("%q lies at %q", name, got)
			}
		}
		if left, err := folder.Close(); err != nil || len(left) > 0 {
			t.Errorf("%q: left %q, %v", name, left, err)
		}
		if got := search(t, home); len(got) > 0 {
			t.Errorf("%q: left %q", name, got)
		}
	})
}
