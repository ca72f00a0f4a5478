package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"stowage/crypt/longtest"
	"stowage/devices"
	"stowage/devices/store"
)

var registerFlips = longtest.Int("register-flips", 30, 500, "single-bit flips of a register's file, and as many of its log of changes")

// allOf is all that a register says, as text.
func allOf(t testing.TB, r *devices.Register) string {
	t.Helper()
	ctx := t.Context()
	var all []any
	for after := int64(0); ; {
		page := must[[]devices.Event](t)(r.Events(ctx, devices.EventQuery{Oldest: true, After: after, Limit: devices.MaxPage}))
		for _, e := range page {
			all = append(all, e.Number, e.Time, e.Actor, e.Kind, e.Device, e.Holder, e.Key, e.Loan, string(e.Body))
			after = e.Number
		}
		if len(page) == 0 {
			break
		}
	}
	for _, label := range find(t, r, devices.DeviceQuery{Limit: 50}) {
		d := must[devices.Device](t)(r.FindDevice(ctx, label))
		all = append(all, fmt.Sprintf("%+v", d), find(t, r, devices.DeviceQuery{Search: label}))
	}
	return fmt.Sprint(all...)
}

// whole opens a register and looks at everything in it, as verifying it does.
func whole(t testing.TB, path string) (string, error) {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	if err != nil {
		return "", err
	}
	defer s.Close()
	r := registerOn(s)
	_, logErr := r.VerifyLog(t.Context(), nil, nil)
	if err := errors.Join(s.Check(t.Context(), true), logErr, r.Check(t.Context(), nil)); err != nil {
		return "", err
	}
	return allOf(t, r), nil
}

// told reports whether an error says that the register is damaged, in a way that has words for people.
func told(err error) bool {
	var tampered *devices.TamperError
	var different *devices.DifferenceError
	return errors.Is(err, store.ErrDamaged) || errors.Is(err, store.ErrNotRegister) || errors.Is(err, store.ErrNewer) ||
		errors.Is(err, devices.ErrCorrupt) || errors.Is(err, devices.ErrNewer) || errors.As(err, &tampered) || errors.As(err, &different)
}

// write writes a register's file and its log, and what SQLite has beside them is gone.
func write(t testing.TB, path string, file, log []byte) {
	t.Helper()
	for _, suffix := range []string{"-shm", "-wal"} {
		_ = os.Remove(path + suffix)
	}
	err := os.WriteFile(path, file, 0o600)
	if log != nil {
		err = errors.Join(err, os.WriteFile(path+"-wal", log, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// comesBack restores a backup over whatever is at path.
func comesBack(t testing.TB, path string, saved []byte, want string) {
	t.Helper()
	if err := store.Restore(t.Context(), path, bytes.NewReader(saved), store.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	if got, err := whole(t, path); err != nil || got != want {
		t.Fatalf("restored, and %v, the same: %v", err, got == want)
	}
}

// TestRegisterDecays flips single bits of a register's file, and cuts it short: either that
// is noticed, or the register says what it said before. The backup brings it back.
func TestRegisterDecays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	s := create(t, path)
	fill(t, registerOn(s), 40)
	want := allOf(t, registerOn(s))
	saved := backup(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	good := must[[]byte](t)(os.ReadFile(path))
	random := rand.New(rand.NewPCG(5, 9))
	noticed := 0
	damaged := func(name string, bad []byte) {
		write(t, path, bad, nil)
		got, err := whole(t, path)
		switch {
		case err != nil && !told(err):
			t.Errorf("%s: %v", name, err)
		case err == nil && got != want:
			t.Errorf("%s: it says something else, and nothing notices", name)
		case err != nil:
			noticed++
		}
	}
	flips := *registerFlips
	if testing.Short() {
		flips /= 4
	}
	for range flips {
		bit := random.IntN(8 * len(good))
		bad := slices.Clone(good)
		bad[bit/8] ^= 1 << (bit % 8)
		damaged(fmt.Sprintf("bit %d flipped", bit), bad)
	}
	flipped := noticed
	const page = 4096
	stride := 1
	if testing.Short() {
		stride = 12
	}
	for pages := 0; pages < len(good)/page; pages += stride + random.IntN(6) {
		for _, size := range []int{pages * page, pages*page + 1 + random.IntN(page-1)} {
			damaged(fmt.Sprintf("cut to %d bytes", size), good[:size])
		}
		if pages%5 == 0 {
			comesBack(t, path, saved, want)
		}
	}
	t.Logf("%d of %d flipped bits mattered, and every one of them was noticed", flipped, flips)
}

// TestLogOfChangesDecays damages the log of changes that a killed program left: what was
// committed is not silently undone, unless it may as well never have been committed.
func TestLogOfChangesDecays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	s := create(t, path)
	r := registerOn(s)
	fill(t, r, 5)
	saved, before := backup(t, s), allOf(t, r)
	if _, err := s.Writing().Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	states := map[string]int{allOf(t, r): 0}
	const commits = 6
	for i := range commits {
		add(t, r, devices.DeviceDetails{Label: fmt.Sprintf("WAL-%d", i)})
		states[allOf(t, r)] = i + 1
	}
	file, log := must[[]byte](t)(os.ReadFile(path)), must[[]byte](t)(os.ReadFile(path+"-wal"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path = filepath.Join(dir, "register.db")
	write(t, path, file, log)
	if got, err := whole(t, path); err != nil || states[got] != commits {
		t.Fatalf("undamaged: %d commits, %v", states[got], err)
	}
	random := rand.New(rand.NewPCG(5, 10))
	noticed := 0
	for range *registerFlips {
		bit := random.IntN(8 * len(log))
		bad := slices.Clone(log)
		bad[bit/8] ^= 1 << (bit % 8)
		write(t, path, file, bad)
		got, err := whole(t, path)
		had, known := states[got]
		switch {
		case errors.Is(err, store.ErrDamaged):
			noticed++
			if kept := must[[]byte](t)(os.ReadFile(path + "-wal")); !bytes.Equal(kept, bad) {
				t.Fatal("the damaged log was changed")
			}
			if noticed == 1 {
				comesBack(t, path, saved, before)
			}
		case err != nil:
			t.Errorf("bit %d: %v", bit, err)
		case !known || had < commits-1:
			// The last commit may have been torn when the program was killed.
			t.Errorf("bit %d flipped, and only %d of %d commits are left without a word", bit, had, commits)
		}
	}
	if noticed < *registerFlips/2 {
		t.Errorf("only %d of %d flips were noticed", noticed, *registerFlips)
	}
	for range *registerFlips / 4 {
		write(t, path, file, log[:random.IntN(len(log))])
		got, err := whole(t, path)
		if _, known := states[got]; err != nil || !known { // it is then a register of an earlier moment
			t.Errorf("a log that was cut short: %v", err)
		}
	}
}
