package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"stowage/devices"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// everything is all that a register holds, as text to compare.
func everything(t testing.TB, s devices.Store) string {
	t.Helper()
	ctx, r := t.Context(), registerOn(s)
	all := map[string]any{
		"tree":    must[devices.Tree](t)(r.Tree(ctx)),
		"devices": find(t, r, devices.DeviceQuery{Sort: devices.ByHolder}),
		"bus":     find(t, r, devices.DeviceQuery{Search: "bus"}),
		"seen":    must[[]devices.Witness](t)(r.Witnesses(ctx)),
	}
	if err := s.View(ctx, func(r devices.Reader) error {
		var events []devices.Event
		err := r.Walk(ctx, func(e devices.Event, _ []byte) error {
			e.Body = slices.Clone(e.Body)
			events = append(events, e)
			return nil
		})
		all["events"] = events
		all["blob"] = string(must[[]byte](t)(r.Blob(ctx, "digest")))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return string(must[[]byte](t)(json.MarshalIndent(all, "", " ")))
}

// lived fills a register with something of every kind.
func lived(t testing.TB, s devices.Store) {
	t.Helper()
	fill(t, registerOn(s), 40)
	if err := s.Update(t.Context(), func(tx devices.Tx) error {
		return errors.Join(tx.PutBlob(t.Context(), "digest", []byte("content\x00\xff")),
			tx.PutWitness(t.Context(), devices.Witness{Note: []byte("note"), Seen: start, Place: "desk"}))
	}); err != nil {
		t.Fatal(err)
	}
}

// TestMove moves a register to PostgreSQL and back; nothing changes on the way.
func TestMove(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	ctx := t.Context()
	file := create(t, filepath.Join(t.TempDir(), "register.db"))
	lived(t, file)
	want := everything(t, file)
	database := openPostgres(t, newPostgres(t, server))
	back := create(t, filepath.Join(t.TempDir(), "back.db"))
	for _, way := range []struct{ from, to store.Keeper }{{file, database}, {database, back}} {
		enough := errors.New("enough")
		if _, err := store.Move(ctx, way.from, way.to, nil, func() error { return enough }); !errors.Is(err, enough) {
			t.Error(err)
		}
		// What a move that was cut short has left is no hindrance.
		switched := false
		tree, err := store.Move(ctx, way.from, way.to, nil, func() error { switched = true; return nil })
		if err != nil || !switched {
			t.Fatalf("%v, switched over: %v", err, switched)
		}
		if got := must[devices.Tree](t)(registerOn(way.to).Tree(ctx)); got != tree {
			t.Errorf("the log is %v, and said to be %v", got, tree)
		}
		if got := everything(t, way.to); got != want {
			t.Errorf("moved:\n%s\nwant:\n%s", got, want)
		}
		if err := errors.Join(way.to.Check(ctx, true), registerOn(way.to).Check(ctx, nil)); err != nil {
			t.Error(err)
		}
		if _, err := registerOn(way.from).AddHolder(ctx, ict, devices.HolderDetails{Name: "Late"}); !errors.Is(err, store.ErrMoved) {
			t.Errorf("a change after the move: %v", err)
		}
	}
	add(t, registerOn(back), devices.DeviceDetails{Label: "after all"})
}

// TestMoveKeepsWhatIsThere moves to where there is another register, and cancels.
func TestMoveKeepsWhatIsThere(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	ctx := t.Context()
	file := create(t, filepath.Join(t.TempDir(), "register.db"))
	lived(t, file)
	database := openPostgres(t, newPostgres(t, server))
	never := func() error { t.Error("switched over"); return nil }

	stopped, cancel := context.WithCancel(ctx)
	if _, err := store.Move(stopped, file, database, func(done int64) {
		if done == 20 {
			cancel()
		}
	}, never); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	nothing(t, database)

	add(t, registerOn(database), devices.DeviceDetails{Label: "another"})
	if _, err := store.Move(ctx, file, database, nil, never); !errors.Is(err, store.ErrNotEmpty) {
		t.Error(err)
	}
	if found := find(t, registerOn(database), devices.DeviceQuery{}); !slices.Equal(found, []string{"another"}) {
		t.Error(found)
	}
	add(t, registerOn(file), devices.DeviceDetails{Label: "still in use"})
}

// TestMoveRefusesTampered does not carry a rewritten history over as if it were whole.
func TestMoveRefusesTampered(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	path := filepath.Join(t.TempDir(), "register.db")
	file := create(t, path)
	lived(t, file)
	raw(t, path, "DROP TRIGGER events_stay", "UPDATE events SET actor = 'somebody else' WHERE number = 3")
	database := openPostgres(t, newPostgres(t, server))
	if _, err := store.Move(t.Context(), file, database, nil, func() error { return nil }); err == nil {
		t.Error("a register that was tampered with was moved")
	}
	nothing(t, database)
}
