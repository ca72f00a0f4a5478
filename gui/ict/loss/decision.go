package loss

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/gui"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// DecisionForm is in which a person writes down what was decided about telling the
// regulator and the people concerned. The program says nothing about what is to be
// decided.
type DecisionForm struct {
	s                           *gui.Session
	Notify, tell                *form.Choices[devices.Answer]
	Why, By, tellWhy, reference *widget.Entry
	notified                    *momentEntry
	before                      devices.Decision
}

// NewDecisionForm asks for what was decided about an incident.
func NewDecisionForm(s *gui.Session, d devices.Decision) *DecisionForm {
	yesOrNo := func(is devices.Answer) *form.Choices[devices.Answer] {
		a := form.NewChoices(s.Words, true, form.Reply[devices.Answer]{Text: "lost.yes", Is: devices.Yes}, form.Reply[devices.Answer]{Text: "lost.no", Is: devices.No})
		a.Set(is)
		return a
	}
	f := &DecisionForm{
		s: s, before: d, Notify: yesOrNo(d.Notify), tell: yesOrNo(d.TellPeople),
		Why: form.Lines(3), By: form.Line(), tellWhy: form.Lines(2), reference: form.Line(), notified: newMomentEntry(s, d.Notified),
	}
	f.Why.SetText(d.Why)
	f.By.SetText(d.By)
	f.tellWhy.SetText(d.TellWhy)
	f.reference.SetText(d.Reference)
	return f
}

// Fields are what the form asks.
func (f *DecisionForm) Fields() []fyne.CanvasObject {
	field := func(name i18n.Key, input fyne.CanvasObject) fyne.CanvasObject {
		return widgets.NewField(f.s.Words.T("incident.field."+name), input, "").View
	}
	return []fyne.CanvasObject{
		field("notify", f.Notify.Group), field("why", f.Why), field("by", f.By), field("notified", f.notified.entry), field("reference", f.reference),
		field("tellpeople", f.tell.Group), field("tellwhy", f.tellWhy),
	}
}

// Decision is what the form says, and what in it makes no sense: "" for nothing.
func (f *DecisionForm) Decision() (d devices.Decision, wrong string) {
	at, ok := f.notified.get()
	if !ok {
		return d, f.s.Words.T("incident.wrong.time", "field", f.s.Words.T("incident.field.notified"))
	}
	d = devices.Decision{Why: f.Why.Text, By: f.By.Text, TellWhy: f.tellWhy.Text, Notified: at, Reference: f.reference.Text}
	d.Notify, _ = f.Notify.Get()
	d.TellPeople, _ = f.tell.Get()
	return d, ""
}

// Changed reports whether the form says something else than at first.
func (f *DecisionForm) Changed() bool {
	d, wrong := f.Decision()
	d.At = f.before.At
	return wrong != "" || !sameAnswers(d, f.before)
}
