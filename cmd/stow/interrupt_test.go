//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"stowage/gui/explain"
)

// stow runs the program as a process of its own, by way of this test binary.
func stow(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("stow", args...) // testscript.Main puts it on the path
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir+"/config")
	return cmd
}

// mustRun runs stow to its end.
func mustRun(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := stow(t, dir, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("stow %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// write writes a small private file and returns its path.
func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// week is a folder with a school in it, and a stick of Alice's.
func week(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "auth.txt", authorityPassphrase+"\n")
	write(t, dir, "alice.txt", alicePassphrase+"\n")
	mustRun(t, dir, "school", "init", "hill", "--name", "Hill Road", "--passphrase-file", "auth.txt", "--set-default")
	mustRun(t, dir, "holder", "add", "--name", "Alice Jones", "--email", "alice@hill.example")
	mustRun(t, dir, "key", "issue", "alice", "--passphrase-file", "auth.txt", "--passphrase-out", "slip.txt")
	if err := os.Mkdir(filepath.Join(dir, "stick"), 0o700); err != nil {
		t.Fatal(err)
	}
	mustRun(t, dir, "stick", "issue", "stick", "--folder", "--to", "alice", "--label", "HRP-1", "--passphrase-file", "auth.txt")
	mustRun(t, dir, "stick", "passphrase", "stick", "--passphrase-file", "slip.txt", "--new-passphrase-file", "alice.txt")
	mustRun(t, dir, "directory", "verify") // which is remembered
	return dir
}

// interrupted runs stow with standard input that never ends, sends Ctrl-C once
// it has taken in so much that it is in the middle of its work, and checks how
// it ends.
func interrupted(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := stow(t, dir, args...)
	var errors bytes.Buffer
	cmd.Stderr = &errors
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// A pipe holds 64 KiB: when this has been written, most of it was read.
	if _, err := io.CopyN(in, zeros{}, 20<<20); err != nil {
		t.Fatalf("%v\n%s", err, errors.Bytes())
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != int(explain.Cancelled) {
		t.Errorf("it ended with %d (%v), wanted %d\n%s", code, err, explain.Cancelled, errors.Bytes())
	}
	if !bytes.Contains(errors.Bytes(), []byte("Stopped")) {
		t.Errorf("it said %q", errors.Bytes())
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// leftovers are the files below dir, to be compared.
func leftovers(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	files := map[string]int64{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			files[path] = info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// same compares what is below dir with what was.
func same(t *testing.T, dir string, before map[string]int64) {
	t.Helper()
	after := leftovers(t, dir)
	for path, size := range after {
		if old, ok := before[path]; !ok || old != size {
			t.Errorf("left behind or changed: %s (%d bytes, was %d)", path, size, old)
		}
	}
	for path := range before {
		if _, ok := after[path]; !ok {
			t.Errorf("gone: %s", path)
		}
	}
}

func TestInterruptedPut(t *testing.T) {
	dir := week(t)
	tmp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", tmp)
	mustRun(t, dir, "stick", "put", "stick", "slip.txt", "--passphrase-file", "alice.txt")
	before := leftovers(t, dir)
	interrupted(t, dir, "stick", "put", "stick", "-", "--as", "big.bin", "--passphrase-file", "alice.txt")
	same(t, dir, before)
	mustRun(t, dir, "stick", "check", "stick", "--passphrase-file", "alice.txt")
	mustRun(t, dir, "stick", "put", "stick", "auth.txt", "--passphrase-file", "alice.txt")
}

// sparse makes a large file of zeros that takes no space.
func sparse(t *testing.T, dir string, size int64) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "big.bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
}

// interruptedWhen sends Ctrl-C once something new has appeared in a folder, and
// checks how stow ends.
func interruptedWhen(t *testing.T, dir, folder string, args ...string) {
	t.Helper()
	before := len(leftovers(t, folder))
	cmd := stow(t, dir, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for len(leftovers(t, folder)) == before {
		select {
		case err := <-ended:
			t.Fatalf("it ended before it began: %v", err)
		default:
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-ended
	if code := cmd.ProcessState.ExitCode(); code != int(explain.Cancelled) {
		t.Errorf("it ended with %d, wanted %d", code, explain.Cancelled)
	}
}

func TestInterruptedPutFile(t *testing.T) {
	dir := week(t)
	sparse(t, dir, 2<<30)
	mustRun(t, dir, "stick", "put", "stick", "slip.txt", "--passphrase-file", "alice.txt")
	before := leftovers(t, dir)
	interruptedWhen(t, dir, filepath.Join(dir, "stick/stowage/layers"), "stick", "put", "stick", "big.bin", "--passphrase-file", "alice.txt")
	same(t, dir, before)
	mustRun(t, dir, "stick", "check", "stick", "--passphrase-file", "alice.txt")
}

func TestInterruptedEncrypt(t *testing.T) {
	dir := week(t)
	sparse(t, dir, 64<<30) // minutes of work
	out := filepath.Join(dir, "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	interruptedWhen(t, dir, out, "encrypt", "--to", "alice@hill.example", "--out-dir", "out", "big.bin")
	if files := leftovers(t, out); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}

func TestInterruptedStream(t *testing.T) {
	dir := week(t)
	before := leftovers(t, dir)
	interrupted(t, dir, "encrypt", "--to", "alice@hill.example", "-")
	same(t, dir, before)
}
