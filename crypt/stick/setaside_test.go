package stick_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// TestIssueKeepsWhatHasTheNamesOfTheFormat issues sticks over files of somebody's that are
// called as the stick's own are.
func TestIssueKeepsWhatHasTheNamesOfTheFormat(t *testing.T) {
	const mine = "My own words about lost sticks.\n"
	for _, c := range []struct{ name, kept string }{
		{"IF FOUND.txt", "IF FOUND (2).txt"},
		{"stowage/keys/mine.age", "stowage/keys/mine.age"},
		{"stowage/keys/holder-a.age", "stowage/keys/holder-a (2).age"},
		{"stowage/keys/holder-a.age.sha256", "stowage/keys/holder-a.age (2).sha256"},
		{"stowage/stick-b.note", "stowage/stick-b (2).note"},
		{"stowage/directory.age", "stowage/directory (2).age"},
		{"stowage/layers/holiday.jpg", "stowage/layers/holiday.jpg"},
		{"stowage/notes.txt", "stowage/notes.txt"},
		{"Stow", "Stow"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &plainDrive{sticktest.New(), newSchool(t, "Hill School")}
			d.write(t, c.name, mine)
			if strings.Contains(c.name, "layers/") {
				if _, err := stick.Issue(t.Context(), d, d.school.options()); !errors.Is(err, stick.ErrAlreadyStick) {
					t.Fatalf("issued over what may be layers: %v", err)
				}
			} else {
				d.school.issue(t, d.Mem)
			}
			if got := string(d.ReadFile(c.kept)); got != mine {
				t.Errorf("%s holds %q now", c.kept, got)
			}
		})
	}
}

// TestSetAsideIsTold: whoever issues learns what a file is called now, also when the issue
// was interrupted and is done again.
func TestSetAsideIsTold(t *testing.T) {
	d := &plainDrive{sticktest.New(), newSchool(t, "Hill School")}
	d.write(t, "IF FOUND.txt", "mine")
	o := d.school.options()
	var kept []string
	o.SetAside = func(name string) { kept = append(kept, name) }
	must(stick.Issue(t.Context(), d, o))(t)
	if len(kept) != 1 || kept[0] != "IF FOUND (2).txt" {
		t.Errorf("told %q", kept)
	}
}

// TestIssueRefusesWhatCannotBeMoved: a file called as the stick's folder, a folder called as its text.
func TestIssueRefusesWhatCannotBeMoved(t *testing.T) {
	for _, name := range []string{"stowage", "IF FOUND.txt/"} {
		d := &plainDrive{sticktest.New(), newSchool(t, "Hill School")}
		d.write(t, name, "mine")
		_, err := stick.Issue(t.Context(), d, d.school.options())
		if !errors.Is(err, stick.ErrInTheWay) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "stowage" && string(d.ReadFile(name)) != "mine" {
			t.Errorf("%s is not what it was", name)
		}
	}
}

// TestIssueIsInterruptedWhileItSetsAside at every operation: what somebody had is there
// under one of its names, whole.
func TestIssueIsInterruptedWhileItSetsAside(t *testing.T) {
	const mine = "My own words.\n"
	sc := newSchool(t, "Hill School")
	base := sticktest.New()
	(&plainDrive{base, sc}).write(t, "IF FOUND.txt", mine)
	run := base.Clone()
	run.Record()
	sc.issue(t, run)
	ops := run.Recorded()
	for n := range ops {
		for name, keep := range map[string]func(sticktest.Op) (sticktest.Op, bool){"all": sticktest.KeepAll, "none": sticktest.KeepNone} {
			after := sticktest.Crash(base, ops[:n], keep)
			found := false
			for _, file := range after.Files() {
				found = found || string(after.ReadFile(file)) == mine
			}
			if !found {
				t.Fatalf("after %d operations, %s of what was not synced: %q", n, name, after.Files())
			}
			_, err := stick.Issue(t.Context(), after, sc.options()) // it goes on
			if err != nil && !errors.Is(err, stick.ErrAlreadyStick) {
				t.Fatalf("after %d operations: %v", n, err)
			}
		}
	}
}

// TestWithdrawKeepsWhatIsNotTheSticks removes a stick on whose drive somebody put things
// among its own.
func TestWithdrawKeepsWhatIsNotTheSticks(t *testing.T) {
	d := newPlainDrive(t, nil)
	id := must(stick.Inspect(d, ""))(t).Note.ID
	for _, name := range []string{"stowage/layers/mine.txt", "stowage/keys/mine.txt", "stowage/mine.txt"} {
		d.write(t, name, "mine")
	}
	check(t, d.Remove("IF FOUND.txt"))
	d.write(t, "IF FOUND.txt", "mine")
	check(t, stick.Unmake(d, id))
	for _, name := range []string{"stowage/layers/mine.txt", "stowage/keys/mine.txt", "stowage/mine.txt", "IF FOUND.txt"} {
		if string(d.ReadFile(name)) != "mine" {
			t.Errorf("%s is gone", name)
		}
	}
}

// TestRepairKeepsAnotherTextForAFinder: what somebody wrote in its place stays beside it.
func TestRepairKeepsAnotherTextForAFinder(t *testing.T) {
	d := newPlainDrive(t, nil)
	check(t, d.Remove("IF FOUND.txt"))
	d.write(t, "IF FOUND.txt", "mine")
	st := d.school.open(t, d)
	defer st.Close()
	must(st.Repair(t.Context(), stick.RepairOptions{}))(t)
	if string(d.ReadFile("IF FOUND (2).txt")) != "mine" {
		t.Error("it is gone")
	}
}

// TestConvertedFoldersAreHealthy converts folders, with and without dates, and checks.
func TestConvertedFoldersAreHealthy(t *testing.T) {
	dir := t.TempDir()
	check(t, os.MkdirAll(filepath.Join(dir, "class", "7a"), 0o755))
	check(t, os.WriteFile(filepath.Join(dir, "class", "7a", "marks.csv"), []byte("1,2,3"), 0o644))
	when := time.Date(2024, 2, 29, 8, 30, 12, 0, time.UTC)
	for _, folder := range []string{"class/7a", "class"} {
		check(t, os.Chtimes(filepath.Join(dir, folder), when, when))
	}
	drive := must(stick.NewDirFS(dir))(t)
	defer drive.Close()
	sc := newSchool(t, "Hill School")
	sc.issue(t, drive)
	st := sc.open(t, drive)
	defer st.Close()
	must(st.Convert(t.Context(), stick.ConvertOptions{}))(t)
	for _, folder := range []string{"class/7a", "class"} {
		if e := must(st.Stat(folder))(t); !e.ModTime.Equal(when) {
			t.Errorf("%s is of %v", folder, e.ModTime)
		}
	}
	must(st.PutItems(t.Context(), []stick.Item{{Path: "no time", Kind: stick.KindFolder}}, stick.PutOptions{}))(t)
	mustBeHealthy(t, st)
}

func mustBeHealthy(t testing.TB, st *stick.Stick) {
	t.Helper()
	if found := must(st.Check(t.Context(), nil))(t); !found.Healthy() {
		t.Errorf("not healthy: %v", found.Problems)
	}
}

// TestSticksConvertedBefore: the first version wrote tables in which folders are of year 1.
func TestSticksConvertedBefore(t *testing.T) {
	dir := filepath.Join("testdata", "v1-converted")
	copied := t.TempDir()
	check(t, os.CopyFS(copied, os.DirFS(filepath.Join(dir, "drive"))))
	drive := must(stick.NewDirFS(copied))(t)
	defer drive.Close()
	authority := must(keys.OpenAuthority(must(os.ReadFile(filepath.Join(dir, "authority.age")))(t), []byte("correct horse battery staple seven")))(t)
	defer authority.Wipe()
	st := must(stick.Open(t.Context(), drive, stick.WithRecovery(authority.Identities(), authority.Verifier()), stick.OpenOptions{ReadOnly: true}))(t)
	defer st.Close()
	if got := contents(t, st); got["class/7a/marks.csv"] != "1,2,3\n" || len(got) != 5 {
		t.Errorf("it holds %q", got)
	}
	mustBeHealthy(t, st)
}

// TestOneLineDoesNotMakeAnAgeFile: what only begins as an age file does is plain.
func TestOneLineDoesNotMakeAnAgeFile(t *testing.T) {
	d := newPlainDrive(t, map[string]string{
		"secret.txt": "age-encryption.org/v1\nand then all the marks of 7a, in plain\n",
		"armor.txt":  "-----BEGIN AGE ENCRYPTED FILE-----\nall the marks of 7a\n",
		"stow":       "a letter, and no program\n",
	})
	found := must(stick.Scan(t.Context(), d, nil))(t)
	if len(found.Plain) != 3 || len(found.Encrypted) != 0 {
		t.Errorf("plain %v, encrypted %v", found.Plain, found.Encrypted)
	}
	st := d.school.open(t, d)
	defer st.Close()
	must(st.Convert(t.Context(), stick.ConvertOptions{}))(t)
	same(t, st, map[string]string{
		"secret.txt": "age-encryption.org/v1\nand then all the marks of 7a, in plain\n",
		"armor.txt":  "-----BEGIN AGE ENCRYPTED FILE-----\nall the marks of 7a\n", "stow": "a letter, and no program\n",
	})
}
