package screens

import (
	"stowage/gui"
	"stowage/gui/widgets"
)

// deskRoutes are the pages on which ICT hands out, counts and takes back.
func deskRoutes(p *Place) []gui.Route {
	return []gui.Route{
		{ID: issueRoute, Side: gui.ICT, Name: "route.issue", Icon: widgets.IconIssue, New: p.route(func(s *gui.Session, p *Place) gui.Screen { return newIssueWizard(s, p) })},
		{ID: checkInRoute, Side: gui.ICT, Name: "route.checkin", Icon: "return", New: p.route(func(s *gui.Session, p *Place) gui.Screen { return newCheckIns(s, p) })},
		{ID: "audit", Side: gui.ICT, Name: "route.audit", Icon: widgets.IconAudit, New: p.route(func(s *gui.Session, p *Place) gui.Screen { return newAudit(s, p) })},
		{ID: "leavers", Side: gui.ICT, Name: "route.leavers", Icon: widgets.IconLeavers, New: p.route(func(s *gui.Session, p *Place) gui.Screen { return newLeavers(s, p) })},
		{ID: "people", Side: gui.ICT, Name: "route.people", Icon: widgets.IconPeople, New: p.route(func(s *gui.Session, p *Place) gui.Screen { return newPeopleScreen(s, p) })},
	}
}
