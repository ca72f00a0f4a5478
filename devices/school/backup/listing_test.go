package backup_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/loss"
	"stowage/devices/school/schooltest"
)

// listed is a listing's paths.
func listed(l backup.Listing) (paths []string) {
	for _, f := range l.Files {
		paths = append(paths, f.Path)
	}
	return paths
}

func listingFile(s *school.School, device string) string {
	return filepath.Join(s.Dir(), backup.ListingsFolder, device+".age")
}

// TestLostWithoutBackup: what was on a stick that was only ever checked in is known
// when it is lost, and its file names are nowhere in the clear.
func TestLostWithoutBackup(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	if _, err := backup.LastKnown(ctx, s, "HRP-1", "asked to"); !errors.Is(err, stick.ErrNoBackup) {
		t.Errorf("before it was seen: %v", err)
	}
	schooltest.Fill(t, s, m, schooltest.Taken())
	sight := schooltest.Seen(t, s, m)
	schooltest.Fill(t, s, m, map[string]string{"later.txt": "later"})
	i, _, err := loss.OpenIncident(ctx, s, loss.NewIncident{Device: "HRP-1", Details: devices.IncidentDetails{Kind: devices.WasLost}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := loss.IncidentListing(ctx, s, i.ID, "asked to")
	if err != nil || l.From != backup.FromCheckIn || !reflect.DeepEqual(listed(l), []string{"photo.bin", "reports/autumn.txt"}) || l.Bytes() != 400_006 {
		t.Fatalf("%+v, %v", l, err)
	}
	if l.At.Sub(sight.Device.Seen.At).Abs() > time.Minute || !i.Listed.Equal(l.At) {
		t.Errorf("of %s, seen at %s, listed %s", l.At, sight.Device.Seen.At, i.Listed)
	}
	sealed, err := os.ReadFile(listingFile(s, issued.Device.ID))
	if err != nil || strings.Contains(string(sealed), "autumn") {
		t.Errorf("the list: %v", err)
	}
	// When it turns up, its list stays that of before.
	schooltest.Seen(t, s, m)
	if after, err := backup.LastKnown(ctx, s, "HRP-1", "asked to"); err != nil || !after.At.Equal(l.At) {
		t.Errorf("found: %+v, %v", after, err)
	}
	s.Lock()
	if _, err := backup.LastKnown(ctx, s, "HRP-1", "asked to"); !errors.Is(err, school.ErrLocked) {
		t.Errorf("locked: %v", err)
	}
}

// TestRecordingALossLists: also a loss that is recorded in the register, and not as an
// incident, keeps what was on it.
func TestRecordingALossLists(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, schooltest.Taken())
	schooltest.Seen(t, s, m)
	if _, _, err := lifecycle.Act(t.Context(), s, "HRP-1", devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	if l, err := loss.IncidentListing(t.Context(), s, schooltest.Incidents(t, s)[0].ID, "asked to"); err != nil || len(l.Files) != 2 {
		t.Errorf("%+v, %v", l, err)
	}
}

// TestNewestIsKnown: of the backup and the check-in, the newer says what was on it.
func TestNewestIsKnown(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, map[string]string{"a.txt": "a"})
	schooltest.CheckIn(t, s, m) // which backs it up
	want := func(from string, files ...string) {
		t.Helper()
		l, err := backup.LastKnown(ctx, s, "HRP-1", "asked to")
		if err != nil || l.From != from || !reflect.DeepEqual(listed(l), files) {
			t.Errorf("from the %s: %q, %v", l.From, listed(l), err)
		}
	}
	want(backup.FromBackup, "a.txt")
	schooltest.Fill(t, s, m, map[string]string{"b.txt": "b"})
	schooltest.Seen(t, s, m)
	want(backup.FromCheckIn, "a.txt", "b.txt")
	schooltest.Fill(t, s, m, map[string]string{"c.txt": "c"})
	if _, err := checkin.Unopened(ctx, s, checkin.Options{Drive: m, BackUp: true}); err != nil {
		t.Fatal(err)
	}
	want(backup.FromBackup, "a.txt", "b.txt", "c.txt")

	// Nonsense in the list's place is not believed; without a backup that is said.
	path := listingFile(s, issued.Device.ID)
	for _, bad := range []string{"", "nonsense", forgedListing(t, s, `{"from":"check-in","at":"2026-09-24T08:00:00Z","files":[{"path":"../../x"}]}`)} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		want(backup.FromBackup, "a.txt", "b.txt", "c.txt")
	}
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(shared.Dir, school.BackupFolder)); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.LastKnown(ctx, s, "HRP-1", "asked to"); !errors.Is(err, backup.ErrListing) {
		t.Errorf("nonsense alone: %v", err)
	}
	schooltest.Seen(t, s, m)
	want(backup.FromCheckIn, "a.txt", "b.txt", "c.txt")
}

func forgedListing(t *testing.T, s *school.School, plain string) string {
	t.Helper()
	d, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := keys.WrapFor([]byte(plain), d.Recovery)
	if err != nil {
		t.Fatal(err)
	}
	return string(sealed[d.Policy.Class])
}

// TestListingOfThePersonBefore: what was on a device as another stick says nothing of
// the one that it is now.
func TestListingOfThePersonBefore(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	bob, _ := schooltest.Person(t, s, "Bob Evans")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, schooltest.Taken())
	schooltest.Seen(t, s, m)
	if _, _, err := lifecycle.Act(ctx, s, "HRP-1", devices.Return, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	again := schooltest.Plan(m, bob, "HRP-1")
	again.Replace = true
	issued, err := issue.Stick(ctx, s, again)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := backup.LastKnown(ctx, s, "HRP-1", "asked to"); err == nil {
		t.Errorf("Bob had %q", listed(l))
	}
	schooltest.Seen(t, s, m)
	if l, err := backup.LastKnown(ctx, s, "HRP-1", "asked to"); err != nil || len(l.Files) != 0 {
		t.Errorf("%+v, %v", l, err)
	}
	for _, a := range []devices.Action{devices.Return, devices.Retire} {
		if _, _, err := lifecycle.Act(ctx, s, "HRP-1", a, devices.Facts{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(listingFile(s, issued.Device.ID)); !os.IsNotExist(err) {
		t.Errorf("the list of a retired stick is kept: %v", err)
	}
}

func FuzzReadListing(f *testing.F) {
	for _, seed := range []string{
		`{"from":"backup","at":"2026-09-24T08:00:00Z","files":[{"path":"Year 4/plan.docx","size":20000,"saved":"2026-09-23T08:00:00Z"}]}`,
		`{"from":"check-in","at":"2026-09-24T08:00:00Z","stick":"4e5b1d0c-0000-4000-8000-000000000001","files":[],"more":3}`,
		`{"from":"check-in","at":"0001-01-01T00:00:00Z","files":null}`,
		`{"from":"backup","at":"2026-09-24T08:00:00Z","files":[{"path":"../x","size":-1}]}`, `{"from":"x"}`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		l, err := backup.ReadListing(plain)
		if err != nil {
			if !errors.Is(err, backup.ErrListing) && !errors.Is(err, keys.ErrNewer) {
				t.Fatalf("an error without a name: %v", err)
			}
			return
		}
		for _, file := range l.Files {
			if err := stick.CheckPath(file.Path); err != nil || file.Size < 0 {
				t.Fatalf("%q of %d bytes was listed: %v", file.Path, file.Size, err)
			}
		}
		again, err := json.Marshal(l)
		if err != nil {
			t.Fatalf("what was read cannot be kept: %v", err)
		}
		if _, err := backup.ReadListing(again); err != nil {
			t.Fatalf("read again: %v", err)
		}
	})
}
