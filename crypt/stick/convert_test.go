package stick_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/longtest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// plainDrive is a drive in memory on which plain files lie beside a new, empty
// stick of a school.
type plainDrive struct {
	*sticktest.Mem
	school *school
}

func newPlainDrive(t testing.TB, files map[string]string) *plainDrive {
	t.Helper()
	d := &plainDrive{sticktest.New(), newSchool(t, "Hill School")}
	d.school.issue(t, d.Mem)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		d.write(t, name, files[name])
	}
	return d
}

// write puts a plain file on the drive; a name that ends in a slash is a folder.
func (d *plainDrive) write(t testing.TB, name, content string) {
	t.Helper()
	for i, c := range name {
		if c == '/' {
			if err := d.Mkdir(name[:i]); err != nil && !errors.Is(err, fs.ErrExist) {
				t.Fatal(err)
			}
		}
	}
	if strings.HasSuffix(name, "/") {
		return
	}
	f, err := d.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, content); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func (d *plainDrive) open(t testing.TB) *stick.Stick {
	t.Helper()
	return d.school.open(t, d.Mem)
}

// plain lists what a finder of the drive can read.
func (d *plainDrive) plain(t testing.TB) []string {
	t.Helper()
	result, err := stick.Scan(t.Context(), d.Mem, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range result.Plain {
		names = append(names, f.Path)
	}
	return names
}

var school4B = map[string]string{
	"class/4b.csv": "Ann,Bob", "class/photos/day 1.jpg": strings.Repeat("jpeg", 50_000), "class/empty/": "",
	"notes.txt": "hello", "letter.pdf.age": ageHeader + strings.Repeat("sealed", 20), "zero": "",
	"$RECYCLE.BIN/S-1/old.doc": "deleted", "System Volume Information/IndexerVolumeGuid": "x", "Stowage.exe": "MZ",
	"stowage/private.txt": "put here by somebody",
}

// ageHeader is how an age file begins that is encrypted to one person.
const ageHeader = "age-encryption.org/v1\n-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n" +
	"EmECAEcKN+n/Vs9SbWiV+Hu0r+E8R77DdWYyd83nw7U\n--- Vn+54jqiiUCE+WZcEVY3f1sqHjlu/z1LCQ/T7Xm7qI0\n"

func TestScan(t *testing.T) {
	d := newPlainDrive(t, school4B)
	result, err := stick.Scan(t.Context(), d.Mem, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"$RECYCLE.BIN/S-1/old.doc", "class/4b.csv", "class/photos/day 1.jpg", "notes.txt", "stowage/private.txt", "zero"}
	var sum int64
	var got []string
	for _, f := range result.Plain {
		got = append(got, f.Path)
		sum += f.Size
		if f.Trash != strings.HasPrefix(f.Path, "$RECYCLE") {
			t.Errorf("%s: trash %v", f.Path, f.Trash)
		}
	}
	if !slices.Equal(got, want) || sum != result.PlainBytes() {
		t.Errorf("plain are %q, %d bytes", got, sum)
	}
	if len(result.Encrypted) != 1 || result.Encrypted[0].Path != "letter.pdf.age" || !result.Stick || len(result.Skipped) != 0 {
		t.Errorf("found %+v", result)
	}
	d.SetGone(true)
	if _, err := stick.Scan(t.Context(), d.Mem, nil); !errors.Is(err, stick.ErrGone) {
		t.Errorf("the drive is gone: %v", err)
	}
}

func TestConvert(t *testing.T) {
	for _, batch := range []int64{0, 1, 60_000} {
		d := newPlainDrive(t, school4B)
		s := d.open(t)
		progress := &counted{}
		result, err := s.Convert(t.Context(), stick.ConvertOptions{BatchSize: batch, Progress: progress})
		if err != nil {
			t.Fatal(err)
		}
		if progress.expected != progress.done || progress.done == 0 {
			t.Errorf("progress: %d of %d bytes", progress.done, progress.expected)
		}
		if len(result.Left) != 0 || len(result.Already) != 1 || len(result.Trash) != 1 || result.Bytes != 200_012+20 {
			t.Errorf("batch %d: %+v", batch, result)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		checkConverted(t, d)
	}
}

// checkConverted opens the drive anew and compares it with what lay on it.
func checkConverted(t *testing.T, d *plainDrive) {
	t.Helper()
	if left := d.plain(t); !slices.Equal(left, []string{"$RECYCLE.BIN/S-1/old.doc"}) {
		t.Errorf("still plain: %q", left)
	}
	s := d.open(t)
	defer s.Close()
	files := contents(t, s)
	for name, content := range school4B {
		kept := !strings.HasPrefix(name, "$") && !strings.HasPrefix(name, "System") && !strings.HasSuffix(name, ".age") && name != "Stowage.exe"
		if got, ok := files[name]; ok != kept || kept && got != content {
			t.Errorf("%s: on the stick: %v, %d bytes", name, ok, len(got))
		}
	}
	if got, err := s.Stat("class/4b.csv"); err != nil || got.Size != 7 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := d.Stat("class"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("empty folders were left: %v", err)
	}
}

// counted adds up progress.
type counted struct{ expected, done int64 }

func (c *counted) Expect(n int64) { c.expected += n }
func (c *counted) Done(n int64)   { c.done += n }

// TestConvertInterrupted breaks converting at every single operation of the
// drive, and then goes on: nothing is lost, and nothing plain is left.
func TestConvertInterrupted(t *testing.T) {
	longtest.SkipRaced(t)
	broken := errors.New("pulled")
	for n, done := 0, false; !done; n++ {
		d := newPlainDrive(t, school4B)
		s := d.open(t)
		d.ResetCounts()
		d.SetHook(func(op int, _ sticktest.Op) error {
			if op >= n {
				return fmt.Errorf("%w: %w", stick.ErrGone, broken)
			}
			return nil
		})
		_, err := s.Convert(t.Context(), stick.ConvertOptions{BatchSize: 60_000})
		done = err == nil
		if err != nil && !errors.Is(err, stick.ErrGone) {
			t.Fatalf("operation %d: %v", n, err)
		}
		_ = s.Close()
		d.SetHook(nil)
		again := d.open(t)
		if _, err := again.Convert(t.Context(), stick.ConvertOptions{}); err != nil {
			t.Fatalf("going on after operation %d: %v", n, err)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
		checkConverted(t, d)
		if t.Failed() {
			t.Fatalf("broken at operation %d", n)
		}
	}
}

func TestConvertKeepsWhatDiffers(t *testing.T) {
	d := newPlainDrive(t, map[string]string{"report.txt": "from the drive"})
	s := d.open(t)
	defer s.Close()
	if _, err := s.PutReader(t.Context(), "report.txt", strings.NewReader("on the stick already"), start, stick.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Convert(t.Context(), stick.ConvertOptions{}); err != nil {
		t.Fatal(err)
	}
	files := contents(t, s)
	var both []string
	for _, content := range files {
		both = append(both, content)
	}
	slices.Sort(both)
	if !slices.Equal(both, []string{"from the drive", "on the stick already"}) {
		t.Errorf("the stick holds %q", files)
	}
}

// TestConvertVerifies flips a bit of what was stored before it is read back.
func TestConvertVerifies(t *testing.T) {
	d := newPlainDrive(t, map[string]string{"report.txt": "from the drive"})
	s := d.open(t)
	defer s.Close()
	d.SetHook(func(_ int, op sticktest.Op) error {
		if op.Kind == sticktest.Open && strings.HasPrefix(op.Name, "stowage/layers/") {
			return errors.New("bad sector")
		}
		return nil
	})
	result, err := s.Convert(t.Context(), stick.ConvertOptions{})
	d.SetHook(nil)
	if err == nil && (len(result.Left) != 1 || len(result.Stored) != 0) {
		t.Errorf("%+v", result)
	}
	if left := d.plain(t); !slices.Equal(left, []string{"report.txt"}) {
		t.Errorf("the original is gone: %q", left)
	}
}

func TestConvertCancelled(t *testing.T) {
	d := newPlainDrive(t, school4B)
	s := d.open(t)
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Convert(ctx, stick.ConvertOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if n := len(d.plain(t)); n != 6 {
		t.Errorf("%d plain files are left", n)
	}
}

func TestCheckFindsEveryDamage(t *testing.T) {
	d := newPlainDrive(t, nil)
	s := d.open(t)
	for i := range 3 {
		name := fmt.Sprintf("folder/%d.txt", i)
		if _, err := s.PutReader(t.Context(), name, strings.NewReader(strings.Repeat(name, 20_000)), start, stick.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	result, err := s.Check(t.Context(), nil)
	if err != nil || !result.Healthy() || result.Layers != 3 || result.Files != 3 || result.Bytes == 0 {
		t.Fatalf("%+v, %v", result, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	layers := d.names(t, "stowage/layers")
	for _, at := range []int{0, 30, 150, 400, 5000, 70_000, 131_000, -1} {
		damaged := d.copyOf(t)
		damaged.flip(t, layers[1], at)
		s := damaged.open(t)
		result, err := s.Check(t.Context(), nil)
		if err != nil || result.Healthy() {
			t.Errorf("a flipped bit at %d: %+v, %v", at, result, err)
		}
		if files := contentless(t, s); len(files) > 1 {
			t.Errorf("a flipped bit at %d: %q cannot be read", at, files)
		}
		_ = s.Close()
	}
}

// contentless returns the files that cannot be read.
func contentless(t testing.TB, s *stick.Stick) []string {
	t.Helper()
	var bad []string
	err := s.Walk(".", func(e stick.Entry) error {
		if e.IsFolder() {
			return nil
		}
		r, err := s.OpenFile(e.Path)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			r.Close()
		}
		if err != nil {
			bad = append(bad, e.Path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return bad
}

// names lists the files in a folder of the drive.
func (d *plainDrive) names(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := d.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, path.Join(dir, e.Name()))
	}
	return names
}

func (d *plainDrive) read(t testing.TB, name string) []byte {
	t.Helper()
	f, err := d.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// copyOf copies a drive, file by file.
func (d *plainDrive) copyOf(t testing.TB) *plainDrive {
	t.Helper()
	c := &plainDrive{sticktest.New(), d.school}
	var walk func(dir string)
	walk = func(dir string) {
		entries, err := d.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			if e.IsDir() {
				c.write(t, name+"/", "")
				walk(name)
			} else {
				c.write(t, name, string(d.read(t, name)))
			}
		}
	}
	walk(".")
	return c
}

// flip changes one bit of a file; a negative place counts from its end.
func (d *plainDrive) flip(t testing.TB, name string, at int) {
	t.Helper()
	data := bytes.Clone(d.read(t, name))
	if at < 0 {
		at += len(data)
	}
	data[at%len(data)] ^= 4
	if err := d.Remove(name); err != nil {
		t.Fatal(err)
	}
	d.write(t, name, string(data))
}
