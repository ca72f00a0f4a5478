package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"stowage/devices"
)

func uniqueNames(t *testing.T, one, two devices.Store) {
	add(t, registerOn(one), devices.DeviceDetails{Label: "MS-1", Serial: "S1"})
	var duplicate *devices.DuplicateError
	_, err := registerOn(two).AddDevice(t.Context(), ict, devices.DeviceDetails{Kind: devices.Phone, Label: "ms-1"})
	if !errors.As(err, &duplicate) {
		t.Error(err)
	}
	// Even if the check were forgotten.
	err = two.Update(t.Context(), func(tx devices.Tx) error {
		return tx.PutDevice(t.Context(), devices.Device{
			ID: "x", DeviceDetails: devices.DeviceDetails{Kind: devices.Phone, Serial: "s1"}, State: devices.InStock, Since: start, Added: start,
		})
	})
	if err == nil {
		t.Error("two devices with one serial")
	}
}

// twoWriters lets many goroutines write through both handles at once.
func twoWriters(t *testing.T, one, two devices.Store) {
	const each, writers = 20, 4
	var wait sync.WaitGroup
	for w := range writers {
		r := registerOn([]devices.Store{one, two}[w%2])
		wait.Go(func() {
			for i := range each {
				if _, err := r.AddDevice(t.Context(), ict, devices.DeviceDetails{Kind: devices.Phone, Label: fmt.Sprintf("PH-%d-%d", w, i)}); err != nil {
					t.Error(err)
					return
				}
				if _, err := r.Devices(t.Context(), devices.DeviceQuery{Search: "ph"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	for _, s := range []devices.Store{one, two} {
		if found := find(t, registerOn(s), devices.DeviceQuery{Limit: 7}); len(found) != each*writers {
			t.Errorf("%d devices", len(found))
		}
		if err := registerOn(s).Check(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
}

// lostUpdates lets many desks act on what each has read: exactly one may win.
func lostUpdates(t *testing.T, one, two devices.Store) {
	ctx := t.Context()
	stick := add(t, registerOn(one), devices.DeviceDetails{Label: "MS-1"})
	for round := range 5 {
		stick = must[devices.Device](t)(registerOn(one).Device(ctx, stick.ID))
		var wait sync.WaitGroup
		var lock sync.Mutex
		won := 0
		for w := range 6 {
			r := registerOn([]devices.Store{one, two}[w%2])
			wait.Go(func() {
				d := stick.DeviceDetails
				d.Notes = fmt.Sprintf("round %d by desk %d", round, w)
				_, err := r.EditDevice(ctx, ict, stick.ID, stick.Version, d)
				lock.Lock()
				defer lock.Unlock()
				if err == nil {
					won++
				} else if !errors.Is(err, devices.ErrChanged) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if won != 1 {
			t.Errorf("%d desks have changed the same version", won)
		}
	}
}

func rebuild(t *testing.T, one, two devices.Store) {
	r, ctx := registerOn(one), t.Context()
	fill(t, r, 30)
	before := find(t, r, devices.DeviceQuery{Search: "ms", Sort: devices.ByHolder})
	if err := r.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if err := registerOn(two).Check(ctx, nil); err != nil {
		t.Error(err)
	}
	after := find(t, registerOn(two), devices.DeviceQuery{Search: "ms", Sort: devices.ByHolder})
	if !slices.Equal(before, after) || len(after) != 30 {
		t.Errorf("found %q, and rebuilt %q", before, after)
	}
	if found := find(t, registerOn(two), devices.DeviceQuery{Search: strings.ToUpper("bus")}); len(found) == 0 {
		t.Error("words of events are lost")
	}
}
