package issue

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/form"
	"stowage/gui/widgets"
)

// programChecks are one tick for each program that the school has for its sticks.
func (i *issueWizard) programChecks() []*widget.Check {
	w := i.s.Words
	var checks []*widget.Check
	for _, p := range i.look.programs {
		checks = append(checks, form.ProgramCheck(w, p, true))
	}
	return checks
}

// programChoice asks for which systems the stick is to carry the program.
func (i *issueWizard) programChoice() fyne.CanvasObject {
	w := i.s.Words
	if len(i.carry) == 0 {
		return widgets.Muted(w.T("programs.none"))
	}
	rows := widgets.Column(0, widgets.FieldLabel(w.T("programs.carry")))
	for _, check := range i.carry {
		rows.Add(check)
	}
	rows.Add(widgets.Muted(w.T("programs.carry.hint")))
	return rows
}

// carried are the names of the programs that the stick is to carry.
func (i *issueWizard) carried() []string {
	var names []string
	for n, check := range i.carry {
		if check.Checked {
			names = append(names, i.look.programs[n].Name)
		}
	}
	return names
}
