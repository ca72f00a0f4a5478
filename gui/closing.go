package gui

import (
	"errors"
	"slices"
	"time"

	"stowage/gui/widgets"
)

// guard is asked before the window closes.
type guard struct{ ask func(proceed func()) }

// AtClose adds a function that is asked before the window closes, after the jobs
// have ended. It calls proceed to let it close, at once or later, or not at all
// to keep it open. An open stick locks itself here. The returned function takes it
// away again.
func (s *Session) AtClose(ask func(proceed func())) (remove func()) {
	g := &guard{ask}
	s.guards = append(s.guards, g)
	return func() {
		s.guards = slices.DeleteFunc(s.guards, func(o *guard) bool { return o == g })
	}
}

// Close closes the window as its owner wishes: it asks when work is going on, waits
// for the clean-up of what is stopped, asks the screens in view and what AtClose
// added, and closes. It may be asked again before it has closed.
func (s *Session) Close() {
	if s.closing {
		return
	}
	s.closing = true
	again := func() { s.closing = false }
	running := s.Jobs.Running()
	if len(running) == 0 {
		again()
		s.leaveAll()
		return
	}
	names := make([]string, len(running))
	for i, j := range running {
		names[i] = j.Name()
	}
	s.Ask(widgets.Question{
		Title:  s.Words.N("close.title", len(running)),
		Text:   s.Words.T("close.text", "work", s.Words.List(names)),
		Yes:    s.Words.T("close.yes"),
		No:     s.Words.T("close.no"),
		Danger: true,
	}, func(yes bool) {
		if !yes {
			again()
			return
		}
		s.Jobs.CancelAll()
		idle := s.Jobs.Idle()
		go func() {
			<-idle
			s.Do(func() {
				again()
				s.leaveAll()
			})
		}()
	})
}

// LetGo closes every screen without asking anybody, as happens when the window closes,
// and leaves the window itself. Doing it again does nothing. Tests end so.
func (s *Session) LetGo() {
	if s.gone {
		return
	}
	s.gone = true
	s.shell.hide()
	s.shell.forget()
}

// leaveAll asks the screens and guards one after the other, and closes the window
// when all have agreed.
func (s *Session) leaveAll() {
	asks := []func(func()){s.shell.leave}
	for _, g := range s.guards {
		asks = append(asks, g.ask)
	}
	s.next(asks)
}

func (s *Session) next(asks []func(func())) {
	if len(asks) == 0 {
		s.LetGo()
		s.Window.Close()
		return
	}
	asks[0](func() { s.next(asks[1:]) })
}

// Used says that the person has done something, which puts off whatever happens
// after a time without use. The window calls it for the pointer, for shortcuts
// and for commands; a screen calls it for what only it sees, such as typing.
func (s *Session) Used() { s.used = s.Now() }

// Unused is how long nothing was done: by the person, or by a job.
func (s *Session) Unused() time.Duration {
	if len(s.Jobs.Running()) > 0 {
		s.Used()
	}
	return s.Now().Sub(s.used)
}

// ErrShown is the error of work that has already said what went wrong; Fail shows
// nothing for it.
var ErrShown = errors.New("already told")
