package school_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
)

// authorityPassphrase is that of the school.
func authorityPassphrase() []byte { return []byte(schooltest.Passphrase) }

// day is when the tests happen.
func day() time.Time { return time.Date(2026, 9, 24, 8, 0, 0, 0, time.UTC) }

// options are those of a school whose clock moves on by a second at each look.
func options() school.Options {
	now := day()
	return school.Options{Actor: "test", Clock: func() time.Time {
		now = now.Add(time.Second)
		return now
	}}
}

// newSchool makes a school and opens it, unlocked.
func newSchool(t *testing.T) *school.School {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "school")
	plan := school.Plan{Name: "Hill Road Primary", Passphrase: authorityPassphrase(), Policy: schooltest.Quick()}
	if err := school.Init(t.Context(), dir, plan, options()); err != nil {
		t.Fatal(err)
	}
	return open(t, dir)
}

// open opens a school, unlocked.
func open(t *testing.T, dir string) *school.School {
	t.Helper()
	s, err := school.Open(t.Context(), dir, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Unlock(t.Context(), authorityPassphrase()); err != nil {
		t.Fatal(err)
	}
	return s
}

// person adds a person with a key, and returns its id and the key's temporary
// passphrase.
func person(t *testing.T, s *school.School, name string) (id string, passphrase []byte) {
	t.Helper()
	h, err := s.Register().AddHolder(t.Context(), "test", devices.HolderDetails{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	issued, err := s.IssueKey(t.Context(), h.ID)
	if err != nil {
		t.Fatal(err)
	}
	return h.ID, issued.Passphrase
}

// issue makes a stick in memory for a person.
func issue(t *testing.T, s *school.School, who, label string) (*sticktest.Mem, school.IssuedStick) {
	t.Helper()
	m := sticktest.New()
	issued, err := s.IssueStick(t.Context(), plan(m, who, label))
	if err != nil {
		t.Fatal(err)
	}
	return m, issued
}

func plan(m *sticktest.Mem, who, label string) school.StickPlan {
	return school.StickPlan{
		FS: m, Holder: who, Device: devices.DeviceDetails{Label: label}, Return: "Hill Road Primary",
		Drive: drives.Drive{Path: "/media/stick", Size: 64e9, Removable: true, Bus: drives.BusUSB, Disk: "/dev/sdz"},
	}
}

// opened opens a stick with the recovery key; the test closes it.
func opened(t *testing.T, s *school.School, m *sticktest.Mem) *stick.Stick {
	t.Helper()
	st, err := s.OpenAsICT(t.Context(), m, stick.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// opens reports whether a stick opens with something.
func opens(m *sticktest.Mem, with stick.Unlock) error {
	st, err := stick.Open(context.Background(), m, with, stick.OpenOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	return st.Close()
}

// count is the number of devices in the register.
func count(t *testing.T, s *school.School) int {
	t.Helper()
	page, err := s.Register().Devices(t.Context(), devices.DeviceQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Devices)
}

// names lists a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// contentsOf is what is in the backup of a device.
func contentsOf(t *testing.T, s *school.School, device string) (school.Contents, error) {
	t.Helper()
	b, err := s.OpenBackup(t.Context(), device, "asked to")
	if err != nil {
		return school.Contents{}, err
	}
	defer b.Close()
	return b.Contents(t.Context())
}

// textItem is a file to be stored.
type textItem struct{ io.Reader }

func (textItem) Unchanged() error { return nil }
func (textItem) Close() error     { return nil }

// taken is what is stored on the stick that is lost.
func taken() map[string]string {
	return map[string]string{"reports/autumn.txt": "autumn", "photo.bin": strings.Repeat("0123456789", 40_000), "empty/": ""}
}

// fillStick stores files on a stick.
func fillStick(t *testing.T, s *school.School, m *sticktest.Mem, files map[string]string) {
	t.Helper()
	st := opened(t, s, m)
	defer st.Close()
	var items []stick.Item
	for name, content := range files {
		item := stick.Item{Path: name, Kind: stick.KindFile, Size: int64(len(content)), ModTime: day().Add(-48 * time.Hour), Open: func() (stick.ItemReader, error) {
			return textItem{strings.NewReader(content)}, nil
		}}
		if folder, ok := strings.CutSuffix(name, "/"); ok {
			item.Path, item.Kind, item.Size = folder, stick.KindFolder, 0
		}
		items = append(items, item)
	}
	if _, err := st.PutItems(t.Context(), items, stick.PutOptions{Clash: stick.Replace}); err != nil {
		t.Fatal(err)
	}
}

// backedUp is a school with a stick that was filled, backed up and lost.
func backedUp(t *testing.T) (s *school.School, alice string, passphrase []byte, issued school.IssuedStick) {
	t.Helper()
	s = newSchool(t)
	alice, passphrase = person(t, s, "Alice Jones")
	m, issued := issue(t, s, alice, "HRP-1")
	fillStick(t, s, m, taken())
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := shared.BackUpStick(t.Context(), school.BackupPlan{Drive: m, Verifier: d.Verifier}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Act(t.Context(), "HRP-1", devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	return s, alice, passphrase, issued
}

// rewritten makes another history for the register, hash for hash as this
// program would have.
func rewritten(t *testing.T, s *school.School, number int64, actor string) {
	t.Helper()
	events, err := s.Register().Events(t.Context(), devices.EventQuery{Oldest: true, Limit: devices.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	var log devices.Frontier
	statements := []string{"DROP TRIGGER events_stay"}
	for _, e := range events {
		if e.Number == number {
			e.Actor = actor
		}
		hashes, err := log.Add(e)
		if err != nil {
			t.Fatal(err)
		}
		statements = append(statements, fmt.Sprintf("UPDATE events SET actor = '%s', hashes = x'%x' WHERE number = %d", e.Actor, hashes, e.Number))
	}
	shell(t, s, append(statements, "CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END")...)
}

func checkIn(t *testing.T, s *school.School, m *sticktest.Mem) school.CheckInResult {
	t.Helper()
	st := opened(t, s, m)
	defer st.Close()
	seen, err := s.CheckIn(t.Context(), st, school.CheckInOptions{Drive: m, Health: devices.Healthy, BackUp: true, Place: "ICT office"})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// seen checks a stick in, without backing it up.
func seen(t *testing.T, s *school.School, m *sticktest.Mem) school.CheckInResult {
	t.Helper()
	st := opened(t, s, m)
	defer st.Close()
	sight, err := s.CheckIn(t.Context(), st, school.CheckInOptions{Drive: m})
	if err != nil || sight.ListErr != nil {
		t.Fatal(err, sight.ListErr)
	}
	return sight
}

func incidents(t *testing.T, s *school.School) []devices.Incident {
	t.Helper()
	all, err := s.Register().Incidents(t.Context(), devices.IncidentQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// authority is that of another school.
func authority(t *testing.T) *keys.Authority {
	t.Helper()
	a, err := keys.NewAuthority("Mill Lane Primary", day())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Wipe)
	return a
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// shell changes the register as somebody at an SQL shell would.
func shell(t *testing.T, s *school.School, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.Dir(), school.RegisterFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
