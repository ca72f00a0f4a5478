package screens

import (
	"strings"

	"stowage/gui"
	"stowage/gui/widgets"
)

// whyAsked is a question for the reason of something, for the register.
type whyAsked struct {
	title, text, yes, example string
	danger                    bool
}

// askWhyOpened asks why somebody's files are to be opened with the recovery key: it is recorded, and they are told.
func askWhyOpened(s *gui.Session, then func(reason string)) {
	t := s.Words.T
	whyAsked{t("opened.why"), t("opened.why.text"), t("opened.why.yes"), t("opened.why.example"), false}.ask(s, then)
}

// ask shows the question, and goes on when there is an answer.
func (q whyAsked) ask(s *gui.Session, then func(reason string)) {
	t := s.Words.T
	reason := widgets.NewEntry(q.example, nil)
	reason.Label = t("person.reason")
	field := widgets.NewField(t("person.reason"), reason, "")
	var dialog *widgets.Dialog
	do := func() {
		if strings.TrimSpace(reason.Text) == "" {
			field.Refuse(t("person.reason.missing"))
			dialog.Refresh()
			s.Window.Canvas().Focus(reason)
			return
		}
		dialog.Close()
		then(reason.Text)
	}
	reason.OnSubmitted = func(string) { do() }
	button := widgets.NewPrimary(q.yes, nil, do)
	if q.danger {
		button = widgets.NewDanger(q.yes, nil, do)
	}
	cancel := widgets.NewButton(t("widgets.cancel"), nil, func() { dialog.Close() })
	dialog = widgets.ShowDialog(s.Window.Canvas(), q.title, widgets.Column(2, widgets.Body(q.text), field.View, widgets.Row(2, widgets.Spring(), cancel, button)), nil)
	s.Window.Canvas().Focus(reason)
}
