package screens

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/gui/widgets"
)

// scrolled is content that scrolls, with room for the edges of what is on it.
func scrolled(content fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(container.NewPadded(content))
}

// list is rows of a table that are all in memory.
type list[T any] struct {
	rows []T
	key  func(T) string
	cell func(row T, column int) widgets.Cell
}

func (l list[T]) Len() int { return len(l.rows) }

func (l list[T]) Key(row int) string { return l.key(l.rows[row]) }

func (l list[T]) Cell(row, column int) widgets.Cell { return l.cell(l.rows[row], column) }
