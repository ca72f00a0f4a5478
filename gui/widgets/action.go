package widgets

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// NewAction returns one of the large actions of the home page: a picture, what it
// does in a word or two, and a line below.
func NewAction(icon Icon, name, hint string, pressed func()) *Pressable {
	picture := widget.NewIcon(icon.Colored(ColorOnTint))
	round := container.NewStack(NewGround(ColorTint, "", theme.SizeNameCardRadius), container.NewPadded(container.NewPadded(container.New(square(2.2), picture))))
	text := Column(0, Heading(name), Muted(hint))
	arrow := widget.NewIcon(IconForward.Colored(ColorMuted))
	row := container.NewBorder(nil, nil, container.NewCenter(round), container.NewCenter(arrow), container.New(centred{}, text))
	p := NewPressable(name+". "+hint, Inset(row), ColorSurface, ColorBorder, pressed)
	p.radius = theme.SizeNameCardRadius
	return p
}

// NewNavItem returns an entry of the navigation. Select shows which one is in view.
func NewNavItem(icon Icon, name string, pressed func()) *NavItem {
	n := &NavItem{
		name: name, icon: icon, picture: widget.NewIcon(icon.Resource()),
		text:  styled(name, theme.SizeNameText, false, theme.ColorNameForeground),
		count: styled("", theme.SizeNameCaptionText, true, theme.ColorNameForeground),
	}
	n.badge = container.NewStack(NewGround(ColorWarnBack, ColorWarn, theme.SizeNameSelectionRadius), container.NewCenter(n.count))
	n.badge.Hide()
	content := container.New(navRow{}, n.picture, n.text, n.badge)
	n.View = NewPressable(name, content, "", "", pressed)
	return n
}

// NavItem is an entry of the navigation.
type NavItem struct {
	View    *Pressable
	name    string
	icon    Icon
	picture *widget.Icon
	text    *widget.RichText
	badge   *fyne.Container // the ground of the count
	count   *widget.RichText
}

// SetCount shows how many things wait behind the entry; 0 shows nothing. said is that in
// words, for a screen reader.
func (n *NavItem) SetCount(count int, said string) {
	n.badge.Hidden = count == 0
	SetText(n.count, strconv.Itoa(count))
	n.View.SetLabel(n.name)
	if count > 0 {
		n.View.SetLabel(n.name + ". " + said)
	}
	n.View.Refresh()
}

// Select shows the entry as the one in view, or not.
func (n *NavItem) Select(on bool) {
	fill := fyne.ThemeColorName("")
	n.picture.SetResource(n.icon.Resource())
	if on {
		fill = ColorSelected
		n.picture.SetResource(n.icon.Colored(ColorOnTint))
	}
	segment := n.text.Segments[0].(*widget.TextSegment)
	segment.Style.TextStyle.Bold = on
	n.text.Refresh()
	n.View.SetColors(fill, "")
}

// square gives something a square of so many times the size of an icon.
type square float32

func (s square) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSquareSize(float32(s) * theme.IconInlineSize())
}

func (s square) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.Position{})
	}
}

// centred gives something its whole width, and puts it into the middle of the height.
type centred struct{}

func (centred) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (centred) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	o := objects[0]
	o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
	height := o.MinSize().Height
	o.Resize(fyne.NewSize(size.Width, height))
	o.Move(fyne.NewPos(0, max((size.Height-height)/2, 0)))
}

// navRow lays out an entry of the navigation: a picture, a name and a count.
type navRow struct{}

func (navRow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	text := objects[1].MinSize()
	width := text.Width
	if badge := objects[2]; badge.Visible() {
		width += badge.MinSize().Width
	}
	return fyne.NewSize(theme.InnerPadding()*2+theme.IconInlineSize()+width, max(text.Height, theme.IconInlineSize()+2*theme.InnerPadding()))
}

func (navRow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	icon, pad := theme.IconInlineSize(), theme.InnerPadding()
	objects[0].Resize(fyne.NewSquareSize(icon))
	objects[0].Move(fyne.NewPos(pad, (size.Height-icon)/2))
	least := objects[1].MinSize()
	objects[1].Resize(least)
	objects[1].Move(fyne.NewPos(pad+icon, (size.Height-least.Height)/2))
	badge := objects[2].MinSize()
	objects[2].Resize(badge)
	objects[2].Move(fyne.NewPos(min(pad+icon+least.Width, size.Width-badge.Width), (size.Height-badge.Height)/2))
}
