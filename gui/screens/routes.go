// Package screens holds the pages of a stick that is open, its files, and the table of all pages: what the window
// shows at each route. They stand on package gui, which brings the window around them.
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
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/ict/audit"
	"stowage/gui/ict/checkin"
	"stowage/gui/ict/dashboard"
	"stowage/gui/ict/issue"
	"stowage/gui/ict/loss"
	"stowage/gui/ict/people"
	"stowage/gui/ict/register"
	"stowage/gui/ict/settings"
	"stowage/gui/setup"
	"stowage/gui/staff"
)

// Routes returns the pages of the window, in the order of the navigation.
func Routes(p *app.Place) []gui.Route {
	var k *sticks // once somebody has looked at them
	open := openRoute(p, func(made *sticks) { k = made })
	staffs := staff.Routes(p, func() []staff.OpenStick { return openSticks(k) })
	routes := append([]gui.Route{open}, staffs...)
	routes = append(routes, dashboard.Page(p), register.Page(p), issue.Page(p), checkin.Page(p), audit.Page(p), people.LeaversPage(p), people.Page(p), loss.Page(p), settings.Page(p))
	if !p.ICT() && p.Own == "" {
		routes = append(routes, setup.Page(p))
	}
	return routes
}
