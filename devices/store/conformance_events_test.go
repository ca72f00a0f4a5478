package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"stowage/devices"
)

func eventNumbers(t *testing.T, one, _ devices.Store) {
	ctx := t.Context()
	event := func(n int64) devices.Event {
		return devices.Event{Number: n, Time: start, Actor: ict, Kind: devices.HolderAdded, Body: []byte(`{}`)}
	}
	for _, wrong := range [][]int64{{0}, {2}, {1, 1}, {1, 3}, {-1}} {
		err := one.Update(ctx, func(tx devices.Tx) error {
			for _, n := range wrong {
				if err := tx.Append(ctx, event(n)); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			t.Errorf("events numbered %d", wrong)
		}
	}
	for range 2 {
		if err := one.Update(ctx, func(tx devices.Tx) error {
			last := must[int64](t)(tx.LastEvent(ctx))
			return errors.Join(tx.Append(ctx, event(last+1)), tx.Append(ctx, event(last+2)))
		}); err != nil {
			t.Error(err)
		}
	}
}

func eventQueries(t *testing.T, one, _ devices.Store) {
	ctx := t.Context()
	if err := one.Update(ctx, func(tx devices.Tx) error {
		for n := range int64(10) {
			e := devices.Event{Number: n + 1, Time: start.Add(time.Duration(n) * time.Hour), Actor: ict, Kind: devices.DeviceSeen, Device: "d" + fmt.Sprint(n%2), Body: []byte(`{"n":1}`)}
			if n%3 == 0 {
				e.Kind, e.Holder, e.Key, e.Loan = devices.KeyPlaced, "h", "k", "l"
			}
			if err := tx.Append(ctx, e); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		q    devices.EventQuery
		want []int64
	}{
		"newest":   {devices.EventQuery{Limit: 3}, []int64{10, 9, 8}},
		"older":    {devices.EventQuery{Limit: 3, After: 8}, []int64{7, 6, 5}},
		"oldest":   {devices.EventQuery{Limit: 3, Oldest: true}, []int64{1, 2, 3}},
		"newer":    {devices.EventQuery{Limit: 3, Oldest: true, After: 8}, []int64{9, 10}},
		"device":   {devices.EventQuery{Device: "d1", Limit: 2}, []int64{10, 8}},
		"holder":   {devices.EventQuery{Holder: "h", Oldest: true}, []int64{1, 4, 7, 10}},
		"key":      {devices.EventQuery{Key: "k", Device: "d0"}, []int64{7, 1}},
		"kind":     {devices.EventQuery{Kinds: []devices.EventKind{devices.KeyPlaced, devices.DeviceLost}, Limit: 2}, []int64{10, 7}},
		"span":     {devices.EventQuery{From: start.Add(2 * time.Hour), Until: start.Add(4 * time.Hour)}, []int64{4, 3}},
		"nothing":  {devices.EventQuery{Device: "none"}, nil},
		"big page": {devices.EventQuery{Limit: 1 << 30, After: 3}, []int64{2, 1}},
	} {
		got := must[[]devices.Event](t)(registerOn(one).Events(ctx, test.q))
		var numbers []int64
		for _, e := range got {
			numbers = append(numbers, e.Number)
		}
		if !slices.Equal(numbers, test.want) {
			t.Errorf("%s: %d, want %d", name, numbers, test.want)
		}
	}
	first := must[[]devices.Event](t)(registerOn(one).Events(ctx, devices.EventQuery{Oldest: true, Limit: 1}))[0]
	if first.Loan != "l" || first.Device != "d0" || string(first.Body) != `{"n":1}` || !first.Time.Equal(start) || first.Actor != ict {
		t.Errorf("%+v", first)
	}
}

func blobs(t *testing.T, one, two devices.Store) {
	ctx := t.Context()
	for range 2 {
		if err := one.Update(ctx, func(tx devices.Tx) error { return tx.PutBlob(ctx, "d", []byte{0, 1, 255}) }); err != nil {
			t.Fatal(err)
		}
	}
	read := func() (content []byte, err error) {
		err = two.View(ctx, func(r devices.Reader) (err error) { content, err = r.Blob(ctx, "d"); return err })
		return content, err
	}
	if got, err := read(); err != nil || !slices.Equal(got, []byte{0, 1, 255}) {
		t.Error(got, err)
	}
	for range 2 {
		if err := one.Update(ctx, func(tx devices.Tx) error { return tx.DeleteBlob(ctx, "d") }); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := read(); !errors.Is(err, devices.ErrNotFound) {
		t.Error(err)
	}
}
