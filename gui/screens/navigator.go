package screens

import (
	"fmt"
	"reflect"

	"stowage/gui"
)

// The pages that others lead to.
const (
	checkInRoute   gui.RouteID = "checkin"   // sticks are checked in
	incidentsRoute gui.RouteID = "incidents" // what was lost, and what is done about it
	issueRoute     gui.RouteID = "issue"     // sticks are handed out
	registerRoute  gui.RouteID = "register"  // every device
)

// request is what one screen asks of a page that another room has: where to go, and
// what for. The zero value of its type has the same page.
type request interface{ Route() gui.RouteID }

// checkInRequest asks for the check-in of a device, which begins when its stick is
// plugged in; of any device while Device, its id, is empty.
type checkInRequest struct{ Device string }

// Route is part of request.
func (checkInRequest) Route() gui.RouteID { return checkInRoute }

// issueRequest asks for a stick to be handed out: the one at Drive, the path of a drive
// or folder, if it is still there; otherwise it is chosen first.
type issueRequest struct{ Drive string }

// Route is part of request.
func (issueRequest) Route() gui.RouteID { return issueRoute }

// restoreRequest asks for the backups from which a stick can be restored: those of the
// device with the name About, or all.
type restoreRequest struct{ About string }

// navigator leads from one room to another by what is asked for, so that no room need
// know the other. It belongs to the window's goroutine. The zero value knows of nothing.
type navigator struct {
	waiting map[gui.RouteID]request
	screens map[reflect.Type]func(*gui.Session, any) gui.Screen
}

// Go shows the page of a request, which takes it with asked once it is shown. A page is
// asked for one thing: the last.
func (n *navigator) Go(s *gui.Session, r request) {
	if n.waiting == nil {
		n.waiting = map[gui.RouteID]request{}
	}
	n.waiting[r.Route()] = r
	s.Go(r.Route())
}

// asked returns what the page of requests of a kind was asked for, once; false for nothing.
func asked[R request](n *navigator) (r R, ok bool) {
	page := r.Route()
	if r, ok = n.waiting[page].(R); ok {
		delete(n.waiting, page)
	}
	return r, ok
}

// offer says which screen Push shows for requests of a kind. The last who offers one counts.
func offer[R any](n *navigator, screen func(*gui.Session, R) gui.Screen) {
	if n.screens == nil {
		n.screens = map[reflect.Type]func(*gui.Session, any) gui.Screen{}
	}
	n.screens[reflect.TypeFor[R]()] = func(s *gui.Session, r any) gui.Screen { return screen(s, r.(R)) }
}

// Push shows the screen that is offered for a request, above the one that asks. Where
// none is, that is told.
func (n *navigator) Push(s *gui.Session, r any) {
	screen, ok := n.screens[reflect.TypeOf(r)]
	if !ok {
		s.Fail(fmt.Errorf("no screen is offered for %T", r))
		return
	}
	s.Push(screen(s, r))
}
