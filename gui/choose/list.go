package choose

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/widgets"
)

// list is Fyne's list, in which the same row can be pressed again and again, Enter
// presses as the space bar does, and Escape leaves the dialog.
type list struct {
	widget.List
	press func(i widget.ListItemID)
	at    widget.ListItemID // where the keyboard is
}

func newList(length func() int, fill func(widget.ListItemID, fyne.CanvasObject), press func(widget.ListItemID)) *list {
	l := &list{press: press}
	l.Length, l.CreateItem, l.UpdateItem = length, newRow, fill
	l.OnSelected = func(i widget.ListItemID) {
		l.UnselectAll()
		press(i)
	}
	l.OnHighlighted = func(i widget.ListItemID) { l.at = i }
	l.ExtendBaseWidget(l)
	return l
}

// newRow is a row of the list: a tick box or a picture, and a name.
func newRow() fyne.CanvasObject {
	name := widget.NewLabel("")
	name.Truncation = fyne.TextTruncateEllipsis
	return container.NewBorder(nil, nil, widget.NewIcon(nil), nil, name)
}

// TypedKey is part of fyne.Focusable.
func (l *list) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		widgets.Escape(fyne.CurrentApp().Driver().CanvasForObject(l))
	case fyne.KeyReturn, fyne.KeyEnter:
		if l.at < l.Length() {
			l.press(l.at)
		}
	default:
		l.List.TypedKey(e)
	}
}
