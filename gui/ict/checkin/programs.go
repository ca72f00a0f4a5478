package checkin

import (
	"errors"
	"slices"

	"fyne.io/fyne/v2/widget"

	"stowage/devices/school"
	"stowage/devices/school/checkin"
	"stowage/gui/form"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// programMessages say what a check-in found and did about the programs on a stick.
func (c *CheckIns) programMessages() []widgets.Message {
	w, r := c.s.Words, c.result
	programs := r.checkIn.Programs
	var all []widgets.Message
	if len(programs.Updated) > 0 {
		all = append(all, widgets.Message{Kind: widgets.Good, Happened: w.T("programs.updated", "names", w.List(wording.ProgramTexts(w, programs.Updated)))})
	}
	if len(programs.Removed) > 0 {
		all = append(all, widgets.Message{Kind: widgets.Good, Happened: w.T("programs.removed", "names", w.List(programs.Removed))})
	}
	if strange := wording.StrangeNames(programs.Found); len(strange) > 0 && len(all) == 0 {
		all = append(all, widgets.Message{
			Kind: widgets.Bad, Happened: w.T("programs.strange", "label", r.checkIn.Device.Name(), "names", w.List(strange)),
			Files: w.T("programs.strange.files"), Next: w.T("programs.strange.ict"),
			Do: widgets.Command{Name: w.T("programs.replace"), Run: c.askReplace},
		})
	}
	if planted := programs.Top.Running(); len(planted) > 0 {
		m := wording.PlantedMessage(w, r.checkIn.Device.Name(), planted)
		m.Next = w.T("planted.runs.ict")
		all = append(all, m)
	}
	if others, any := wording.OthersMessage(w, r.checkIn.Device.Name(), programs.Top); any {
		all = append(all, others)
	}
	if programs.Err != nil && !errors.Is(programs.Err, school.ErrLocked) {
		all = append(all, c.s.Explain(programs.Err))
	}
	return all
}

// askReplace checks the stick in once more, and replaces what is not the school's.
func (c *CheckIns) askReplace() {
	w, from := c.s.Words, c.result.from
	c.s.Ask(widgets.Question{
		Title: w.T("programs.replace"), Text: w.T("programs.replace.text"), Yes: w.T("programs.replace"), No: w.T("lock.no"),
	}, func(yes bool) {
		if yes {
			from.programs.ReplaceStrange = true
			c.checkIn(from)
		}
	})
}

// choosePrograms asks which programs the stick is to carry, of the school's and those that it carries
// already, and checks it in once more with these.
func (c *CheckIns) choosePrograms() {
	w, r := c.s.Words, c.result
	all := slices.Clone(r.approved)
	for _, p := range r.carries {
		if !form.HasProgram(all, p.Name) {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		c.s.Tell(widgets.Message{Kind: widgets.Info, Happened: w.T("programs.none")})
		return
	}
	column := widgets.Column(0)
	checks := make([]*widget.Check, len(all))
	for i, p := range all {
		checks[i] = form.ProgramCheck(w, p, form.HasProgram(r.carries, p.Name))
		column.Add(checks[i])
	}
	c.s.Ask(widgets.Question{
		Title: w.T("programs.choose.title"), Text: w.T("programs.choose.text"), Yes: w.T("programs.choose.yes"), Extra: column,
	}, func(yes bool) {
		if !yes {
			return
		}
		from := r.from
		from.programs = checkin.ProgramsPlan{Choose: true}
		for i, check := range checks {
			if check.Checked {
				from.programs.Names = append(from.programs.Names, all[i].Name)
			}
		}
		c.checkIn(from)
	})
}
