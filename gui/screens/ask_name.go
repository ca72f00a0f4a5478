package screens

import (
	"strconv"

	"fyne.io/fyne/v2"

	"stowage/gui"
	"stowage/gui/parts"
)

// askName asks for a name, beginning with what there is. refuse says why a name cannot
// be had, "" that it can.
func askName(s *gui.Session, title, label, name, yes string, refuse func(name string) string, answer func(name string)) {
	w := s.Words
	var d *parts.Dialog
	var submit func()
	entry := parts.NewEntry("", func() { submit() })
	entry.Label = label
	entry.SetText(name)
	field := parts.NewField(label, entry, "")
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
	buttons := parts.Row(2, parts.Spring(), parts.NewButton(w.T("parts.cancel"), nil, func() { d.Close() }), parts.NewPrimary(yes, nil, submit))
	d = parts.ShowDialog(s.Window.Canvas(), title, parts.Column(3, field.View, buttons), nil)
	s.Window.Canvas().Focus(entry)
	entry.TypedShortcut(&fyne.ShortcutSelectAll{}) // typing replaces the name
}

// numbered is the n-th of several names that are the same: "name (2).ext".
func numbered(stem, ext string, n int) string { return stem + " (" + strconv.Itoa(n) + ")" + ext }
