// Package authority is ICT's session with a school, behind the window: the school's folder
// held open, and its authority unlocked for as long as it is needed.
//
// # Promised
//
//   - The authority is wiped by Lock and Close, but never while work uses
//     it: then it is wiped when the last such work has ended. Work that
//     begins after Lock finds it locked.
//   - Whoever listens is told when the register has changed, by this window or by
//     another program that was noticed (see Look).
//
// # Not promised
//
// A session has no clock: when a time without use is over, its owner calls Lock.
package authority

import (
	"context"
	"errors"
	"slices"
	"sync"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/unlock"
)

// ErrClosed: no school's folder is open.
var ErrClosed = errors.New("no school is open")

// Session holds at most one school open. It is safe for concurrent use.
type Session struct {
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

// New returns a session without a school. Options.Verifier is given to Open.
func New(o school.Options) *Session {
	idle := make(chan struct{})
	close(idle)
	return &Session{options: o, idle: idle}
}

// Open opens the school in the folder dir, locked, in the place of the one that was
// open. The verifier is the school's key as it was first seen, or empty. It fails
// as school.Open does, and then there is the one that was.
func (a *Session) Open(ctx context.Context, dir, verifier string) error {
	o := a.options
	o.Verifier = verifier
	s, err := school.Open(ctx, dir, o)
	if err != nil {
		return err
	}
	newest, err := newestEvent(ctx, s)
	if err == nil {
		err = a.Close()
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	a.mu.Lock()
	a.open, a.newest = s, newest
	a.mu.Unlock()
	a.tell()
	return nil
}

// School is the school that is open, nil when there is none. Work on it belongs into
// Work, so that nothing is locked or closed meanwhile.
func (a *Session) School() *school.School {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open
}

// Work runs f with the school, and afterwards tells the listeners if the register
// has changed. It fails with [ErrClosed], or as f does.
func (a *Session) Work(ctx context.Context, f func(*school.School) error) error {
	s, err := a.enter()
	if err != nil {
		return err
	}
	defer a.leave()
	err = f(s)
	if moved, lookErr := a.moved(context.WithoutCancel(ctx), s); moved && lookErr == nil {
		a.tell()
	}
	return err
}

// Look tells the listeners if another program has changed the register.
func (a *Session) Look(ctx context.Context) error {
	return a.Work(ctx, func(*school.School) error { return nil })
}

// Unlock unlocks the authority. It fails with [ErrClosed], keys.ErrPassphrase,
// keys.ErrDamagedKey; a *school.PublishError leaves it unlocked. While other work
// runs, an authority that is unlocked already stays as it is.
func (a *Session) Unlock(ctx context.Context, passphrase []byte) error {
	return a.Work(ctx, func(s *school.School) error {
		if a.Unlocked() {
			return nil
		}
		return unlock.Authority(ctx, s, passphrase)
	})
}

// Unlocked reports whether the authority is unlocked, and not about to be locked.
func (a *Session) Unlocked() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.unlocked()
}

func (a *Session) unlocked() bool {
	if a.open == nil || a.lock {
		return false
	}
	_, err := a.open.Authority()
	return err == nil
}

// Lock wipes the authority, now or when the work that uses it has ended, and tells
// the listeners.
func (a *Session) Lock() {
	a.mu.Lock()
	was := a.unlocked()
	if a.open != nil {
		if a.users == 0 {
			a.open.Lock()
		} else if was {
			a.lock = true
		}
	}
	a.mu.Unlock()
	if was {
		a.tell()
	}
}

// Close waits for the work that runs, locks the authority and closes the school.
func (a *Session) Close() error {
	a.mu.Lock()
	for a.users > 0 {
		idle := a.idle
		a.mu.Unlock()
		<-idle
		a.mu.Lock()
	}
	s := a.open
	a.open, a.lock = nil, false
	a.mu.Unlock()
	if s == nil {
		return nil
	}
	return s.Close()
}

// OnChange adds a function that is told when the register has changed, when a
// school is opened and when the authority is locked, on any goroutine. The
// returned function takes it away again.
func (a *Session) OnChange(told func()) (remove func()) {
	l := &listener{told}
	a.mu.Lock()
	a.listeners = append(a.listeners, l)
	a.mu.Unlock()
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.listeners = slices.DeleteFunc(a.listeners, func(o *listener) bool { return o == l })
	}
}

func (a *Session) tell() {
	a.mu.Lock()
	listeners := slices.Clone(a.listeners)
	a.mu.Unlock()
	for _, l := range listeners {
		l.told()
	}
}

// enter counts work that begins. What is to be locked is not given to new work.
func (a *Session) enter() (*school.School, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.lock && a.open != nil { // locked, as soon as the work before has ended
		idle := a.idle
		a.mu.Unlock()
		<-idle
		a.mu.Lock()
	}
	if a.open == nil {
		return nil, ErrClosed
	}
	if a.users == 0 {
		a.idle = make(chan struct{})
	}
	a.users++
	return a.open, nil
}

func (a *Session) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.users--
	if a.users > 0 {
		return
	}
	if a.lock {
		a.open.Lock()
		a.lock = false
	}
	close(a.idle)
}

// moved reports whether the register has changed since it was last looked at.
func (a *Session) moved(ctx context.Context, s *school.School) (bool, error) {
	newest, err := newestEvent(ctx, s)
	if err != nil {
		return false, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	moved := newest != a.newest
	a.newest = newest
	return moved, nil
}

func newestEvent(ctx context.Context, s *school.School) (int64, error) {
	events, err := s.Register().Events(ctx, devices.EventQuery{Limit: 1})
	if err != nil || len(events) == 0 {
		return 0, err
	}
	return events[0].Number, nil
}
