package screens

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui/jobs"
	"stowage/gui/parts"
)

// issue lends what is no stick; sticks have a room of their own, which makes them.
func (r *register) issue() {
	d, ok := r.one()
	if !ok {
		return
	}
	if d.Kind == devices.MemoryStick || d.Kind == devices.ExternalDrive {
		r.s.Go("issue")
		return
	}
	w := r.s.Words
	who := newTextField(w.T("register.holder"), w.T("register.holder.hint"), "")
	due := parts.NewDateEntry(w, r.s.Now, nil)
	dueField := parts.NewField(w.T("register.due"), due.View, w.T("register.due.policy"))
	showForm(r.s, formSays{Title: w.T("register.act.one", "action", w.T(actionKey(devices.Issue)), "device", d.Name()), Yes: w.T(actionKey(devices.Issue))},
		[]fyne.CanvasObject{who.View, dueField.View}, who.entry, func(f *form) {
			name := strings.TrimSpace(who.entry.Text)
			until, ok := due.Date()
			switch {
			case name == "":
				f.wrong(who.Field, w.T("register.holder.wrong"))
				return
			case !due.Empty() && !ok:
				f.wrong(dueField, w.T("register.due.wrong"))
				return
			}
			var loan devices.LoanDetails
			if ok {
				loan.Due = endOfDay(until)
			}
			f.follow(work(r.p, r.s, w.T(actionKey(devices.Issue)), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Device, error) {
				return s.Lend(ctx, d.ID, name, loan)
			}, func(lent devices.Device, err error) {
				if err != nil {
					f.refuse(err)
					return
				}
				f.dialog.Close()
				r.s.Toast(w.T("register.lent", "device", lent.Name(), "holder", lent.HolderName), nil)
			}))
		})
}

// Commands is part of gui.Commander.
func (r *register) Commands() []parts.Command {
	w := r.s.Words
	commands := []parts.Command{
		{Name: w.T("register.add"), Icon: parts.Icon("add").Resource(), Key: fyne.KeyN, Modifier: parts.Ctrl, Run: r.add},
		{Name: w.T("register.find"), Icon: parts.IconSearch.Resource(), Key: fyne.KeyF, Modifier: parts.Ctrl, Run: func() { r.s.Window.Canvas().Focus(r.bar.search.Focus()) }},
		{Name: w.T("register.refresh"), Icon: parts.Icon("refresh").Resource(), Key: fyne.KeyR, Modifier: parts.Ctrl, Run: func() { r.rows.outdated(); r.load() }},
	}
	if r.table != nil && r.table.Count() > 0 {
		menu := r.menu()
		menu[0].Divide = true
		commands = append(commands, menu...)
	}
	return append(commands,
		restoreCommand(r.s, r.p),
		parts.Command{Name: w.T("register.import"), Icon: parts.Icon("upload").Resource(), Divide: true, Run: r.importCSV},
		parts.Command{Name: w.T("register.export"), Icon: parts.Icon("download").Resource(), Run: r.exportAll},
		parts.Command{Name: w.T("paper.audit"), Icon: parts.Icon("pdf").Resource(), Run: r.auditReport},
		parts.Command{Name: w.T("register.backup"), Icon: parts.Icon("archive").Resource(), Divide: true, Run: r.backUp},
		parts.Command{Name: w.T("register.restore"), Icon: parts.Icon("history").Resource(), Run: r.restore},
		r.p.lockCommand(r.s),
	)
}

// Actions is part of gui.Actor.
func (r *register) Actions() []fyne.CanvasObject {
	w := r.s.Words
	more := parts.NewButton(w.T("register.files"), parts.Icon("more").Resource(), nil)
	more.OnTapped = func() {
		menu := parts.Menu("", r.fileCommands())
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(more).AddXY(0, more.Size().Height)
		widget.ShowPopUpMenuAtPosition(menu, r.s.Window.Canvas(), at)
	}
	return []fyne.CanvasObject{more, parts.NewPrimary(w.T("register.add"), parts.Icon("add").Resource(), r.add)}
}

// fileCommands are those about files.
func (r *register) fileCommands() []parts.Command {
	commands := r.Commands()
	return commands[len(commands)-6 : len(commands)-1]
}
