package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stowage/devices"
)

// conformance is what every store must do. open returns two handles to the same,
// new register, as two programs would have them.
func conformance(t *testing.T, open func(t *testing.T) (one, two devices.Store)) {
	for name, test := range map[string]func(t *testing.T, one, two devices.Store){
		"missing records":      missingRecords,
		"failed update":        failedUpdate,
		"cancelled update":     cancelledUpdate,
		"consistent view":      consistentView,
		"event numbers":        eventNumbers,
		"event queries":        eventQueries,
		"blobs":                blobs,
		"search":               search,
		"search in bulk":       searchInBulk,
		"filters":              filters,
		"sorting and pages":    sortingAndPages,
		"pages while changing": pagesWhileChanging,
		"people pages":         peoplePages,
		"natural order":        naturalOrder,
		"two writers":          twoWriters,
		"lost updates":         lostUpdates,
		"unique names":         uniqueNames,
		"rebuild":              rebuild,
	} {
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
		if err := registerOn(s).Check(t.Context()); err != nil {
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
	if err := registerOn(two).Check(ctx); err != nil {
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
