package widgets

import (
	"embed"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The pictures are from Phosphor Icons (icons/LICENSE), with curves in place of arcs, some
// of which Fyne draws wrongly.
//
//go:embed icons/*.svg
var pictures embed.FS

// Icon is the name of a picture: a file in the folder icons, without .svg.
type Icon string

// Pictures for what the window is about. More lie in the folder icons.
const (
	IconStick     Icon = "stick"
	IconEncrypt   Icon = "encrypt"
	IconLost      Icon = "lost"
	IconLock      Icon = "lock"
	IconUnlock    Icon = "unlock"
	IconDashboard Icon = "dashboard"
	IconRegister  Icon = "register"
	IconIssue     Icon = "issue"
	IconAudit     Icon = "audit"
	IconLeavers   Icon = "leavers"
	IconPeople    Icon = "people"
	IconPerson    Icon = "person"
	IconKey       Icon = "key"
	IconIncident  Icon = "incident"
	IconSettings  Icon = "settings"
	IconShield    Icon = "shield"
	IconEject     Icon = "eject"
	IconDrop      Icon = "drop"
	IconSearch    Icon = "search"
	IconFilter    Icon = "filter"
	IconBack      Icon = "back"
	IconForward   Icon = "forward"
	IconHome      Icon = "home"
	IconClose     Icon = "close"
	IconFolder    Icon = "folder"
	IconFile      Icon = "file"
	IconShow      Icon = "show"
	IconHide      Icon = "hide"
	IconKeyboard  Icon = "keyboard"
	IconCalendar  Icon = "calendar"
	IconUp        Icon = "drop-up"
	IconDown      Icon = "drop-down"
)

// Resource returns the picture in the colour of text.
func (i Icon) Resource() fyne.Resource { return theme.NewThemedResource(i.plain()) }

// Colored returns the picture in a colour of the theme.
func (i Icon) Colored(name fyne.ThemeColorName) fyne.Resource {
	return theme.NewColoredResource(i.plain(), name)
}

// Exists reports whether there is such a picture.
func (i Icon) Exists() bool {
	_, err := pictures.ReadFile("icons/" + string(i) + ".svg")
	return err == nil
}

// plain is the picture without colour. One that does not exist is a question mark: a
// test looks for names without a picture.
func (i Icon) plain() fyne.Resource {
	data, err := pictures.ReadFile("icons/" + string(i) + ".svg")
	if err != nil {
		return theme.QuestionIcon()
	}
	return fyne.NewStaticResource("stowage-"+string(i)+".svg", data)
}
