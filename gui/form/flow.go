package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/gui/widgets"
)

// flow puts things side by side in columns of the same width where they fit, and below
// each other where the text is too large for that.
type flow struct {
	columns int
	width   float32 // as last laid out
}

// NewFlow lays objects out in columns of one width: as many as fit, and at most as given.
func NewFlow(columns int, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{columns: columns}, objects...)
}

// across is how many columns fit.
func (f *flow) across(objects []fyne.CanvasObject, width float32) int {
	widest := float32(0)
	for _, o := range objects {
		widest = max(widest, o.MinSize().Width)
	}
	n := f.columns
	for n > 1 && widest*float32(n)+widgets.Gap()*float32(n-1) > width {
		n--
	}
	return n
}

// MinSize is part of fyne.Layout.
func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	widest := float32(0)
	for _, o := range objects {
		widest = max(widest, o.MinSize().Width)
	}
	height, _ := f.rows(objects, f.across(objects, f.width), nil)
	return fyne.NewSize(widest, height)
}

// rows works out the height of all rows, and calls place for each thing.
func (f *flow) rows(objects []fyne.CanvasObject, n int, place func(o fyne.CanvasObject, column int, y, height float32)) (height float32, rows int) {
	for i := 0; i < len(objects); i += n {
		row := objects[i:min(i+n, len(objects))]
		high := float32(0)
		for _, o := range row {
			high = max(high, o.MinSize().Height)
		}
		if rows > 0 {
			height += widgets.Gap()
		}
		for column, o := range row {
			if place != nil {
				place(o, column, height, high)
			}
		}
		height += high
		rows++
	}
	return height, rows
}

// Layout is part of fyne.Layout.
func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	n := f.across(objects, size.Width)
	width := (size.Width - widgets.Gap()*float32(n-1)) / float32(n)
	for _, o := range objects { // text that wraps knows its height once it knows its width
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
	}
	f.rows(objects, n, func(o fyne.CanvasObject, column int, y, height float32) {
		o.Move(fyne.NewPos((width+widgets.Gap())*float32(column), y))
		o.Resize(fyne.NewSize(width, height))
	})
}

// BesideSearch puts the second thing at the right of the first where that leaves it room,
// and below it otherwise.
type BesideSearch struct {
	Least float32 // width of the first at normal text size
	width float32 // as last laid out
}

func (b *BesideSearch) fits(objects []fyne.CanvasObject, width float32) bool {
	return objects[1].MinSize().Width+b.route() <= width
}

func (b *BesideSearch) route() float32 { return b.Least * widgets.Gap() / 16 }

// MinSize is part of fyne.Layout.
func (b *BesideSearch) MinSize(objects []fyne.CanvasObject) fyne.Size {
	first, second := objects[0].MinSize(), objects[1].MinSize()
	width := max(first.Width, second.Width)
	if b.width > 0 && !b.fits(objects, b.width) {
		return fyne.NewSize(width, first.Height+second.Height+widgets.Gap()/4)
	}
	return fyne.NewSize(width, max(first.Height, second.Height))
}

// Layout is part of fyne.Layout.
func (b *BesideSearch) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	b.width = size.Width
	first, second := objects[0].MinSize(), objects[1].MinSize()
	if b.fits(objects, size.Width) {
		high := max(first.Height, second.Height)
		objects[0].Resize(fyne.NewSize(size.Width-second.Width-widgets.Gap()/2, high))
		objects[0].Move(fyne.Position{})
		objects[1].Resize(fyne.NewSize(second.Width, high))
		objects[1].Move(fyne.NewPos(size.Width-second.Width, 0))
		return
	}
	objects[0].Resize(fyne.NewSize(size.Width, first.Height))
	objects[0].Move(fyne.Position{})
	objects[1].Resize(fyne.NewSize(size.Width, second.Height))
	objects[1].Move(fyne.NewPos(0, first.Height+widgets.Gap()/4))
}
