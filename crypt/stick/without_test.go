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

// stockTools builds stock age and returns a PATH with it, or skips the test
// where the other tools of the page are missing.
func stockTools(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"bash", "tar", "find", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	if version, _ := exec.Command("tar", "--version").Output(); !bytes.Contains(version, []byte("GNU tar")) {
		t.Skip("tar is not GNU tar")
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "filippo.io/age/cmd/age")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build stock age: %v\n%s", err, out)
	}
	return bin + string(filepath.ListSeparator) + os.Getenv("PATH")
}

// withoutStowage follows the page in the folder of a stick and returns what it
// restores.
func withoutStowage(t *testing.T, path, drive string) map[string]string {
	t.Helper()
	home := t.TempDir()
	env := []string{"PATH=" + path, "HOME=" + home, "LC_ALL=C.UTF-8", "TMPDIR=" + t.TempDir()}
	unlock := exec.Command("sh", "-c", commands(t, "sh")[0])
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
	<-prompted
	fmt.Fprintf(terminal, "%s\n", passphrase)
	err := unlock.Wait()
	<-read
	if err != nil {
		t.Fatalf("age: %v\n%s", err, said.String())
	}
	extract := exec.Command("bash", "-c", commands(t, "bash")[0])
	extract.Dir, extract.Env = drive, env
	out, err := extract.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Fatalf("extract: %v\n%s", err, out)
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

// TestWithoutStowageAtRandom follows the page on sticks with a random history.
func TestWithoutStowageAtRandom(t *testing.T) {
	path := stockTools(t)
	sc := newSchool(t, "Example School")
	for seed := range uint64(3) {
		w := &walker{Rand: rand.New(rand.NewPCG(seed, 99)), t: t, sc: sc, drive: sticktest.New(), m: model{}}
		sc.issue(t, w.drive)
		w.st = sc.open(t, w.drive)
		for range 25 {
			w.step()
		}
		wantTree(t, withoutStowage(t, path, onDisk(t, w.drive)), contents(t, w.st))
	}
}
