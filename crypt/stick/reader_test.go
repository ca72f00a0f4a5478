//go:build unix

package stick_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// readout is what the reader in testdata/reader, which was written from FORMAT.md alone, says of a stick.
type readout struct {
	Files    map[string]string // path and SHA-256; folders end in a slash
	Layers   []string
	Warnings []string
}

// independently reads a stick with the reader in Python and stock age.
func independently(t *testing.T, path, drive string, phrase []byte) readout {
	t.Helper()
	env, home := identityOf(t, path, drive, phrase)
	return readWith(t, env, home, drive)
}

// readWith is independently with a stick.key that is there.
func readWith(t *testing.T, env []string, home, drive string) readout {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		lacks(t, "python3 is not installed")
	}
	var said strings.Builder
	read := exec.Command(python, "-B", must(filepath.Abs("testdata/reader/reader.py"))(t), drive, filepath.Join(home, "stick.key"))
	read.Env, read.Stderr = env, &said
	out, err := read.Output()
	if err != nil {
		t.Fatalf("the reader: %v\n%s", err, said.String())
	}
	var r readout
	check(t, json.Unmarshal(out, &r))
	return r
}

// summed is what the reader must say of files.
func summed(files map[string]string) map[string]string {
	sums := map[string]string{}
	for name, content := range files {
		sums[name] = ""
		if !strings.HasSuffix(name, "/") {
			sum := sha256.Sum256([]byte(content))
			sums[name] = hex.EncodeToString(sum[:])
		}
	}
	return sums
}

// agree wants the reader and the package to read the same.
func agree(t *testing.T, r readout, files map[string]string) {
	t.Helper()
	if len(r.Warnings) > 0 {
		t.Errorf("the reader warns: %q", r.Warnings)
	}
	want := summed(files)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if have, ok := r.Files[name]; !ok || have != want[name] {
			t.Errorf("%q: the reader has %q, want %q", name, have, want[name])
		}
	}
	for name := range r.Files {
		if _, ok := want[name]; !ok {
			t.Errorf("only the reader has %q", name)
		}
	}
}

// readExample reads a copy of an example with its passphrase, or else as ICT does, and says how to open it likewise.
func readExample(t *testing.T, path, dir, copied string) (readout, stick.Unlock) {
	t.Helper()
	if b, err := os.ReadFile(filepath.Join(dir, "example.json")); err == nil {
		var ex struct{ Passphrase, Chosen string }
		check(t, json.Unmarshal(b, &ex))
		phrase := []byte(ex.Passphrase + ex.Chosen) // one of the two
		return independently(t, path, copied, phrase), stick.WithPassphrase(phrase)
	}
	phrase := []byte("correct horse battery staple seven")
	sealed := must(filepath.Abs(filepath.Join(dir, "authority.age")))(t)
	authority := must(keys.OpenAuthority(must(os.ReadFile(sealed))(t), phrase))(t)
	t.Cleanup(authority.Wipe)
	command := strings.Replace(commands(t, "sh")[0], "stowage/keys/holder-a.age", "'"+sealed+"'", 1)
	env, home := identityFrom(t, path, copied, command, phrase)
	return readWith(t, env, home, copied), stick.WithRecovery(authority.Identities(), authority.Verifier())
}

// TestIndependentReaderOnExamples reads every stick in testdata.
func TestIndependentReaderOnExamples(t *testing.T) {
	path := stockTools(t)
	for _, dir := range must(filepath.Glob("testdata/v*/drive"))(t) {
		t.Run(filepath.Base(filepath.Dir(dir)), func(t *testing.T) {
			copied := t.TempDir()
			check(t, os.CopyFS(copied, os.DirFS(dir)))
			r, how := readExample(t, path, filepath.Dir(dir), copied)
			drive := must(stick.NewDirFS(copied))(t)
			defer drive.Close()
			st := must(stick.Open(t.Context(), drive, how, stick.OpenOptions{}))(t)
			defer st.Close()
			files := contents(t, st)
			if len(files) == 0 {
				t.Error("the example is empty")
			}
			agree(t, r, files)
		})
	}
}

// TestIndependentReader reads a stick in each state that a stick can be in, and notices what is wrong with one.
func TestIndependentReader(t *testing.T) {
	path := stockTools(t)
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	sc.issue(t, m)
	st := sc.openWith(t, m, stick.OpenOptions{PartSize: 64 << 10, FoldLayers: 3})
	ctx := t.Context()
	reads := func(state string, m *sticktest.Mem) {
		t.Run(state, func(t *testing.T) { agree(t, independently(t, path, onDisk(t, m), passphrase), contents(t, st)) })
	}
	reads("empty", m)
	put(t, st, map[string]string{
		"a": "1", "two\nlines": "x", "größe/☃": "snow", "dir/one": "1", "dir/sub/two": "2", "empty/": "",
		"big": text(1, 400_000), strings.Repeat("long/", 40) + "name": "deep", "gone": "1",
	})
	put(t, st, map[string]string{"a": "second"})
	check(t, st.Remove(ctx, "gone"))
	check(t, st.Rename(ctx, "dir", "renamed dir"))
	check(t, st.Remove(ctx, "renamed dir/sub"))
	reads("layers", m)

	cut := m.Clone()
	layers := slices.DeleteFunc(cut.Files(), func(n string) bool { return !strings.HasPrefix(n, "stowage/layers/00000002-") })
	check(t, cut.Remove(layers[0]))
	t.Run("a layer is missing", func(t *testing.T) {
		r := independently(t, path, onDisk(t, cut), passphrase)
		if len(r.Warnings) != 1 || !strings.HasPrefix(r.Warnings[0], "missing: layer 2:") {
			t.Errorf("warnings: %q", r.Warnings)
		}
	})

	put(t, st, map[string]string{"twice": "1", "d/doc": "first"})
	put(t, st, map[string]string{"twice": "2", "d/new.tmp": "second"})
	check(t, st.RenameOver(ctx, "d/new.tmp", "d/doc"))
	check(t, st.Remove(ctx, "twice"))
	if r := must(st.Tidy(ctx, stick.TidyOptions{Fold: true}))(t); r.Removed == 0 || len(must(st.Versions("twice"))(t)) != 2 {
		t.Fatalf("folded: %+v", r)
	}
	reads("folded", m)
	before := m.Clone()
	must(st.Tidy(ctx, stick.TidyOptions{}))(t)
	must(st.EraseForGood(ctx, []string{"two\nlines"}, nil))(t)
	reads("tidied", m)
	interrupted := m.Clone()
	for _, name := range before.Files() {
		if strings.HasPrefix(name, "stowage/layers/") && m.ReadFile(name) == nil {
			interrupted.WriteFile(name, before.ReadFile(name))
		}
	}
	reads("tidying interrupted", interrupted)
	check(t, st.Rotate(ctx, stick.RotateOptions{School: sc.authority}))
	put(t, st, map[string]string{"a": "third"})
	reads("rotated", m)
}

// TestIndependentReaderAtRandom reads sticks with a random history.
func TestIndependentReaderAtRandom(t *testing.T) {
	path := stockTools(t)
	sc := newSchool(t, "Example School")
	for seed := range uint64(3) {
		w := &walker{Rand: rand.New(rand.NewPCG(seed, 7)), t: t, sc: sc, drive: sticktest.New(), m: model{}}
		sc.issue(t, w.drive)
		w.st = sc.openWith(t, w.drive, foldSoon)
		for range 25 {
			w.step()
		}
		agree(t, independently(t, path, onDisk(t, w.drive), passphrase), contents(t, w.st))
	}
}
