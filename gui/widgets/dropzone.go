package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// DropZone is a place for files and folders from the desktop. It can be pressed too:
// then the person chooses them with a dialog, since not everybody can drag.
type DropZone struct {
	widget.BaseWidget
	// OnDropped is called with the paths of what was dropped.
	OnDropped func(paths []string)

	press   *Pressable
	title   *widget.RichText
	hint    *widget.RichText
	enabled bool
}

// NewDropZone returns a drop zone. Its title says what to drop ("Drop files or a
// folder here"), its hint what else can be done ("or press to choose them"). pressed
// is called when it is pressed, dropped when something was dropped.
func NewDropZone(title, hint string, pressed func(), dropped func(paths []string)) *DropZone {
	z := &DropZone{OnDropped: dropped, title: Heading(title), hint: Muted(hint), enabled: true}
	z.title.Segments[0].(*widget.TextSegment).Style.Alignment = fyne.TextAlignCenter
	z.hint.Segments[0].(*widget.TextSegment).Style.Alignment = fyne.TextAlignCenter
	icon := container.NewCenter(container.New(square(2), widget.NewIcon(IconDrop.Colored(ColorOnTint))))
	content := Inset(container.New(centred{}, Column(1, icon, z.title, z.hint)))
	z.press = NewPressable(title+". "+hint, content, ColorSurface, ColorOnTint, pressed)
	z.press.radius = theme.SizeNameCardRadius
	z.ExtendBaseWidget(z)
	return z
}

// SetEnabled says whether anything can be dropped now.
func (z *DropZone) SetEnabled(on bool) { z.enabled = on }

// SetText changes title and hint.
func (z *DropZone) SetText(title, hint string) {
	SetText(z.title, title)
	SetText(z.hint, hint)
	z.press.SetLabel(title + ". " + hint)
}

// Focus returns what takes the focus: for gui.Focuser.
func (z *DropZone) Focus() fyne.Focusable { return z.press }

// CreateRenderer is part of fyne.Widget.
func (z *DropZone) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(z.press) }

// DropOn gives paths to the drop zone at a position within root, and reports whether
// there was one. When there is just one in view, it need not be hit.
func DropOn(root fyne.CanvasObject, at fyne.Position, paths []string) bool {
	var zones []*DropZone
	var hit *DropZone
	walk(root, fyne.Position{}, func(o fyne.CanvasObject, pos fyne.Position) {
		z, ok := o.(*DropZone)
		if !ok || !z.enabled || z.OnDropped == nil {
			return
		}
		zones = append(zones, z)
		if inside(at, pos, z.Size()) {
			hit = z
		}
	})
	if hit == nil && len(zones) == 1 {
		hit = zones[0]
	}
	if hit != nil {
		hit.OnDropped(paths)
	}
	return hit != nil
}

func inside(at, pos fyne.Position, size fyne.Size) bool {
	return at.X >= pos.X && at.Y >= pos.Y && at.X < pos.X+size.Width && at.Y < pos.Y+size.Height
}

// walk calls visit for everything visible within o, whose position is given.
func walk(o fyne.CanvasObject, pos fyne.Position, visit func(fyne.CanvasObject, fyne.Position)) {
	if o == nil || !o.Visible() {
		return
	}
	visit(o, pos)
	var children []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		children = o.Objects
	case *container.Scroll:
		children = []fyne.CanvasObject{o.Content}
		pos = pos.Subtract(o.Offset)
	case *DropZone:
		return
	case *container.Split:
		children = []fyne.CanvasObject{o.Leading, o.Trailing}
	}
	for _, child := range children {
		if child != nil {
			walk(child, pos.Add(child.Position()), visit)
		}
	}
}
