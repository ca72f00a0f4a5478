package drives

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

// recording is what one computer's tables or programs said, from testdata.
type recording struct {
	files fstest.MapFS
	sizes map[string][2]int64
	want  string
}

// readRecording reads a txtar archive. Beside the recorded files it holds
// "links", the symbolic links; "space", what each mount point's file system
// tells of its size and free bytes; and "want", the drives to be offered.
func readRecording(t testing.TB, name string) recording {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	r := recording{files: fstest.MapFS{}, sizes: map[string][2]int64{}}
	for _, f := range archive.Files {
		switch f.Name {
		case "links":
			for line := range strings.Lines(string(f.Data)) {
				from, to, _ := strings.Cut(strings.TrimSpace(line), " -> ")
				r.files[from] = &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink | 0o777}
			}
		case "space":
			for line := range strings.Lines(string(f.Data)) {
				r.addSize(t, strings.TrimSpace(line))
			}
		case "want":
			r.want = string(f.Data)
		default:
			r.files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return r
}

// addSize reads "mount point", size and free; the first may hold spaces.
func (r recording) addSize(t testing.TB, line string) {
	t.Helper()
	rest, free, _ := cutLast(line)
	point, size, _ := cutLast(rest)
	var n [2]int64
	for i, s := range []string{size, free} {
		var err error
		if n[i], err = strconv.ParseInt(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	r.sizes[point] = n
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}

func (r recording) space(point string) (size, free int64, err error) {
	n, ok := r.sizes[point]
	if !ok {
		return 0, 0, &fs.PathError{Op: "statfs", Path: point, Err: errors.New("not recorded")}
	}
	return n[0], n[1], nil
}

// describe writes drives one a line, leaving out what is not set.
func describe(found []Drive) string {
	var b strings.Builder
	for _, d := range found {
		v := reflect.ValueOf(d)
		sep := ""
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() {
				fmt.Fprintf(&b, "%s%s=%#v", sep, v.Type().Field(i).Name, f)
				sep = " "
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// diff fails the test, line by line, when two descriptions differ.
func diff(t *testing.T, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, a, b)
		}
	}
}
