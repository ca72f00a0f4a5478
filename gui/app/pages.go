package app

import (
	"slices"

	"fyne.io/fyne/v2"

	"stowage/gui"
	"stowage/gui/widgets"
)

// The pages of the window.
const (
	OpenRoute      gui.RouteID = "open" // on which a window begins that was started from a stick
	EncryptRoute   gui.RouteID = "encrypt"
	LostRoute      gui.RouteID = "lost"
	DashboardRoute gui.RouteID = "dashboard"
	RegisterRoute  gui.RouteID = "register"
	IssueRoute     gui.RouteID = "issue"
	CheckInRoute   gui.RouteID = "checkin"
	AuditRoute     gui.RouteID = "audit"
	LeaversRoute   gui.RouteID = "leavers"
	PeopleRoute    gui.RouteID = "people"
	IncidentsRoute gui.RouteID = "incidents"
	SettingsRoute  gui.RouteID = "settings"
	SetupRoute     gui.RouteID = "setup"
)

// Pages are the pages of the window in the order of the navigation, without their
// screens, which the rooms make.
func Pages() []gui.Route {
	return []gui.Route{
		{ID: OpenRoute, Side: gui.Staff, Name: "route.open", Hint: "route.open.hint", Icon: widgets.IconStick, Key: fyne.Key1},
		{ID: EncryptRoute, Side: gui.Staff, Name: "route.encrypt", Hint: "route.encrypt.hint", Icon: widgets.IconEncrypt, Key: fyne.Key2},
		{ID: LostRoute, Side: gui.Staff, Name: "route.lost", Hint: "route.lost.hint", Icon: widgets.IconLost, Key: fyne.Key3},
		{ID: DashboardRoute, Side: gui.ICT, Name: "route.dashboard", Icon: widgets.IconDashboard, Key: fyne.Key4},
		{ID: RegisterRoute, Side: gui.ICT, Name: "route.register", Icon: widgets.IconRegister, Key: fyne.Key5},
		{ID: IssueRoute, Side: gui.ICT, Name: "route.issue", Icon: widgets.IconIssue},
		{ID: CheckInRoute, Side: gui.ICT, Name: "route.checkin", Icon: "return"},
		{ID: AuditRoute, Side: gui.ICT, Name: "route.audit", Icon: widgets.IconAudit},
		{ID: LeaversRoute, Side: gui.ICT, Name: "route.leavers", Icon: widgets.IconLeavers},
		{ID: PeopleRoute, Side: gui.ICT, Name: "route.people", Icon: widgets.IconPeople},
		{ID: IncidentsRoute, Side: gui.ICT, Name: "route.incidents", Icon: widgets.IconIncident},
		{ID: SettingsRoute, Side: gui.ICT, Name: "route.settings", Icon: widgets.IconSettings},
		{ID: SetupRoute, Side: gui.Foot, Name: "route.setup", Icon: "school"},
	}
}

// PageOf is the page of a route, of which a room makes the screen.
func PageOf(id gui.RouteID, screen func(*gui.Session) gui.Screen) gui.Route {
	all := Pages()
	r := all[slices.IndexFunc(all, func(r gui.Route) bool { return r.ID == id })]
	r.New = screen
	return r
}
