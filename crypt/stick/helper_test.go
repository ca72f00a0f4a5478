package stick_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
	"stowage/crypt/leaktest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// start is when every test begins.
var start = time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)

func clock() time.Time { return start }

// school is a school with one holder.
type school struct {
	authority *keys.Authority
	holder    *keys.HolderKey
	sealed    []byte
	code      []byte
}

var (
	passphrase = []byte("correct horse battery staple")
	policy     = func() keys.Policy {
		p := keys.DefaultPolicy()
		p.WorkFactor = keystest.WorkFactor()
		return p
	}()
)

func newSchool(t testing.TB, name string) *school {
	t.Helper()
	a := must(keys.NewAuthority(name, start))(t)
	k := must(keys.NewHolderKey(name, a.Verifier(), keys.Holder{ID: "h-1", Name: "Alex Example"}, keys.Hybrid, start))(t)
	k.Chosen(start)
	sealed := must(k.Seal(passphrase, policy.WorkFactor))(t)
	k = must(keys.OpenHolderKey(sealed, passphrase))(t) // as whoever opens the stick with it
	return &school{a, k, sealed, must(keys.GenerateCode())(t)}
}

// must returns a function that fails the test on err and else yields v.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *school) options() stick.IssueOptions {
	return stick.IssueOptions{
		School: s.authority, Recovery: s.authority.RecoveryRecipients(), Label: "IT-0042",
		Return: "Example School\n1 High Street", Policy: policy, Holders: []string{s.holder.Recipient()},
		HolderKey: s.sealed, Code: s.code, Clock: clock,
	}
}

func (s *school) issue(t testing.TB, fsys stick.FS) *stick.Note {
	t.Helper()
	return must(stick.Issue(t.Context(), fsys, s.options()))(t)
}

// open opens a stick with the holder's key; it is closed when the test ends.
func (s *school) open(t testing.TB, fsys stick.FS) *stick.Stick {
	t.Helper()
	return s.openWith(t, fsys, stick.OpenOptions{})
}

func (s *school) openWith(t testing.TB, fsys stick.FS, o stick.OpenOptions) *stick.Stick {
	t.Helper()
	if o.Clock == nil {
		o.Clock = clock
	}
	st := must(stick.Open(t.Context(), fsys, stick.WithHolderKey(s.holder), o))(t)
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// drives are the kinds of drive that the tests run on.
func drives(t *testing.T, test func(t *testing.T, fsys stick.FS)) {
	t.Run("folder", func(t *testing.T) {
		d := must(stick.NewDirFS(t.TempDir()))(t)
		t.Cleanup(func() { _ = d.Close() })
		test(t, d)
	})
	t.Run("memory", func(t *testing.T) { test(t, sticktest.New()) })
}

// put stores files given as path and content, replacing what is there.
func put(t testing.TB, s *stick.Stick, files map[string]string) stick.PutResult {
	t.Helper()
	r := must(s.PutItems(t.Context(), items(files), stick.PutOptions{Clash: stick.Replace}))(t)
	if len(r.Skipped) > 0 {
		t.Fatalf("skipped: %v", r.Skipped)
	}
	return r
}

// items are files to store; a path that ends in a slash is a folder.
func items(files map[string]string) []stick.Item {
	var list []stick.Item
	for _, p := range slices.Sorted(maps.Keys(files)) {
		content := files[p]
		item := stick.Item{Path: p, Kind: stick.KindFile, Size: int64(len(content)), ModTime: start, Open: contentOf(content)}
		if name, ok := strings.CutSuffix(p, "/"); ok {
			item = stick.Item{Path: name, Kind: stick.KindFolder, ModTime: start}
		}
		list = append(list, item)
	}
	return list
}

type textReader struct {
	io.Reader
	changed error
}

func (textReader) Close() error { return nil }

func (r textReader) Unchanged() error { return r.changed }

func contentOf(text string) func() (stick.ItemReader, error) {
	return func() (stick.ItemReader, error) { return textReader{strings.NewReader(text), nil}, nil }
}

// contents returns everything on a stick as path and content; folders end in a slash.
func contents(t testing.TB, s *stick.Stick) map[string]string {
	t.Helper()
	return must(filesOn(s))(t)
}

// filesOn is contents for where a test is not to end at once.
func filesOn(s *stick.Stick) (map[string]string, error) {
	return filesWhere(s, func(_ string, err error) error { return err })
}

// readableOn is filesOn without folders, and without the files that cannot be
// read to their ends.
func readableOn(s *stick.Stick) (map[string]string, error) {
	all, err := filesWhere(s, func(string, error) error { return nil })
	maps.DeleteFunc(all, func(path, _ string) bool { return strings.HasSuffix(path, "/") })
	return all, err
}

// filesWhere is filesOn; unreadable is told what cannot be read, which is then
// left out unless it returns an error.
func filesWhere(s *stick.Stick, unreadable func(path string, err error) error) (map[string]string, error) {
	all := map[string]string{}
	err := s.Walk(".", func(e stick.Entry) error {
		if e.IsFolder() {
			all[e.Path+"/"] = ""
			return nil
		}
		r, err := s.OpenFile(e.Path)
		if err != nil {
			return unreadable(e.Path, err)
		}
		defer r.Close()
		var data strings.Builder
		data.Grow(int(min(e.Size, 64<<20)))
		if _, err := io.Copy(&data, r); err != nil {
			return unreadable(e.Path, err)
		}
		all[e.Path] = data.String()
		return nil
	})
	return all, err
}

// same fails the test unless the stick holds exactly these files and folders.
func same(t testing.TB, s *stick.Stick, want map[string]string) {
	t.Helper()
	got := contents(t, s)
	all := maps.Clone(want)
	for p := range want {
		for dir := path.Dir(strings.TrimSuffix(p, "/")); dir != "."; dir = path.Dir(dir) {
			all[dir+"/"] = ""
		}
	}
	for p := range got {
		if w, ok := all[p]; !ok {
			t.Errorf("%s should not be there", p)
		} else if w != got[p] {
			t.Errorf("%s holds %.40q, want %.40q", p, got[p], w)
		}
	}
	for p := range all {
		if _, ok := got[p]; !ok {
			t.Errorf("%s is missing", p)
		}
	}
}

// reopen closes a stick and opens it again without any warning.
func (s *school) reopen(t testing.TB, st *stick.Stick, fsys stick.FS) *stick.Stick {
	t.Helper()
	return s.reopenWith(t, st, fsys, stick.OpenOptions{})
}

func (s *school) reopenWith(t testing.TB, st *stick.Stick, fsys stick.FS, o stick.OpenOptions) *stick.Stick {
	t.Helper()
	check(t, st.Close())
	again := s.openWith(t, fsys, o)
	if w := again.Warnings(); len(w) > 0 {
		t.Fatalf("warnings: %v", w)
	}
	return again
}

// usedOn is how many bytes the files of a drive have.
func usedOn(m *sticktest.Mem) int64 {
	var used int64
	for _, name := range m.Files() {
		used += int64(len(m.ReadFile(name)))
	}
	return used
}

// layerFiles are the names of a drive's layers, sorted.
func layerFiles(m *sticktest.Mem) []string {
	var names []string
	for _, name := range m.Files() {
		if strings.HasPrefix(name, "stowage/layers/") {
			names = append(names, name)
		}
	}
	return names
}

// tree writes files below a new folder and returns its path.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for p, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(p))
		if strings.HasSuffix(p, "/") {
			check(t, os.MkdirAll(full, 0o755))
			continue
		}
		check(t, os.MkdirAll(filepath.Dir(full), 0o755))
		check(t, os.WriteFile(full, []byte(content), 0o644))
	}
	return dir
}

// readTree returns what is below a folder, as contents does.
func readTree(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	check(t, filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		rel := filepath.ToSlash(must(filepath.Rel(dir, p))(t))
		if d.IsDir() {
			all[rel+"/"] = ""
			return nil
		}
		all[rel] = string(must(os.ReadFile(p))(t))
		return nil
	}))
	return all
}

// text is content of a given size that is not all the same.
func text(seed, size int) string {
	var b bytes.Buffer
	for b.Len() < size {
		fmt.Fprintf(&b, "%d/%d ", seed, b.Len())
	}
	return b.String()[:size]
}

// wantTree is what readTree should find of what a stick holds.
func wantTree(t testing.TB, got, want map[string]string) {
	t.Helper()
	for p, content := range want {
		if g, ok := got[p]; !ok || g != content {
			t.Errorf("%q: got %.40q, want %.40q", p, g, content)
		}
	}
	for p := range got {
		if _, ok := want[p]; !ok {
			t.Errorf("%q should not be there", p)
		}
	}
}
