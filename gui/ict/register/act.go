package register

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"stowage/devices/school/lifecycle"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/ict/paperwork"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// selectionBar says how many rows are selected, and offers what is most often done
// with several.
type selectionBar struct {
	view  *fyne.Container
	r     *register
	count *widget.RichText
}

func newSelectionBar(r *register) *selectionBar {
	w := r.s.Words
	b := &selectionBar{r: r, count: widgets.Caption("")}
	buttons := []fyne.CanvasObject{b.count}
	for _, a := range []devices.Action{devices.Return, devices.Extend, devices.Retire} {
		buttons = append(buttons, widgets.NewButton(w.T(wording.ActionKey(a)), actionIcons[a].Resource(), func() { r.act(a) }))
	}
	buttons = append(buttons, widgets.NewButton(w.T("register.export.some"), widgets.Icon("download").Resource(), r.exportSelected))
	b.view = container.NewPadded(widgets.Row(1, buttons...))
	b.view.Hide()
	return b
}

// show shows the bar for more than one row.
func (b *selectionBar) show(n int) {
	b.view.Hidden = n < 2
	widgets.SetText(b.count, b.r.s.Words.N("register.selected", n))
	b.view.Refresh()
}

// actionIcons has the picture of each action; TestActions says what is missing.
var actionIcons = map[devices.Action]widgets.Icon{
	devices.Issue:   widgets.IconIssue,
	devices.Extend:  widgets.IconCalendar,
	devices.Return:  "return",
	devices.Restock: "archive",
	devices.Lose:    widgets.IconLost,
	devices.Steal:   widgets.IconLost,
	devices.Find:    widgets.IconSearch,
	devices.Damage:  "warning",
	devices.Retire:  "remove",
	devices.Destroy: "delete",
}

// menu lists what can be done with the selected rows. For one row it is what its
// state allows; for several, what may be allowed for some of them.
func (r *register) menu() []widgets.Command {
	w := r.s.Words
	actions := []devices.Action{devices.Return, devices.Extend, devices.Restock, devices.Lose, devices.Steal, devices.Find, devices.Damage, devices.Retire, devices.Destroy}
	if d, ok := r.one(); ok {
		actions = devices.Allowed(d.State)
	}
	commands := []widgets.Command{
		{Name: w.T("register.edit"), Icon: widgets.Icon("edit").Resource(), Key: fyne.KeyF2, Run: r.edit, Disabled: func() bool { return r.table.Count() != 1 }},
		{Name: w.T("register.verify"), Icon: widgets.IconShield.Resource(), Run: r.verify, Disabled: func() bool { return r.table.Count() != 1 }},
	}
	if d, ok := r.one(); ok && app.CanCheckIn(d) {
		commands = append(commands, widgets.Command{Name: w.T("checkin.one"), Icon: widgets.Icon("return").Resource(), Run: func() { r.p.Go(r.s, app.CheckIn{Device: d.ID}) }})
	}
	for i, a := range actions {
		commands = append(commands, widgets.Command{Name: w.T(wording.ActionKey(a)), Icon: actionIcons[a].Resource(), Divide: i == 0, Run: func() { r.act(a) }})
	}
	if d, ok := r.one(); ok && d.Seen.Stick != "" {
		commands = append(commands, widgets.Command{Name: w.T("restore.command"), Icon: widgets.Icon("history").Resource(), Divide: true, Run: func() { r.p.Push(r.s, app.Restore{About: d.Name()}) }})
	}
	commands = append(commands, r.paperCommands()...)
	return append(commands, widgets.Command{Name: w.T("register.export.some"), Icon: widgets.Icon("download").Resource(), Divide: true, Run: r.exportSelected})
}

// act asks for what an action needs and does it to every selected device.
func (r *register) act(a devices.Action) {
	ids := r.table.Selected()
	if len(ids) == 0 {
		return
	}
	if d, ok := r.one(); ok && !slices.Contains(devices.Allowed(d.State), a) {
		r.s.Fail(&devices.Refusal{Device: d.ID, Name: d.Name(), State: d.State, Action: a, Instead: devices.Allowed(d.State)})
		return
	}
	switch {
	case a == devices.Issue:
		r.issue()
	case lifecycle.ChangesDirectory(a):
		r.p.WithAuthority(r.s, "authority.why.lost", func(*school.School) { r.askFacts(a, ids) })
	default:
		r.askFacts(a, ids)
	}
}

// askFacts asks for what is to be recorded with an action.
func (r *register) askFacts(a devices.Action, ids []string) {
	w := r.s.Words
	title := w.N("register.act.many", len(ids), "action", w.T(wording.ActionKey(a)))
	if d, ok := r.one(); ok {
		title = w.T("register.act.one", "action", w.T(wording.ActionKey(a)), "device", d.Name())
	}
	seen := r.rows.versions(ids)
	note := form.NewTextField(w.T("register.note"), w.T(noteHint(a)), "")
	fields := []fyne.CanvasObject{note.View}
	focus := fyne.Focusable(note.Entry)
	due := widgets.NewDateEntry(w, r.s.Now, nil)
	dueField := widgets.NewField(w.T("register.due"), due.View, "")
	end := paperwork.NewDestruction(w)
	switch a {
	case devices.Extend:
		due.Set(r.s.Now().AddDate(0, 0, 90))
		fields, focus = append([]fyne.CanvasObject{dueField.View}, fields...), due.Focus()
	case devices.Destroy:
		fields, focus = append(end.Fields(), fields...), end.Method.Entry
	}
	danger := slices.Contains([]devices.Action{devices.Retire, devices.Destroy}, a)
	form.Show(r.s, form.Says{Title: title, Yes: w.T(wording.ActionKey(a)), Danger: danger}, fields, focus, func(f *form.Form) {
		facts := devices.Facts{Note: strings.TrimSpace(note.Entry.Text)}
		until, ok := due.Date()
		switch {
		case a == devices.Extend && !ok:
			f.Wrong(dueField, w.T("register.due.wrong"))
			return
		case a == devices.Destroy && !end.Into(f, &facts):
			return
		case a == devices.Return:
			facts.Condition, facts.Note = facts.Note, ""
		}
		f.Follow(r.actOn(a, ids, seen, facts, endOfDay(until), f))
	})
}

// noteHint says what is worth noting with an action.
func noteHint(a devices.Action) i18n.Key {
	switch a {
	case devices.Return:
		return "register.note.return"
	case devices.Lose, devices.Steal:
		return "register.note.lost"
	}
	return "register.note.hint"
}

// endOfDay is the last second of a day: what is due on a day is not late on it.
func endOfDay(t time.Time) time.Time { return devices.DueOn(t) }

// actionOutcome is what doing something to many devices came to.
type actionOutcome struct {
	done    int
	last    devices.Device // of those done
	refused []refused
	behind  bool // the directory has yet to be published
}

// refused is a device to which something could not be done, and why.
type refused struct {
	name string
	err  error
}

// actOn does an action to devices, one after the other. What one of them refuses does
// not keep the others from being done; Cancel stops before the next.
// A device that another desk has changed since seen was read is one that refuses.
func (r *register) actOn(a devices.Action, ids []string, seen map[string]int64, facts devices.Facts, due time.Time, f *form.Form) *jobs.Job {
	actor, names := r.p.Options.Actor, r.rows.names(ids)
	return app.Work(r.p, r.s, r.s.Words.T(wording.ActionKey(a)), func(ctx context.Context, s *school.School, p jobs.Progress) (actionOutcome, error) {
		var o actionOutcome
		p.Expect(int64(len(ids)))
		for i, id := range ids {
			if ctx.Err() != nil {
				return o, context.Cause(ctx)
			}
			var err error
			var d devices.Device
			if a == devices.Extend {
				d, err = s.Register().Extend(ctx, actor, id, seen[id], due, facts.Note)
			} else {
				var behind bool
				facts.Version = seen[id]
				d, behind, err = lifecycle.Act(ctx, s, id, a, facts)
				o.behind = o.behind || behind
			}
			if _, late := errors.AsType[*school.PublishError](err); late {
				o.behind, err = true, nil // the change stands
			}
			if err != nil {
				o.refused = append(o.refused, refused{names[i], err})
			} else {
				o.done, o.last = o.done+1, d
			}
			p.Done(1)
		}
		return o, nil
	}, func(o actionOutcome, err error) { r.acted(a, len(ids), o, err, f) })
}

// acted says what an action came to.
func (r *register) acted(a devices.Action, asked int, o actionOutcome, err error, f *form.Form) {
	w := r.s.Words
	done := w.N("register.done", o.done, "action", w.T(wording.ActionKey(a)+".done"))
	switch {
	case errors.Is(err, context.Canceled):
		r.s.Toast(w.T("register.stopped", "done", done), nil)
	case err != nil:
		f.Refuse(err)
	case asked == 1 && len(o.refused) == 1:
		f.Refuse(o.refused[0].err)
	case len(o.refused) > 0:
		f.Dialog.Close()
		r.s.Tell(r.refusals(done, o.refused))
	default:
		f.Dialog.Close()
		r.s.Toast(done, nil)
		if a == devices.Destroy && o.done == 1 {
			r.papers().Certificate(o.last)
		}
	}
	if o.behind {
		r.s.Toast(w.T("register.behind"), nil)
	}
}

// refusals says for which devices something could not be done, and what can be done
// with them.
func (r *register) refusals(done string, all []refused) widgets.Message {
	w := r.s.Words
	var lines []string
	for _, one := range all {
		m := r.s.Explain(one.err)
		line := m.Happened + " " + m.Next
		if !strings.Contains(m.Happened, one.name) {
			line = one.name + ": " + line
		}
		lines = append(lines, line)
	}
	return widgets.Message{
		Kind: widgets.Warn, Happened: w.N("register.refused", len(all)), Files: done, Details: strings.Join(lines, "\n"),
	}
}

var _ gui.Commander = (*register)(nil)
