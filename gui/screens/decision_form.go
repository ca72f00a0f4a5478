package screens

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// decisionForm is in which a person writes down what was decided about telling the
// regulator and the people concerned. The program says nothing about what is to be
// decided.
type decisionForm struct {
	s                           *gui.Session
	notify, tell                *choices[devices.Answer]
	why, by, tellWhy, reference *widget.Entry
	notified                    *momentEntry
	before                      devices.Decision
}

func newDecisionForm(s *gui.Session, d devices.Decision) *decisionForm {
	yesOrNo := func(is devices.Answer) *choices[devices.Answer] {
		a := newChoices(s.Words, true, reply[devices.Answer]{"lost.yes", devices.Yes}, reply[devices.Answer]{"lost.no", devices.No})
		a.set(is)
		return a
	}
	f := &decisionForm{
		s: s, before: d, notify: yesOrNo(d.Notify), tell: yesOrNo(d.TellPeople),
		why: lines(3), by: line(), tellWhy: lines(2), reference: line(), notified: newMomentEntry(s, d.Notified),
	}
	f.why.SetText(d.Why)
	f.by.SetText(d.By)
	f.tellWhy.SetText(d.TellWhy)
	f.reference.SetText(d.Reference)
	return f
}

// fields are what the form asks.
func (f *decisionForm) fields() []fyne.CanvasObject {
	field := func(name i18n.Key, input fyne.CanvasObject) fyne.CanvasObject {
		return widgets.NewField(f.s.Words.T("incident.field."+name), input, "").View
	}
	return []fyne.CanvasObject{
		field("notify", f.notify.group), field("why", f.why), field("by", f.by), field("notified", f.notified.entry), field("reference", f.reference),
		field("tellpeople", f.tell.group), field("tellwhy", f.tellWhy),
	}
}

// decision is what the form says, and what in it makes no sense: "" for nothing.
func (f *decisionForm) decision() (d devices.Decision, wrong string) {
	at, ok := f.notified.get()
	if !ok {
		return d, f.s.Words.T("incident.wrong.time", "field", f.s.Words.T("incident.field.notified"))
	}
	d = devices.Decision{Why: f.why.Text, By: f.by.Text, TellWhy: f.tellWhy.Text, Notified: at, Reference: f.reference.Text}
	d.Notify, _ = f.notify.get()
	d.TellPeople, _ = f.tell.get()
	return d, ""
}

// changed reports whether the form says something else than at first.
func (f *decisionForm) changed() bool {
	d, wrong := f.decision()
	d.At = f.before.At
	return wrong != "" || !sameAnswers(d, f.before)
}
