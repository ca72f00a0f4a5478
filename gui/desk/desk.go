// Package desk is ICT's place at a school, behind the window: the school's folder
// held open, and its authority unlocked for as long as it is needed.
//
// # Promised
//
//   - The authority is wiped by Lock and Close, but never under the hands of work
//     that uses it: then it is wiped when the last such work has ended. Work that
//     begins after Lock finds it locked.
//   - Whoever listens is told when the register has changed, by this window or by
//     another program that was noticed (see Look).
//
// # Not promised
//
// The desk has no clock: when a time without use is over, its owner calls Lock.
package desk

import (
	"context"
	"errors"
	"slices"
	"sync"

	"stowage/devices"
	"stowage/devices/school"
)

// ErrClosed: no school's folder is open.
var ErrClosed = errors.New("no school is open")

// Desk holds at most one school open. It is safe for concurrent use.
type Desk struct {
	options school.Options

	mu        sync.Mutex
	open      *school.School
	users     int           // work that runs with the school
	lock      bool          // the authority is to be locked when no work runs
	idle      chan struct{} // closed when no work runs
	newest    int64         // the number of the newest event that was seen
	listeners []*listener
}

type listener struct{ told func() }

// New returns a desk without a school. Options.Verifier is given to Open.
func New(o school.Options) *Desk {
	idle := make(chan struct{})
	close(idle)
	return &Desk{options: o, idle: idle}
}

// Open opens the school in the folder dir, locked, in the place of the one that was
// open. The verifier is the school's key as it was first seen, or empty. It fails
// as school.Open does, and then there is the one that was.
func (d *Desk) Open(ctx context.Context, dir, verifier string) error {
	o := d.options
	o.Verifier = verifier
	s, err := school.Open(ctx, dir, o)
	if err != nil {
		return err
	}
	newest, err := newestEvent(ctx, s)
	if err == nil {
		err = d.Close()
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	d.mu.Lock()
	d.open, d.newest = s, newest
	d.mu.Unlock()
	d.tell()
	return nil
}

// School is the school that is open, nil when there is none. Work on it belongs into
// Work, so that nothing is locked or closed meanwhile.
func (d *Desk) School() *school.School {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open
}

// Work runs f with the school, and afterwards tells the listeners if the register
// has changed. It fails with [ErrClosed], or as f does.
func (d *Desk) Work(ctx context.Context, f func(*school.School) error) error {
	s, err := d.enter()
	if err != nil {
		return err
	}
	defer d.leave()
	err = f(s)
	if moved, lookErr := d.moved(context.WithoutCancel(ctx), s); moved && lookErr == nil {
		d.tell()
	}
	return err
}

// Look tells the listeners if another program has changed the register.
func (d *Desk) Look(ctx context.Context) error {
	return d.Work(ctx, func(*school.School) error { return nil })
}

// Unlock unlocks the authority. It fails with [ErrClosed], keys.ErrPassphrase,
// keys.ErrDamagedKey; a *school.PublishError leaves it unlocked. While other work
// runs, an authority that is unlocked already stays as it is.
func (d *Desk) Unlock(ctx context.Context, passphrase []byte) error {
	return d.Work(ctx, func(s *school.School) error {
		if d.Unlocked() {
			return nil
		}
		return s.Unlock(ctx, passphrase)
	})
}

// Unlocked reports whether the authority is unlocked, and not about to be locked.
func (d *Desk) Unlocked() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.unlocked()
}

func (d *Desk) unlocked() bool {
	if d.open == nil || d.lock {
		return false
	}
	_, err := d.open.Authority()
	return err == nil
}

// Lock wipes the authority, now or when the work that uses it has ended, and tells
// the listeners.
func (d *Desk) Lock() {
	d.mu.Lock()
	was := d.unlocked()
	if d.open != nil {
		if d.users == 0 {
			d.open.Lock()
		} else if was {
			d.lock = true
		}
	}
	d.mu.Unlock()
	if was {
		d.tell()
	}
}

// Close waits for the work that runs, locks the authority and closes the school.
func (d *Desk) Close() error {
	d.mu.Lock()
	for d.users > 0 {
		idle := d.idle
		d.mu.Unlock()
		<-idle
		d.mu.Lock()
	}
	s := d.open
	d.open, d.lock = nil, false
	d.mu.Unlock()
	if s == nil {
		return nil
	}
	return s.Close()
}

// OnChange adds a function that is told when the register has changed, when a
// school is opened and when the authority is locked, on any goroutine. The
// returned function takes it away again.
func (d *Desk) OnChange(told func()) (remove func()) {
	l := &listener{told}
	d.mu.Lock()
	d.listeners = append(d.listeners, l)
	d.mu.Unlock()
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.listeners = slices.DeleteFunc(d.listeners, func(o *listener) bool { return o == l })
	}
}

func (d *Desk) tell() {
	d.mu.Lock()
	listeners := slices.Clone(d.listeners)
	d.mu.Unlock()
	for _, l := range listeners {
		l.told()
	}
}

// enter counts work that begins. What is to be locked is not given to new work.
func (d *Desk) enter() (*school.School, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.lock && d.open != nil { // locked, as soon as the work before has ended
		idle := d.idle
		d.mu.Unlock()
		<-idle
		d.mu.Lock()
	}
	if d.open == nil {
		return nil, ErrClosed
	}
	if d.users == 0 {
		d.idle = make(chan struct{})
	}
	d.users++
	return d.open, nil
}

func (d *Desk) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.users--
	if d.users > 0 {
		return
	}
	if d.lock {
		d.open.Lock()
		d.lock = false
	}
	close(d.idle)
}

// moved reports whether the register has changed since it was last looked at.
func (d *Desk) moved(ctx context.Context, s *school.School) (bool, error) {
	newest, err := newestEvent(ctx, s)
	if err != nil {
		return false, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	moved := newest != d.newest
	d.newest = newest
	return moved, nil
}

func newestEvent(ctx context.Context, s *school.School) (int64, error) {
	events, err := s.Register().Events(ctx, devices.EventQuery{Limit: 1})
	if err != nil || len(events) == 0 {
		return 0, err
	}
	return events[0].Number, nil
}
