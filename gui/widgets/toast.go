package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

// Toasts shows short news at the foot of the window, newest below, which go away by
// themselves. What must be read belongs into a Banner or a dialog.
type Toasts struct {
	View  *fyne.Container // to be laid over the whole window
	words *i18n.Words
	later func(time.Duration, func()) (cancel func())
	list  *fyne.Container
	shown []*toast
}

// toastTime is how long a toast stays. One with Undo stays longer, since reaching
// the button takes time.
const (
	toastTime = 5 * time.Second
	undoTime  = 12 * time.Second
)

type toast struct {
	object fyne.CanvasObject
	undo   func()
	cancel func()
}

// NewToasts returns a place for toasts, to be laid over the window. later calls a
// function on the window's goroutine after a while, unless cancelled before.
func NewToasts(w *i18n.Words, later func(time.Duration, func()) (cancel func())) *Toasts {
	t := &Toasts{words: w, later: later, list: Column(2)}
	t.View = container.New(foot{}, t.list)
	return t
}

// Show shows news: "3 files stored." With undo not nil it offers Undo, which
// calls it once.
func (t *Toasts) Show(text string, undo func()) {
	item := &toast{undo: undo}
	label := widget.NewRichText(&widget.TextSegment{Text: text, Style: widget.RichTextStyle{ColorName: ColorOnToast, SizeName: theme.SizeNameText}})
	label.Wrapping = fyne.TextWrapWord
	buttons := []fyne.CanvasObject{}
	if undo != nil {
		buttons = append(buttons, NewButton(t.words.T("widgets.undo"), theme.ContentUndoIcon(), func() { t.undo(item) }))
	}
	buttons = append(buttons, NewButton("", theme.CancelIcon(), func() { t.drop(item) }))
	item.object = container.NewStack(
		NewGround(ColorToast, ColorBorder, theme.SizeNameCardRadius),
		container.NewPadded(container.NewBorder(nil, nil, nil, Row(1, buttons...), label)),
	)
	stay := toastTime
	if undo != nil {
		stay = undoTime
	}
	item.cancel = t.later(stay, func() { t.drop(item) })
	t.shown = append(t.shown, item)
	if len(t.shown) > 3 {
		t.drop(t.shown[0])
	}
	t.layout()
}

// Undo undoes what the newest toast with Undo offers, and reports whether there
// was one: for the window's Ctrl+Z.
func (t *Toasts) Undo() bool {
	for i := len(t.shown) - 1; i >= 0; i-- {
		if t.shown[i].undo != nil {
			t.undo(t.shown[i])
			return true
		}
	}
	return false
}

func (t *Toasts) undo(item *toast) {
	t.drop(item)
	if undo := item.undo; undo != nil {
		item.undo = nil
		undo()
	}
}

func (t *Toasts) drop(item *toast) {
	for i, o := range t.shown {
		if o == item {
			item.cancel()
			t.shown = append(t.shown[:i:i], t.shown[i+1:]...)
			t.layout()
			return
		}
	}
}

func (t *Toasts) layout() {
	t.list.Objects = nil
	for _, item := range t.shown {
		t.list.Objects = append(t.list.Objects, item.object)
	}
	t.list.Refresh()
	t.View.Refresh()
}

// foot puts a list at the foot of the window, in the middle.
type foot struct{}

func (foot) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (foot) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	list := objects[0]
	width := min(dialogWidth*theme.TextSize()/BaseTextSize, size.Width-2*Gap())
	list.Resize(fyne.NewSize(width, list.MinSize().Height))
	list.Resize(fyne.NewSize(width, list.MinSize().Height))
	list.Move(fyne.NewPos((size.Width-width)/2, size.Height-list.Size().Height-Gap()))
}
