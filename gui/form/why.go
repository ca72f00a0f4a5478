package form

import (
	"strings"

	"stowage/gui"
	"stowage/gui/widgets"
)

// Why is a question for the reason of something, for the register.
type Why struct {
	Title, Text, Yes, Example string
	Danger                    bool
}

// AskWhyOpened asks why somebody's files are to be opened with the recovery key: it is recorded, and they are told.
func AskWhyOpened(s *gui.Session, then func(reason string)) {
	t := s.Words.T
	Why{Title: t("opened.why"), Text: t("opened.why.text"), Yes: t("opened.why.yes"), Example: t("opened.why.example")}.Ask(s, then)
}

// Ask shows the question, and goes on when there is an answer.
func (q Why) Ask(s *gui.Session, then func(reason string)) {
	t := s.Words.T
	reason := widgets.NewEntry(q.Example, nil)
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
	button := widgets.NewPrimary(q.Yes, nil, do)
	if q.Danger {
		button = widgets.NewDanger(q.Yes, nil, do)
	}
	cancel := widgets.NewButton(t("widgets.cancel"), nil, func() { dialog.Close() })
	dialog = widgets.ShowDialog(s.Window.Canvas(), q.Title, widgets.Column(2, widgets.Body(q.Text), field.View, widgets.Row(2, widgets.Spring(), cancel, button)), nil)
	s.Window.Canvas().Focus(reason)
}
