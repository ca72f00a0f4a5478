package school_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
)

var authorityPassphrase = []byte("rusty lantern gallops beneath nine mushrooms")

// day is when the tests happen.
var day = time.Date(2026, 9, 24, 8, 0, 0, 0, time.UTC)

// quick is the policy of schools in tests: scrypt is slow by design.
func quick() keys.Policy {
	p := keys.DefaultPolicy()
	p.WorkFactor = keys.InsecureTestWorkFactor
	return p
}

// options are those of a school whose clock moves on by a second at each look.
func options() school.Options {
	now := day
	return school.Options{Actor: "test", Clock: func() time.Time {
		now = now.Add(time.Second)
		return now
	}}
}

// newSchool makes a school and opens it, unlocked.
func newSchool(t *testing.T) *school.School {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "school")
	plan := school.Plan{Name: "Hill Road Primary", Passphrase: authorityPassphrase, Policy: quick()}
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
	if err := s.Unlock(t.Context(), authorityPassphrase); err != nil {
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
