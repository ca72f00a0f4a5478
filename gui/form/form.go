// Package form has what screens of several rooms are made of, above single widgets: forms
// in a dialog, questions for a reason or one answer of a few, secrets that are shown for a
// while, rows of tables, files that are written where somebody chose.
//
// A form wipes no passphrase that its sender has taken; everything belongs to the window's
// goroutine but the writing of files.
package form

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// Form is a dialog with fields, which stays until what was entered is taken. A failure
// is said inside it, so that nothing that was typed is lost.
type Form struct {
	s      *gui.Session
	banner *widgets.Banner
	Dialog *widgets.Dialog
	yes    *widgets.Button
	panel  *widgets.Progress
	job    *jobs.Job
	Focus  fyne.Focusable
}

// Says is what a form says.
type Says struct {
	Title, Text, Yes string
	No               string // what leaves it; Cancel when empty
	Danger           bool
}

// tallest is how high fields may be before they scroll, so that a form fits into the
// window with large text.
const tallest = 380

// Show shows fields. send is called for Yes: it checks what was entered and starts
// what is to be done.
func Show(s *gui.Session, t Says, fields []fyne.CanvasObject, focus fyne.Focusable, send func(*Form)) *Form {
	f := &Form{s: s, banner: widgets.NewBanner(widgets.Message{}), panel: widgets.NewProgress(s.Words), Focus: focus}
	press := func() {
		s.Used()
		if f.job == nil {
			send(f)
		}
	}
	f.yes = widgets.NewPrimary(t.Yes, nil, press)
	if t.Danger {
		f.yes = widgets.NewDanger(t.Yes, nil, press)
	}
	rows := []fyne.CanvasObject{f.banner.View}
	if t.Text != "" {
		rows = append(rows, widgets.Body(t.Text))
	}
	body := widgets.Column(2, append(rows, fields...)...)
	var middle fyne.CanvasObject = body
	if len(fields) > 3 || body.MinSize().Height > tallest {
		scroll := container.NewVScroll(container.NewPadded(body))
		scroll.SetMinSize(fyne.NewSize(0, tallest))
		middle = scroll
	}
	buttons := widgets.Row(2, widgets.Spring(), widgets.NewButton(cmp.Or(t.No, s.Words.T("widgets.cancel")), nil, f.cancel), f.yes)
	f.Dialog = widgets.ShowDialog(s.Window.Canvas(), t.Title, widgets.Column(2, middle, f.panel.View, buttons), f.cancel)
	f.first()
	return f
}

// first gives the first field the focus.
func (f *Form) first() {
	if f.Focus != nil {
		f.s.Window.Canvas().Focus(f.Focus)
	}
}

// cancel leaves the form, and stops what it has started.
func (f *Form) cancel() {
	if f.job != nil {
		f.job.Cancel()
	}
	f.Dialog.Close()
}

// Follow shows a job until it ends.
func (f *Form) Follow(j *jobs.Job) {
	f.job = j
	f.yes.Disable()
	f.panel.Follow(j)
	j.OnEnd(func() {
		f.job = nil
		f.yes.Enable()
		f.Dialog.Refresh()
	})
	f.Dialog.Refresh()
}

// Refuse says why what was entered was not taken.
func (f *Form) Refuse(err error) {
	f.banner.Set(f.s.Explain(err))
	f.first()
	f.Dialog.Refresh()
}

// Wrong says what is wrong with a field.
func (f *Form) Wrong(field *widgets.Field, reason string) {
	field.Refuse(reason)
	f.first()
	f.Dialog.Refresh()
}
