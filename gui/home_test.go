package gui_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"stowage/gui"
	"stowage/gui/guitest"
	"stowage/gui/widgets"
)

// note is a small screen for tests of the shell.
type note struct {
	s     *gui.Session
	shown int
}

func (n *note) Title() string              { return "Note" }
func (n *note) Content() fyne.CanvasObject { return widgets.Body("A note.") }
func (n *note) Shown()                     { n.shown++ }

func routes() []gui.Route {
	make := func(s *gui.Session) gui.Screen { return &note{s: s} }
	return []gui.Route{
		{ID: "open", Side: gui.Staff, Name: "route.open", Hint: "route.open.hint", Icon: widgets.IconStick, Key: fyne.Key1, New: make},
		{ID: "encrypt", Side: gui.Staff, Name: "route.encrypt", Hint: "route.encrypt.hint", Icon: widgets.IconEncrypt, Key: fyne.Key2, New: make},
		{ID: "lost", Side: gui.Staff, Name: "route.lost", Hint: "route.lost.hint", Icon: widgets.IconLost, Key: fyne.Key3, New: make},
		{ID: "dashboard", Side: gui.ICT, Name: "route.dashboard", Icon: widgets.IconDashboard, Key: fyne.Key4, New: make},
		{ID: "register", Side: gui.ICT, Name: "route.register", Icon: widgets.IconRegister, Key: fyne.Key5, New: make},
		{ID: "issue", Side: gui.ICT, Name: "route.issue", Icon: widgets.IconIssue, Key: fyne.Key6, New: make},
		{ID: "audit", Side: gui.ICT, Name: "route.audit", Icon: widgets.IconAudit, New: make},
		{ID: "leavers", Side: gui.ICT, Name: "route.leavers", Icon: widgets.IconLeavers, New: make},
		{ID: "people", Side: gui.ICT, Name: "route.people", Icon: widgets.IconPeople, New: make},
		{ID: "incidents", Side: gui.ICT, Name: "route.incidents", Icon: widgets.IconIncident, New: make},
	}
}

func TestHomePictures(t *testing.T) {
	guitest.Pictures(t, "home", gui.Options{Routes: routes()}, func(*guitest.Window) {})
}

func TestHomeOfICTPictures(t *testing.T) {
	guitest.Pictures(t, "home-ict", gui.Options{Routes: routes(), ICT: true}, func(*guitest.Window) {})
}
