package app

import (
	"fmt"
	"reflect"

	"stowage/devices"
	"stowage/gui"
)

// Request is what one screen asks of a page that another room has: where to go, and
// what for. The zero value of its type has the same page.
type Request interface{ Route() gui.RouteID }

// CheckIn asks for the check-in of a device, which begins when its stick is
// plugged in; of any device while Device, its id, is empty.
type CheckIn struct{ Device string }

// Route is part of [Request].
func (CheckIn) Route() gui.RouteID { return CheckInRoute }

// Issue asks for a stick to be handed out: the one at Drive, the path of a drive
// or folder, if it is still there; otherwise it is chosen first.
type Issue struct{ Drive string }

// Route is part of [Request].
func (Issue) Route() gui.RouteID { return IssueRoute }

// Restore asks for the backups from which a stick can be restored: those of the
// device with the name About, or all.
type Restore struct{ About string }

// Navigator leads from one room to another by what is asked for, so that no room need
// know the other. It belongs to the window's goroutine. The zero value knows of nothing.
type Navigator struct {
	waiting map[gui.RouteID]Request
	screens map[reflect.Type]func(*gui.Session, any) gui.Screen
}

// Go shows the page of a request, which takes it with asked once it is shown. A page is
// asked for one thing: the last.
func (n *Navigator) Go(s *gui.Session, r Request) {
	if n.waiting == nil {
		n.waiting = map[gui.RouteID]Request{}
	}
	n.waiting[r.Route()] = r
	s.Go(r.Route())
}

// Asked returns what the page of requests of a kind was asked for, once; false for nothing.
func Asked[R Request](n *Navigator) (r R, ok bool) {
	page := r.Route()
	if r, ok = n.waiting[page].(R); ok {
		delete(n.waiting, page)
	}
	return r, ok
}

// Offer says which screen Push shows for requests of a kind. The last who offers one counts.
func Offer[R any](n *Navigator, screen func(*gui.Session, R) gui.Screen) {
	if n.screens == nil {
		n.screens = map[reflect.Type]func(*gui.Session, any) gui.Screen{}
	}
	n.screens[reflect.TypeFor[R]()] = func(s *gui.Session, r any) gui.Screen { return screen(s, r.(R)) }
}

// Push shows the screen that is offered for a request, above the one that asks. Where
// none is, that is told.
func (n *Navigator) Push(s *gui.Session, r any) {
	screen, ok := n.screens[reflect.TypeOf(r)]
	if !ok {
		s.Fail(fmt.Errorf("no screen is offered for %T", r))
		return
	}
	s.Push(screen(s, r))
}

// MissingNow reports whether the register has a device as gone.
func MissingNow(d devices.Device) bool { return d.State == devices.Lost || d.State == devices.Stolen }

// WentMissing reports whether a device was gone and nobody has taken it back yet.
func WentMissing(d devices.Device) bool { return MissingNow(d) || d.State == devices.Found }

// CanCheckIn reports whether a device can be plugged in to be checked in.
func CanCheckIn(d devices.Device) bool {
	return d.Kind.Pluggable() && d.State != devices.Destroyed
}
