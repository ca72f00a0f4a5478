package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"stowage/devices"
	"stowage/devices/store"
)

// TestOlderRegisterGetsLog opens a register from before there was a log: every
// old event becomes a leaf, as if it had been one from the start.
func TestOlderRegisterGetsLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	s := must[*store.SQLite](t)(store.Create(t.Context(), path))
	r := registerOn(s)
	for _, label := range []string{"MS-1", "MS-2", "MS-3", "MS-4", "MS-5"} {
		add(t, r, devices.DeviceDetails{Label: label})
	}
	newer := filepath.Join(t.TempDir(), "newer.db")
	before := create(t, newer)
	withoutLogins(t, s, before)
	want := must[devices.Tree](t)(registerOn(before).Tree(t.Context()))
	if err := errors.Join(s.Close(), before.Close()); err != nil { // which folds its log into it
		t.Fatal(err)
	}
	first := must[[]byte](t)(os.ReadFile("migrations/0001_register.sql"))
	old := filepath.Join(t.TempDir(), "old.db")
	raw(t, old, string(first), "PRAGMA application_id = 1400139639", "PRAGMA user_version = 1",
		"ATTACH '"+newer+"' AS new",
		"INSERT INTO events SELECT number, time, actor, kind, device_id, holder_id, key_id, loan_id, body FROM new.events")
	opened := registerOn(openAt(t, old))
	got, err := opened.VerifyLog(t.Context(), []devices.Witness{{Tree: want}}, nil)
	if err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if err := openAt(t, old).Check(t.Context(), true); err != nil {
		t.Error(err)
	}
}

// withoutLogins fills a register with the events of another, as older programs recorded
// them: without who was logged in.
func withoutLogins(t testing.TB, from, to devices.Store) {
	t.Helper()
	ctx := t.Context()
	err := from.View(ctx, func(r devices.Reader) error {
		return to.Update(ctx, func(tx devices.Tx) error {
			return r.Walk(ctx, func(e devices.Event, _ []byte) error {
				e.Login = ""
				return tx.Append(ctx, e)
			})
		})
	})
	if err := errors.Join(err, registerOn(to).Rebuild(ctx)); err != nil {
		t.Fatal(err)
	}
}

// walk reads many events in bulk, with an odd one among them.
func walk(t *testing.T, one, _ devices.Store) {
	ctx := t.Context()
	const many = 2300 // more than is read at once
	err := one.Update(ctx, func(tx devices.Tx) error {
		for n := int64(1); n <= many; n++ {
			e := devices.Event{Number: n, Time: start, Actor: ict, Kind: devices.HolderAdded, Body: []byte(`{}`)}
			if n == 700 {
				e.Actor = "one\x1ftwo\x1e"
			}
			if err := tx.Append(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	err = one.View(ctx, func(r devices.Reader) error {
		var log devices.Frontier
		err := r.Walk(ctx, func(e devices.Event, hashes []byte) error {
			want := must[[]byte](t)(log.Add(e))
			if !bytes.Equal(want, hashes) {
				t.Fatalf("hashes of event %d", e.Number)
			}
			return nil
		})
		if got := log.Tree().Size; err != nil || got != many {
			t.Errorf("walked %d events: %v", got, err)
		}
		seen := 0
		err = r.Walk(ctx, func(devices.Event, []byte) error {
			if seen++; seen == 5 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) || seen != 5 {
			t.Errorf("after %d: %v", seen, err)
		}
		last, err := r.LastEvent(ctx) // the session is of use afterwards
		if last != many {
			t.Errorf("last event %d", last)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
