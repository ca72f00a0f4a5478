// Package schooltest makes a small real school in a folder of a test: with its register,
// its directory and its keys, whose passphrases are quick to check. [Ticking] makes one for
// tests of what ICT does, whose clock moves on by itself, and [New] one for tests of screens,
// whose clock stands still:
//
//	sc := schooltest.New(t)
//	alice := sc.Person("Alice Jones", "alice@hill.example")
//	stick := sc.Device(devices.DeviceDetails{Kind: devices.MemoryStick, Label: "MS-1"})
//	sc.Lend(stick, alice, 30)
//	place := app.NewPlace(sc.Config, sc.Options())
//	w := guitest.New(t, gui.Options{Routes: screens.Routes(place), ICT: true})
package schooltest

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/unlock"
)

// Passphrase is the passphrase of the authority, and Name the school's name.
const (
	Passphrase = "rusty lantern gallops beneath nine mushrooms"
	Name       = "Hill Road Primary"
)

// Start is the school's time at first: that of the windows of package guitest.
func Start() time.Time { return time.Date(2026, time.September, 3, 8, 30, 0, 0, time.UTC) }

// School is a school with its folder, open and unlocked for the test to prepare, and
// with a folder of settings that says where it is. The window opens it itself.
type School struct {
	*school.School
	Config string // the folder of settings

	t   testing.TB
	mu  sync.Mutex
	now time.Time
}

// Quick is the policy of such schools: scrypt is slow by design.
func Quick() keys.Policy {
	p := keys.DefaultPolicy()
	p.WorkFactor = keystest.WorkFactor()
	return p
}

// New makes a school without people and devices. It is closed at the test's end.
func New(t testing.TB) *School {
	t.Helper()
	root := t.TempDir()
	sc := &School{Config: filepath.Join(root, "config"), t: t, now: Start()}
	dir := filepath.Join(root, "school")
	ctx := t.Context()
	sc.check(school.Init(ctx, dir, school.Plan{Name: Name, Passphrase: []byte(Passphrase), Policy: Quick()}, sc.Options()))
	s, err := school.Open(ctx, dir, sc.Options())
	sc.check(err)
	t.Cleanup(func() { s.Close() })
	sc.School = s
	sc.check(unlock.Authority(ctx, s, []byte(Passphrase)))
	d, err := s.Directory()
	sc.check(err)
	_, err = config.Config{School: dir, Verifier: d.Verifier}.Write(sc.Config)
	sc.check(err)
	return sc
}

// Options are what the window is to open the school with: its clock is the school's.
func (sc *School) Options() school.Options {
	return school.Options{Actor: "ICT", Clock: sc.Now}
}

// Now is the school's time, which stands still until At.
func (sc *School) Now() time.Time {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	return sc.now
}

// At sets the school's time to so many days before Start (after it, if negative),
// to make things that happened then.
func (sc *School) At(daysBefore int) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	sc.now = Start().AddDate(0, 0, -daysBefore)
}

// Person adds somebody, without a key.
func (sc *School) Person(name, email string) devices.Holder {
	sc.t.Helper()
	h, err := sc.Register().AddHolder(sc.t.Context(), "ICT", devices.HolderDetails{Name: name, Email: email})
	sc.check(err)
	return h
}

// Device adds a device; its kind is a memory stick unless the details say otherwise.
func (sc *School) Device(d devices.DeviceDetails) devices.Device {
	sc.t.Helper()
	if d.Kind == "" {
		d.Kind = devices.MemoryStick
	}
	added, err := sc.Register().AddDevice(sc.t.Context(), "ICT", d)
	sc.check(err)
	return added
}

// Lend issues a device to somebody for so many days from the school's time on.
func (sc *School) Lend(d devices.Device, h devices.Holder, days int) devices.Device {
	sc.t.Helper()
	lent, err := sc.Register().Issue(sc.t.Context(), "ICT", d.ID, devices.LoanDetails{Holder: h.ID, Days: days})
	sc.check(err)
	return lent
}

// Act records an action on a device.
func (sc *School) Act(d devices.Device, a devices.Action, f devices.Facts) devices.Device {
	sc.t.Helper()
	after, _, err := lifecycle.Act(sc.t.Context(), sc.School, d.ID, a, f)
	sc.check(err)
	return after
}

// Verify records that a device was found encrypted, or not.
func (sc *School) Verify(d devices.Device, method string, encrypted bool) devices.Device {
	sc.t.Helper()
	after, err := sc.Register().RecordVerification(sc.t.Context(), "ICT", d.ID, devices.Verification{Method: method, By: "ICT", Encrypted: encrypted})
	sc.check(err)
	return after
}

// Reload reads a device anew.
func (sc *School) Reload(d devices.Device) devices.Device {
	sc.t.Helper()
	after, err := sc.Register().Device(sc.t.Context(), d.ID)
	sc.check(err)
	return after
}

func (sc *School) check(err error) {
	sc.t.Helper()
	if err != nil {
		sc.t.Fatal(err)
	}
}
