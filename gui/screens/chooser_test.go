package screens

import (
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"
)

// TestEveryFileDialogOpens goes to every screen that asks for a file or a folder, and
// has it ask: through the button or the menu, with the dialog that people get.
func TestEveryFileDialogOpens(t *testing.T) {
	desk := screenstest.NewDesk(t)
	desk.Laptop(t, "LT-1", "Ann Lee")
	for name, at := range map[string]struct {
		route  gui.RouteID
		press  []string // buttons; the last one asks
		menu   string   // or a command
		staffs bool     // on a computer that knows no school
	}{
		"set-up, a school's folder": {app.SetupRoute, []string{"Use a school's existing folder"}, "", true},
		"set-up, joining":           {app.SetupRoute, []string{"Join with the shared folder"}, "", true},
		"set-up, a directory file":  {app.SetupRoute, []string{"Join with a directory file"}, "", true},
		"set-up, a new school":      {app.SetupRoute, []string{"Create the school", "Choose"}, "", true},
		"register, import":          {app.RegisterRoute, nil, "Import a list (CSV)", false},
		"register, export":          {app.RegisterRoute, nil, "Export what is shown (CSV)", false},
		"register, back up":         {app.RegisterRoute, nil, "Back up the register", false},
		"register, restore":         {app.RegisterRoute, nil, "Restore the register from a backup", false},
		"settings, shared folder":   {app.SettingsRoute, []string{"Move it"}, "", false},
		"settings, programs":        {app.SettingsRoute, []string{"Add a program…"}, "", false},
		"encrypt, files":            {"encrypt", nil, "Add files…", false},
		"encrypt, a folder":         {"encrypt", nil, "Add a folder…", false},
		"open, a folder":            {"open", nil, "Choose a folder…", false},
		"audit, export":             {"audit", []string{"Export"}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			p := desk.Place
			if at.staffs {
				p = app.NewPlace(t.TempDir(), desk.Options())
				t.Cleanup(func() { p.Authority.Close() })
			}
			w := guitest.New(t, gui.Options{Routes: Routes(p), ICT: p.ICT(), Explain: wording.Explain})
			w.Session.Go(at.route)
			w.Settle()
			for _, button := range at.press {
				w.Press(button)
			}
			if at.menu != "" {
				w.Menu(at.menu)
			}
			w.MustSee("Folder or file", "Cancel")
			w.CheckFits()
			w.Key(fyne.KeyEscape)
			w.MustNotSee("Folder or file")
		})
	}
}

// TestASchoolIsJoinedThroughTheDialog joins as somebody does who has only been told
// where the shared folder is.
func TestASchoolIsJoinedThroughTheDialog(t *testing.T) {
	sc := schooltest.New(t)
	t.Setenv("HOME", filepath.Dir(sc.Dir()))
	t.Setenv("USERPROFILE", filepath.Dir(sc.Dir()))
	p := screenstest.NewComputer(t)
	w := guitest.New(t, gui.Options{Routes: Routes(p), ICT: p.ICT(), Explain: wording.Explain})
	w.Press("Set up this computer")
	w.Press("Join with the shared folder")
	w.MustSee("Join with the shared folder", "Choose this folder")
	w.Key(fyne.KeyA, fyne.KeyModifierShortcutDefault)
	w.Type(sc.Dir())
	w.Key(fyne.KeyReturn)
	w.Press("Choose this folder")
	w.MustSee("Is this your school?", "Hill Road Primary")
	w.Press("Join")
	if c := p.Config(); c.School != sc.Dir() {
		t.Errorf("joined %+v", c)
	}
}
