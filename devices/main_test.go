package devices_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"stowage/devices"
	"stowage/devices/store"
)

// A desk is a register with a clock that the test turns.
type desk struct {
	*devices.Register
	store *store.SQLite
	path  string
	now   time.Time
}

var monday = time.Date(2026, 9, 7, 8, 30, 0, 0, time.UTC)

const ict = "M. Jones (ICT)"

func newDesk(t testing.TB) *desk {
	t.Helper()
	path := filepath.Join(t.TempDir(), "register.db")
	s, err := store.Create(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &desk{store: s, path: path, now: monday}
	ids := 0
	d.Register = devices.NewRegister(s, devices.Options{
		Clock: func() time.Time { return d.now },
		NewID: func() string {
			ids++
			return fmt.Sprintf("00000000-0000-4000-8000-%012d", ids)
		},
	})
	return d
}

// must fails the test on an error.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (d *desk) person(t testing.TB, name, email string) devices.Holder {
	t.Helper()
	return must[devices.Holder](t)(d.AddHolder(t.Context(), ict, devices.HolderDetails{Name: name, Email: email}))
}

func (d *desk) stick(t testing.TB, label string) devices.Device {
	t.Helper()
	return must[devices.Device](t)(d.AddDevice(t.Context(), ict, devices.DeviceDetails{Kind: devices.MemoryStick, Label: label}))
}

func (d *desk) issued(t testing.TB, label string, h devices.Holder, days int) devices.Device {
	t.Helper()
	stick := d.stick(t, label)
	return must[devices.Device](t)(d.Issue(t.Context(), ict, stick.ID, devices.LoanDetails{Holder: h.ID, Days: days}))
}

func (d *desk) act(t testing.TB, id string, action devices.Action, f devices.Facts) devices.Device {
	t.Helper()
	if action == devices.Destroy && f.Method == "" {
		f.Method = "shredded"
	}
	return must[devices.Device](t)(d.Act(t.Context(), ict, id, action, f))
}

func (d *desk) events(t testing.TB) int64 {
	t.Helper()
	newest := must[[]devices.Event](t)(d.Events(t.Context(), devices.EventQuery{Limit: 1}))
	if len(newest) == 0 {
		return 0
	}
	return newest[0].Number
}

// check fails the test unless the state follows from the events.
func (d *desk) check(t testing.TB) {
	t.Helper()
	if err := d.Check(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

func as[E error](err error) E {
	var e E
	errors.As(err, &e)
	return e
}
