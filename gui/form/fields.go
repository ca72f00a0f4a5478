package form

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// HasProgram reports whether a program is among some, by its name.
func HasProgram(list []stick.Program, name string) bool {
	return slices.ContainsFunc(list, func(p stick.Program) bool { return p.Name == name })
}

// ProgramCheck is a tick for a program that a stick may carry.
func ProgramCheck(w *i18n.Words, p stick.Program, ticked bool) *widget.Check {
	check := widget.NewCheck(w.T("programs.line", "name", wording.ProgramName(w, p.Name), "version", wording.ShortVersion(p.Version), "size", w.Size(p.Size)), nil)
	check.Checked = ticked
	return check
}

// SetVisible shows or hides something.
func SetVisible(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// ShowInFolder opens the folder that a file is in.
func ShowInFolder(s *gui.Session, path string) {
	if s.Services.Opener == nil {
		return
	}
	jobs.Run(s.Jobs, s.Words.T("files.show"), func(context.Context, jobs.Progress) (struct{}, error) { // some desktops take seconds to answer
		return struct{}{}, s.Services.Opener.Open(filepath.Dir(path))
	}, func(_ struct{}, err error) {
		if err != nil {
			s.Fail(err)
		}
	})
}

// Judged says how strong a passphrase is, in words.
func Judged(w *i18n.Words, secret []byte, policy keys.Policy, personal ...string) widgets.Strength {
	s, err := keys.Judge(secret, policy, personal...)
	if weak, ok := errors.AsType[*keys.WeakError](err); ok {
		return widgets.Strength{Level: min(max(s.Score, 1), 2), Text: wording.WeakWords(w, weak)}
	}
	return widgets.Strength{Level: max(s.Score, 3)}
}

// TextField is a field of one line.
type TextField struct {
	*widgets.Field
	Entry *widgets.Entry
}

// NewTextField is a field with a value in it; hint may be empty.
func NewTextField(label, hint, value string) TextField {
	e := widgets.NewEntry("", nil)
	e.Label = label
	e.SetText(value)
	return TextField{widgets.NewField(label, e, hint), e}
}

// NewNotes is an entry of several lines. Tab leads out of it.
func NewNotes(value string) *widget.Entry {
	e := widget.NewMultiLineEntry()
	e.SetMinRowsVisible(3)
	e.Wrapping = fyne.TextWrapWord
	e.SetText(value)
	return e
}

// PopUpMenu shows commands at a place of the window.
func PopUpMenu(s *gui.Session, commands []widgets.Command, at fyne.Position) {
	widget.ShowPopUpMenuAtPosition(widgets.Menu("", commands), s.Window.Canvas(), at)
}

// NewTextChoice is a choice between texts.
func NewTextChoice(w *i18n.Words, changed func(), keys ...i18n.Key) *widgets.Choice[i18n.Key] {
	var options []widgets.Option[i18n.Key]
	for _, key := range keys {
		options = append(options, widgets.Option[i18n.Key]{Name: w.T(key), Value: key})
	}
	return widgets.NewChoice(changed, options...)
}

// WordKey is one of two keys.
func WordKey(otherwise i18n.Key, is bool, then i18n.Key) i18n.Key {
	if is {
		return then
	}
	return otherwise
}

// Line is an entry for one line.
func Line() *widget.Entry { return widget.NewEntry() }

// Lines is an entry for some lines.
func Lines(rows int) *widget.Entry {
	e := widget.NewMultiLineEntry()
	e.Wrapping = fyne.TextWrapWord
	e.SetMinRowsVisible(rows)
	return e
}

// NewClassChoice asks which class of keys the school issues.
func NewClassChoice(w *i18n.Words) *widgets.Choice[keys.Class] {
	return widgets.NewChoice(nil,
		widgets.Option[keys.Class]{Name: w.T("setup.class.hybrid"), Value: keys.Hybrid},
		widgets.Option[keys.Class]{Name: w.T("setup.class.x25519"), Value: keys.X25519})
}
