package screens

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// form is a dialog with fields, which stays until what was entered is taken. A failure
// is said inside it, so that nothing that was typed is lost.
type form struct {
	s      *gui.Session
	banner *widgets.Banner
	dialog *widgets.Dialog
	yes    *widgets.Button
	panel  *widgets.Progress
	job    *jobs.Job
	focus  fyne.Focusable
}

// formSays is what a form says.
type formSays struct {
	Title, Text, Yes string
	No               string // what leaves it; Cancel when empty
	Danger           bool
}

// tallest is how high fields may be before they scroll, so that a form fits into the
// window with large text.
const tallest = 380

// showForm shows fields. send is called for Yes: it checks what was entered and starts
// what is to be done.
func showForm(s *gui.Session, t formSays, fields []fyne.CanvasObject, focus fyne.Focusable, send func(*form)) *form {
	f := &form{s: s, banner: widgets.NewBanner(widgets.Message{}), panel: widgets.NewProgress(s.Words), focus: focus}
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
	f.dialog = widgets.ShowDialog(s.Window.Canvas(), t.Title, widgets.Column(2, middle, f.panel.View, buttons), f.cancel)
	f.first()
	return f
}

// first gives the first field the focus.
func (f *form) first() {
	if f.focus != nil {
		f.s.Window.Canvas().Focus(f.focus)
	}
}

// cancel leaves the form, and stops what it has started.
func (f *form) cancel() {
	if f.job != nil {
		f.job.Cancel()
	}
	f.dialog.Close()
}

// follow shows a job until it ends.
func (f *form) follow(j *jobs.Job) {
	f.job = j
	f.yes.Disable()
	f.panel.Follow(j)
	j.OnEnd(func() {
		f.job = nil
		f.yes.Enable()
		f.dialog.Refresh()
	})
	f.dialog.Refresh()
}

// refuse says why what was entered was not taken.
func (f *form) refuse(err error) {
	f.banner.Set(f.s.Explain(err))
	f.first()
	f.dialog.Refresh()
}

// wrong says what is wrong with a field.
func (f *form) wrong(field *widgets.Field, reason string) {
	field.Refuse(reason)
	f.first()
	f.dialog.Refresh()
}
