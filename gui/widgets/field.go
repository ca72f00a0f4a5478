package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// FieldLabel is the name of a field, above it.
func FieldLabel(text string) *widget.RichText {
	return styled(text, theme.SizeNameText, true, theme.ColorNameForeground)
}

// Field is a field of a form: its name above, a hint below, and below that what is
// wrong with what was entered.
type Field struct {
	View    *fyne.Container // what to put on the page
	refusal *refusal
}

// NewField returns a field around an input; hint may be "".
func NewField(label string, input fyne.CanvasObject, hint string) *Field {
	f := &Field{refusal: newRefusal()}
	f.View = Column(0, FieldLabel(label), input)
	if hint != "" {
		f.View.Add(Muted(hint))
	}
	f.View.Add(f.refusal.view)
	f.refusal.grown = f.View.Refresh
	return f
}

// Refuse says what is wrong, as a sentence; "" says that nothing is.
func (f *Field) Refuse(reason string) { f.refusal.set(reason) }

// Refusal is what Refuse said.
func (f *Field) Refusal() string { return f.refusal.text.Text }

// refusal is what is wrong with a field, below it; hidden when nothing is.
type refusal struct {
	view  *fyne.Container
	text  *widget.Label
	grown func() // lays out what it is part of
}

func newRefusal() *refusal {
	r := &refusal{text: Body(""), grown: func() {}}
	r.text.Importance = widget.DangerImportance
	icon := container.NewVBox(container.NewPadded(widget.NewIcon(Bad.icon())))
	r.view = container.NewBorder(nil, nil, icon, nil, r.text)
	r.view.Hide()
	return r
}

func (r *refusal) set(reason string) {
	if r.text.Text == reason {
		return
	}
	r.text.SetText(reason)
	r.view.Hidden = reason == ""
	r.view.Refresh()
	r.grown()
}
