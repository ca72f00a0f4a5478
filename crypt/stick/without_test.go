//go:build unix

package stick_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"

	"stowage/crypt/longtest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// commands are the code blocks of a language on the page "Without Stowage".
func commands(t *testing.T, language string) []string {
	t.Helper()
	page := string(must(os.ReadFile("FORMAT.md"))(t))
	_, page, ok := strings.Cut(page, "\n## Without Stowage\n")
	if !ok {
		t.Fatal("the page is gone")
	}
	var blocks []string
	for {
		_, rest, ok := strings.Cut(page, "\n```"+language+"\n")
		if !ok {
			return blocks
		}
		block, after, _ := strings.Cut(rest, "\n```\n")
		blocks, page = append(blocks, block), after
	}
}

// allTools makes tests fail that would skip for want of a tool: for CI.
var allTools = longtest.Bool("all-tools", "fail, rather than skip, where a tool of FORMAT.md's tests is missing")

// lacks skips a test for want of a tool, or fails it where all must be there.
func lacks(t *testing.T, why string) {
	t.Helper()
	if *allTools {
		t.Fatal(why)
	}
	t.Skip(why)
}

// stockTools builds stock age and returns a PATH with it, or skips the test
// where the other tools of the page are missing.
func stockTools(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"bash", "tar", "find", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			lacks(t, tool+" is not installed")
		}
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "filippo.io/age/cmd/age")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build stock age: %v\n%s", err, out)
	}
	return bin + string(filepath.ListSeparator) + os.Getenv("PATH")
}

// identityOf asks stock age for the identity of a stick, as the page says, and returns the environment for
// what follows, with the folder that holds stick.key as its home.
func identityOf(t *testing.T, path, drive string, phrase []byte) (env []string, home string) {
	t.Helper()
	return identityFrom(t, path, drive, keyFilesThere(drive, commands(t, "sh")[0]), phrase)
}

// identityFrom is identityOf with a command in which the page's advice on other key files was followed.
func identityFrom(t *testing.T, path, drive, command string, phrase []byte) (env []string, home string) {
	t.Helper()
	home = t.TempDir()
	env = []string{"PATH=" + path, "HOME=" + home, "LC_ALL=C.UTF-8", "TMPDIR=" + t.TempDir()}
	unlock := exec.Command("sh", "-c", command)
	unlock.Dir, unlock.Env = drive, env
	terminal := must(pty.Start(unlock))(t)
	defer terminal.Close()
	var said bytes.Buffer
	prompted := make(chan struct{})
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&promptWatcher{w: &said, seen: prompted}, terminal)
	}()
	select {
	case <-prompted:
		fmt.Fprintf(terminal, "%s\n", phrase)
	case <-read:
	}
	err := unlock.Wait()
	<-read
	if err != nil {
		t.Fatalf("age: %v\n%s", err, said.String())
	}
	if info := must(os.Stat(filepath.Join(home, "stick.key")))(t); info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the key: %v", info.Mode())
	}
	return env, home
}

// keyFilesThere puts those names of key files into the page's command that the stick has, as the page tells its reader to.
func keyFilesThere(drive, command string) string {
	for _, other := range []string{"holder-b.age", "stick-x25519-a.age", "stick-x25519-b.age", "stick-hybrid-b.age"} {
		if _, err := os.Stat(filepath.Join(drive, "stowage/keys", other)); err == nil {
			usual := "stick-hybrid-a.age"
			if strings.HasPrefix(other, "holder") {
				usual = "holder-a.age"
			}
			if _, err := os.Stat(filepath.Join(drive, "stowage/keys", usual)); err != nil {
				command = strings.Replace(command, usual, other, 1)
			}
		}
	}
	return command
}

// withoutStowage follows the page in the folder of a stick and returns what it
// restores.
func withoutStowage(t *testing.T, path, drive string) map[string]string {
	t.Helper()
	env, home := identityOf(t, path, drive, passphrase)
	extract := exec.Command("bash", "-c", commands(t, "bash")[0])
	extract.Dir, extract.Env = drive, env
	out, err := extract.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Fatalf("extract: %v\n%s", err, out)
	}
	if left := must(os.ReadDir(strings.TrimPrefix(env[3], "TMPDIR=")))(t); len(left) > 0 {
		t.Errorf("%d temporary files are left", len(left))
	}
	return readTree(t, filepath.Join(home, "restored"))
}

// promptWatcher notices that the passphrase is asked for.
type promptWatcher struct {
	w    *bytes.Buffer
	seen chan struct{}
}

func (p *promptWatcher) Write(b []byte) (int, error) {
	p.w.Write(b)
	if p.seen != nil && bytes.Contains(p.w.Bytes(), []byte("passphrase")) {
		close(p.seen)
		p.seen = nil
	}
	return len(b), nil
}

// onDisk copies a drive in memory to a folder.
func onDisk(t *testing.T, m *sticktest.Mem) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range m.Files() {
		full := filepath.Join(dir, filepath.FromSlash(name))
		check(t, os.MkdirAll(filepath.Dir(full), 0o700))
		check(t, os.WriteFile(full, m.ReadFile(name), 0o600))
	}
	return dir
}

// TestWithoutStowage follows the page of that name, as written, on a stick with
// everything that a stick can have.
func TestWithoutStowage(t *testing.T) {
	path := stockTools(t)
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	sc.issue(t, m)
	st := sc.openWith(t, m, stick.OpenOptions{PartSize: 64 << 10})
	ctx := t.Context()
	t.Run("empty", func(t *testing.T) { wantTree(t, withoutStowage(t, path, onDisk(t, m)), nil) })
	put(t, st, map[string]string{
		"a": "1", "odd name\nof two lines": "x", " spaces ": "y", "-rf": "z", "größe/ünïcode ☃": "snow", "back\\slash": "b",
		"dir/one": "1", "dir/sub/two": "2", "dir/sub/three": "3", "empty/": "", "big": text(1, 400_000), strings.Repeat("long/", 40) + "name": "deep",
		"gone": "1", "with space/gone": "2", "old\nname": "content",
	})
	put(t, st, map[string]string{"a": "second", "dir/sub/two": "second"})
	check(t, st.Remove(ctx, "gone", "with space", "odd name\nof two lines"))
	check(t, st.Rename(ctx, "dir", "renamed dir"))
	check(t, st.Rename(ctx, "old\nname", "renamed dir/new\nname"))
	check(t, st.Remove(ctx, "renamed dir/sub/three"))
	put(t, st, map[string]string{"gone": "again"})
	want := contents(t, st)

	t.Run("layers", func(t *testing.T) { wantTree(t, withoutStowage(t, path, onDisk(t, m)), want) })
	t.Run("the tar of macOS", func(t *testing.T) {
		bsdtar, err := exec.LookPath("bsdtar")
		if err != nil {
			lacks(t, "bsdtar is not installed")
		}
		bin := t.TempDir()
		check(t, os.Symlink(bsdtar, filepath.Join(bin, "tar")))
		wantTree(t, withoutStowage(t, bin+string(filepath.ListSeparator)+path, onDisk(t, m)), want)
	})
	t.Run("pasted twice", func(t *testing.T) { pastedTwice(t, path, onDisk(t, m)) })

	before := m.Clone()
	must(st.Tidy(ctx, stick.TidyOptions{}))(t)
	must(st.EraseForGood(ctx, []string{"-rf"}, nil))(t)
	want = contents(t, st)
	t.Run("tidied", func(t *testing.T) { wantTree(t, withoutStowage(t, path, onDisk(t, m)), want) })

	t.Run("tidying interrupted", func(t *testing.T) {
		c := m.Clone()
		for _, name := range before.Files() {
			if strings.HasPrefix(name, "stowage/layers/") && c.ReadFile(name) == nil {
				c.WriteFile(name, before.ReadFile(name))
			}
		}
		wantTree(t, withoutStowage(t, path, onDisk(t, c)), want)
	})

	before = m.Clone()
	check(t, st.Rotate(ctx, stick.RotateOptions{School: sc.authority}))
	t.Run("rotated", func(t *testing.T) { wantTree(t, withoutStowage(t, path, onDisk(t, m)), want) })
}

// pastedTwice pastes the commands into a shell that goes on, the second time with the folder already there.
func pastedTwice(t *testing.T, path, drive string) {
	env, _ := identityOf(t, path, drive, passphrase)
	block := commands(t, "bash")[0]
	shell := exec.Command("bash")
	shell.Dir, shell.Env = drive, env
	shell.Stdin = strings.NewReader(block + "\n" + block + "\necho the shell goes on; umask; set -o | grep -E 'nounset|pipefail'\n")
	out, err := shell.CombinedOutput()
	after := must(exec.Command("bash", "-c", "umask; set -o | grep -E 'nounset|pipefail'").Output())(t)
	if err != nil || !bytes.HasSuffix(out, append([]byte("the shell goes on\n"), after...)) {
		t.Errorf("the terminal is closed or changed: %v\n%s", err, out)
	}
	if bytes.Contains(bytes.ToLower(out), []byte("broken pipe")) {
		t.Errorf("alarming: %s", out)
	}
}

// TestWithoutStowageRunsInOldShells: what bash 3.2, and the tools of macOS, do not know is not on the page.
func TestWithoutStowageRunsInOldShells(t *testing.T) {
	bash := commands(t, "bash")[0]
	for _, newer := range []string{
		"declare -", "local -", "mapfile", "readarray", "^^", ",,", "coproc", "|&", "&>>", "\t", "find -", "-printf", "sed -i", "sed -r", "sort -V", "sort -z",
		"readlink -f", "head -n -", "xargs -r", "cp -a", "-d0",
	} {
		if strings.Contains(bash, newer) || strings.Contains(commands(t, "sh")[0], newer) {
			t.Errorf("the page uses %q", newer)
		}
	}
	if !strings.HasPrefix(bash, "(\n") || !strings.HasSuffix(bash, "\n)") {
		t.Error("an exit closes the terminal that the commands are pasted into")
	}
	if !strings.HasPrefix(commands(t, "sh")[0], "umask 077\n") {
		t.Error("the key is written for others to read")
	}
}

// TestWithoutStowageAtRandom follows the page on sticks with a random history.
func TestWithoutStowageAtRandom(t *testing.T) {
	path := stockTools(t)
	sc := newSchool(t, "Example School")
	for seed := range uint64(3) {
		w := &walker{Rand: rand.New(rand.NewPCG(seed, 99)), t: t, sc: sc, drive: sticktest.New(), m: model{}}
		sc.issue(t, w.drive)
		w.st = sc.openWith(t, w.drive, foldSoon)
		for range 25 {
			w.step()
		}
		wantTree(t, withoutStowage(t, path, onDisk(t, w.drive)), contents(t, w.st))
	}
}
