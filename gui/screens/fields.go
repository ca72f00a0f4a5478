package screens

import (
	"errors"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

func hasProgram(list []stick.Program, name string) bool {
	return slices.ContainsFunc(list, func(p stick.Program) bool { return p.Name == name })
}

// programCheck is a tick for a program that a stick may carry.
func programCheck(w *i18n.Words, p stick.Program, ticked bool) *widget.Check {
	check := widget.NewCheck(w.T("programs.line", "name", programName(w, p.Name), "version", shortVersion(p.Version), "size", w.Size(p.Size)), nil)
	check.Checked = ticked
	return check
}

// show shows or hides something.
func show(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// showInFolder opens the folder that a file is in.
func showInFolder(s *gui.Session, path string) {
	if s.Services.Opener == nil {
		return
	}
	if err := s.Services.Opener.Open(filepath.Dir(path)); err != nil {
		s.Fail(err)
	}
}

// judged says how strong a passphrase is, in words.
func judged(w *i18n.Words, secret []byte, policy keys.Policy, personal ...string) widgets.Strength {
	s, err := keys.Judge(secret, policy, personal...)
	if weak, ok := errors.AsType[*keys.WeakError](err); ok {
		return widgets.Strength{Level: min(max(s.Score, 1), 2), Text: weakWords(w, weak)}
	}
	return widgets.Strength{Level: max(s.Score, 3)}
}

// textField is a field of one line.
type textField struct {
	*widgets.Field
	entry *widgets.Entry
}

func newTextField(label, hint, value string) textField {
	e := widgets.NewEntry("", nil)
	e.Label = label
	e.SetText(value)
	return textField{widgets.NewField(label, e, hint), e}
}

// newNotes is an entry of several lines. Tab leads out of it.
func newNotes(value string) *widget.Entry {
	e := widget.NewMultiLineEntry()
	e.SetMinRowsVisible(3)
	e.Wrapping = fyne.TextWrapWord
	e.SetText(value)
	return e
}

// popUpMenu shows commands at a place of the window.
func popUpMenu(s *gui.Session, commands []widgets.Command, at fyne.Position) {
	widget.ShowPopUpMenuAtPosition(widgets.Menu("", commands), s.Window.Canvas(), at)
}

// newTextChoice is a choice between texts.
func newTextChoice(w *i18n.Words, changed func(), keys ...i18n.Key) *widgets.Choice[i18n.Key] {
	var options []widgets.Option[i18n.Key]
	for _, key := range keys {
		options = append(options, widgets.Option[i18n.Key]{Name: w.T(key), Value: key})
	}
	return widgets.NewChoice(changed, options...)
}

// wordKey is one of two keys.
func wordKey(otherwise i18n.Key, is bool, then i18n.Key) i18n.Key {
	if is {
		return then
	}
	return otherwise
}

// line is an entry for one line.
func line() *widget.Entry { return widget.NewEntry() }

// lines is an entry for some lines.
func lines(rows int) *widget.Entry {
	e := widget.NewMultiLineEntry()
	e.Wrapping = fyne.TextWrapWord
	e.SetMinRowsVisible(rows)
	return e
}

// newClassChoice asks which class of keys the school issues.
func newClassChoice(w *i18n.Words) *widgets.Choice[keys.Class] {
	return widgets.NewChoice(nil,
		widgets.Option[keys.Class]{Name: w.T("setup.class.hybrid"), Value: keys.Hybrid},
		widgets.Option[keys.Class]{Name: w.T("setup.class.x25519"), Value: keys.X25519})
}
