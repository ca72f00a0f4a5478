package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"stowage/devices"
)

// conformance is what every store must do. open returns two handles to the same,
// new register, as two programs would have them.
func conformance(t *testing.T, open func(t *testing.T) (one, two devices.Store)) {
	recorded(t, open)
	filled(t, open)
}

// recorded is what every store must do with changes that are recorded.
func recorded(t *testing.T, open func(t *testing.T) (one, two devices.Store)) {
	run(t, open, map[string]func(t *testing.T, one, two devices.Store){
		"missing records":      missingRecords,
		"consistent view":      consistentView,
		"search":               search,
		"filters":              filters,
		"sorting and pages":    sortingAndPages,
		"pages while changing": pagesWhileChanging,
		"people pages":         peoplePages,
		"natural order":        naturalOrder,
		"two writers":          twoWriters,
		"lost updates":         lostUpdates,
		"unique names":         uniqueNames,
	})
}

// filled is what every store must do with records that are put into it as they are.
func filled(t *testing.T, open func(t *testing.T) (one, two devices.Store)) {
	run(t, open, map[string]func(t *testing.T, one, two devices.Store){
		"failed update":    failedUpdate,
		"cancelled update": cancelledUpdate,
		"event numbers":    eventNumbers,
		"event queries":    eventQueries,
		"blobs":            blobs,
		"walk":             walk,
		"search in bulk":   searchInBulk,
		"long history":     longHistory,
		"rebuild":          rebuild,
	})
}

func run(t *testing.T, open func(t *testing.T) (one, two devices.Store), tests map[string]func(t *testing.T, one, two devices.Store)) {
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			one, two := open(t)
			test(t, one, two)
		})
	}
}

var start = time.Date(2026, 9, 7, 8, 30, 0, 0, time.UTC)

const ict = "ICT"

func registerOn(s devices.Store) *devices.Register {
	return devices.NewRegister(s, devices.Options{Clock: func() time.Time { return start }})
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func add(t testing.TB, r *devices.Register, d devices.DeviceDetails) devices.Device {
	t.Helper()
	if d.Kind == "" {
		d.Kind = devices.MemoryStick
	}
	return must[devices.Device](t)(r.AddDevice(t.Context(), ict, d))
}

func labels(found []devices.Device) []string {
	all := make([]string, len(found))
	for i, d := range found {
		all[i] = d.Label
	}
	return all
}

// find returns the labels of all that fit, page by page.
func find(t testing.TB, r *devices.Register, q devices.DeviceQuery) []string {
	t.Helper()
	var all []string
	for {
		page := must[devices.DevicePage](t)(r.Devices(t.Context(), q))
		all = append(all, labels(page.Devices)...)
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	total := 0
	for _, n := range must[map[devices.State]int](t)(r.CountDevices(t.Context(), q)) {
		total += n
	}
	if total != len(all) {
		t.Errorf("%+v: found %d, counted %d", q, len(all), total)
	}
	ids := must[[]string](t)(r.DeviceOrder(t.Context(), q))
	if listed := labels(must[[]devices.Device](t)(r.DevicesWithID(t.Context(), append(ids, "none")))); !slices.Equal(listed, all) {
		t.Errorf("%+v: found %q, in order are %q", q, all, listed)
	}
	return all
}

func missingRecords(t *testing.T, one, _ devices.Store) {
	ctx := t.Context()
	err := one.View(ctx, func(r devices.Reader) error {
		var errs []error
		_, err := r.Device(ctx, "x")
		errs = append(errs, err)
		_, err = r.DeviceWith(ctx, devices.Label, "x")
		errs = append(errs, err)
		_, err = r.DeviceWith(ctx, devices.Serial, "")
		errs = append(errs, err)
		_, err = r.DeviceWith(ctx, "colour", "x")
		errs = append(errs, err)
		_, err = r.Holder(ctx, "x")
		errs = append(errs, err)
		_, err = r.Key(ctx, "x")
		errs = append(errs, err)
		_, err = r.Loan(ctx, "x")
		errs = append(errs, err)
		_, err = r.Blob(ctx, "x")
		errs = append(errs, err)
		for i, err := range errs {
			if !errors.Is(err, devices.ErrNotFound) {
				t.Errorf("%d: %v", i, err)
			}
		}
		if last := must[int64](t)(r.LastEvent(ctx)); last != 0 {
			t.Errorf("last event of an empty register is %d", last)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if found := find(t, registerOn(one), devices.DeviceQuery{}); len(found) != 0 {
		t.Error(found)
	}
}

func failedUpdate(t *testing.T, one, two devices.Store) {
	ctx, enough := t.Context(), errors.New("enough")
	err := one.Update(ctx, func(tx devices.Tx) error {
		if err := tx.PutHolder(ctx, devices.Holder{ID: "h", HolderDetails: devices.HolderDetails{Name: "Ann"}, Added: start}); err != nil {
			return err
		}
		if err := tx.PutBlob(ctx, "digest", []byte("content")); err != nil {
			return err
		}
		if err := tx.Append(ctx, devices.Event{Number: 1, Time: start, Actor: ict, Kind: devices.HolderAdded, Body: []byte("{}")}); err != nil {
			return err
		}
		return enough
	})
	if !errors.Is(err, enough) {
		t.Error(err)
	}
	nothing(t, two)
}

// nothing checks that the register is empty.
func nothing(t *testing.T, s devices.Store) {
	t.Helper()
	ctx := t.Context()
	err := s.View(ctx, func(r devices.Reader) error {
		last := must[int64](t)(r.LastEvent(ctx))
		people := must[devices.HolderPage](t)(r.Holders(ctx, devices.HolderQuery{All: true}))
		found := must[devices.HolderPage](t)(r.Holders(ctx, devices.HolderQuery{All: true, Search: "ann"}))
		_, err := r.Blob(ctx, "digest")
		if last != 0 || len(people.Holders)+len(found.Holders) != 0 || !errors.Is(err, devices.ErrNotFound) {
			t.Errorf("%d events, %d people, %d found, blob: %v", last, len(people.Holders), len(found.Holders), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func cancelledUpdate(t *testing.T, one, two devices.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	err := one.Update(ctx, func(tx devices.Tx) error {
		if err := tx.PutHolder(ctx, devices.Holder{ID: "h", HolderDetails: devices.HolderDetails{Name: "Ann"}, Added: start}); err != nil {
			return err
		}
		cancel()
		return nil // as if nothing had happened
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, run := range []func() error{
		func() error { return one.Update(ctx, func(devices.Tx) error { return nil }) },
		func() error { return one.View(ctx, func(devices.Reader) error { return nil }) },
	} {
		if err := run(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	nothing(t, two)
}

func consistentView(t *testing.T, one, two devices.Store) {
	ctx, writer := t.Context(), registerOn(two)
	stick := add(t, writer, devices.DeviceDetails{Label: "MS-1"})
	err := one.View(ctx, func(r devices.Reader) error {
		before := must[devices.Device](t)(r.Device(ctx, stick.ID))
		must[devices.Device](t)(writer.Act(ctx, ict, stick.ID, devices.Lose, devices.Facts{}))
		after := must[devices.Device](t)(r.Device(ctx, stick.ID))
		if after != before {
			t.Errorf("within a view the device became %+v", after)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if now := must[devices.Device](t)(registerOn(one).Device(ctx, stick.ID)); now.State != devices.Lost {
		t.Errorf("the next view shows %s", now.State)
	}
}
