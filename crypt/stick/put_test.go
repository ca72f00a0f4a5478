package stick_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// newStick is an empty stick in memory.
func newStick(t testing.TB) (*school, *sticktest.Mem, *stick.Stick) {
	t.Helper()
	sc, m := newSchool(t, "Example School"), sticktest.New()
	sc.issue(t, m)
	return sc, m, sc.open(t, m)
}

func TestPutFromTheComputer(t *testing.T) {
	_, _, st := newStick(t)
	dir := tree(t, map[string]string{
		"report.docx": "r", "photos/one.jpg": "1", "photos/2024/two.jpg": text(2, 2<<20), "photos/empty/": "", "cafe\u0301": "nfd",
	})
	mtime := time.Date(2021, 5, 6, 7, 8, 9, 123, time.UTC)
	check(t, os.Chtimes(filepath.Join(dir, "photos/one.jpg"), mtime, mtime))
	check(t, os.Chtimes(filepath.Join(dir, "photos/empty"), mtime, mtime))
	links := 0
	if runtime.GOOS != "windows" {
		check(t, os.Symlink("/etc/passwd", filepath.Join(dir, "photos/link")))
		links = 1
	}
	sources := []string{filepath.Join(dir, "report.docx"), filepath.Join(dir, "photos"), filepath.Join(dir, "cafe\u0301")}
	r := must(st.Put(t.Context(), "in/box", sources, stick.PutOptions{}))(t)
	if len(r.Skipped) != links || links == 1 && !errors.Is(r.Skipped[0].Err, stick.ErrSpecial) {
		t.Errorf("skipped %v", r.Skipped)
	}
	same(t, st, map[string]string{
		"in/box/report.docx": "r", "in/box/photos/one.jpg": "1", "in/box/photos/2024/two.jpg": text(2, 2<<20),
		"in/box/photos/empty/": "", "in/box/caf\u00e9": "nfd",
	})
	for _, p := range []string{"in/box/photos/one.jpg", "in/box/photos/empty"} {
		if e := must(st.Stat(p))(t); !e.ModTime.Equal(mtime.Truncate(time.Second)) {
			t.Errorf("%s has time %v", p, e.ModTime)
		}
	}

	dest := t.TempDir()
	g := must(st.Get(t.Context(), []string{"in/box/photos"}, dest, stick.GetOptions{}))(t)
	if len(g.Skipped) > 0 {
		t.Fatalf("skipped %v", g.Skipped)
	}
	for _, p := range []string{"photos/one.jpg", "photos/empty"} {
		if info := must(os.Stat(filepath.Join(dest, p)))(t); !info.ModTime().Equal(mtime.Truncate(time.Second)) {
			t.Errorf("%s came out with time %v", p, info.ModTime())
		}
	}
}

func TestClash(t *testing.T) {
	for _, c := range []struct {
		clash  stick.Clash
		err    error
		stored int
		want   map[string]string
	}{
		{stick.Refuse, stick.ErrExists, 0, map[string]string{"a.tar": "old", "d/x": "old"}},
		{stick.Skip, nil, 1, map[string]string{"a.tar": "old", "d/x": "old", "new": "new"}},
		{stick.Replace, nil, 2, map[string]string{"a.tar": "new", "d/x": "old", "new": "new"}},
		{stick.KeepBoth, nil, 2, map[string]string{"a.tar": "old", "a (2).tar": "new", "d/x": "old", "new": "new"}},
	} {
		_, _, st := newStick(t)
		put(t, st, map[string]string{"a.tar": "old", "d/x": "old"})
		// A file for the folder d, and a file below the file a.tar, fit nowhere.
		r, err := st.PutItems(t.Context(), items(map[string]string{"a.tar": "new", "new": "new", "d": "file", "a.tar/y": "y"}), stick.PutOptions{Clash: c.clash})
		if !errors.Is(err, c.err) || len(r.Stored) != c.stored {
			t.Errorf("%v: %v, %+v", c.clash, err, r)
		}
		wrongKind := 0
		for _, s := range r.Skipped {
			if errors.Is(s.Err, stick.ErrKind) {
				wrongKind++
			}
		}
		if wrongKind != 2 {
			t.Errorf("%v: skipped %v", c.clash, r.Skipped)
		}
		same(t, st, c.want)
	}
}

func TestClashWithinOnePut(t *testing.T) {
	_, _, st := newStick(t)
	twice := append(items(map[string]string{"a": "1"}), items(map[string]string{"a": "2"})...)
	if _, err := st.PutItems(t.Context(), twice, stick.PutOptions{}); !errors.Is(err, stick.ErrExists) {
		t.Errorf("got %v", err)
	}
	must(st.PutItems(t.Context(), twice, stick.PutOptions{Clash: stick.KeepBoth}))(t)
	same(t, st, map[string]string{"a": "1", "a (2)": "2"})
}

func TestRefusedNames(t *testing.T) {
	_, _, st := newStick(t)
	for _, p := range []string{
		"", ".", "..", "../x", "a/../b", "a//b", "a/./b", ".wh.x", "d/.wh..wh..opq", "nul\x00byte", "bad\xff",
		strings.Repeat("x", 256), strings.Repeat("d/", 130) + "x", strings.Repeat(strings.Repeat("y", 200)+"/", 21) + "x",
	} {
		r := must(st.PutItems(t.Context(), []stick.Item{{Path: p, Kind: stick.KindFile, Open: contentOf("")}}, stick.PutOptions{}))(t)
		if len(r.Stored) > 0 || len(r.Skipped) != 1 || !errors.Is(r.Skipped[0].Err, stick.ErrName) {
			t.Errorf("%.40q: %+v", p, r)
		}
	}
	if len(contents(t, st)) > 0 {
		t.Error("something was stored")
	}
}

// TestChangingSource stores files that are not what was planned when they are read.
func TestChangingSource(t *testing.T) {
	for name, size := range map[string]int{"small": 10_000, "large": 3 << 20} {
		t.Run(name, func(t *testing.T) {
			_, m, st := newStick(t)
			content := text(1, size)
			list := items(map[string]string{"before": "b", "grown": content, "shrunk": content, "touched": content, "unreadable": content, "z": "last"})
			broken := errors.New("bad sector")
			list[1].Size--
			list[2].Size++
			list[3].Open = func() (stick.ItemReader, error) { return textReader{strings.NewReader(content), stick.ErrChanged}, nil }
			list[4].Open = func() (stick.ItemReader, error) {
				return textReader{io.MultiReader(strings.NewReader(content[:size/2]), errorReader{broken}), nil}, nil
			}
			r := must(st.PutItems(t.Context(), list, stick.PutOptions{}))(t)
			if len(r.Stored) != 2 || len(r.Skipped) != 4 {
				t.Errorf("%+v", r)
			}
			for _, s := range r.Skipped {
				if want := map[bool]error{true: broken, false: stick.ErrChanged}[s.Path == "unreadable"]; !errors.Is(s.Err, want) {
					t.Errorf("%v", s)
				}
			}
			same(t, st, map[string]string{"before": "b", "z": "last"})
			if n := len(layerFiles(m)); n != 1 {
				t.Errorf("%d layers", n)
			}
		})
	}
}

// TestPutOfAllSizes stores files on both sides of every size at which they are read another way.
func TestPutOfAllSizes(t *testing.T) {
	_, _, st := newStick(t)
	want := map[string]string{}
	for i, size := range []int{0, 1, 1000, 256<<10 - 1001, 256<<10 - 1, 256 << 10, 256<<10 + 1, 300_000, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3 << 20} {
		for n := range 3 { // one after the other, and sizes in turn
			want[fmt.Sprintf("%02d %d", i, n)] = text(i+n, size)
			want[fmt.Sprintf("in turn %d %02d", n, i)] = text(i-n, size)
		}
	}
	put(t, st, want)
	same(t, st, want)
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

func TestPutReader(t *testing.T) {
	for _, size := range []int{0, 100, 5 << 20} {
		temp := t.TempDir()
		t.Setenv("TMPDIR", temp)
		_, _, st := newStick(t)
		want := text(3, size)
		must(st.PutReader(t.Context(), "from/stdin", strings.NewReader(want), start, stick.PutOptions{}))(t)
		same(t, st, map[string]string{"from/stdin": want})
		broken := errors.New("pipe broke")
		_, err := st.PutReader(t.Context(), "broken", io.MultiReader(strings.NewReader(want), errorReader{broken}), start, stick.PutOptions{})
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		same(t, st, map[string]string{"from/stdin": want})
		if left := must(os.ReadDir(temp))(t); len(left) > 0 {
			t.Errorf("left in the temporary folder: %v", left)
		}
	}
}

// TestFewSyncs counts what storing 10,000 files costs the drive.
func TestFewSyncs(t *testing.T) {
	_, m, st := newStick(t)
	files := map[string]string{}
	content := strings.Repeat("x", 21_600)
	for i := range 10_000 {
		files[fmt.Sprintf("d/%06d", i)] = content
	}
	list := items(files)
	m.ResetCounts()
	must(st.PutItems(t.Context(), list, stick.PutOptions{}))(t)
	layers := len(layerFiles(m))
	if layers < 3 || layers > 5 {
		t.Errorf("%d layers for 216 MB", layers)
	}
	syncs := m.Count(sticktest.Sync) + m.Count(sticktest.SyncDir)
	t.Logf("%d layers, %d syncs, %d operations", layers, syncs, m.Total())
	if syncs > 3*layers {
		t.Errorf("%d syncs for %d layers", syncs, layers)
	}
	if creates := m.Count(sticktest.Create); creates > 2*layers {
		t.Errorf("%d files made for %d layers", creates, layers)
	}
}

// TestSpace looks at what small files take on a drive with 32 KiB clusters.
func TestSpace(t *testing.T) {
	_, m, st := newStick(t)
	list := map[string]string{}
	for i := range 10_000 {
		list[fmt.Sprintf("d/%06d", i)] = strings.Repeat("y", 4096)
	}
	before := clusters(m)
	put(t, st, list)
	check(t, st.Close())
	took := clusters(m) - before
	t.Logf("10,000 files of 4 KiB take %.1f MB, %.3f times their size", float64(took)/1e6, float64(took)/(10_000*4096))
	// A tar header of 512 bytes for each file alone is 1.125 times.
	if took > 10_000*4096*118/100 {
		t.Errorf("they take %d bytes", took)
	}
}

// clusters is what a drive's files take with clusters of 32 KiB.
func clusters(m *sticktest.Mem) int {
	sum := 0
	for _, name := range m.Files() {
		sum += (len(m.ReadFile(name)) + 32<<10 - 1) / (32 << 10) * (32 << 10)
	}
	return sum
}

// TestSizesSayLittle stores files of different sizes and names.
func TestSizesSayLittle(t *testing.T) {
	layers, tables := map[int]bool{}, map[int]bool{}
	for _, n := range []int{0, 1, 700, 5000, 20_000} {
		_, m, st := newStick(t)
		put(t, st, map[string]string{text(n, 1+n%200): strings.Repeat("x", n)})
		check(t, st.Close())
		for _, name := range m.Files() {
			switch path.Dir(name) {
			case "stowage/layers":
				layers[len(m.ReadFile(name))] = true
			case "stowage/contents":
				tables[len(m.ReadFile(name))] = true
			}
		}
	}
	if len(layers) != 1 || len(tables) != 1 {
		t.Errorf("sizes differ: layers %v, tables %v", layers, tables)
	}
}

func TestCancelledPut(t *testing.T) {
	_, m, st := newStick(t)
	put(t, st, map[string]string{"old": "o"})
	ctx, cancel := context.WithCancel(t.Context())
	big := text(1, 1<<20)
	list := items(map[string]string{"a": "1", "c": "3"})
	reads := 0
	list = append(list, stick.Item{Path: "b", Kind: stick.KindFile, Size: 40 << 20, ModTime: start, Open: func() (stick.ItemReader, error) {
		return textReader{readerFunc(func(p []byte) (int, error) {
			if reads++; reads == 5 {
				cancel()
			}
			return copy(p, big), nil
		}), nil}, nil
	}})
	before := len(layerFiles(m))
	r, err := st.PutItems(ctx, list, stick.PutOptions{})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	same(t, st, map[string]string{"old": "o"})
	if len(r.Stored) != 0 || len(layerFiles(m)) != before {
		t.Errorf("stored %v, %d layers", r.Stored, len(layerFiles(m)))
	}
	put(t, st, map[string]string{"next": "works"})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestProgressAddsUp(t *testing.T) {
	_, _, st := newStick(t)
	var p sums
	content := text(1, 3<<20)
	list := items(map[string]string{"a": content, "b": content, "c": "x"})
	list[1].Size++ // is left out, and what stood before it done again
	must(st.PutItems(t.Context(), list, stick.PutOptions{Progress: &p}))(t)
	if p.done != p.expected {
		t.Errorf("done %d of %d", p.done, p.expected)
	}
	p = sums{}
	must(st.Get(t.Context(), nil, t.TempDir(), stick.GetOptions{Progress: &p}))(t)
	if p.done != p.expected || p.done != int64(len(content)+1) {
		t.Errorf("done %d of %d", p.done, p.expected)
	}
}

// sums adds progress up.
type sums struct{ expected, done int64 }

func (s *sums) Expect(n int64) { s.expected += n }

func (s *sums) Done(n int64) { s.done += n }
