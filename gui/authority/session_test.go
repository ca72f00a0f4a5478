package authority_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
	"stowage/gui/authority"
)

func open(t *testing.T) (*authority.Session, *schooltest.School) {
	t.Helper()
	sc := schooltest.New(t)
	d := authority.New(sc.Options())
	if err := d.Open(t.Context(), sc.Dir(), ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, sc
}

func TestUnlock(t *testing.T) {
	d, _ := open(t)
	if d.Unlocked() {
		t.Error("unlocked from the start")
	}
	if err := d.Unlock(t.Context(), []byte("wrong")); !errors.Is(err, keys.ErrPassphrase) || d.Unlocked() {
		t.Errorf("a wrong passphrase: %v, unlocked: %v", err, d.Unlocked())
	}
	if err := d.Unlock(t.Context(), []byte(schooltest.Passphrase)); err != nil || !d.Unlocked() {
		t.Fatalf("unlock: %v", err)
	}
	d.Lock()
	if _, err := d.School().Authority(); !errors.Is(err, school.ErrLocked) || d.Unlocked() {
		t.Errorf("after Lock: %v", err)
	}
}

// TestLockWaits never takes the authority from work that uses it.
func TestLockWaits(t *testing.T) {
	d, _ := open(t)
	if err := d.Unlock(t.Context(), []byte(schooltest.Passphrase)); err != nil {
		t.Fatal(err)
	}
	err := d.Work(t.Context(), func(s *school.School) error {
		d.Lock()
		if d.Unlocked() {
			t.Error("still said to be unlocked")
		}
		_, err := s.PublishDirectory(t.Context())
		return err
	})
	if err != nil {
		t.Errorf("the work: %v", err)
	}
	if _, err := d.School().Authority(); !errors.Is(err, school.ErrLocked) {
		t.Errorf("after the work: %v", err)
	}
}

func TestTellsOfChanges(t *testing.T) {
	d, sc := open(t)
	var told atomic.Int32
	remove := d.OnChange(func() { told.Add(1) })
	look := func() {
		if err := d.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	look()
	if n := told.Load(); n != 0 {
		t.Errorf("told %d times of nothing", n)
	}
	sc.Device(devices.DeviceDetails{Label: "MS-1"}) // by another program
	look()
	look()
	if n := told.Load(); n != 1 {
		t.Errorf("told %d times of one change by others", n)
	}
	fail := errors.New("after a change")
	err := d.Work(t.Context(), func(s *school.School) error {
		if _, err := s.Register().AddHolder(t.Context(), "ICT", devices.HolderDetails{Name: "Alice Jones"}); err != nil {
			return err
		}
		return fail
	})
	if n := told.Load(); n != 2 || !errors.Is(err, fail) {
		t.Errorf("told %d times after a change here, %v", n, err)
	}
	remove()
	sc.Device(devices.DeviceDetails{Label: "MS-2"})
	look()
	if n := told.Load(); n != 2 {
		t.Error("told after it was removed")
	}
}

func TestClosed(t *testing.T) {
	d := authority.New(school.Options{})
	if d.School() != nil || d.Unlocked() {
		t.Error("a school from nowhere")
	}
	d.Lock()
	if err := d.Unlock(context.Background(), []byte("x")); !errors.Is(err, authority.ErrClosed) {
		t.Error(err)
	}
	if err := d.Open(t.Context(), t.TempDir(), ""); !errors.Is(err, school.ErrNotSchool) {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// TestAnotherSchool locks and closes the one before.
func TestAnotherSchool(t *testing.T) {
	d, first := open(t)
	if err := d.Unlock(t.Context(), []byte(schooltest.Passphrase)); err != nil {
		t.Fatal(err)
	}
	second := schooltest.New(t)
	if err := d.Open(t.Context(), t.TempDir(), ""); err == nil || d.School().Dir() != first.Dir() || !d.Unlocked() {
		t.Errorf("a failure changed what was open: %v", err)
	}
	if err := d.Open(t.Context(), second.Dir(), ""); err != nil || d.School().Dir() != second.Dir() || d.Unlocked() {
		t.Errorf("the second school: %v", err)
	}
}
