package schooltest

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
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/programs"
	"stowage/devices/school/unlock"
)

// AuthorityPassphrase is that of the school.
func AuthorityPassphrase() []byte { return []byte(Passphrase) }

// Day is when the tests happen.
func Day() time.Time { return time.Date(2026, 9, 24, 8, 0, 0, 0, time.UTC) }

// TickingOptions are those of a school whose clock moves on by a second at each look.
func TickingOptions() school.Options {
	now := Day()
	return school.Options{Actor: "test", Clock: func() time.Time {
		now = now.Add(time.Second)
		return now
	}}
}

// Ticking makes a school and opens it, unlocked.
func Ticking(t *testing.T) *school.School {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "school")
	plan := school.Plan{Name: "Hill Road Primary", Passphrase: AuthorityPassphrase(), Policy: Quick()}
	if err := school.Init(t.Context(), dir, plan, TickingOptions()); err != nil {
		t.Fatal(err)
	}
	return Open(t, dir)
}

// Open opens a school, unlocked.
func Open(t *testing.T, dir string) *school.School {
	t.Helper()
	s, err := school.Open(t.Context(), dir, TickingOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := unlock.Authority(t.Context(), s, AuthorityPassphrase()); err != nil {
		t.Fatal(err)
	}
	return s
}

// Person adds a person with a key, and returns its id and the key's temporary
// passphrase.
func Person(t *testing.T, s *school.School, name string) (id string, passphrase []byte) {
	t.Helper()
	h, err := s.Register().AddHolder(t.Context(), "test", devices.HolderDetails{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	issued, err := issue.Key(t.Context(), s, h.ID)
	if err != nil {
		t.Fatal(err)
	}
	return h.ID, issued.Passphrase
}

// Issued makes a stick in memory for a person.
func Issued(t *testing.T, s *school.School, who, label string) (*sticktest.Mem, issue.IssuedStick) {
	t.Helper()
	m := sticktest.New()
	issued, err := issue.Stick(t.Context(), s, Plan(m, who, label))
	if err != nil {
		t.Fatal(err)
	}
	return m, issued
}

// Plan says that a person is to get a stick in memory, as [Issued] makes it.
func Plan(m *sticktest.Mem, who, label string) issue.StickPlan {
	return issue.StickPlan{
		FS: m, Holder: who, Device: devices.DeviceDetails{Label: label}, Return: "Hill Road Primary",
		Drive: drives.Drive{Path: "/media/stick", Size: 64e9, Removable: true, Bus: drives.BusUSB, Disk: "/dev/sdz"},
	}
}

// Opened opens a stick with the recovery key; the test closes it.
func Opened(t *testing.T, s *school.School, m *sticktest.Mem) *stick.Stick {
	t.Helper()
	st, err := s.OpenAsICT(t.Context(), m, stick.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// Opens reports whether a stick opens with something.
func Opens(m *sticktest.Mem, with stick.Unlock) error {
	st, err := stick.Open(context.Background(), m, with, stick.OpenOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	return st.Close()
}

// Count is the number of devices in the register.
func Count(t *testing.T, s *school.School) int {
	t.Helper()
	page, err := s.Register().Devices(t.Context(), devices.DeviceQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Devices)
}

// Names lists a folder.
func Names(t *testing.T, dir string) []string {
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

// ContentsOf is what is in the backup of a device.
func ContentsOf(t *testing.T, s *school.School, device string) (backup.Contents, error) {
	t.Helper()
	b, err := backup.OpenDevice(t.Context(), s, device, "asked to")
	if err != nil {
		return backup.Contents{}, err
	}
	defer b.Close()
	return b.Contents(t.Context())
}

// TextItem is a file to be stored.
type TextItem struct{ io.Reader }

func (TextItem) Unchanged() error { return nil }
func (TextItem) Close() error     { return nil }

// Taken is what is stored on the stick that is lost.
func Taken() map[string]string {
	return map[string]string{"reports/autumn.txt": "autumn", "photo.bin": strings.Repeat("0123456789", 40_000), "empty/": ""}
}

// Fill stores files on a stick.
func Fill(t *testing.T, s *school.School, m *sticktest.Mem, files map[string]string) {
	t.Helper()
	st := Opened(t, s, m)
	defer st.Close()
	var items []stick.Item
	for name, content := range files {
		item := stick.Item{Path: name, Kind: stick.KindFile, Size: int64(len(content)), ModTime: Day().Add(-48 * time.Hour), Open: func() (stick.ItemReader, error) {
			return TextItem{strings.NewReader(content)}, nil
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

// BackedUp is a school with a stick that was filled, backed up and lost.
func BackedUp(t *testing.T) (s *school.School, alice string, passphrase []byte, issued issue.IssuedStick) {
	t.Helper()
	s = Ticking(t)
	alice, passphrase = Person(t, s, "Alice Jones")
	m, issued := Issued(t, s, alice, "HRP-1")
	Fill(t, s, m, Taken())
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Stick(t.Context(), shared, backup.Plan{Drive: m, Verifier: d.Verifier}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := lifecycle.Act(t.Context(), s, "HRP-1", devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	return s, alice, passphrase, issued
}

// Rewritten makes another history for the register, hash for hash as this
// program would have.
func Rewritten(t *testing.T, s *school.School, number int64, actor string) {
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
	Shell(t, s, append(statements, "CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END")...)
}

// CheckIn checks a stick in at the ICT office, and backs it up.
func CheckIn(t *testing.T, s *school.School, m *sticktest.Mem) checkin.Result {
	t.Helper()
	st := Opened(t, s, m)
	defer st.Close()
	seen, err := checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m, Health: devices.Healthy, BackUp: true, Place: "ICT office"})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// Seen checks a stick in, without backing it up.
func Seen(t *testing.T, s *school.School, m *sticktest.Mem) checkin.Result {
	t.Helper()
	st := Opened(t, s, m)
	defer st.Close()
	sight, err := checkin.Stick(t.Context(), s, st, checkin.Options{Drive: m})
	if err != nil || sight.ListErr != nil {
		t.Fatal(err, sight.ListErr)
	}
	return sight
}

// Incidents lists the incidents on record.
func Incidents(t *testing.T, s *school.School) []devices.Incident {
	t.Helper()
	all, err := s.Register().Incidents(t.Context(), devices.IncidentQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Write writes a file.
func Write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// OtherAuthority is that of another school.
func OtherAuthority(t *testing.T) *keys.Authority {
	t.Helper()
	a, err := keys.NewAuthority("Mill Lane Primary", Day())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Wipe)
	return a
}

// Must returns a value that there must be.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Shell changes the register as somebody at an SQL shell would.
func Shell(t *testing.T, s *school.School, statements ...string) {
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

// Laptop lends a new laptop to a person.
func Laptop(t *testing.T, s *school.School, label, who string) devices.Device {
	t.Helper()
	d, err := s.Register().AddDevice(t.Context(), "test", devices.DeviceDetails{Kind: devices.Laptop, Label: label, Serial: "SN-" + label})
	if err != nil {
		t.Fatal(err)
	}
	if who == "" {
		return d
	}
	if d, err = lifecycle.Lend(t.Context(), s, d.ID, who, devices.LoanDetails{}); err != nil {
		t.Fatal(err)
	}
	return d
}

// Released writes a file that says that it is a release of a program.
func Released(t testing.TB, magic, name, version, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+"-download")
	if err := os.WriteFile(path, []byte(magic+content+"stowage-"+"program:"+name+":"+version+";"+content), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// ReleasedForWindows writes a file that says that it is the window of a version.
func ReleasedForWindows(t testing.TB, version string) string {
	return Released(t, "MZ", "stowage", version, strings.Repeat("window "+version, 1000))
}

// AddProgram approves the program in a file.
func AddProgram(t testing.TB, s *school.School, path string) stick.Program {
	t.Helper()
	p, err := programs.Add(t.Context(), s, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
