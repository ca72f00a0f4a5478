package screens

import (
	"strconv"
	"unicode/utf8"

	"stowage/gui"
	"stowage/gui/widgets"
)

// askName asks for a name, beginning with what there is, of which kept characters at its end stay when
// somebody types: a file's extension. refuse says why a name cannot be had, "" that it can.
func askName(s *gui.Session, title, label, name string, kept int, yes string, refuse func(name string) string, answer func(name string)) {
	w := s.Words
	var d *widgets.Dialog
	var submit func()
	entry := widgets.NewEntry("", func() { submit() })
	entry.Label = label
	entry.SetText(name)
	field := widgets.NewField(label, entry, "")
	submit = func() {
		typed := cleanName(entry.Text)
		reason := w.T("name.empty")
		if typed != "" {
			reason = refuse(typed)
		}
		if reason != "" {
			field.Refuse(reason)
			d.Refresh()
			s.Window.Canvas().Focus(entry)
			return
		}
		d.Close()
		answer(typed)
	}
	entry.OnChanged = func(string) { field.Refuse("") }
	buttons := widgets.Row(2, widgets.Spring(), widgets.NewButton(w.T("widgets.cancel"), nil, func() { d.Close() }), widgets.NewPrimary(yes, nil, submit))
	d = widgets.ShowDialog(s.Window.Canvas(), title, widgets.Column(3, field.View, buttons), nil)
	s.Window.Canvas().Focus(entry)
	entry.SelectFirst(utf8.RuneCountInString(name) - kept) // typing replaces it
}

// numbered is the n-th of several names that are the same: "name (2).ext".
func numbered(stem, ext string, n int) string { return stem + " (" + strconv.Itoa(n) + ")" + ext }
