package loss_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/backup"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/loss"
	"stowage/devices/school/schooltest"
)

// A computer of staff tells ICT of a lost stick, once; ICT records it.
func TestLostStickSeenElsewhere(t *testing.T) {
	s, _, _, lost := schooltest.BackedUp(t)
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	d, err := shared.Directory("")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := loss.LostStick(d, lost.Note); !ok {
		t.Fatal("the directory does not list the lost stick")
	}
	if _, ok := loss.LostStick(d, stick.Note{ID: "another"}); ok {
		t.Error("another stick is lost too")
	}
	for range 2 {
		if err := loss.ReportFound(shared, d, lost.Note, "library PC 3", schooltest.Day().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string]string{"found-x.stowage-found.age": "junk", "found-y.stowage-found.age": ""} {
		if err := os.WriteFile(filepath.Join(shared.Inbox(), name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	strange := lost.Note
	strange.Label = "HRP-9"
	strange.ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
	if err := loss.ReportFound(shared, d, strange, "x", schooltest.Day()); err != nil {
		t.Fatal(err)
	}
	list, err := loss.FoundSticks(t.Context(), s)
	if err != nil || len(list) != 1 || list[0].Place != "library PC 3" || list[0].Label != "HRP-1" {
		t.Fatalf("found: %+v, %v", list, err)
	}
	dev, err := loss.RecordFound(t.Context(), s, list[0])
	if err != nil || dev.State != devices.Lost || dev.Seen.Place != "library PC 3" {
		t.Errorf("recorded: %+v, %v", dev, err)
	}
	if list, err := loss.FoundSticks(t.Context(), s); err != nil || len(list) != 0 {
		t.Errorf("found again: %+v, %v", list, err)
	}
}

func TestChangedSince(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, schooltest.Taken())
	schooltest.CheckIn(t, s, m)
	st := schooltest.Opened(t, s, m)
	if c, err := backup.ChangedSince(t.Context(), s, st); err != nil || !c.None() || c.Since.IsZero() {
		t.Errorf("nothing changed: %+v, %v", c, err)
	}
	if err := st.Remove(t.Context(), "reports/autumn.txt"); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	schooltest.Fill(t, s, m, map[string]string{"photo.bin": "another", "new.txt": "new"})
	st = schooltest.Opened(t, s, m)
	defer st.Close()
	c, err := backup.ChangedSince(t.Context(), s, st)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Added, []string{"new.txt"}) || !slices.Equal(c.Changed, []string{"photo.bin"}) || !slices.Equal(c.Gone, []string{"reports/autumn.txt"}) {
		t.Errorf("changed: %+v", c)
	}
}

// TestTidyingChangesNothing: files that tidying wrote again have not changed.
func TestTidyingChangesNothing(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, schooltest.Taken())
	schooltest.CheckIn(t, s, m)
	later := func() time.Time { return time.Now().Add(time.Hour) }
	st, err := s.OpenAsICT(t.Context(), m, stick.OpenOptions{Clock: later})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.Remove(t.Context(), "reports/autumn.txt"); err != nil {
		t.Fatal(err)
	}
	if tidied, err := st.Tidy(t.Context(), stick.TidyOptions{All: true}); err != nil || tidied.Written == 0 {
		t.Fatalf("tidied: %+v, %v", tidied, err)
	}
	c, err := backup.ChangedSince(t.Context(), s, st)
	if err != nil || len(c.Added)+len(c.Changed) > 0 || !slices.Equal(c.Gone, []string{"reports/autumn.txt"}) {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestWhatChangedWithoutABackup: a lost stick that was only checked in is compared with
// what was on it then.
func TestWhatChangedWithoutABackup(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, map[string]string{"a.txt": "a", "b.txt": "b"})
	schooltest.Seen(t, s, m)
	if _, _, err := lifecycle.Act(t.Context(), s, "HRP-1", devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	schooltest.Fill(t, s, m, map[string]string{"b.txt": "another b", "c.txt": "c"})
	st := schooltest.Opened(t, s, m)
	defer st.Close()
	c, err := backup.ChangedSince(t.Context(), s, st)
	if err != nil || !slices.Equal(c.Added, []string{"c.txt"}) || !slices.Equal(c.Changed, []string{"b.txt"}) || len(c.Gone) > 0 {
		t.Errorf("%+v, %v", c, err)
	}
}
