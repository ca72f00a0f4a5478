package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/widgets"
)

// pageHead lays out the heading: at the top, with space around.
type pageHead struct{}

func (pageHead) MinSize(objects []fyne.CanvasObject) fyne.Size {
	least := objects[0].MinSize()
	return fyne.NewSize(least.Width+2*widgets.Gap(), least.Height+widgets.Gap())
}

func (pageHead) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	gap := widgets.Gap()
	objects[0].Move(fyne.NewPos(gap-theme.InnerPadding(), gap*0.6))
	objects[0].Resize(fyne.NewSize(size.Width-2*gap+theme.InnerPadding(), size.Height-gap))
}

// pageBody lays out a screen: below the heading, with space left, right and below.
type pageBody struct{}

func (pageBody) MinSize(objects []fyne.CanvasObject) fyne.Size {
	least := objects[0].MinSize()
	return fyne.NewSize(least.Width+2*widgets.Gap(), least.Height+widgets.Gap())
}

func (pageBody) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	gap := widgets.Gap()
	objects[0].Move(fyne.NewPos(gap, 0))
	objects[0].Resize(fyne.NewSize(size.Width-2*gap, size.Height-gap))
}

// railPad lays out the navigation, as wide as its entries need: they lie in a scroll,
// which would take any width.
type railPad struct{ entries []fyne.CanvasObject }

func (r railPad) MinSize(objects []fyne.CanvasObject) fyne.Size {
	pad, width := widgets.Gap()/2, float32(0)
	for _, entry := range r.entries {
		width = max(width, entry.MinSize().Width)
	}
	return fyne.NewSize(width+3*pad, objects[0].MinSize().Height+2*pad)
}

func (railPad) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	pad := widgets.Gap() / 2
	objects[0].Move(fyne.NewPos(pad, pad))
	objects[0].Resize(size.SubtractWidthHeight(2*pad, 2*pad))
}

// pointerWatch lies below everything and sees the pointer move over what does not
// care for it.
type pointerWatch struct {
	widget.BaseWidget
	used func()
}

var _ desktop.Hoverable = (*pointerWatch)(nil)

func newPointerWatch(used func()) *pointerWatch {
	p := &pointerWatch{used: used}
	p.ExtendBaseWidget(p)
	return p
}

// MouseIn is part of desktop.Hoverable.
func (p *pointerWatch) MouseIn(*desktop.MouseEvent) { p.used() }

// MouseMoved is part of desktop.Hoverable.
func (p *pointerWatch) MouseMoved(*desktop.MouseEvent) { p.used() }

// MouseOut is part of desktop.Hoverable.
func (p *pointerWatch) MouseOut() { p.used() }

// CreateRenderer is part of fyne.Widget.
func (p *pointerWatch) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
