// Package screens holds the window's screens, one file a screen: what staff and ICT
// see and do. They stand on package gui, which brings the window around them.
//
// # Promised
//
// Every screen fits into 1024x700 at every text size, is reached and used with the
// keyboard alone, runs whatever may take longer than a blink as a job, and
// says of every failure what happened, what it means for the files and what to
// do next.
//
// # Not promised
//
// Screens are not safe for concurrent use: they belong to the goroutine that owns
// the widgets.
package screens

import (
	"fyne.io/fyne/v2"

	"stowage/gui"
	"stowage/gui/widgets"
)

// Routes returns the pages of the window, in the order of the navigation.
func Routes(p *Place) []gui.Route {
	offerScreens(p)
	var k *sticks // once somebody has looked at them
	open := openRoute(p, func(made *sticks) { k = made })
	routes := staffRoutes(p, func(s *gui.Session, p *Place) *staff {
		st := newStaff(s, p)
		st.sticks = func() []openStick { return openSticks(k) }
		return st
	})
	routes = append([]gui.Route{open}, routes...)
	routes = append(routes, registerRoutes(p)...)
	routes = append(append(routes, deskRoutes(p)...), incidentsPage(p))
	return append(routes, footRoutes(p)...)
}

// offerScreens says which screens the rooms of ICT show for what others ask of them.
func offerScreens(p *Place) {
	offer(&p.navigator, func(s *gui.Session, r restoreRequest) gui.Screen { return newRestores(s, p, r.About) })
	offer(&p.navigator, func(s *gui.Session, from *restoreSource) gui.Screen {
		w := newIssueWizard(s, p)
		w.source = from
		return w
	})
}

// staffRoutes are the pages of staff that need the school's directory, and share what
// is known of it.
func staffRoutes(p *Place, make func(*gui.Session, *Place) *staff) []gui.Route {
	var k *staff
	shared := func(s *gui.Session) *staff {
		if k == nil || k.s != s {
			k = make(s, p)
		}
		return k
	}
	return []gui.Route{
		{ID: "encrypt", Side: gui.Staff, Name: "route.encrypt", Hint: "route.encrypt.hint", Icon: widgets.IconEncrypt, Key: fyne.Key2, New: func(s *gui.Session) gui.Screen { return newEncrypt(s, shared(s)) }},
		{ID: "lost", Side: gui.Staff, Name: "route.lost", Hint: "route.lost.hint", Icon: widgets.IconLost, Key: fyne.Key3, New: func(s *gui.Session) gui.Screen { return newLost(s, shared(s)) }},
	}
}

// registerRoutes are those in which ICT sees how things stand.
func registerRoutes(p *Place) []gui.Route {
	return []gui.Route{
		{ID: "dashboard", Side: gui.ICT, Name: "route.dashboard", Icon: widgets.IconDashboard, Key: fyne.Key4, New: p.route(newDashboard)},
		{ID: registerRoute, Side: gui.ICT, Name: "route.register", Icon: widgets.IconRegister, Key: fyne.Key5, New: p.route(newRegister)},
	}
}

// footRoutes are the school's settings, and setting up a computer that is not ICT's.
func footRoutes(p *Place) []gui.Route {
	routes := []gui.Route{{ID: settingsRoute, Side: gui.ICT, Name: "route.settings", Icon: widgets.IconSettings, New: p.route(newSettings)}}
	if !p.ICT() && p.own == "" {
		routes = append(routes, gui.Route{ID: setupRoute, Side: gui.Foot, Name: "route.setup", Icon: "school", New: p.route(newSetup)})
	}
	return routes
}
