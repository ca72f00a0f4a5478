package devices

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// A Register is a school's register. Make one with [NewRegister].
//
// Methods that change it take the actor, the person or program on record as
// having done it, and may return [*InvalidError], [*DuplicateError],
// [ErrNotFound] and [ErrChanged], wrapped, beside what they name themselves.
type Register struct {
	store Store
	now   func() time.Time
	newID func() string
}

// Options are what a Register takes from outside. The zero value is right
// except in tests.
type Options struct {
	Clock func() time.Time // nil: time.Now
	NewID func() string    // nil: random UUIDs
}

// NewRegister returns the register kept in store. Closing the store is left to
// whoever opened it.
func NewRegister(store Store, o Options) *Register {
	r := &Register{store: store, now: o.Clock, newID: o.NewID}
	if r.now == nil {
		r.now = time.Now
	}
	if r.newID == nil {
		r.newID = uuid.NewString
	}
	return r
}

// Atomically runs fn with a register whose changes are kept all together, when
// fn returns nil, or not at all. fn must use only the register it is given, and
// only until it returns.
func (r *Register) Atomically(ctx context.Context, fn func(*Register) error) error {
	return r.store.Update(ctx, func(tx Tx) error {
		nested := &nestedStore{tx: tx}
		inner := *r
		inner.store = nested
		if err := fn(&inner); err != nil {
			return err
		}
		return nested.spoilt
	})
}

// A change is one transaction in the making.
type change struct {
	Tx
	actor    string
	time     time.Time
	zone     *time.Location // of the clock, for what is a day
	next     int64          // number of the next event
	recorded Event          // the last
	newID    func() string
	onlyLook bool // nothing is recorded any more
}

// change runs fn in a transaction in the name of actor.
func (r *Register) change(ctx context.Context, actor string, fn func(*change) error) error {
	var c cleaner
	c.line("actor", &actor)
	c.required("actor", actor)
	if c.err != nil {
		return c.err
	}
	return r.store.Update(ctx, func(tx Tx) error {
		last, err := tx.LastEvent(ctx)
		if err != nil {
			return err
		}
		return fn(&change{Tx: tx, actor: actor, time: r.clock(), zone: r.now().Location(), next: last + 1, newID: r.newID})
	})
}

func (r *Register) clock() time.Time { return r.now().UTC().Truncate(time.Second) }

// record appends an event and applies it.
func (c *change) record(ctx context.Context, e Event, body any) error {
	if c.onlyLook {
		return nil
	}
	e.Number, e.Time, e.Actor = c.next, c.time, c.actor
	var err error
	if e.Body, err = canonicalBody(body); err != nil {
		return fmt.Errorf("%s: %w", e.Kind, err)
	}
	c.recorded, err = c.Record(ctx, e, func(t Tables, e Event) error { return apply(ctx, t, e) })
	if err != nil {
		return fmt.Errorf("%s: %w", e.Kind, err)
	}
	c.next++
	return nil
}

// compare detects a record that was changed since the caller read version; 0
// leaves it unchecked.
func compare(version, now int64) error {
	if version != 0 && version != now {
		return ErrChanged
	}
	return nil
}

// nestedStore is a store within a transaction of another.
type nestedStore struct {
	tx     Tx
	spoilt error // a change failed half-way, so that the whole must fail
}

func (s *nestedStore) View(_ context.Context, fn func(Reader) error) error { return fn(s.tx) }

func (s *nestedStore) Update(ctx context.Context, fn func(Tx) error) error {
	before, err := s.tx.LastEvent(ctx)
	if err != nil {
		return err
	}
	if err = fn(s.tx); err == nil {
		return nil
	}
	if after, lastErr := s.tx.LastEvent(ctx); lastErr != nil || after != before {
		s.spoilt = err
	}
	return err
}
