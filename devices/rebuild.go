package devices

import (
	"context"
	"errors"
	"fmt"
	"reflect"
)

// A DifferenceError is a record that does not follow from the events: somebody
// changed it, or an event, by other means than this program.
type DifferenceError struct {
	Record string // "device", "holder", "key", "loan", "incident" or "document"
	ID     string
}

func (e *DifferenceError) Error() string {
	return fmt.Sprintf("%s %s does not follow from the events", e.Record, e.ID)
}

// UnknownError says that a record has a value which this version does not know. It is an [ErrNewer].
type UnknownError struct {
	Record string // as in [DifferenceError]
	ID     string
	Column string
	Value  string
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("%s %q: %v: %s is %.60q", e.Record, e.ID, ErrNewer, e.Column, e.Value)
}

// Is makes an UnknownError an ErrNewer.
func (e *UnknownError) Is(target error) bool { return target == ErrNewer }

// Check replays all events in memory and compares the outcome with the present
// state, and checks that what was signed is there as it was signed. The error is
// a [*DifferenceError] about the first record that does not follow from the
// events, or wraps [ErrCorrupt] about an event that cannot be. Progress, if not
// nil, is called now and then with the number of events done.
func (r *Register) Check(ctx context.Context, progress func(done int64)) error {
	err := r.store.View(ctx, func(reader Reader) error {
		replayed := newMemory()
		if err := replay(ctx, reader, replayed, progress); err != nil {
			return err
		}
		err := replayed.compare(ctx, reader)
		if e, ok := errors.AsType[*UnknownError](err); ok {
			// A later version would have written it into an event, and all of those are known.
			return &DifferenceError{Record: e.Record, ID: e.ID}
		}
		if err != nil {
			return err
		}
		return checkDocuments(ctx, reader)
	})
	if err != nil {
		return fmt.Errorf("check register: %w", err)
	}
	return nil
}

// Rebuild makes the present state again from the events alone, all or nothing.
func (r *Register) Rebuild(ctx context.Context) error {
	err := r.store.Update(ctx, func(tx Tx) error {
		replayed := newMemory()
		replayed.texts = map[string][]string{}
		if err := replay(ctx, tx, replayed, nil); err != nil {
			return err
		}
		if err := tx.Clear(ctx); err != nil {
			return err
		}
		return replayed.writeTo(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("rebuild register: %w", err)
	}
	return nil
}

// replay applies all events to t, which must be empty. Progress, if not nil, is
// called now and then with the number of events done.
func replay(ctx context.Context, reader Reader, t Tables, progress func(done int64)) error {
	next := int64(1)
	return reader.Walk(ctx, func(e Event, _ []byte) error {
		if e.Number != next {
			return fmt.Errorf("%w: event %d is missing", ErrCorrupt, next)
		}
		if progress != nil && next&0xfff == 0 {
			progress(next)
		}
		next++
		return apply(ctx, t, e)
	})
}

// compare compares all that a store holds with m.
func (m *memory) compare(ctx context.Context, reader Reader) error {
	loans, err := reader.Loans(ctx, LoanQuery{})
	if err != nil {
		return err
	}
	keys, err := reader.Keys(ctx, KeyQuery{})
	if err != nil {
		return err
	}
	if err := compareAll("loan", m.loans.records, loans, func(l Loan) string { return l.ID }); err != nil {
		return err
	}
	if err := compareAll("key", m.keys.records, keys, func(k Key) string { return k.ID }); err != nil {
		return err
	}
	incidents, err := reader.Incidents(ctx, IncidentQuery{States: IncidentStates(), Limit: -1})
	if err != nil {
		return err
	}
	if err := compareAll("incident", m.cases.records, incidents, func(i Incident) string { return i.ID }); err != nil {
		return err
	}
	for _, i := range incidents {
		if i.Listing == "" {
			continue
		}
		if listing, err := reader.Blob(ctx, i.Listing); err != nil || digestOf(listing) != i.Listing {
			return &DifferenceError{Record: "incident", ID: i.ID}
		}
	}
	var holders []Holder
	for q := (HolderQuery{All: true, Limit: MaxPage}); ; {
		page, err := reader.Holders(ctx, q)
		if err != nil {
			return err
		}
		holders = append(holders, page.Holders...)
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if err := compareAll("holder", m.holders.records, holders, func(h Holder) string { return h.ID }); err != nil {
		return err
	}
	var all []Device
	for q := (DeviceQuery{Limit: MaxPage}); ; {
		page, err := reader.Devices(ctx, q)
		if err != nil {
			return err
		}
		all = append(all, page.Devices...)
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	return compareAll("device", m.devices.records, all, func(d Device) string { return d.ID })
}

func compareAll[T any](record string, want map[string]T, got []T, id func(T) string) error {
	seen := make(map[string]bool, len(got))
	for _, g := range got {
		if w, ok := want[id(g)]; !ok || seen[id(g)] || !reflect.DeepEqual(w, g) {
			return &DifferenceError{Record: record, ID: id(g)}
		}
		seen[id(g)] = true
	}
	for missing := range want {
		if !seen[missing] {
			return &DifferenceError{Record: record, ID: missing}
		}
	}
	return nil
}
