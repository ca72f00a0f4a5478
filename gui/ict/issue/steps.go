package issue

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/ict/people"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

func notFound(err error) bool { return errors.Is(err, devices.ErrNotFound) }

// stepHolder searches for who gets the stick, with what they hold beside it.
func (i *issueWizard) stepHolder() fyne.CanvasObject {
	t := i.s.Words.T
	i.search = widgets.NewSearch(t("people.search"), i.s.After, func(string) { i.find() })
	i.table = widgets.NewTable(i.s.Words, widgets.TableOptions{
		Label: t("issue.step.holder"), Empty: t("people.empty"), Now: i.s.Now, Key: i.s.Typed,
		Columns:  []widgets.TableColumn{{Title: t("people.column.name"), Width: 200, Grow: true, Fixed: true}, {Title: t("people.column.key"), Width: 110, Fixed: true}},
		Selected: i.chosen,
		Open: func(int) {
			if i.holder.Holder.ID != "" {
				i.proceed()
			}
		},
	})
	i.side = container.NewStack(widgets.Muted(t("issue.holder.none")))
	if i.source != nil && i.holder.Holder.ID == "" { // whose it was, unless somebody else is chosen
		i.search.Set(i.source.kept.Device.HolderName)
		i.holder.Holder.ID = i.source.kept.Device.Holder
	}
	add := widgets.NewButton(t("people.add"), widgets.Icon("add").Resource(), func() {
		people.EditPerson(i.s, i.p, devices.Holder{}, func(h devices.Holder) {
			i.search.Set(h.Name)
			i.holder = people.Row{Holder: h}
			i.find()
		})
	})
	left := container.NewBorder(container.NewBorder(nil, nil, nil, add, i.search.View), nil, nil, nil, i.table.View)
	i.find()
	return container.NewGridWithColumns(2, left, container.NewVScroll(container.NewPadded(i.side)))
}

func (i *issueWizard) find() {
	i.asked++
	asked, q := i.asked, devices.HolderQuery{Search: i.search.Text(), Limit: 200}
	app.Work(i.p, i.s, i.s.Words.T("people.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (people.Found, error) {
		return people.Find(ctx, s, q)
	}, func(found people.Found, err error) {
		if asked != i.asked {
			return
		}
		if err != nil {
			i.problem.Set(i.s.Explain(err))
			return
		}
		i.holders = found.Rows
		cells := people.NewScreen(i.s, i.p)
		i.table.SetRows(form.List[people.Row]{Rows: found.Rows, KeyOf: func(r people.Row) string { return r.Holder.ID }, CellOf: func(r people.Row, column int) widgets.Cell {
			return cells.Cell(r, column*2)
		}})
		if i.holder.Holder.ID != "" {
			i.table.Select(i.holder.Holder.ID)
			i.chosen()
		}
		if i.holder.Holder.Name == "" { // whose it was has left
			i.holder = people.Row{}
			i.able()
		}
	})
}

// chosen shows what the person holds who is selected.
func (i *issueWizard) chosen() {
	rows := i.table.SelectedRows()
	if len(rows) != 1 || rows[0] >= len(i.holders) {
		return
	}
	i.holder = i.holders[rows[0]]
	i.able()
	id := i.holder.Holder.ID
	app.Work(i.p, i.s, i.s.Words.T("people.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Holdings, error) {
		return s.Register().Holdings(ctx, id)
	}, func(has devices.Holdings, err error) {
		if err != nil || i.holder.Holder.ID != id {
			return
		}
		w := i.s.Words
		side := widgets.Column(2, widgets.Heading(has.Holder.Name), widgets.Muted(has.Holder.Email), widgets.FieldLabel(w.N("person.devices", len(has.Devices))))
		if len(has.Devices) == 0 {
			side.Add(widgets.Muted(w.T("person.devices.none")))
		}
		for _, d := range has.Devices {
			side.Add(people.HeldLine(i.s, d))
		}
		i.side.Objects = []fyne.CanvasObject{side}
		i.side.Refresh()
	})
}

// stepLoan asks for the label, the end of the loan and, without a key, the passphrase.
func (i *issueWizard) stepLoan() fyne.CanvasObject {
	w := i.s.Words
	if i.label == nil {
		i.label = widgets.NewEntry("MS-0001", nil)
		i.label.Label = w.T("issue.label")
		i.label.SetText(i.look.label)
		i.due = widgets.NewDateEntry(w, i.s.Now, nil)
		if i.look.days > 0 {
			i.due.Set(i.s.Now().AddDate(0, 0, i.look.days))
		}
		i.returnTo = form.Lines(2)
		i.returnTo.SetText(i.look.returnTo)
		i.convert = widget.NewCheck(w.N("issue.convert", len(i.look.plain), "size", w.Size(i.look.bytes)), nil)
		i.convert.Checked = true
		i.carry = i.programChecks()
	}
	i.field = widgets.NewField(w.T("issue.due"), i.due.View, w.T("issue.due.hint"))
	rows := widgets.Column(3, widgets.NewField(w.T("issue.label"), i.label, w.T("issue.label.hint")).View, i.field.View,
		widgets.NewField(w.T("issue.return"), i.returnTo, w.T("issue.return.hint")).View)
	if len(i.look.plain) > 0 {
		rows.Add(widgets.Column(0, i.convert, widgets.Muted(w.T("issue.convert.hint"))))
	}
	rows.Add(i.programChoice())
	i.wipe()
	i.own = nil
	if i.holder.Key.ID != "" && !i.holder.Blocked {
		rows.Add(widgets.NewBanner(widgets.Message{Kind: widgets.Info, Happened: w.T("issue.key.has", "name", i.holder.Holder.Name)}).View)
		return form.Scrolled(rows)
	}
	judge := func(secret []byte) widgets.Strength {
		strength, err := keys.Judge(secret, i.look.policy, i.holder.Holder.Name, i.look.school)
		i.weak = err
		if weak, ok := errors.AsType[*keys.WeakError](err); ok {
			return widgets.Strength{Level: 1, Text: wording.WeakWords(w, weak)}
		}
		return widgets.Strength{Level: min(max(strength.Score, 2), 4)}
	}
	i.once = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("issue.passphrase"), Judge: judge})
	i.twice = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("issue.passphrase.again")})
	both := widgets.Column(2, i.once.View, i.twice.View)
	both.Hide()
	i.own = widgets.NewChoice(func() {
		both.Hidden = !i.own.Value()
		rows.Refresh()
	}, widgets.Option[bool]{Name: w.T("issue.temporary"), Value: false}, widgets.Option[bool]{Name: w.T("issue.chosen"), Value: true})
	ask := form.WordKey("issue.key.none", i.holder.Blocked, "issue.key.blocked")
	rows.Add(widgets.NewField(w.T(ask, "name", i.holder.Holder.Name), i.own.View, w.T("issue.temporary.hint")).View)
	rows.Add(both)
	return form.Scrolled(rows)
}

// loanFits says what is wrong with the third step, if anything is.
func (i *issueWizard) loanFits() bool {
	t := i.s.Words.T
	i.field.Refuse("")
	if day, ok := i.due.Date(); !i.due.Empty() && (!ok || !day.After(i.s.Now())) {
		i.field.Refuse(t("issue.due.wrong"))
		return false
	}
	if strings.TrimSpace(i.label.Text) == "" {
		i.problem.Set(widgets.Message{Kind: widgets.Warn, Happened: t("issue.label.missing")})
		return false
	}
	if i.own == nil || !i.own.Value() {
		return true
	}
	if i.weak != nil {
		i.once.Refuse(i.s.Explain(i.weak).Happened)
		return false
	}
	if i.once.Empty() || !i.once.Same(i.twice) {
		i.twice.Refuse(t("issue.passphrase.different"))
		return false
	}
	return true
}

// dueDate is the end of the day on which the stick is due, zero for no end.
func (i *issueWizard) dueDate() time.Time {
	day, ok := i.due.Date()
	if !ok {
		return time.Time{}
	}
	return devices.DueOn(day)
}

// stepSign shows the rules, which the holder accepts and signs.
func (i *issueWizard) stepSign() fyne.CanvasObject {
	t := i.s.Words.T
	i.sign = widgets.NewSignature(i.s.Words, func() { i.able() })
	i.read = widget.NewCheck(t("sign.accept"), func(bool) { i.able() })
	summary := widgets.Details(
		widgets.Detail{Name: t("issue.sum.stick"), Value: i.label.Text}, widgets.Detail{Name: t("issue.sum.to"), Value: i.holder.Holder.Name},
		widgets.Detail{Name: t("issue.due"), Value: i.dueText()})
	left := widgets.Column(2, summary, widgets.Card(widgets.Body(i.rules())), i.read)
	if i.source != nil {
		c := i.source.contents
		summary = widgets.Details(
			widgets.Detail{Name: t("issue.sum.stick"), Value: i.label.Text}, widgets.Detail{Name: t("issue.sum.to"), Value: i.holder.Holder.Name},
			widgets.Detail{Name: t("issue.due"), Value: i.dueText()},
			widgets.Detail{Name: t("restore.sum"), Value: i.s.Words.N("restore.sum.files", c.Files, "size", i.s.Words.Size(c.Bytes), "label", i.source.kept.Name())})
		left = widgets.Column(2, summary, widgets.Card(widgets.Body(i.rules())), i.read, widgets.Muted(t("restore.sign.later")))
	}
	right := widgets.Column(1, widgets.FieldLabel(t("sign.here")), i.sign.View)
	return form.Scrolled(container.NewGridWithColumns(2, left, right))
}

// rules is what is signed.
func (i *issueWizard) rules() string { return i.s.Words.T("issue.rules", "school", i.look.school) }

func (i *issueWizard) dueText() string {
	if due := i.dueDate(); !due.IsZero() {
		return i.s.Words.Date(due)
	}
	return i.s.Words.T("held.noend")
}
