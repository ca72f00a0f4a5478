package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

// Question is what a dialog asks.
type Question struct {
	Title string // "Delete 3 files?"
	Text  string // what it means: "They can be brought back under Previous versions."
	Yes   string // what is done, as a verb: "Delete"
	No    string // the way out; "" is Cancel
	// Danger says that Yes loses something. The focus is then on No.
	Danger bool
	// Extra is shown between the text and the buttons: a choice, a tick box.
	Extra fyne.CanvasObject
	// Third is one more answer, left of the others; without Run there is none.
	Third Command
}

// Dialog is a dialog on the screen.
type Dialog struct {
	popup *popup
}

// Ask shows a question and calls answer once: with true for Yes, with false for
// No and Escape. (Third closes the dialog and runs instead.)
func Ask(c fyne.Canvas, w *i18n.Words, q Question, answer func(yes bool)) *Dialog {
	if q.No == "" {
		q.No = w.T("widgets.cancel")
	}
	d := &Dialog{}
	reply := func(yes bool) func() {
		return func() {
			d.popup.close()
			answer(yes)
		}
	}
	no := NewButton(q.No, nil, reply(false))
	yes := NewPrimary(q.Yes, nil, reply(true))
	first := yes
	if q.Danger {
		yes.Importance = widget.DangerImportance
		first = no
	}
	buttons := []fyne.CanvasObject{Spring(), no, yes}
	if q.Third.Run != nil {
		third := NewButton(q.Third.Name, q.Third.Icon, func() {
			d.popup.close()
			q.Third.Run()
		})
		buttons = append([]fyne.CanvasObject{third}, buttons...)
	}
	body := []fyne.CanvasObject{Heading(q.Title)}
	if q.Text != "" {
		body = append(body, Body(q.Text))
	}
	if q.Extra != nil {
		body = append(body, q.Extra)
	}
	d.popup = showPopup(c, Column(3, append(body, Row(2, buttons...))...), reply(false))
	c.Focus(first)
	return d
}

// longDetails is from how many lines on details are scrolled.
const longDetails = 10

// Tell shows a message as a dialog with one button, or two when the message offers
// something to do. closed may be nil.
func Tell(c fyne.Canvas, w *i18n.Words, m Message, closed func()) *Dialog {
	d := &Dialog{}
	end := func() {
		d.popup.close()
		if closed != nil {
			closed()
		}
	}
	shut := NewPrimary(w.T("widgets.close"), nil, end)
	buttons := []fyne.CanvasObject{Spring(), shut}
	if m.Do.Run != nil {
		shut.Importance = widget.MediumImportance
		buttons = append(buttons, NewPrimary(m.Do.Name, m.Do.Icon, func() {
			end()
			m.Do.Run()
		}))
	}
	body := []fyne.CanvasObject{Heading(m.Happened)}
	for _, text := range []string{m.Files, m.Next} {
		if text != "" {
			body = append(body, Body(text))
		}
	}
	if m.Details != "" {
		details := Caption(m.Details)
		details.Wrapping = fyne.TextWrapWord
		if strings.Count(m.Details, "\n") < longDetails {
			body = append(body, details)
		} else { // as much as fits, and the rest to be scrolled to
			scroll := container.NewVScroll(details)
			scroll.SetMinSize(fyne.NewSize(0, longDetails*details.MinSize().Height/float32(strings.Count(m.Details, "\n")+1)))
			body = append(body, scroll)
		}
	}
	title := body[0].(*widget.RichText)
	title.Wrapping = fyne.TextWrapWord
	icon := widget.NewIcon(m.Kind.icon())
	body[0] = container.NewBorder(nil, nil, container.NewVBox(container.NewPadded(icon)), nil, title)
	d.popup = showPopup(c, Column(2, append(body, Row(2, buttons...))...), end)
	c.Focus(shut)
	return d
}

// ShowDialog shows content of any kind on top of the window, under a heading.
// Escape calls cancel, which is expected to call Close; a nil cancel just closes.
func ShowDialog(c fyne.Canvas, title string, content fyne.CanvasObject, cancel func()) *Dialog {
	d := &Dialog{}
	if cancel == nil {
		cancel = d.Close
	}
	d.popup = showPopup(c, container.NewBorder(Heading(title), nil, nil, nil, content), cancel)
	return d
}

// Close takes the dialog away, and gives the focus back. Closing twice is harmless.
func (d *Dialog) Close() { d.popup.close() }

// Refresh lays the dialog out again after its content has grown or shrunk.
func (d *Dialog) Refresh() { d.popup.fit() }

// popup is content on a card in the middle of the window, above everything else.
type popup struct {
	c      fyne.Canvas
	shade  *shade
	before fyne.Focusable
	closed bool
}

func showPopup(c fyne.Canvas, content fyne.CanvasObject, escape func()) *popup {
	p := &popup{c: c, before: c.Focused()}
	card := container.NewStack(NewGround(theme.ColorNameOverlayBackground, ColorBorder, theme.SizeNameDialogRadius), Inset(content))
	p.shade = newShade(card, escape)
	c.Overlays().Add(p.shade)
	p.fit()
	if focused := c.Focused(); focused == p.before && focused != nil {
		c.Unfocus()
	}
	return p
}

func (p *popup) fit() {
	p.shade.Resize(p.c.Size())
	p.shade.Refresh()
}

func (p *popup) close() {
	if p.closed {
		return
	}
	p.closed = true
	p.c.Overlays().Remove(p.shade)
	if p.before != nil {
		p.c.Focus(p.before)
	}
}
