package register

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/lifecycle"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// issue lends what is no stick; sticks have a page of their own, which makes them.
func (r *register) issue() {
	d, ok := r.one()
	if !ok {
		return
	}
	if d.Kind.Pluggable() {
		r.s.Go(app.IssueRoute)
		return
	}
	w := r.s.Words
	who := form.NewTextField(w.T("register.holder"), w.T("register.holder.hint"), "")
	due := widgets.NewDateEntry(w, r.s.Now, nil)
	dueField := widgets.NewField(w.T("register.due"), due.View, w.T("register.due.policy"))
	form.Show(r.s, form.Says{Title: w.T("register.act.one", "action", w.T(wording.ActionKey(devices.Issue)), "device", d.Name()), Yes: w.T(wording.ActionKey(devices.Issue))},
		[]fyne.CanvasObject{who.View, dueField.View}, who.Entry, func(f *form.Form) {
			name := strings.TrimSpace(who.Entry.Text)
			until, ok := due.Date()
			switch {
			case name == "":
				f.Wrong(who.Field, w.T("register.holder.wrong"))
				return
			case !due.Empty() && !ok:
				f.Wrong(dueField, w.T("register.due.wrong"))
				return
			}
			var loan devices.LoanDetails
			if ok {
				loan.Due = endOfDay(until)
			}
			f.Follow(app.Work(r.p, r.s, w.T(wording.ActionKey(devices.Issue)), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Device, error) {
				return lifecycle.Lend(ctx, s, d.ID, name, loan)
			}, func(lent devices.Device, err error) {
				if err != nil {
					f.Refuse(err)
					return
				}
				f.Dialog.Close()
				r.s.Toast(w.T("register.lent", "device", lent.Name(), "holder", lent.HolderName), nil)
			}))
		})
}

// Commands is part of gui.Commander.
func (r *register) Commands() []widgets.Command {
	w := r.s.Words
	commands := []widgets.Command{
		{Name: w.T("register.add"), Icon: widgets.Icon("add").Resource(), Key: fyne.KeyN, Modifier: widgets.Ctrl, Run: r.add},
		{Name: w.T("register.find"), Icon: widgets.IconSearch.Resource(), Key: fyne.KeyF, Modifier: widgets.Ctrl, Run: func() { r.s.Window.Canvas().Focus(r.bar.search.Focus()) }},
		{Name: w.T("register.refresh"), Icon: widgets.Icon("refresh").Resource(), Key: fyne.KeyR, Modifier: widgets.Ctrl, Run: func() { r.rows.outdated(); r.load() }},
	}
	if r.table != nil && r.table.Count() > 0 {
		menu := r.menu()
		menu[0].Divide = true
		commands = append(commands, menu...)
	}
	return append(commands,
		r.p.RestoreCommand(r.s),
		widgets.Command{Name: w.T("register.import"), Icon: widgets.Icon("upload").Resource(), Divide: true, Run: r.importCSV},
		widgets.Command{Name: w.T("register.export"), Icon: widgets.Icon("download").Resource(), Run: r.exportAll},
		widgets.Command{Name: w.T("paper.audit"), Icon: widgets.Icon("pdf").Resource(), Run: r.auditReport},
		widgets.Command{Name: w.T("register.backup"), Icon: widgets.Icon("archive").Resource(), Divide: true, Run: r.backUp},
		widgets.Command{Name: w.T("register.restore"), Icon: widgets.Icon("history").Resource(), Run: r.restore},
		r.p.LockCommand(r.s),
	)
}

// Actions is part of gui.Actor.
func (r *register) Actions() []fyne.CanvasObject {
	w := r.s.Words
	more := widgets.NewButton(w.T("register.files"), widgets.Icon("more").Resource(), nil)
	more.OnTapped = func() {
		menu := widgets.Menu("", r.fileCommands())
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(more).AddXY(0, more.Size().Height)
		widget.ShowPopUpMenuAtPosition(menu, r.s.Window.Canvas(), at)
	}
	return []fyne.CanvasObject{more, widgets.NewPrimary(w.T("register.add"), widgets.Icon("add").Resource(), r.add)}
}

// fileCommands are those about files.
func (r *register) fileCommands() []widgets.Command {
	commands := r.Commands()
	return commands[len(commands)-6 : len(commands)-1]
}
