package stick_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"stowage/crypt/stick"
)

// TestWhateverIsMadeIsHealthy: whatever the operations of a stick make, with any time a system may give, a check
// calls healthy, from what is in memory as from the tables.
func TestWhateverIsMadeIsHealthy(t *testing.T) {
	for name, when := range map[string]time.Time{
		"none": {}, "year -5": time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), "first second": time.Unix(-62135596800, 0), "second second": time.Unix(-62135596799, 0),
		"before 1970": time.Unix(-1, 500), "half a second": time.Unix(1_700_000_000, 5e8), "year 12000": time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC),
		"far": time.Unix(math.MaxInt32*1000, 0),
	} {
		t.Run(name, func(t *testing.T) {
			d := newPlainDrive(t, map[string]string{"lay there/a": "1", "lay there/empty/": ""})
			s := d.open(t)
			healthy := func(step string) {
				t.Helper()
				if r := must(s.Check(t.Context(), nil))(t); !r.Healthy() {
					t.Fatalf("after %s: %+v", step, r.Problems)
				}
				check(t, s.Close())
				s = d.open(t)
				if r := must(s.Check(t.Context(), nil))(t); !r.Healthy() {
					t.Fatalf("after %s and opening: %+v", step, r.Problems)
				}
			}
			must(s.Convert(t.Context(), stick.ConvertOptions{}))(t)
			healthy("convert")
			with := items(map[string]string{"f/a": "one", "f/b": "two"})
			for i := range with {
				with[i].ModTime = when
			}
			with = append(with, stick.Item{Path: "g", Kind: stick.KindFolder, ModTime: when})
			must(s.PutItems(t.Context(), with, stick.PutOptions{}))(t)
			healthy("put")
			with[0].ModTime = when
			must(s.PutItems(t.Context(), with[:2], stick.PutOptions{Clash: stick.Replace}))(t)
			versions := must(s.Versions("f/a"))(t)
			must(s.Restore(t.Context(), versions[len(versions)-1], "f/a", stick.PutOptions{Clash: stick.Replace}))(t)
			healthy("restore")
			check(t, s.Rename(t.Context(), "f", "h"))
			check(t, s.Remove(t.Context(), "h/b"))
			must(s.Undelete(t.Context(), []string{"h/b"}, stick.PutOptions{}))(t)
			healthy("rename and undelete")
			must(s.Repair(t.Context(), stick.RepairOptions{}))(t)
			must(s.Tidy(t.Context(), stick.TidyOptions{All: true}))(t)
			healthy("tidy")
			check(t, s.Rotate(t.Context(), stick.RotateOptions{School: d.school.authority}))
			if r := must(s.Check(t.Context(), nil))(t); !r.Healthy() {
				t.Fatalf("after rotating: %+v", r.Problems)
			}
			check(t, s.Close())
		})
	}
}

// TestConvertKeepsDates: folders keep their dates, as files do.
func TestConvertKeepsDates(t *testing.T) {
	dir := t.TempDir()
	check(t, os.MkdirAll(filepath.Join(dir, "class/empty"), 0o755))
	check(t, os.WriteFile(filepath.Join(dir, "class/4b.csv"), []byte("Ann"), 0o600))
	want := map[string]time.Time{}
	for i, name := range []string{"class/4b.csv", "class/empty", "class"} {
		want[name] = start.AddDate(-1, 0, i)
		check(t, os.Chtimes(filepath.Join(dir, name), want[name], want[name]))
	}
	drive := must(stick.NewDirFS(dir))(t)
	defer drive.Close()
	sc := newSchool(t, "Hill School")
	sc.issue(t, drive)
	s := sc.open(t, drive)
	defer s.Close()
	must(s.Convert(t.Context(), stick.ConvertOptions{}))(t)
	for name, when := range want {
		if got := must(s.Stat(name))(t); got.ModTime.Unix() != when.Unix() {
			t.Errorf("%s: %v, was %v", name, got.ModTime, when)
		}
	}
}

// TestScanLooksAtTheHeader: age's first line alone makes no age file.
func TestScanLooksAtTheHeader(t *testing.T) {
	d := newPlainDrive(t, nil)
	sealed := d.read(t, "stowage/keys/code-a.age")
	files := map[string]string{
		"line.txt": "age-encryption.org/v1\nmarks of 4B", "line.age": "age-encryption.org/v1\n", "cut.age": string(sealed[:60]),
		"armor.txt": "-----BEGIN AGE ENCRYPTED FILE-----\nmarks of 4B", "good.age": string(sealed),
	}
	for name, content := range files {
		d.write(t, name, content)
	}
	r := must(stick.Scan(t.Context(), d.Mem, nil))(t)
	if len(r.Encrypted) != 1 || r.Encrypted[0].Path != "good.age" || len(r.Plain) != 4 || len(r.Skipped) != 0 {
		t.Errorf("%+v", r)
	}
}
