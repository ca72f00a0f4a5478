package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Card puts content on a raised ground with a border and space around.
func Card(content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(NewGround(ColorSurface, ColorBorder, theme.SizeNameCardRadius), Inset(content))
}

// Inset puts the usual space around content.
func Inset(content fyne.CanvasObject) *fyne.Container {
	return container.New(inset{}, content)
}

type inset struct{}

func (inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(2*Gap(), 2*Gap())
}

func (inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(Gap(), Gap()))
	objects[0].Resize(size.SubtractWidthHeight(2*Gap(), 2*Gap()))
}

// Column stacks things from top to bottom with the given space between them, in
// multiples of the theme's padding: 1 for lines of one thing, 2 for the fields of
// a form, 4 for groups.
func Column(padding float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(column{padding: padding}, objects...)
}

// Narrow is a Column no wider than people read well (640 at normal text size), in
// the middle of its space.
func Narrow(padding float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(column{padding: padding, widest: 640}, objects...)
}

// column is a layout: hidden things take no space.
type column struct{ padding, widest float32 }

func (c column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if size.Height > 0 {
			size.Height += c.padding * theme.Padding()
		}
		least := o.MinSize()
		size = fyne.NewSize(max(size.Width, least.Width), size.Height+least.Height)
	}
	return size
}

func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x, width := float32(0), size.Width
	if widest := c.widest * theme.TextSize() / BaseTextSize; widest > 0 && width > widest {
		x, width = (size.Width-widest)/2, widest
	}
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		// Text that wraps knows its height only once it knows its width.
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
		height := o.MinSize().Height
		o.Resize(fyne.NewSize(width, height))
		o.Move(fyne.NewPos(x, y))
		y += height + c.padding*theme.Padding()
	}
}

// BaseTextSize is the text size at 100 %.
const BaseTextSize = 15

// Row puts things side by side at their least width, in the middle of its height,
// with the given space between them in multiples of the theme's padding. A Spring
// among them takes what is left over.
func Row(padding float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(row{padding}, objects...)
}

// Spring takes the space left over in a Row.
func Spring() fyne.CanvasObject { return &spring{} }

type spring struct{ canvas.Rectangle }

type row struct{ padding float32 }

func (r row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if size.Width > 0 {
			size.Width += r.padding * theme.Padding()
		}
		least := o.MinSize()
		size = fyne.NewSize(size.Width+least.Width, max(size.Height, least.Height))
	}
	return size
}

func (r row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	springs := 0
	for _, o := range objects {
		if _, ok := o.(*spring); ok && o.Visible() {
			springs++
		}
	}
	left := size.Width - r.MinSize(objects).Width
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		if _, ok := o.(*spring); ok {
			least.Width += max(left, 0) / float32(springs)
		}
		o.Resize(least)
		o.Move(fyne.NewPos(x, (size.Height-least.Height)/2))
		x += least.Width + r.padding*theme.Padding()
	}
}

// clipped shows of content only what fits into the space.
func clipped(content fyne.CanvasObject) *container.Clip {
	clip := container.NewClip(content)
	clip.ExtendBaseWidget(clip) // NewClip does not, and a clip is not laid out before
	return clip
}
