package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/gui/widgets"
)

// Scrolled is content that scrolls, with room for the edges of what is on it.
func Scrolled(content fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(container.NewPadded(content))
}

// List is rows of a table that are all in memory.
type List[T any] struct {
	Rows   []T
	KeyOf  func(T) string
	CellOf func(row T, column int) widgets.Cell
}

// Len is part of widgets.Rows.
func (l List[T]) Len() int { return len(l.Rows) }

// Key is part of widgets.Rows.
func (l List[T]) Key(row int) string { return l.KeyOf(l.Rows[row]) }

// Cell is part of widgets.Rows.
func (l List[T]) Cell(row, column int) widgets.Cell { return l.CellOf(l.Rows[row], column) }
